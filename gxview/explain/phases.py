"""Phase averaging: several tilings of the window grid, shifted against each other.

BPE cuts change with the start of a window, so a token's relevance partly depends on where the grid happens to lie.
Averaging over shifted grids removes that part, and the spread between them shows how large it is.
"""

from __future__ import annotations

import warnings
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a base that no tiling has is NaN, which is what we want
        return np.nanmean(stack, axis=0).astype(np.float32), np.nanstd(stack, axis=0).astype(np.float32)
