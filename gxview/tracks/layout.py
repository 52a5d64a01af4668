"""Rows for boxes with labels, so that nothing overlaps."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

HIDDEN = -1


def pack_rows(
    spans: Sequence[tuple[int, int]], labels: ArrayLike = 0.0, *, gap: float = 0.0, max_rows: int | None = None
) -> NDArray[np.int64]:
    """Give each box the topmost row where it and its label have room.

    A label begins where its box does and runs to the right. Boxes are placed by start, those of one start in their
    own order, so that the result does not depend on what lies to the right; no packing needs fewer rows.

    Parameters
    ----------
    spans : sequence of (int, int)
        Start and end of each box, in bases.
    labels : array_like, shape (n,) or ()
        Width of each label in bases at the zoom in question; 0 for none.
    gap : float
        Bases to leave free behind each box and label.
    max_rows : int, optional
        Boxes that find no room in so many rows get `HIDDEN`.

    Returns
    -------
    ndarray of int64, shape (n,)
        Row of each box, 0 on top.
    """
    starts = np.array([start for start, _ in spans], dtype=np.float64)
    ends = np.array([end for _, end in spans], dtype=np.float64)
    right = np.maximum(ends, starts + np.asarray(labels, dtype=np.float64)) + gap
    rows = np.full(len(starts), HIDDEN, dtype=np.int64)
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    used = 0
    for number in np.argsort(starts, kind="stable").tolist():
        while busy and busy[0][0] <= starts[number]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            row = heapq.heappop(free)
        elif max_rows is None or used < max_rows:
            row, used = used, used + 1
        else:
            continue
        rows[number] = row
        heapq.heappush(busy, (float(right[number]), row))
    return rows
