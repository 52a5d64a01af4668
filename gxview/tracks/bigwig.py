"""Signals in bigWig files, here or on a web server."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gxview.genome import Reference, Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.bbi import BIGWIG_MAGIC, ZoomLevel
from gxview.tracks.bbi_source import BbiSource
from gxview.tracks.bigwig_blocks import has_sums, sections, zoom_records
from gxview.tracks.bigwig_sketch import sketch_of
from gxview.tracks.reduce import Accumulator, bin_edges, per_base_summary

_PER_BASE = 1 << 22
"""Up to so many bases a summary is taken from the bases themselves."""
_RECORDS_PER_BIN = 32
"""A zoom level serves when at least so many of its records fill a bin: few of them then lie across a border."""
_SKETCHED_PER_BIN = 2
"""At least so many zoom records fill a bin that is only drawn."""


class BigWigSignal(BbiSource):
    """A bigWig file; safe to use from several threads at once.

    Parameters
    ----------
    path : path
        The file, or its http(s) address; the server must answer range requests.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, or no bigWig.
    """

    def __init__(self, path: str | Path, reference: Reference | None = None) -> None:
        super().__init__(path, BIGWIG_MAGIC, reference)
        if self._file.covers_nothing:
            self.notes += (f"All values of {self.name} stand at points without length; each is shown as one base.",)

    def values(self, region: Region) -> Floats:
        """Return the value of every base, shape (L,); NaN where missing.

        Raises
        ------
        GxviewError
            If the file is damaged there, has changed, or is gone.
        """
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return np.full(region.length, np.nan, np.float32)
        return self._read(chrom, region.start, region.end)

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return exact extremes and means of equal bins (mean to float32), NaN in bins without a value.

        Near the bases these are read; farther out the file's zoom records are taken at their word, and bases are read
        where a record lies across the border of a bin.

        Raises
        ------
        GxviewError
            If the file is damaged there, has changed, or is gone.
        """
        if region.length <= max(_PER_BASE, bins):
            return per_base_summary(self.values(region), region, bins)
        accumulator = Accumulator.empty(bin_edges(region, bins))
        chrom = self._names.in_file(region.chrom)
        if chrom is not None:
            end = min(region.end, self._file.sizes[chrom])
            fitting = [level for level in self._file.levels if level.bases * _RECORDS_PER_BIN * bins <= region.length]
            if fitting and not self._file.covers_nothing:
                self._add_zoomed(accumulator, fitting[-1], chrom, region.start, end)
            else:
                self._add_stretches(accumulator, chrom, region.start, end)
        return accumulator.result()

    def sketch(self, region: Region, bins: int) -> SignalSummary:
        """Return extremes and means of equal bins to be drawn, many times faster than `summary`.

        A zoom record counts for the bin of its middle. It is at most half a bin long, so that a value moves by
        a quarter of a bin, none is lost. Without such a zoom level the values are as exact as those of `summary`.

        Raises
        ------
        GxviewError
            If the file is damaged there, has changed, or is gone.
        """
        chrom = self._names.in_file(region.chrom)
        fitting = [level for level in self._file.levels if level.bases * _SKETCHED_PER_BIN * bins <= region.length]
        if chrom is None or region.length < _SKETCHED_PER_BIN * bins:
            return self.summary(region, bins)
        if not fitting:
            return self._from_stretches(chrom, region, bins)
        records = zoom_records(self._file, fitting[-1], self._file.numbers[chrom], region.start, region.end)
        return sketch_of(records, bin_edges(region, bins))

    def _add_zoomed(self, accumulator: Accumulator, level: ZoomLevel, chrom: str, start: int, end: int) -> None:
        records = zoom_records(self._file, level, self._file.numbers[chrom], start, end)
        starts, ends = records["start"].astype(np.int64), records["end"].astype(np.int64)
        edges = accumulator.edges
        first = np.searchsorted(edges, starts, side="right") - 1
        last = np.searchsorted(edges, ends - 1, side="right") - 1
        whole = (first == last) & (first >= 0) & (last < len(edges) - 1) & (records["count"] > 0) & has_sums(records)
        inside = records[whole]
        low, high, total = (inside[field].astype(np.float64) for field in ("low", "high", "total"))
        accumulator.add_records(starts[whole], low, high, total, inside["count"].astype(np.int64))
        across = ~whole & (records["count"] > 0)
        for left, right in zip(np.maximum(starts[across], start), np.minimum(ends[across], end), strict=True):
            if left < right:
                accumulator.add_values(int(left), self._read(chrom, int(left), int(right)))

    def _add_stretches(self, accumulator: Accumulator, chrom: str, start: int, end: int) -> None:
        """Go through the file's own stretches; without a fitting zoom level these are few and long."""
        for section in sections(self._file, self._file.numbers[chrom], start, end):
            accumulator.add_intervals(*section.stretches())

    def _from_stretches(self, chrom: str, region: Region, bins: int) -> SignalSummary:
        """Go through the file's stretches without a look at each base, where a stretch holds several."""
        found = [part.stretches() for part in sections(self._file, self._file.numbers[chrom], region.start, region.end)]
        if sum(len(starts) for starts, _, _ in found) * _SKETCHED_PER_BIN > region.length:
            return self.summary(region, bins)
        accumulator = Accumulator.empty(bin_edges(region, bins))
        if found:
            starts, ends, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
            accumulator.add_intervals(starts, ends, values)
        return accumulator.result()

    def _read(self, chrom: str, start: int, end: int) -> Floats:
        values = np.full(end - start, np.nan, np.float32)
        known = values[: max(0, self._file.sizes[chrom] - start)]
        for section in sections(self._file, self._file.numbers[chrom], start, start + len(known)):
            section.fill(known, start)
        return values
