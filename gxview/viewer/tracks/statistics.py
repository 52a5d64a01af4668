"""Numbers about what shows of a track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.tracks.combine import Part

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers about the values of a stretch.

    Parameters
    ----------
    smallest, mean, largest, total
        Of the values there, NaN without any; the mean and the total are those of bases.
    covered
        Bases with a value; where `bin_size` is above 1 those of bins with one.
    bases
        Bases of the stretch.
    bin_size
        Bases of a bin of the summary that they were taken from; 1 for single bases.
    """

    smallest: float
    mean: float
    largest: float
    total: float
    covered: int
    bases: int
    bin_size: int = 1


def statistics_of(part: Part, start: int, end: int) -> Statistics:
    """Return the numbers of the values from `start` to `end` (0-based, half-open)."""
    if isinstance(part.values, Bins):
        return _of_bins(part.values, start, end)
    values = part.values[max(0, start - part.start) : max(0, end - part.start)].astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return _nothing(end - start)
    total = float(values.sum())
    return Statistics(float(values.min()), total / len(values), float(values.max()), total, len(values), end - start)


def _of_bins(bins: Bins, start: int, end: int) -> Statistics:
    """Weigh each bin by its bases within the stretch."""
    weights = np.minimum(bins.edges[1:], end) - np.maximum(bins.edges[:-1], start)
    shown = (weights > 0) & np.isfinite(bins.mean)
    size = round(float(np.median(np.diff(bins.edges)))) if len(bins.mean) else 1
    if not shown.any():
        return _nothing(end - start, size)
    covered = int(weights[shown].sum())
    total = float((bins.mean[shown].astype(np.float64) * weights[shown]).sum())
    low, high = float(bins.low[shown].min()), float(bins.high[shown].max())
    return Statistics(low, total / covered, high, total, covered, end - start, size)


def _nothing(bases: int, bin_size: int = 1) -> Statistics:
    return Statistics(np.nan, np.nan, np.nan, np.nan, 0, bases, bin_size)
