"""The container of bigWig and bigBed: header, chromosomes, index, blocks of data.

Own code, because of what the libraries do: pyBigWig crashes on damaged files, its builds read no addresses, and it
answers from zoom records only by share (in bins of normal noise one extreme in five was wrong); pybigtools cuts the
fields of a bigBed at blanks. Layout: Kent et al. 2010, Bioinformatics 26:2204, supplement.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.tracks.places import ByteSource

BIGWIG_MAGIC, BIGBED_MAGIC = 0x888FFC26, 0x8789F2EB
_CHROMS_MAGIC, _INDEX_MAGIC = 0x78CA8C91, 0x2468ACE0
_NODE = [("first_chrom", "u4"), ("first", "u4"), ("last_chrom", "u4"), ("last", "u4"), ("offset", "u8")]
_LEAF = [*_NODE, ("size", "u8")]
_NODES_KEPT = 256
_BLOCK_LIMIT, _INFLATED_LIMIT = 1 << 26, 1 << 20
_RUN_LIMIT = 1 << 23

Order: TypeAlias = Literal["<", ">"]
Blocks: TypeAlias = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class ZoomLevel:
    """One zoom level: bases per record, and where its index begins in the file."""

    bases: int
    index: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the first 64 bytes say; offsets are places in the file, 0 where there is nothing."""

    order: Order
    magic: int
    zooms: int
    chroms: int
    data: int
    index: int
    columns: int
    standard_columns: int
    schema: int
    summary: int
    buffer: int
    extension: int

    @classmethod
    def of(cls, head: bytes) -> Header | None:
        """Read a header; None where it is no bigWig or bigBed."""
        orders: tuple[Order, Order] = ("<", ">")
        for order in orders:
            if len(head) >= 64 and struct.unpack_from(f"{order}I", head)[0] in (BIGWIG_MAGIC, BIGBED_MAGIC):
                magic, _, zooms, chroms, data, index, columns, standard, schema, summary, buffer, extension = (
                    struct.unpack_from(f"{order}IHHQQQHHQQIQ", head)
                )
                return cls(
                    order, magic, zooms, chroms, data, index, columns, standard, schema, summary, buffer, extension
                )
        return None


