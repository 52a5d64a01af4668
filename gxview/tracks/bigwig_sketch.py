"""What zoom records say about bins several times as wide, for drawing."""

from __future__ import annotations

import numpy as np

from gxview.tracks.base import SignalSummary
from gxview.tracks.bigwig_blocks import Records, has_sums
from gxview.tracks.reduce import Accumulator, Integers


def sketch_of(records: Records, edges: Integers) -> SignalSummary:
    """Return extremes and means of the records whose middle lies in each bin.

    Parameters
    ----------
    records : structured ndarray
        See `gxview.tracks.bigwig_blocks.zoom_records`.
    edges : ndarray of int64, shape (bins + 1,)
        Ascending positions.

    Returns
    -------
    SignalSummary
        Records without sums count for the mean only where a bin has no others: as the middle of their extremes.
    """
    middles = (records["start"].astype(np.int64) + records["end"]) // 2
    kept = records[(middles >= edges[0]) & (middles < edges[-1]) & (records["count"] > 0)]
    middles = (kept["start"].astype(np.int64) + kept["end"]) // 2
    low, high = kept["low"].astype(np.float64), kept["high"].astype(np.float64)
    summed, count = has_sums(kept), kept["count"].astype(np.int64)
    accumulator = Accumulator.empty(edges)
    accumulator.add_records(middles, low, high, np.where(summed, kept["total"], 0.0), np.where(summed, count, 0))
    bins = np.searchsorted(edges, middles, side="right") - 1
    alone = ~summed & (accumulator.count[bins] == 0)
    accumulator.add_records(
        middles[alone], low[alone], high[alone], (low + high)[alone] / 2 * count[alone], count[alone]
    )
    return accumulator.result()
