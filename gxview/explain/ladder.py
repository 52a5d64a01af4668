"""Launches of fixed shape: which windows are computed together on a GPU, and in what shape.

On a GPU the last bits of a number depend on the shape of a batch, but, as long as the shape is the same, neither on the
other rows nor on the place of a row. So a window is always computed in a launch whose shape follows from its own number
of tokens, the stated number of windows and nothing else; free rows are filled up with nothing. Then windows from
anywhere share a launch, and a value does not depend on which ones did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_CELLS = 8192  # tokens of a launch with which an H200 is busy; more only cost memory
_STEPS = ((64, 8), (256, 16), (1024, 32), (4096, 128))
_LAST_STEP = 512


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """Windows that are computed together.

    Attributes
    ----------
    rows, tokens
        The shape, free rows and padding included.
    members
        The windows, int64 (n,) with n at most `rows`.
    """

    rows: int
    tokens: int
    members: NDArray[np.int64]


def rung(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of tokens of the launches that windows with so many tokens are computed in."""
    result = -(-tokens // _LAST_STEP) * _LAST_STEP
    for most, step in reversed(_STEPS):
        result = np.where(tokens <= most, -(-tokens // step) * step, result)
    return result


def rows_of(tokens: int, size: int) -> int:
    """Return the number of rows of a launch with so many tokens a row, when `size` windows are computed together."""
    return max(1, min(size, _MOST_CELLS // tokens))


def launches(counts: NDArray[np.int64], size: int) -> list[Launch]:
    """Return the launches for windows with so many tokens each; every window is in exactly one."""
    steps = rung(counts)
    found = []
    for tokens in np.unique(steps).tolist():
        members, rows = np.flatnonzero(steps == tokens), rows_of(tokens, size)
        found += [Launch(rows, tokens, members[at : at + rows]) for at in range(0, len(members), rows)]
    return found
