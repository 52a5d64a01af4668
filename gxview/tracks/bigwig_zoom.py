"""The zoom records of a bigWig file.

pyBigWig itself answers from them only by share: in bins of normal noise one extreme in five was wrong, and the error
of the means was as large as their spread. Here the records themselves are read, so that what lies across the border
of a bin can be read base by base. Layout: Kent et al. 2010, Bioinformatics 26:2204, supplement.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError

BIGWIG_MAGIC = 0x888FFC26
_RECORD = [("chrom", "u4"), ("start", "u4"), ("end", "u4"), ("count", "u4")]
_RECORD += [("low", "f4"), ("high", "f4"), ("total", "f4"), ("squares", "f4")]
_SPAN = [("first_chrom", "u4"), ("first", "u4"), ("last_chrom", "u4"), ("last", "u4"), ("offset", "u8")]

Order: TypeAlias = Literal["<", ">"]
Records: TypeAlias = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class ZoomLevel:
    """One zoom level: bases per record, and where its index begins in the file."""

    bases: int
    index: int


class ZoomRecords:
    """Reads zoom records from a bigWig file; each call opens the file on its own, so threads may share it.

    Parameters
    ----------
    path : Path
        A bigWig file.

    Raises
    ------
    GxviewError
        If it is missing, cut off, or no bigWig file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as file:
            head = file.read(64)
            order = _byte_order(head, path)
            count, buffer = struct.unpack_from(f"{order}H", head, 6)[0], struct.unpack_from(f"{order}I", head, 52)[0]
            table = file.read(24 * count)
            file.seek(-4, SEEK_END)
            tail = file.read()
        # every writer ends the file with the magic number; pyBigWig crashes on what is cut off
        if len(table) < 24 * count or tail != head[:4]:
            raise GxviewError(f"{path} is cut off; copy or download it again.")
        self._order, self._compressed = order, buffer > 0
        entries = struct.iter_unpack(f"{order}IIQQ", table)
        self.levels = tuple(sorted((ZoomLevel(e[0], e[3]) for e in entries if e[0]), key=lambda level: level.bases))

    def read(self, level: ZoomLevel, chrom: int, start: int, end: int) -> Records:
        """Return the records that overlap a stretch, by start.

        Parameters
        ----------
        level : ZoomLevel
            One of `levels`.
        chrom : int
            Number of the chromosome in the file.
        start, end : int
            0-based, half-open.

        Returns
        -------
        structured ndarray
            Fields start, end, count (bases with a value), low, high, total (sum of the values).
        """
        dtype = np.dtype(_RECORD).newbyteorder(self._order)
        try:
            with self._path.open("rb") as file:
                blocks = self._blocks(file, level.index + 48, chrom, start, end)
                data = b"".join(self._block(file, offset, size) for offset, size in sorted(blocks))
            records: Records = np.frombuffer(data, dtype=dtype)
        except (OSError, ValueError, struct.error, zlib.error) as error:
            raise GxviewError(f"{self._path} is damaged in its zoom levels ({error}).") from error
        keep = (records["chrom"] == chrom) & (records["start"] < end) & (records["end"] > start)
        kept: Records = records[keep]
        return kept

    def _block(self, file: BinaryIO, offset: int, size: int) -> bytes:
        file.seek(offset)
        data = file.read(size)
        return zlib.decompress(data) if self._compressed else data

    def _blocks(self, file: BinaryIO, node: int, chrom: int, start: int, end: int) -> list[tuple[int, int]]:
        """Walk the R tree from a node down to the data blocks that overlap."""
        file.seek(node)
        leaf, _, count = struct.unpack(f"{self._order}BBH", file.read(4))
        dtype = np.dtype([*_SPAN, ("size", "u8")] if leaf else _SPAN).newbyteorder(self._order)
        items = np.frombuffer(file.read(count * dtype.itemsize), dtype=dtype, count=count)
        # a node may span several chromosomes, so places are compared as (chromosome, position)
        before_end = (items["first_chrom"] < chrom) | ((items["first_chrom"] == chrom) & (items["first"] < end))
        after_start = (items["last_chrom"] > chrom) | ((items["last_chrom"] == chrom) & (items["last"] > start))
        found = items[before_end & after_start]
        if leaf:
            return [(int(item["offset"]), int(item["size"])) for item in found]
        return [block for item in found for block in self._blocks(file, int(item["offset"]), chrom, start, end)]


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise GxviewError(f"{path} cannot be read: {error.strerror}.") from error


def _byte_order(head: bytes, path: Path) -> Order:
    orders: tuple[Order, Order] = ("<", ">")
    for order in orders:
        if len(head) == 64 and struct.unpack_from(f"{order}I", head)[0] == BIGWIG_MAGIC:
            return order
    raise GxviewError(f"{path} is no bigWig file.")
