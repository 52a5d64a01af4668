"""How far two explanations agree.

All vectors lie on the same positions: bases, or the tokens of one segmentation (:mod:`gxview.explain.transfer` collects
the bases of one model in the tokens of another). A position where either vector is NaN does not take part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError
from gxview.measures.number import CONSTANT, NO_RELEVANCE, NOTHING_KNOWN, Number, missing
from gxview.measures.ranks import mean_ranks

Floats = NDArray[np.float64]
Similarity = Callable[[Floats, Floats], Floats]
Scale = Literal["l1", "max_abs", "none"]


def continuous_jaccard(first: ArrayLike, second: ArrayLike, *, signed: bool = True, scale: Scale = "l1") -> Number:
    """Return the continuous Jaccard similarity of two explanations of the same positions.

    ``J(a, b) = sum_i min(|a_i|, |b_i|) sign(a_i) sign(b_i) / sum_i max(|a_i|, |b_i|)`` of the technical note on
    TF-MoDISco (Shrikumar et al., arXiv 1811.00416), by default after each vector was divided by the sum of its
    absolute values (its L1 norm), as tfmodisco-lite does: two models score on different scales.

    Parameters
    ----------
    first, second : array_like, shape (L,)
        Relevance per position.
    signed : bool
        False compares the absolute values.
    scale : str
        What each vector is divided by first: ``'l1'``, ``'max_abs'`` (its largest size) or ``'none'``.

    Returns
    -------
    Number
        1 for the same explanation up to a positive factor, -1 for the opposite one (0 is the least without signs);
        NaN where no position takes part or either has no relevance at all.

    Raises
    ------
    GxviewError
        If the two have different lengths.
    """
    return _reasoned(first, second, lambda a, b: continuous_jaccards(a, b, signed=signed, scale=scale), NO_RELEVANCE)


def continuous_jaccards(first: ArrayLike, second: ArrayLike, *, signed: bool = True, scale: Scale = "l1") -> Floats:
    """Return the continuous Jaccard similarity of many pairs at once, see `continuous_jaccard`.

    Parameters
    ----------
    first, second : array_like, shape (..., L)
        Relevance per position.
    signed, scale
        As there.

    Returns
    -------
    ndarray, shape (...)
        Similarity along the last axis.
    """
    a, b = (np.asarray(values, np.float64) for values in (first, second))
    known = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(known, a, 0.0), np.where(known, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = (values / _size(values, scale) for values in (a, b))
        size_a, size_b = np.abs(a), np.abs(b)
        shared = np.minimum(size_a, size_b)
        if signed:
            shared = shared * np.sign(a) * np.sign(b)
        return np.asarray(shared.sum(axis=-1) / np.maximum(size_a, size_b).sum(axis=-1))


def spearman(first: ArrayLike, second: ArrayLike) -> Number:
    """Return the rank correlation of two explanations; NaN where one is constant.

    Raises
    ------
    GxviewError
        If the two have different lengths.
    """
    return _reasoned(first, second, spearmans, CONSTANT)


def spearmans(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return Spearman's rank correlation along the last axis, ties at their mean rank; shape (..., L) to (...)."""
    a, b = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(second, np.float64))
    known = np.isfinite(a) & np.isfinite(b)
    return correlations(*(mean_ranks(np.where(known, values, np.nan)) for values in (a, b)))


def correlation(first: ArrayLike, second: ArrayLike) -> Number:
    """Return Pearson's correlation of two explanations; NaN where one is constant; errors as for `spearman`."""
    return _reasoned(first, second, correlations, CONSTANT)


def correlations(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return Pearson's correlation along the last axis; NaN where one side is constant; shape (..., L) to (...)."""
    a, b = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(second, np.float64))
    known = np.isfinite(a) & np.isfinite(b)
    count = known.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = (_centred(values, known, count) for values in (a, b))
        spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
        return np.clip(np.where(spread > 0, (a * b).sum(axis=-1) / spread, np.nan), -1.0, 1.0)