class BbiFile:
    """A bigWig or bigBed; safe to use from several threads at once.

    Parameters
    ----------
    data : ByteSource
        The bytes.
    magic : int
        `BIGWIG_MAGIC` or `BIGBED_MAGIC`, whichever is expected.

    Raises
    ------
    GxviewError
        If it is of another kind, cut off, damaged, or holds no chromosome.

    Attributes
    ----------
    sizes : dict of str to int
        Length of each chromosome.
    numbers : dict of str to int
        The file's number of each chromosome.
    levels : tuple of ZoomLevel
        From fine to coarse.
    covers_nothing : bool
        Whether all stretches are of no length, by the file's own summary.
    """

    def __init__(self, data: ByteSource, magic: int) -> None:
        self.data = data
        kind = "bigWig" if magic == BIGWIG_MAGIC else "bigBed"
        head = data.read(0, min(64, data.size))
        header = Header.of(head)
        if header is None or header.magic != magic:
            cut = "is cut off; copy or download it again" if 4 <= len(head) < 64 else f"is no {kind} file"
            raise GxviewError(f"{data.place} {cut}.")
        self.header = header
        # every writer of version 3 and later ends the file with the magic number
        if struct.unpack_from(f"{header.order}H", head, 4)[0] >= 3 and data.read(data.size - 4, 4) != head[:4]:
            raise GxviewError(f"{data.place} is cut off; copy or download it again.")
        self._nodes: dict[int, tuple[bool, Blocks]] = {}
        with self.reading("header"):
            entries = struct.iter_unpack(f"{header.order}IIQQ", data.read(64, 24 * header.zooms))
            levels = (ZoomLevel(entry[0], entry[3]) for entry in entries if entry[0])
            self.levels = tuple(sorted(levels, key=lambda level: level.bases))
            found = sorted(self._chromosomes(), key=lambda chrom: chrom[1])
            self._check_index(header.index)
            covered = data.read(header.summary, 8) if header.summary else b"?"
            self.covers_nothing = covered == bytes(8)
        self.numbers = {name: number for name, number, _ in found}
        self.sizes = {name: size for name, _, size in found}
        if not found:
            raise GxviewError(f"{data.place} holds no data: it names no chromosome.")

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Turn what damaged bytes lead to into one sentence."""
        try:
            yield
        except (struct.error, zlib.error, ValueError, LookupError, OverflowError) as error:
            raise GxviewError(f"{self.data.place} is damaged in its {what}; copy or download it again.") from error

    def blocks(self, index: int, chrom: int, start: int, end: int) -> Blocks:
        """Return where the blocks lie that overlap a stretch (0-based, half-open).

        Returns
        -------
        structured ndarray
            Fields first_chrom, first, last_chrom, last (what a block spans), offset, size (where it is).
        """
        found: list[Blocks] = []
        waiting, seen = [index + 48], set[int]()
        while waiting:
            at = waiting.pop()
            if at in seen:
                raise ValueError("the index runs in a circle")
            seen.add(at)
            leaf, items = self._node(at)
            # a node may span several chromosomes, so places are compared as (chromosome, position)
            before_end = (items["first_chrom"] < chrom) | ((items["first_chrom"] == chrom) & (items["first"] < end))
            after_start = (items["last_chrom"] > chrom) | ((items["last_chrom"] == chrom) & (items["last"] > start))
            kept = items[before_end & after_start]
            if leaf:
                found.append(kept)
            else:
                waiting += kept["offset"].tolist()
        dtype = np.dtype(_LEAF).newbyteorder(self.header.order)
        blocks = np.concatenate(found) if found else np.empty(0, dtype)
        return blocks[np.argsort(blocks["offset"], kind="stable")]

    def contents(self, blocks: Blocks) -> Iterator[bytes]:
        """Yield the inflated contents of blocks; neighbours in the file are read at once."""
        for run in _runs(blocks):
            first = int(run[0]["offset"])
            data = self.data.read(first, int(run[-1]["offset"] + run[-1]["size"]) - first)
            for block in run:
                at = int(block["offset"]) - first
                yield self._inflated(data[at : at + int(block["size"])])

    def block_at(self, offset: int, size: int) -> bytes:
        """Return the inflated contents of one block."""
        return self._inflated(self.data.read(offset, size))

    def text_at(self, offset: int) -> str:
        """Return the text that begins somewhere and ends with a zero byte; empty without an offset."""
        text, step = b"", 4096
        while offset and b"\x00" not in text:
            piece = self.data.read(offset + len(text), min(step, self.data.size - offset - len(text)))
            if not piece or len(text) > _BLOCK_LIMIT:
                raise ValueError("text without end")
            text += piece
        return text.partition(b"\x00")[0].decode("utf-8", "replace")

    def _inflated(self, data: bytes) -> bytes:
        if not self.header.buffer:
            return data
        # told how much to expect, zlib is a quarter faster; damaged headers expect anything
        return zlib.decompress(data, bufsize=min(self.header.buffer, _INFLATED_LIMIT))

    def _check_index(self, index: int) -> None:
        if struct.unpack(f"{self.header.order}I", self.data.read(index, 4))[0] != _INDEX_MAGIC:
            raise ValueError("no index")

    def _node(self, at: int) -> tuple[bool, Blocks]:
        node = self._nodes.get(at)
        if node is None:
            leaf, _, count = struct.unpack(f"{self.header.order}BBH", self.data.read(at, 4))
            dtype = np.dtype(_LEAF if leaf else _NODE).newbyteorder(self.header.order)
            items = np.frombuffer(self.data.read(at + 4, count * dtype.itemsize), dtype=dtype)
            if len(self._nodes) >= _NODES_KEPT:
                self._nodes.clear()
            node = self._nodes[at] = (bool(leaf), items)
        return node

    def _chromosomes(self) -> Iterator[tuple[str, int, int]]:
        """Yield name, number and size from the tree of chromosomes."""
        tree = NameTree(self.data, self.header.order, self.header.chroms)
        for key, value in tree.items():
            number, size = struct.unpack(f"{self.header.order}II", value)
            name = key.decode()
            if not name.isprintable() or not name or " " in name:
                raise ValueError("no name of a chromosome")
            yield name, number, size


class NameTree:
    """A B+ tree of names; ValueError or struct.error where it is damaged.

    Parameters
    ----------
    data : ByteSource
        The file.
    order : str
        Order of bytes.
    offset : int
        Where the tree begins.
    """

    def __init__(self, data: ByteSource, order: Order, offset: int) -> None:
        self._data, self._order = data, order
        head = struct.unpack(f"{order}IIIIQQ", data.read(offset, 32))
        magic, _, self._key, self._value, self.count, _ = head
        if magic != _CHROMS_MAGIC or (self.count and not (0 < self._key <= 65_535 and 0 < self._value <= 64)):
            raise ValueError("no tree of names")
        self._root = offset + 32

    def items(self, begin: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """Yield names and their values in order, from the first that is not before `begin` on."""
        waiting, seen = [self._root] if self.count else [], set[int]()
        while waiting:
            at = waiting.pop()
            if at in seen:
                raise ValueError("the tree of names runs in a circle")
            seen.add(at)
            leaf, entries = self._node(at)
            if leaf:
                yield from ((key, value) for key, value in entries if key >= begin)
                continue
            children = [struct.unpack(f"{self._order}Q", value)[0] for _, value in entries]
            # a child begins with its key: those that end before the wanted name are left out
            first = max((n for n, (key, _) in enumerate(entries) if key < begin), default=0)
            waiting += reversed(children[first:])

    def _node(self, at: int) -> tuple[bool, list[tuple[bytes, bytes]]]:
        leaf, _, count = struct.unpack(f"{self._order}BBH", self._data.read(at, 4))
        width = self._key + (self._value if leaf else 8)
        data = self._data.read(at + 4, count * width)
        rows = (data[place : place + width] for place in range(0, len(data), width))
        return bool(leaf), [(row[: self._key].rstrip(b"\x00"), row[self._key :]) for row in rows]


def _runs(blocks: Blocks) -> Iterator[Blocks]:
    """Cut sorted blocks into runs that touch in the file, of a few megabytes each."""
    if not len(blocks):
        return
    offsets, sizes = blocks["offset"].astype(np.int64), blocks["size"].astype(np.int64)
    if sizes.min() < 0 or sizes.max() > _BLOCK_LIMIT:
        raise ValueError("a block of impossible size")
    begin = 0
    for place in range(1, len(blocks) + 1):
        whole = place == len(blocks)
        if (
            whole
            or offsets[place] != offsets[place - 1] + sizes[place - 1]
            or (offsets[place] + sizes[place] - offsets[begin] > _RUN_LIMIT)
        ):
            yield blocks[begin:place]
            begin = place
