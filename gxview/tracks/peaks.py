"""What is a peak: windows on a grid, rated by the sum of the absolute values, the best that do not overlap."""

from __future__ import annotations

from bisect import bisect_left, insort

import numpy as np
from numpy.typing import NDArray

STEPS = 4
"""Windows begin at every fourth part of their width."""
LEAST_KNOWN = 0.5
"""A window of which less is known has no score."""


def step_of(width: int) -> int:
    """Return how many bases lie between the starts of windows."""
    return max(1, width // STEPS)


def totals(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the sum of the absolute values of windows (n, width): (n,), missing bases left out."""
    sizes = np.where(np.isfinite(windows), np.abs(windows), np.float32(0))
    sums: NDArray[np.float64] = sizes.sum(axis=1, dtype=np.float64)
    return sums


def summits_of(windows: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which base of each window (n, width) has the largest absolute value: (n,)."""
    bases: NDArray[np.intp] = np.argmax(np.nan_to_num(np.abs(windows), nan=-1.0), axis=1)
    return bases


def enough_known(windows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which windows (n, width) have a value at `LEAST_KNOWN` of their bases: (n,)."""
    enough: NDArray[np.bool_] = np.isfinite(windows).mean(axis=1) >= LEAST_KNOWN
    return enough


def pick(starts: NDArray[np.int64], scores: NDArray[np.float64], width: int, count: int) -> NDArray[np.int64]:
    """Choose the best windows that do not overlap: the highest first, the leftmost of equals.

    Parameters
    ----------
    starts, scores
        Of the windows, (n,); a NaN score is never chosen.
    width
        Bases of each window.
    count
        Most to choose.

    Returns
    -------
    ndarray
        Indices of the chosen windows, best first, (at most count,).
    """
    order = np.lexsort((starts, -scores))
    taken: list[int] = []
    chosen: list[int] = []
    for index in order[: int(np.isfinite(scores).sum())].tolist():
        start = int(starts[index])
        place = bisect_left(taken, start)
        free_left = place == 0 or taken[place - 1] + width <= start
        if free_left and (place == len(taken) or start + width <= taken[place]):
            insort(taken, start)
            chosen.append(index)
            if len(chosen) == count:
                break
    return np.array(chosen, np.int64)