def top_overlap(first: ArrayLike, second: ArrayLike, *, share: float = 0.1) -> Number:
    """Return the part of the most relevant positions that two explanations have in common.

    The k = max(1, round(share L)) positions of largest signed relevance count. Of positions tied at the border each
    belongs by an equal part, so that a vector always agrees with itself and no order of positions matters.

    Parameters
    ----------
    first, second : array_like, shape (L,)
        Relevance per position.
    share : float
        Part of the positions that count as the top, over 0 to 1.

    Returns
    -------
    Number
        0 to 1; k / L by chance. NaN where one is constant.

    Raises
    ------
    GxviewError
        If the two have different lengths.
    """
    return _reasoned(first, second, lambda a, b: top_overlaps(a, b, share=share), CONSTANT)


def top_overlaps(first: ArrayLike, second: ArrayLike, *, share: float = 0.1) -> Floats:
    """Return `top_overlap` along the last axis of vectors without NaN; shape (..., L) to (...)."""
    a, b = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(second, np.float64))
    count = max(1, round(share * a.shape[-1]))
    shared = np.minimum(membership(a, count), membership(b, count)).sum(axis=-1) / count
    varied = (np.ptp(a, axis=-1) > 0) & (np.ptp(b, axis=-1) > 0)
    return np.where(varied, shared, np.nan)


def membership(values: Floats, count: int) -> Floats:
    """Return how far each position belongs to the `count` largest along the last axis: 1, 0, or a part where tied."""
    border = np.partition(values, values.shape[-1] - count, axis=-1)[..., -count, None]
    above, tied = values > border, values == border
    room = count - above.sum(axis=-1, keepdims=True)
    return np.asarray(above + tied * (room / tied.sum(axis=-1, keepdims=True)))


def chance_level(
    measure: Similarity, first: ArrayLike, second: ArrayLike, rng: np.random.Generator, permutations: int = 100
) -> Number:
    """Return the mean similarity after the positions of the second explanation were permuted.

    Parameters
    ----------
    measure : callable
        `continuous_jaccards`, `spearmans`, `top_overlaps` or another on (..., L).
    first, second : array_like, shape (L,)
        Relevance per position.
    rng : numpy.random.Generator
        Source of the permutations.
    permutations : int
        How many.
    """

    def permuted(a: Floats, b: Floats) -> Floats:
        return np.asarray(measure(a, rng.permuted(np.tile(b, (permutations, 1)), axis=1)).mean())

    return _reasoned(first, second, permuted, "one of the explanations is zero or the same everywhere")


def _size(values: Floats, scale: Scale) -> Floats | float:
    if scale == "none":
        return np.where(np.any(values != 0, axis=-1, keepdims=True), 1.0, np.nan)
    sizes = np.abs(values)
    return np.asarray(sizes.sum(axis=-1, keepdims=True) if scale == "l1" else sizes.max(axis=-1, keepdims=True))


def _centred(values: Floats, known: NDArray[np.bool_], count: NDArray[np.int64]) -> Floats:
    kept = np.where(known, values, 0.0)
    centred = np.where(known, kept - kept.sum(axis=-1, keepdims=True) / count, 0.0)
    # What is left of a constant vector is rounding; its correlation would be noise.
    noise = 1e-13 * np.abs(kept).max(axis=-1, keepdims=True, initial=0.0)
    return np.where(np.abs(centred).max(axis=-1, keepdims=True, initial=0.0) > noise, centred, 0.0)


def _reasoned(first: ArrayLike, second: ArrayLike, measure: Similarity, reason: str) -> Number:
    a, b = (np.asarray(values, np.float64).ravel() for values in (first, second))
    if a.shape != b.shape:
        raise GxviewError(
            f"Explanations of {a.size:,} and {b.size:,} positions cannot be compared; explain the same sequence, or "
            "collect the bases of one model in the tokens of the other."
        )
    known = np.isfinite(a) & np.isfinite(b)
    if not known.any():
        return missing(NOTHING_KNOWN)
    value = float(measure(a[known], b[known]))
    return Number(value) if np.isfinite(value) else missing(reason)
