"""Stitching many neighbouring windows at once: to the bit what `gxview.explain.stitching.Stitcher` gives one by one.

Windows of a regular grid are cut into chunks of one stride. Chunk j of all windows together covers the genome like
tiles, so it is added in one step; from the last chunk to the first, every base meets its windows in ascending order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gxview.explain.windows import WindowGrid


def stitch_run(
    grid: WindowGrid,
    first: int,
    values: NDArray[np.float32],
    valid: NDArray[np.bool_],
    scores: NDArray[np.float64],
    place: tuple[int, int],
    rule: str = "mean",
) -> NDArray[np.float32]:
    """Return one value for one base of a place from all windows that touch it.

    Parameters
    ----------
    grid : WindowGrid
        The grid, with windows of W bases.
    first : int
        Index of the first of n windows; together they are all windows that touch the place.
    values : ndarray
        float32 (n, rows, W); the first row decides where a rule chooses.
    valid : ndarray
        bool (n,): whether a window has values.
    scores : ndarray
        float64 (n,): weights of the rule ``'score'``.
    place : tuple of int
        Start and end, 0-based half-open.
    rule : str
        ``'mean'``, ``'centre'``, ``'max_abs'`` or ``'score'``, see :class:`~gxview.explain.stitching.Stitcher`.

    Returns
    -------
    ndarray
        float32 (rows, end - start), NaN where no window has a value.
    """
    if not len(values):
        return np.full((values.shape[1], place[1] - place[0]), np.nan, dtype=np.float32)
    canvas = _Canvas(grid, first, len(values), values.shape[1], rule)
    for index, stop in _stretches(grid, first, first + len(values)):
        here = slice(index - first, stop - first)
        canvas.add(index, values[here], valid[here], scores[here])
    return canvas.cut(*place)


def _stretches(grid: WindowGrid, first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a range of windows into evenly spaced stretches: the head of a shifted grid, the middle, the flush tail."""
    head, tail = grid.regular
    edges = sorted({first, stop, *(edge for edge in (head, tail) if first < edge < stop)})
    yield from pairwise(edges)


class _Canvas:
    """Sums over the bases of a run of windows, with room around them for whole strides."""

    def __init__(self, grid: WindowGrid, first: int, windows: int, rows: int, rule: str) -> None:
        self.grid, self.rule = grid, rule
        self.origin = grid.start(first)
        length = grid.start(first + windows - 1) + grid.window - self.origin + 2 * grid.stride
        self.chooses = rule in ("centre", "max_abs")
        self.value = np.zeros((rows, length))
        self.weight = np.full(length, -np.inf if self.chooses else 0.0)
        self.plain = np.zeros((rows, length)) if rule == "score" else self.value
        self.count = np.zeros(length, dtype=np.int32)

    def add(
        self, index: int, values: NDArray[np.float32], valid: NDArray[np.bool_], scores: NDArray[np.float64]
    ) -> None:
        """Add evenly spaced windows, the first of them `index`."""
        stride, window = self.grid.stride, self.grid.window
        start = self.grid.start(index) - self.origin
        for offset in range((window - 1) // stride * stride, -1, -stride):
            chunk = values[:, :, offset : offset + stride]
            at = start + offset
            if len(values) == 1:
                self._put(slice(at, at + chunk.shape[2]), offset, chunk, valid, scores, (1, chunk.shape[2]))
            else:
                self._put(slice(at, at + len(values) * stride), offset, chunk, valid, scores, (len(values), stride))

    def _put(
        self,
        here: slice,
        offset: int,
        chunk: NDArray[np.float32],
        valid: NDArray[np.bool_],
        scores: NDArray[np.float64],
        shape: tuple[int, int],
    ) -> None:
        """Add one chunk (n, rows, c) of n windows to a piece of the canvas, seen as `shape`."""
        width = chunk.shape[2]
        part = chunk.transpose(1, 0, 2).astype(np.float64)
        known = valid[:, None]
        value, weight, count = (
            _as(array[..., here], shape)[..., :width] for array in (self.value, self.weight, self.count)
        )
        count += known
        if self.chooses:
            rank = np.where(known, self._rank(part[0], offset), -np.inf)
            better = rank > weight
            np.copyto(value, part, where=better)
            np.copyto(weight, rank, where=better)
            return
        if not valid.all():
            part[:, ~valid] = 0.0
        if self.rule == "score":
            plain = _as(self.plain[..., here], shape)[..., :width]
            plain += part
            part = scores[:, None] * part
            weight += np.where(known, scores[:, None], 0.0)
        value += part

    def _rank(self, part: NDArray[np.float64], offset: int) -> NDArray[np.float64]:
        if self.rule == "max_abs":
            return np.abs(part)
        distance = np.abs(2 * (offset + np.arange(part.shape[1])) + 1 - self.grid.window)
        return np.broadcast_to(-distance.astype(np.float64), part.shape)

    def cut(self, start: int, end: int) -> NDArray[np.float32]:
        """Return the stitched values of a place; bases beyond the windows have none."""
        result = np.full((len(self.value), end - start), np.nan, dtype=np.float32)
        first, last = max(start, self.origin), min(end, self.origin + self.count.shape[0])
        here = slice(first - self.origin, last - self.origin)
        value, count = self.value[:, here], self.count[here]
        if not self.chooses:
            value = self.plain[:, here] / np.maximum(count, 1)
            if self.rule == "score":
                weight = self.weight[here]
                np.divide(self.value[:, here], weight, out=value, where=weight > 0)
        result[:, first - start : last - start] = np.where(count > 0, value, np.nan)
        return result


def _as(array: NDArray[np.generic], shape: tuple[int, int]) -> NDArray:  # type: ignore[type-arg]  # of any type
    """View the last axis as two; the array is contiguous along it."""
    return array.reshape(*array.shape[:-1], *shape)
