"""Signals in bigWig files."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pyBigWig

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.bigwig_zoom import ZoomLevel, ZoomRecords
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import Accumulator, bin_edges, per_base_summary

_PER_BASE = 1 << 22
"""Up to so many bases a summary is taken from the bases themselves."""
_RECORDS_PER_BIN = 32
"""A zoom level serves when at least so many of its records fill a bin: few of them then lie across a border."""


class BigWigSignal:
    """A bigWig file; safe to use from several threads at once.

    Parameters
    ----------
    path : path
        The file.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, or no bigWig.
    """

    color: str | None = None

    def __init__(self, path: str | Path, reference: Reference | None = None) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self._lock = threading.Lock()
        self._zooms = ZoomRecords(self.path)
        try:
            self._file = pyBigWig.open(str(self.path))
        except (RuntimeError, OSError) as error:
            raise GxviewError(f"{self.path} is damaged; copy or download it again.") from error
        self._sizes: dict[str, int] = dict(self._file.chroms() or {})
        if not self._sizes:
            raise GxviewError(f"{self.path} names no chromosome; it is damaged or empty.")
        self._number = {name: number for number, name in enumerate(self._sizes)}
        self._names = ChromosomeNames(self.path, tuple(self._sizes), reference, self._sizes)
        self.notes: tuple[str, ...] = self._names.notes

    def values(self, region: Region) -> Floats:
        """Return the value of every base, shape (L,); NaN where missing.

        Raises
        ------
        GxviewError
            If the file is damaged there.
        """
        values = np.full(region.length, np.nan, np.float32)
        chrom = self._names.in_file(region.chrom)
        end = min(region.end, self._sizes[chrom]) if chrom is not None else 0
        if chrom is not None and region.start < end:
            values[: end - region.start] = self._read(chrom, region.start, end)
        return values

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return exact extremes and means of equal bins (mean to float32), NaN in bins without a value.

        Near the bases these are read; farther out the file's zoom records are taken at their word, and bases are read
        where a record lies across the border of a bin.

        Raises
        ------
        GxviewError
            If the file is damaged there.
        """
        if region.length <= max(_PER_BASE, bins):
            return per_base_summary(self.values(region), region, bins)
        accumulator = Accumulator.empty(bin_edges(region, bins))
        chrom = self._names.in_file(region.chrom)
        if chrom is not None:
            end = min(region.end, self._sizes[chrom])
            fitting = [level for level in self._zooms.levels if level.bases * _RECORDS_PER_BIN * bins <= region.length]
            if fitting:
                self._add_zoomed(accumulator, fitting[-1], chrom, region.start, end)
            else:
                self._add_intervals(accumulator, chrom, region.start, end)
        return accumulator.result()

    def _add_zoomed(self, accumulator: Accumulator, level: ZoomLevel, chrom: str, start: int, end: int) -> None:
        records = self._zooms.read(level, self._number[chrom], start, end)
        starts, ends = records["start"].astype(np.int64), records["end"].astype(np.int64)
        edges = accumulator.edges
        first = np.searchsorted(edges, starts, side="right") - 1
        last = np.searchsorted(edges, ends - 1, side="right") - 1
        # libBigWig writes the first record of a block and the last of a level without its sums
        summed = (records["squares"] != 0) | ((records["low"] == 0) & (records["high"] == 0))
        whole = (first == last) & (first >= 0) & (last < len(edges) - 1) & (records["count"] > 0) & summed
        inside = records[whole]
        low, high, total = (inside[field].astype(np.float64) for field in ("low", "high", "total"))
        accumulator.add_records(starts[whole], low, high, total, inside["count"].astype(np.int64))
        across = ~whole & (records["count"] > 0)
        for left, right in zip(np.maximum(starts[across], start), np.minimum(ends[across], end), strict=True):
            if left < right:
                accumulator.add_values(int(left), self._read(chrom, int(left), int(right)))

    def _add_intervals(self, accumulator: Accumulator, chrom: str, start: int, end: int) -> None:
        """Go through the file's own stretches; without a fitting zoom level these are few and long."""
        for left in range(start, end, _PER_BASE):
            right = min(left + _PER_BASE, end)
            found = self._intervals(chrom, left, right)
            starts, ends, values = np.array(found, dtype=np.float64).reshape(-1, 3).T
            starts, ends = np.clip(starts, left, right), np.clip(ends, left, right)
            accumulator.add_intervals(starts.astype(np.int64), ends.astype(np.int64), values.astype(np.float32))

    def _intervals(self, chrom: str, start: int, end: int) -> tuple[tuple[int, int, float], ...]:
        with self._lock:
            try:
                return self._file.intervals(chrom, start, end) or ()
            except RuntimeError as error:
                raise self._damaged(chrom, start, end) from error

    def _read(self, chrom: str, start: int, end: int) -> Floats:
        with self._lock:
            try:
                return np.asarray(self._file.values(chrom, start, end, numpy=True), dtype=np.float32)
            except RuntimeError as error:
                raise self._damaged(chrom, start, end) from error

    def _damaged(self, chrom: str, start: int, end: int) -> GxviewError:
        return GxviewError(f"{self.path} is damaged at {chrom}:{start + 1:,}-{end:,}; copy or download it again.")
