"""The indexes of names in a bigBed file."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gxview.tracks.bbi import BbiFile, NameTree

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NameColumns:
    """The columns of a bigBed that have an index, each a tree of names to places of blocks.

    Attributes
    ----------
    trees : tuple of (int, NameTree)
        Number of the column (0 is the chromosome) and its tree.
    """

    trees: tuple[tuple[int, NameTree], ...]

    def __bool__(self) -> bool:
        return bool(self.trees)

    @classmethod
    def of(cls, file: BbiFile) -> NameColumns:
        """Read which columns have an index."""
        order, extension = file.header.order, file.header.extension
        if not extension:
            return cls(())
        _, count, at = struct.unpack(f"{order}HHQ", file.data.read(extension, 12))
        trees = []
        for _ in range(count if at else 0):
            kind, columns, offset = struct.unpack(f"{order}HHQ", file.data.read(at, 12))
            # 4 reserved bytes, then number and 2 reserved bytes of each column
            (column,) = struct.unpack(f"{order}H", file.data.read(at + 16, 2)) if columns else (0,)
            if kind == 0 and columns == 1:
                trees.append((column, NameTree(file.data, order, offset)))
            at += 16 + 4 * columns
        return cls(tuple(trees))

    def of_row(self, rest: Sequence[str]) -> list[str]:
        """Return the indexed names of a row, given its columns from the fourth on."""
        return [rest[column - 3] for column, _ in self.trees if 3 <= column < len(rest) + 3]

    def places(self, file: BbiFile, wanted: str, limit: int) -> list[Place]:
        """Return where the blocks lie (offset, size) that hold up to `limit` names which begin as wanted."""
        found: dict[Place, None] = {}
        for text in dict.fromkeys((wanted, wanted.upper(), wanted.lower(), wanted.capitalize())):
            key = text.encode()
            for _, tree in self.trees:
                names: set[bytes] = set()
                for name, value in tree.items(key):
                    if not name.startswith(key) or len(names | {name}) > limit:
                        break
                    names.add(name)
                    found[struct.unpack(f"{file.header.order}QQ", value)] = None
        return sorted(found)

    @staticmethod
    def contents(file: BbiFile, places: Sequence[Place]) -> Iterator[bytes]:
        """Yield the inflated contents of blocks."""
        for offset, size in places:
            yield file.block_at(offset, size)
