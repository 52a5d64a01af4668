"""Agreement of two explanations of the same bases."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32] | NDArray[np.float64]


def continuous_jaccard(first: Floats, second: Floats) -> NDArray[np.float64]:
    """Return the continuous Jaccard similarity along the last axis.

    ``J(a, b) = sum(min(|a|, |b|) * sign(a) * sign(b)) / sum(max(|a|, |b|))`` of the technical note of TF-MoDISco
    (arXiv:1811.00416), after each vector was divided by its L1 norm: the scales of two models have nothing in common.

    Parameters
    ----------
    first, second
        Relevance of the same bases, (..., L); bases at which either is NaN are left out.

    Returns
    -------
    ndarray
        From -1 (opposite signs) to 1 (proportional), (...); NaN where either has no relevance but zero.
    """
    known = np.isfinite(first) & np.isfinite(second)
    a = np.where(known, first, 0.0).astype(np.float64)
    b = np.where(known, second, 0.0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        a /= np.abs(a).sum(axis=-1, keepdims=True)
        b /= np.abs(b).sum(axis=-1, keepdims=True)
        shared = np.minimum(np.abs(a), np.abs(b)) * np.sign(a) * np.sign(b)
        found = shared.sum(axis=-1) / np.maximum(np.abs(a), np.abs(b)).sum(axis=-1)
    return np.asarray(found, np.float64)
