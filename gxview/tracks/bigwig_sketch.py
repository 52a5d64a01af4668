"""What zoom records say about bins several times as wide, for drawing."""

from __future__ import annotations

import numpy as np

from gxview.tracks.base import SignalSummary
from gxview.tracks.bigwig_blocks import Records, has_sums
from gxview.tracks.reduce import Integers


def sketch_of(records: Records, edges: Integers) -> SignalSummary:
    """Return extremes and means of the records whose middle lies in each bin.

    Parameters
    ----------
    records : structured ndarray
        In order, see `gxview.tracks.bigwig_blocks.zoom_records`.
    edges : ndarray of int64, shape (bins + 1,)
        Ascending positions.

    Returns
    -------
    SignalSummary
        NaN in bins without a record. Those without sums say nothing about the mean; where a bin has no others it is
        the middle of the extremes.
    """
    middles = (records["start"].astype(np.int64) + records["end"]) // 2
    inside = (middles >= edges[0]) & (middles < edges[-1]) & (records["count"] > 0)
    kept, bins = records[inside], np.searchsorted(edges, middles[inside], side="right") - 1
    found = SignalSummary(*(np.full(len(edges) - 1, np.nan, np.float32) for _ in range(3)))
    if not len(kept):
        return found
    heads = np.append(0, np.flatnonzero(bins[1:] != bins[:-1]) + 1)
    low, high = np.minimum.reduceat(kept["low"], heads), np.maximum.reduceat(kept["high"], heads)
    summed = has_sums(kept)
    total = np.add.reduceat(np.where(summed, kept["total"], np.float64(0)), heads)
    count = np.add.reduceat(np.where(summed, kept["count"], 0), heads, dtype=np.int64)
    mean = np.where(count > 0, total / np.maximum(count, 1), (low + high) / 2)
    at = bins[heads]
    found.min[at], found.max[at], found.mean[at] = low, high, np.clip(mean, low, high)
    return found
