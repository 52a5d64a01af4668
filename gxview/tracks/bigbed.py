"""Features in bigBed files, here or on a web server: read by region, found by name."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks.autosql import Columns
from gxview.tracks.base import Feature
from gxview.tracks.bbi import BIGBED_MAGIC, BbiFile, Blocks
from gxview.tracks.bbi_source import BbiSource
from gxview.tracks.bigbed_names import NameColumns
from gxview.tracks.features import NameIndex
from gxview.tracks.reduce import Integers, bin_edges

_COUNTED = 4 << 20
"""Up to so many bytes of blocks features are counted one by one; beyond, as many as their blocks hold."""
_SEARCHED, _SEARCHED_INDEXED = 32 << 20, 1 << 20
"""A file with up to so many bytes of data is read wholly when a name is asked for; without and with an index."""


class BigBedFeatures(BbiSource):
    """A bigBed file; safe to use from several threads at once.

    Parameters
    ----------
    path : path
        The file, or its http(s) address; the server must answer range requests.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, or no bigBed.
    """

    def __init__(self, path: str | Path, reference: Reference | None = None) -> None:
        super().__init__(path, BIGBED_MAGIC, reference)
        header = self._file.header
        with self._file.reading("description"):
            schema = self._file.text_at(header.schema)
            self._columns = Columns.of(schema, header.columns, header.standard_columns)
            self._named = NameColumns.of(self._file)
            self._per_block = _features_per_block(self._file)
        self._lock = threading.Lock()
        self._read_names: NameIndex | None = None
        self._is_small = header.index - header.data <= (_SEARCHED_INDEXED if self._named else _SEARCHED)
        if not self._named and not self._is_small:
            self.notes += (f"{self.path.name} has no index of names, so features cannot be searched by name.",)

    def features(self, region: Region) -> list[Feature]:
        """Return the features that overlap a region, by start; the longest first of those that start together.

        Raises
        ------
        GxviewError
            If the file is damaged there, has changed, or is gone.
        """
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return []
        found = [self._feature(chrom, *row) for row in self._rows(chrom, region.start, region.end)]
        return sorted(found, key=lambda feature: (feature.start, -feature.end))

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return features by name.

        In a small file as :meth:`FeatureTable.search` does; in a large one those that its index of names tells: that
        are or begin as asked, as written, in capitals, or in small letters.
        """
        wanted = text.strip()
        if not wanted:
            return []
        return self._all_names().find(wanted, limit) if self._is_small else self._by_index(wanted, limit)

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many features overlap each of equal bins, shape (bins,).

        Where the region holds more than a few megabytes of data they are not read: the features of each block of the
        file (some hundreds) then count as spread evenly over the stretch that the block spans.
        """
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return np.zeros(bins, np.int64)
        edges = bin_edges(region, bins)
        blocks = self._blocks(chrom, region.start, region.end)
        if int(blocks["size"].sum()) > _COUNTED:
            return _spread(blocks, self._file.numbers[chrom], self._file.sizes[chrom], self._per_block, edges)
        rows = [(start, end) for start, end, _ in self._rows(chrom, region.start, region.end)]
        spans = np.array(rows, dtype=np.int64).reshape(-1, 2)
        starts, ends = np.sort(spans[:, 0]), np.sort(np.maximum(spans[:, 1], spans[:, 0] + 1))
        begun = np.searchsorted(starts, edges[1:], side="left")
        over = np.searchsorted(ends, edges[:-1], side="right")
        return np.where(edges[1:] > edges[:-1], begun - over, 0).astype(np.int64)

    def _blocks(self, chrom: str, start: int, end: int) -> Blocks:
        with self._file.reading("index"):
            return self._file.blocks(self._file.header.index, self._file.numbers[chrom], start, end)

    def _rows(self, chrom: str, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield start, end and further columns of the rows that overlap."""
        number, read = self._file.numbers[chrom], partial(struct.unpack_from, f"{self._file.header.order}III")
        blocks = self._blocks(chrom, start, end)
        with self._file.reading("data"):
            for data in self._file.contents(blocks):
                for row_chrom, row_start, row_end, rest in _rows_of(data, read):
                    if row_chrom == number and row_start < end and max(row_end, row_start + 1) > start:
                        yield row_start, row_end, rest

    def _feature(self, chrom: str, start: int, end: int, rest: bytes) -> Feature:
        with self._file.reading("columns"):
            columns = rest.decode("utf-8", "replace").split("\t") if rest else []
            return self._columns.feature(self._names.canonical(chrom), start, end, columns)

    def _by_index(self, wanted: str, limit: int) -> list[Feature]:
        """Read the blocks that the index names; equal names first, then beginnings, each once."""
        of_number = {number: chrom for chrom, number in self._file.numbers.items()}
        read = partial(struct.unpack_from, f"{self._file.header.order}III")
        entries: list[tuple[str, Feature]] = []
        with self._file.reading("index of names"):
            places = self._named.places(self._file, wanted, limit)
            for data in self._named.contents(self._file, places):
                for number, start, end, rest in _rows_of(data, read):
                    columns = rest.decode("utf-8", "replace").split("\t")
                    keys = [key for key in self._named.of_row(columns) if key.casefold().startswith(wanted.casefold())]
                    if keys:
                        feature = self._feature(of_number[number], start, end, rest)
                        entries += [(key, feature) for key in keys]
        return NameIndex(entries).find(wanted, limit)

    def _all_names(self) -> NameIndex:
        with self._lock:
            if self._read_names is None:
                self._read_names = NameIndex(self._named_rows())
            return self._read_names

    def _named_rows(self) -> Iterator[tuple[str, Feature]]:
        for chrom, size in self._file.sizes.items():
            for start, end, rest in self._rows(chrom, 0, size):
                feature = self._feature(chrom, start, end, rest)
                columns = rest.decode("utf-8", "replace").split("\t")
                yield from ((key, feature) for key in self._columns.keys(columns))


def _features_per_block(file: BbiFile) -> float:
    """Return the mean number of features per block: both counts stand in the file, of old ones only the most."""
    order, header = file.header.order, file.header
    (features,) = struct.unpack(f"{order}Q", file.data.read(header.data, 8))
    (blocks,) = struct.unpack(f"{order}Q", file.data.read(header.index + 8, 8))
    (most,) = struct.unpack(f"{order}I", file.data.read(header.index + 40, 4))
    return features / blocks if features > blocks else float(most)


def _rows_of(data: bytes, read: partial[tuple[int, int, int]]) -> Iterator[tuple[int, int, int, bytes]]:
    at = 0
    while at < len(data):
        chrom, start, end = read(data, at)
        stop = data.index(b"\x00", at + 12)
        yield chrom, start, end, data[at + 12 : stop]
        at = stop + 1


def _spread(blocks: Blocks, chrom: int, size: int, per_block: float, edges: Integers) -> NDArray[np.int64]:
    """Count the features of full blocks as if they lay evenly, each in one bin."""
    starts = np.where(blocks["first_chrom"] == chrom, blocks["first"], 0).astype(np.int64)
    ends = np.where(blocks["last_chrom"] == chrom, blocks["last"], size).astype(np.int64)
    counts = np.zeros(len(edges) - 1)
    for start, end in zip(starts.tolist(), np.maximum(ends, starts + 1).tolist(), strict=True):
        shares = np.diff(np.clip(edges, start, end)) / (end - start)
        counts += per_block * shares
    return np.rint(counts).astype(np.int64)
