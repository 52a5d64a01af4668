"""Large annotation compressed by bgzip with a tabix index: read by region, and wholly only when names are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pysam
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.base import Feature
from gxview.tracks.features import FeatureTable, Parsed
from gxview.tracks.index_profile import IndexProfile, read_profile
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.places import Stamp
from gxview.tracks.reduce import bin_edges
from gxview.tracks.spans import SortedSpans
from gxview.tracks.text import Lines, Where

Parser: TypeAlias = Callable[[Lines, Where], Parsed]
Extent: TypeAlias = Callable[[Lines, Where], tuple[int, int] | None]
_INDEXES = (".tbi", ".csi")
COUNTED = 1 << 20
"""Up to so many compressed bytes features are counted one by one."""


def tabix_index(path: Path) -> Path | None:
    """Return the tabix index beside a file; None if there is none, or it is older than the file."""
    for suffix in _INDEXES:
        index = path.with_name(path.name + suffix)
        if index.is_file() and index.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            return index
    return None


class TabixFeatures:
    """Features read through a tabix index; safe to use from several threads at once.

    Parameters
    ----------
    path, index : Path
        The file and its index.
    parse : callable
        Makes features of lines.
    extent : callable or None
        Tells how far the features reach that some lines belong to (0-based, half-open), or None if only the whole
        file tells. Without it every line is a feature of its own.
    load : callable
        Reads the whole file; called when names are asked for the first time.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the index cannot be read.
    """

    color: str | None = None

    def __init__(
        self,
        path: Path,
        index: Path,
        parse: Parser,
        extent: Extent | None,
        load: Callable[[], FeatureTable],
        reference: Reference | None = None,
    ) -> None:
        self.path, self.name = path, path.name
        self._parse, self._extent, self._load = parse, extent, load
        self._lock = threading.RLock()
        self._stamps = Stamp.of(path), Stamp.of(index)
        self._reference = reference
        self._table: FeatureTable | None = None
        self._profile = read_profile(index, path.stat().st_size)  # before htslib, which trusts an index
        try:
            self._file = pysam.TabixFile(str(path), index=str(index), encoding="utf-8")
        except (OSError, ValueError) as error:
            raise GxviewError(f"The index {index} cannot be read; build it anew with: tabix -f {path}") from error
        self._names = ChromosomeNames(path, tuple(self._file.contigs), reference)
        self._numbers = {chrom: number for number, chrom in enumerate(self._file.contigs)}
        self._rate: float | None = None
        self.sizes: dict[str, int] = self._names.renamed(_reach(self._profile, self._file.contigs))
        self.notes: tuple[str, ...] = self._names.notes

    def features(self, region: Region) -> list[Feature]:
        """Return the features that overlap a region, by start; the longest first of those that start together."""
        chrom = self._names.in_file(region.chrom)
        if self._table is not None or chrom is None:
            return self._table.features(region) if self._table is not None else []
        start, end = region.start, region.end
        if self._extent is not None:
            span = self._extent(self._lines(chrom, start, end), self._where(chrom))
            if span is None:
                return self._whole().features(region)
            start, end = min(span[0], start), max(span[1], end)
        parsed = self._parse(self._lines(chrom, start, end), self._where(chrom))
        return FeatureTable(self.path, parsed, self._reference).features(region)

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return features by name, as :meth:`FeatureTable.search` does; the first call reads the whole file."""
        return self._whole().search(text, limit)

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many features overlap each of equal bins, shape (bins,).

        Where the region holds more than a few megabytes, and the file has not been read wholly, the index tells how
        much of it lies in each bin, and a sample how many features that is.
        """
        if self._table is not None:
            return self._table.density(region, bins)
        chrom, edges = self._names.in_file(region.chrom), bin_edges(region, bins)
        if chrom is None:
            return np.zeros(bins, np.int64)
        sizes = self._profile.bytes_in(self._numbers[chrom], edges)
        if sizes.sum() > COUNTED:
            return np.ceil(sizes * self._features_per_byte(chrom)).astype(np.int64)
        spans = np.array([(f.start, f.end) for f in self.features(region)], np.int64).reshape(-1, 2)
        return SortedSpans(spans[:, 0], spans[:, 1]).count(edges)

    def _features_per_byte(self, chrom: str) -> float:
        """Measure it where the data are densest."""
        if self._rate is None:
            number = self._numbers[chrom]
            widths = self._profile.ends[number] - self._profile.starts[number]
            place = int(np.argmax(np.where(widths == widths.min(), self._profile.sizes[number], 0)))
            start, end = int(self._profile.starts[number][place]), int(self._profile.ends[number][place])
            size = self._profile.bytes_in(number, np.array([start, end]))[0]
            self._rate = len(self.features(Region(chrom, start, end))) / max(1.0, float(size))
        return self._rate

    def _whole(self) -> FeatureTable:
        with self._lock:
            if self._table is None:
                self._table = self._load()
            return self._table

    def _lines(self, chrom: str, start: int, end: int) -> Iterator[tuple[int, str]]:
        with self._lock:
            for stamp in self._stamps:
                stamp.check()
            try:
                lines = list(self._file.fetch(chrom, start, end))
            except (OSError, ValueError, UnicodeDecodeError) as error:
                raise GxviewError(f"{self.path} cannot be read at {chrom}:{start + 1:,}-{end:,}: {error}.") from error
        return enumerate(lines, start=1)

    def _where(self, chrom: str) -> Where:
        return lambda _: f"{self.path}, a line of {chrom}"


def _reach(profile: IndexProfile, chroms: Iterable[str]) -> dict[str, int]:
    """Return about how far the data of each chromosome reach: as far as the finest bins of the index, 16 kb as a rule.

    Wider bins hold what lies across a border of finer ones; their ends, up to 512 Mb, tell nothing.
    """
    reach: dict[str, int] = {}
    for chrom, starts, ends in zip(chroms, profile.starts, profile.ends, strict=False):
        if len(ends):
            widths = ends - starts
            reach[chrom] = int(np.where(widths == widths.min(), ends, starts + 1).max())
    return reach
