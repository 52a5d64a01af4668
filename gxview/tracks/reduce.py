"""Extremes and means of values in bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.base import Floats, SignalSummary

Integers: TypeAlias = NDArray[np.int64]


def bin_edges(region: Region, bins: int) -> Integers:
    """Cut a region into equal bins of whole bases.

    Returns
    -------
    ndarray, shape (bins + 1,)
        Bin i holds the bases from edge i up to edge i + 1. With more bins than bases some hold none.
    """
    return region.start + np.arange(bins + 1, dtype=np.int64) * region.length // bins


@dataclass(slots=True)
class Accumulator:
    """Collects pieces of a signal into bins.

    Parameters
    ----------
    edges : ndarray of int64, shape (bins + 1,)
        Ascending positions.
    """

    edges: Integers
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    total: NDArray[np.float64]
    count: Integers

    @classmethod
    def empty(cls, edges: Integers) -> Accumulator:
        """Start without any value."""
        bins = len(edges) - 1
        return cls(edges, np.full(bins, np.inf), np.full(bins, -np.inf), np.zeros(bins), np.zeros(bins, np.int64))

    def add_values(self, start: int, values: Floats) -> None:
        """Add one value per base from `start` on; NaN is missing."""
        known = np.flatnonzero(~np.isnan(values))
        found = values[known].astype(np.float64)
        self._add(self._bin_of(start + known), found, found, found, np.ones(len(found), np.int64))

    def add_intervals(self, starts: Integers, ends: Integers, values: Floats) -> None:
        """Add stretches of one value each; they must not overlap one another."""
        keep = (ends > self.edges[0]) & (starts < self.edges[-1]) & ~np.isnan(values)
        starts = np.maximum(starts[keep], self.edges[0])
        ends = np.minimum(ends[keep], self.edges[-1])
        first, last = self._bin_of(starts), self._bin_of(ends - 1)
        pieces = last - first + 1
        source = np.repeat(np.arange(len(starts)), pieces)
        bins = first[source] + np.arange(len(source)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        covered = np.minimum(ends[source], self.edges[bins + 1]) - np.maximum(starts[source], self.edges[bins])
        found = values[keep].astype(np.float64)[source]
        self._add(bins, found, found, found * covered, covered)

    def add_records(
        self,
        positions: Integers,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        total: NDArray[np.float64],
        count: Integers,
    ) -> None:
        """Add summaries that each lie within the bin of their position."""
        self._add(self._bin_of(positions), low, high, total, count)

    def result(self) -> SignalSummary:
        """Return what was collected; NaN in bins without a value."""
        filled = self.count > 0
        low = np.where(filled, self.low, np.nan).astype(np.float32)
        high = np.where(filled, self.high, np.nan).astype(np.float32)
        mean = (self.total / np.where(filled, self.count, np.nan)).astype(np.float32)
        # rounding must not put a mean outside of its extremes
        return SignalSummary(low, high, np.clip(mean, low, high))

    def _bin_of(self, positions: Integers) -> Integers:
        return np.searchsorted(self.edges, positions, side="right").astype(np.int64) - 1

    def _add(
        self,
        bins: Integers,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        total: NDArray[np.float64],
        count: Integers,
    ) -> None:
        if len(bins) == 0:
            return
        if np.any(bins[1:] < bins[:-1]):
            order = np.argsort(bins, kind="stable")
            bins, low, high, total, count = bins[order], low[order], high[order], total[order], count[order]
        heads = np.flatnonzero(np.concatenate(([True], bins[1:] != bins[:-1])))
        at = bins[heads]
        self.low[at] = np.minimum(self.low[at], np.minimum.reduceat(low, heads))
        self.high[at] = np.maximum(self.high[at], np.maximum.reduceat(high, heads))
        self.total[at] += np.add.reduceat(total, heads)
        self.count[at] += np.add.reduceat(count, heads)


def per_base_summary(values: Floats, region: Region, bins: int) -> SignalSummary:
    """Summarise values per base, shape (L,); with more bins than bases a base fills several bins."""
    if bins >= region.length:
        stretched = values[np.arange(bins, dtype=np.int64) * region.length // bins]
        return SignalSummary(stretched, stretched, stretched)
    heads = bin_edges(region, bins)[:-1] - region.start
    missing = np.isnan(values)
    count = np.add.reduceat(~missing, heads, dtype=np.int64)
    total = np.add.reduceat(np.where(missing, np.float32(0), values), heads, dtype=np.float64)
    low, high = np.fmin.reduceat(values, heads), np.fmax.reduceat(values, heads)
    mean = (total / np.where(count > 0, count, np.nan)).astype(np.float32)
    return SignalSummary(low, high, np.clip(mean, low, high))
