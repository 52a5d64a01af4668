"""How far two explanations agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def continuous_jaccard(first: ArrayLike, second: ArrayLike) -> float:
    """Return the continuous Jaccard similarity of two explanations of the same bases.

    ``J(a, b) = sum_i min(|a_i|, |b_i|) sign(a_i) sign(b_i) / sum_i max(|a_i|, |b_i|)`` of the technical note on
    TF-MoDISco (Shrikumar et al., arXiv 1811.00416), here after each vector was divided by the sum of its absolute
    values (its L1 norm), as tfmodisco-lite does: two models score on different scales.

    Parameters
    ----------
    first, second : array_like, shape (L,)
        Relevance per base; bases where either is NaN do not take part.

    Returns
    -------
    float
        1 for the same explanation up to a positive factor, -1 for the opposite one; NaN where no base takes part or
        either has no relevance at all.
    """
    return float(continuous_jaccards(first, second))


def continuous_jaccards(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Return the continuous Jaccard similarity of many pairs at once, see `continuous_jaccard`.

    Parameters
    ----------
    first, second : array_like, shape (..., L)
        Relevance per base.

    Returns
    -------
    ndarray, shape (...)
        Similarity along the last axis.
    """
    a, b = (np.asarray(values, np.float64) for values in (first, second))
    known = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(known, a, 0.0), np.where(known, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = a / np.abs(a).sum(axis=-1, keepdims=True)
        b = b / np.abs(b).sum(axis=-1, keepdims=True)
        size_a, size_b = np.abs(a), np.abs(b)
        shared = np.minimum(size_a, size_b) * np.sign(a) * np.sign(b)
        return np.asarray(shared.sum(axis=-1) / np.maximum(size_a, size_b).sum(axis=-1))
