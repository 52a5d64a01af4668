"""The many names of one chromosome, resolved in this one place for every file."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from gxview.errors import GxviewError

_MITOCHONDRION = frozenset({"m", "mt", "mito", "mtdna", "mitochondrion", "mitochondria"})
_PLASTID = frozenset({"pt", "c", "chloroplast", "pltd"})
_ROMAN = re.compile(r"(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})")
_DIGIT_OF_ROMAN = {"i": 1, "v": 5, "x": 10}
_SOURCES = frozenset({"ucsc", "assembly", "genbank", "refseq", "ensembl", "ncbi", "gencode", "flybase", "custom"})


class Aliases:
    """Names that mean the same chromosome, from a table and from custom.

    Custom covers ``chr1``/``1``/``Chr01``, ``chrM``/``MT``/``M``/``Mito``, ``chrC``/``Pt`` and Roman numerals
    (``chrIV``/``IV``/``4``). A name is only ever resolved to one that exists.

    Parameters
    ----------
    groups : iterable of sequences of str
        Each group lists names of one chromosome.

    Attributes
    ----------
    path : Path or None
        The file they were read from.
    """

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self.path: Path | None = None
        self._groups = [tuple(group) for group in groups]
        self._of_name: dict[str, list[int]] = {}
        for number, group in enumerate(self._groups):
            for name in group:
                self._of_name.setdefault(name, []).append(number)

    @classmethod
    def read(cls, path: str | Path) -> Aliases:
        """Read a UCSC chromAlias table: tab-separated, one chromosome per row, ``#`` before the header.

        The older form without header, ``alias  chrom  source``, is understood too; so is gzip.

        Raises
        ------
        GxviewError
            If the file cannot be read or a row holds fewer than two names.
        """
        rows = list(_rows(Path(path)))
        if rows and all(len(row) == 3 and _SOURCES.issuperset(row[2].lower().split(",")) for row in rows):
            rows = [row[:2] for row in rows]
        made = cls(rows)
        made.path = Path(path)
        return made

    def resolve(self, name: str, known: Collection[str]) -> str | None:
        """Find the one name in `known` that means the same chromosome as `name`; None if there is none.

        Raises
        ------
        GxviewError
            If several of the known names fit equally well.
        """
        return self.matcher(known).resolve(name)

    def matcher(self, known: Collection[str]) -> Matcher:
        """Prepare to resolve many names against the same known ones."""
        return Matcher(self, known)

    def linked(self, name: str) -> set[str]:
        """Return all names that the table joins with `name`, itself included, over any number of rows."""
        found, ahead = {name}, [name]
        while ahead:
            for number in self._of_name.get(ahead.pop(), ()):
                fresh = set(self._groups[number]) - found
                found |= fresh
                ahead.extend(fresh)
        return found


class Matcher:
    """Resolves names against a fixed set of known ones.

    Parameters
    ----------
    aliases : Aliases
        The table that comes before custom.
    known : collection of str
        The names that exist.
    """

    def __init__(self, aliases: Aliases, known: Collection[str]) -> None:
        self._aliases = aliases
        self._known = frozenset(known)
        self._folded = _grouped((name.casefold(), name) for name in known)
        self._customary = _grouped((_key(name), name) for name in known)
        self._memory: dict[str, str | None] = {}

    def resolve(self, name: str) -> str | None:
        """Find the known name; None if there is none, GxviewError if several fit equally well."""
        if name in self._known:
            return name
        if name not in self._memory:
            self._memory[name] = self._search(name)
        return self._memory[name]

    def _search(self, name: str) -> str | None:
        linked = self._aliases.linked(name)
        stages = (
            sorted(linked & self._known),
            sorted(self._folded.get(name.casefold(), [])),
            sorted({found for other in linked for found in self._customary.get(_key(other), [])}),
            self._numerals(name),
        )
        for candidates in stages:
            if len(candidates) > 1:
                raise GxviewError(
                    f"The chromosome name '{name}' could mean {' or '.join(candidates)}; "
                    "give a table of aliases that says which."
                )
            if candidates:
                return candidates[0]
        return None

    def _numerals(self, name: str) -> list[str]:
        """Match 4 with IV, where the known names count that way; X is ten only behind IX."""
        key = _key(name)
        value = _roman_value(key)
        if value is not None and key != "x":
            return self._customary.get(str(value), [])
        if not key.isdecimal() or not 0 < int(key) < 40:
            return []
        neighbour = 2 if key == "1" else int(key) - 1
        return self._customary.get(_roman(int(key)), []) if _roman(neighbour) in self._customary else []


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, name in pairs:
        groups.setdefault(key, []).append(name)
    return groups


def _key(name: str) -> str:
    """Reduce a name to what custom keeps: no ``chr``, no leading zeros, one word for each organelle."""
    folded = name.casefold()
    for prefix in ("chromosome", "chr"):
        if folded.startswith(prefix) and len(folded) > len(prefix):
            folded = folded[len(prefix) :].lstrip("_")
            break
    if folded in _MITOCHONDRION:
        return "mt"
    if folded in _PLASTID:
        return "pt"
    return folded.lstrip("0") or folded if folded.isdecimal() else folded


def _roman_value(text: str) -> int | None:
    if not _ROMAN.fullmatch(text):
        return None
    values = [_DIGIT_OF_ROMAN[letter] for letter in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _roman(number: int) -> str:
    units = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return "x" * (number // 10) + units[number % 10]


def _rows(path: Path) -> Iterator[list[str]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        names = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if len(names) < 2:
            raise GxviewError(
                f"The alias table {path}, line {number}, holds fewer than two names; "
                "write one chromosome per line with tabs between its names."
            )
        yield names


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8-sig").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise GxviewError(f"The alias table {path} cannot be read: {error}.") from error
