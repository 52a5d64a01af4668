"""Phase averaging: several tilings of the window grid, shifted against each other.

BPE cuts change with the start of a window, so a token's relevance partly depends on where the grid happens to lie.
Averaging over shifted grids removes that part, and the spread between them shows how large it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError


def phase_offsets(stride: int, phases: int) -> tuple[int, ...]:
    """Return the shift in bases of each tiling, spread evenly over the stride, the first one 0.

    Raises
    ------
    UsageError
        If there are more phases than bases in a stride, or none.
    """
    if not 1 <= phases <= stride:
        raise UsageError(f"The number of phases must lie between 1 and the stride ({stride:,} bases), not {phases:,}.")
    return tuple(phase * stride // phases for phase in range(phases))


def combine(
    tilings: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Average the tilings and keep their spread.

    Parameters
    ----------
    tilings : sequence of ndarray
        One float32 array (L,) for each phase, NaN where missing.

    Returns
    -------
    mean : ndarray
        float32 (L,); NaN where every tiling is missing.
    spread : ndarray or None
        Population standard deviation between the tilings, float32 (L,); None with one tiling.
    """
    if len(tilings) == 1:
        return tilings[0], None
    stack = np.stack(tilings).astype(np.float64)
    present = ~np.isnan(stack)
    mean = _average(stack, present)
    return mean.astype(np.float32), np.sqrt(_average((stack - mean) ** 2, present)).astype(np.float32)


def _average(stack: NDArray[np.float64], present: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Average what is present; NaN where nothing is. numpy's own nanmean warns there, and warnings know no threads."""
    count = present.sum(axis=0)
    total = np.where(present, stack, 0.0).sum(axis=0)
    average = np.full(count.shape, np.nan)
    np.divide(total, count, out=average, where=count > 0)
    return average
