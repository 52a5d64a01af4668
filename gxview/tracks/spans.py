"""Intervals on one chromosome: which of them touch a region, and how many touch each bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.reduce import Integers


class SortedSpans:
    """Intervals in the order of their starts, the longest first of those that start together.

    Parameters
    ----------
    starts, ends : ndarray of int64, shape (n,)
        0-based, half-open, in any order.

    Attributes
    ----------
    order : ndarray of int64, shape (n,)
        Numbers of the intervals as they were given, in the order in which they are kept.
    """

    def __init__(self, starts: Integers, ends: Integers) -> None:
        self.order: Integers = np.lexsort((-ends, starts)).astype(np.int64)
        self._starts, self._ends = starts[self.order], ends[self.order]
        self._reach = np.maximum.accumulate(self._ends)
        self._sorted_ends = np.sort(self._ends)

    def touching(self, start: int, end: int) -> Integers:
        """Return the places, in the kept order, of the intervals that share a base with a stretch."""
        first = int(np.searchsorted(self._reach, start, side="right"))
        last = int(np.searchsorted(self._starts, end, side="left"))
        return first + np.flatnonzero(self._ends[first:last] > start)

    def count(self, edges: Integers) -> NDArray[np.int64]:
        """Count the intervals that share a base with each bin; edges of shape (bins + 1,)."""
        begun = np.searchsorted(self._starts, edges[1:], side="left")
        over = np.searchsorted(self._sorted_ends, edges[:-1], side="right")
        return np.where(edges[1:] > edges[:-1], begun - over, 0).astype(np.int64)
