"""In which order an explanation perturbs a sequence, and how many of its units a budget buys."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import UsageError

Order = Literal["morf", "lerf", "abs"]
ORDERS: tuple[str, ...] = get_args(Order)
"""Most relevant first (signed), least relevant first (signed), largest size first."""

Ints = NDArray[np.int64]


def ranking(relevance: ArrayLike, order: str, ties: Ints) -> Ints:
    """Return the units in the order in which they are perturbed.

    Parameters
    ----------
    relevance : array_like, shape (U,)
        Relevance of bases or tokens; NaN comes last.
    order : str
        ``'morf'``, ``'lerf'`` or ``'abs'``.
    ties : ndarray, shape (U,)
        A permutation of the units: equal relevance is taken in this order, so that no order of places leaks in.
        ``'lerf'`` of a vector without ties is the reverse of ``'morf'``.
    """
    values = np.asarray(relevance, np.float64)
    keys = {"morf": -values, "lerf": values, "abs": -np.abs(values)}.get(order)
    if keys is None:
        raise UsageError(f"There is no order '{order}'; use one of {', '.join(ORDERS)}.")
    return ties[np.argsort(keys[ties], kind="stable")]


def bases_of(budgets: ArrayLike, length: int) -> Ints:
    """Return how many of `length` bases each budget is: rounded, and at least one above budget 0."""
    parts = np.asarray(budgets, np.float64)
    # Half a base is rounded up for every length alike; np.round would go to even numbers.
    counts = np.floor(parts * length + 0.5).astype(np.int64)
    return np.where(parts > 0, np.clip(counts, 1, length), 0)


def steps(lengths: Ints, counts: Ints) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return how many units of the given lengths, in order, make up each count of bases.

    Parameters
    ----------
    lengths : ndarray, shape (U,)
        Bases of the units in the order in which they are perturbed.
    counts : ndarray, shape (K,)
        Bases to perturb.

    Returns
    -------
    fewer, more : ndarray, shape (K,)
        Units that cover at most, and at least, the count.
    share : ndarray, shape (K,)
        Weight of `more`: the mean of the bases covered is exactly the count, so that models on tokens and on bases pay
        the same budget.
    """
    covered = np.append(0, np.cumsum(lengths))
    fewer = np.searchsorted(covered, counts, side="right") - 1
    more = np.minimum(fewer + (covered[fewer] < counts), len(lengths))
    step = covered[more] - covered[fewer]
    return fewer, more, np.where(step > 0, (counts - covered[fewer]) / np.maximum(step, 1), 0.0)


def places(order: Ints) -> Ints:
    """Return at which step each unit is perturbed, the inverse of an order."""
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return inverse
