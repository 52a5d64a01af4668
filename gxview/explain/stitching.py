"""One value for one base from all windows that cover it.

Windows are added one after the other in ascending order, so the value of a base never depends on which stretch was
asked for.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError

Stitching = Literal["mean", "centre", "max_abs", "score"]
STITCHINGS: tuple[str, ...] = get_args(Stitching)


class Stitcher:
    """Collects windows over the stretch ``[start, end)``.

    A window may bring several rows, of which the first decides where a rule chooses.

    Parameters
    ----------
    start, end : int
        The stretch, 0-based half-open.
    rule : str
        ``'mean'``: plain mean; ``'centre'``: the window whose centre is nearest (the left one of two);
        ``'max_abs'``: the signed value of the largest size (the leftmost of several); ``'score'``: mean weighted with
        the window's score, plain mean where all scores are 0.
    rows : int
        Rows of a window.

    Raises
    ------
    UsageError
        For an unknown rule.
    """

    def __init__(self, start: int, end: int, rule: str = "mean", rows: int = 1) -> None:
        if rule not in STITCHINGS:
            raise UsageError(f"There is no stitching rule '{rule}'; use one of {', '.join(STITCHINGS)}.")
        self.start, self.end, self.rule = start, end, rule
        length = end - start
        self._value = np.zeros((rows, length))
        self._weight = np.full(length, -np.inf if rule in ("centre", "max_abs") else 0.0)
        self._plain = np.zeros((rows, length))
        self._count = np.zeros(length, dtype=np.int64)

    def add(self, start: int, values: NDArray[np.float32], score: float = 1.0) -> None:
        """Add one window.

        Parameters
        ----------
        start : int
            First base of the window.
        values : ndarray
            float32 (W,) or (rows, W), all finite.
        score : float
            Weight of the window for the rule ``'score'``.
        """
        width = values.shape[-1]
        first, last = max(start, self.start), min(start + width, self.end)
        if first >= last:
            return
        here = slice(first - self.start, last - self.start)
        part = np.atleast_2d(values)[:, first - start : last - start].astype(np.float64)
        if self.rule == "centre":
            distance = np.abs(2 * np.arange(first, last) + 1 - (2 * start + width))
            self._replace(here, part, -distance)
        elif self.rule == "max_abs":
            self._replace(here, part, np.abs(part[0]))
        else:
            weight = score if self.rule == "score" else 1.0
            self._value[:, here] += weight * part
            self._weight[here] += weight
            self._plain[:, here] += part
        self._count[here] += 1

    def result(self) -> NDArray[np.float32]:
        """Return the stitched values, float32 (rows, end - start); NaN where no window was added."""
        value = self._value
        if self.rule in ("mean", "score"):
            count = np.maximum(self._count, 1)
            value = np.divide(value, self._weight, out=self._plain / count, where=self._weight > 0)
        return np.where(self._count > 0, value, np.nan).astype(np.float32)

    def _replace(self, here: slice, part: NDArray[np.float64], rank: NDArray[np.float64]) -> None:
        better = rank > self._weight[here]
        self._value[:, here][:, better] = part[:, better]
        self._weight[here][better] = rank[better]
