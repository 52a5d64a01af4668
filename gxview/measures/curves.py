"""What a perturbation curve says: AOPC, its normalised form, areas, comprehensiveness and sufficiency.

A curve holds the score f of a sequence after growing parts of it were perturbed, at budgets 0 = b_0 < b_1 < ... < b_K
(parts of all bases); f_0 is the score of the sequence itself. All functions work along the last axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError
from gxview.measures.number import NO_RELEVANCE, Number, missing

Floats = NDArray[np.float64]

BUDGETS = (0.0, 0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50)
"""Parts of all bases that are perturbed; the same for token and base models."""

SHARES = (0.01, 0.05, 0.10, 0.20, 0.50)
"""Parts of ERASER's comprehensiveness and sufficiency."""


def check_budgets(budgets: ArrayLike) -> Floats:
    """Return budgets as an array.

    Raises
    ------
    GxviewError
        Unless they begin with 0, rise, and end at 1 or below.
    """
    values = np.asarray(budgets, np.float64)
    if values.ndim != 1 or len(values) < 2 or values[0] != 0 or np.any(np.diff(values) <= 0) or values[-1] > 1:
        raise GxviewError("Budgets are parts of the bases: at least two, rising from 0 to at most 1.")
    return values


def aopc(curve: ArrayLike) -> Floats:
    """Return the mean drop f_0 - f_k over all budgets above 0 (area over the perturbation curve).

    Samek et al. 2017 (IEEE TNNLS 28:2660); as the mean over bins of DeYoung et al. 2020. Higher is better most
    relevant first, lower least relevant first.

    Parameters
    ----------
    curve : array_like, shape (..., K + 1)
        Scores.

    Returns
    -------
    ndarray, shape (...)
    """
    scores = np.asarray(curve, np.float64)
    return np.asarray((scores[..., :1] - scores[..., 1:]).mean(axis=-1))


def normalised_aopc(value: float, lower: float, upper: float) -> Number:
    """Return ``(AOPC - lower) / (upper - lower)`` with the least and largest AOPC that any order attains.

    Edin et al. 2024, arXiv 2408.08137, equation 2 and 3: un-normalised AOPC compares methods within a model only. The
    bounds are searched (:mod:`gxview.evaluate.bounds`), so that the value may leave 0 to 1 where the search was beaten.
    """
    if not np.isfinite([value, lower, upper]).all():
        return missing("the AOPC or one of its bounds is missing")
    if upper <= lower:
        return missing("no order of perturbation changes the score more than another")
    return Number((value - lower) / (upper - lower))


def area_between(most: ArrayLike, least: ArrayLike, budgets: ArrayLike) -> Floats:
    """Return the mean distance of the least-relevant-first curve above the most-relevant-first curve.

    The trapezoidal area over the budgets, divided by the largest budget. Higher is better; 0 by chance.

    Parameters
    ----------
    most, least : array_like, shape (..., K + 1)
        Scores most and least relevant first.
    budgets : array_like, shape (K + 1,)
        Parts of all bases.
    """
    gap = np.asarray(least, np.float64) - np.asarray(most, np.float64)
    parts = check_budgets(budgets)
    return np.asarray(np.trapezoid(gap, parts, axis=-1) / parts[-1])


def comprehensiveness(score: ArrayLike, without: ArrayLike) -> Floats:
    """Return the mean of f(x) - f(x without its top k %) over all k; higher is better (DeYoung et al. 2020, ERASER).

    Parameters
    ----------
    score : array_like, shape (...)
        f(x).
    without : array_like, shape (..., K)
        Scores with the top k % perturbed.
    """
    return np.asarray((np.asarray(score, np.float64)[..., None] - np.asarray(without, np.float64)).mean(axis=-1))


def sufficiency(score: ArrayLike, only: ArrayLike) -> Floats:
    """Return the mean of f(x) - f(only the top k % of x) over all k; lower is better (DeYoung et al. 2020, ERASER).

    Not the ``Sufficiency`` of Quantus, which is that of Dasgupta et al. 2022.

    Parameters
    ----------
    score : array_like, shape (...)
        f(x).
    only : array_like, shape (..., K)
        Scores with all but the top k % perturbed.
    """
    return comprehensiveness(score, only)


def infidelity(inside: ArrayLike, drops: ArrayLike) -> Number:
    """Return how badly the relevance inside sets of positions tells the drops of the score when these are perturbed.

    ``mean (b S - D)^2 / mean D^2`` over sets, with the relevance S inside each set, its drop D and the best factor
    b = mean S D / mean S^2: the infidelity of Yeh et al. 2019 (NeurIPS) with optimal scaling, in parts of the drops.

    Parameters
    ----------
    inside, drops : array_like
        S and D, of the same shape.

    Returns
    -------
    Number
        0 where relevance tells every drop up to a factor, 1 where it tells nothing; NaN where no set changes the score.
    """
    sums, changes = np.asarray(inside, np.float64), np.asarray(drops, np.float64)
    size, relevant = (changes**2).mean(), (sums**2).mean()
    if not size > 0:
        return missing("no random set of positions changes the score")
    if not relevant > 0:
        return missing(NO_RELEVANCE)
    factor = (sums * changes).mean() / relevant
    return Number(float(((factor * sums - changes) ** 2).mean() / size))
