"""Relevance split by its sign: a base of relevance 0 is in neither part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def positive(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is above 0, NaN elsewhere."""
    return np.where(values > 0, values, np.float32(np.nan))


def negative(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is below 0, NaN elsewhere."""
    return np.where(values < 0, values, np.float32(np.nan))
