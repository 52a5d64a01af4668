"""Statistics of metrics over sequences: intervals, paired tests, corrections, effect sizes.

A missing value (NaN) takes out its pair, and is counted: no failure is dropped silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control, norm, wilcoxon

from gxview.errors import GxviewError
from gxview.measures.number import Number, missing
from gxview.measures.ranks import mean_ranks

Floats = NDArray[np.float64]
Statistic = Literal["mean", "median"]
Interval = Literal["bca", "percentile"]

_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Summary:
    """Many values in one line.

    Attributes
    ----------
    n, failures : int
        Values that are there, and values that are missing.
    mean, median, low, high : Number
        Mean, median, and the bootstrap interval of the chosen statistic.
    """

    n: int
    failures: int
    mean: Number
    median: Number
    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of two sides.

    Attributes
    ----------
    n, failures : int
        Pairs (or values of both sides) that took part, and those with a missing value.
    statistic, p : Number
        Of the test; two-sided.
    effect : Number
        Rank-biserial correlation of pairs, Cliff's delta of unpaired sides: -1 to 1, above 0 where the first is larger.
    difference : Number
        Mean of first minus second.
    """

    n: int
    failures: int
    statistic: Number
    p: Number
    effect: Number
    difference: Number


def summary(
    values: ArrayLike,
    rng: np.random.Generator,
    *,
    statistic: Statistic = "mean",
    level: float = 0.95,
    interval: Interval = "bca",
    resamples: int = 2000,
) -> Summary:
    """Summarise values with a bootstrap interval; NaN counts as a failure."""
    known, failures = _known(values)
    if not len(known):
        nothing = missing("no value is there")
        return Summary(0, failures, nothing, nothing, nothing, nothing)
    low, high = bootstrap_interval(known, rng, statistic=statistic, level=level, interval=interval, resamples=resamples)
    return Summary(len(known), failures, Number(known.mean()), Number(np.median(known)), low, high)


def bootstrap_interval(
    values: ArrayLike,
    rng: np.random.Generator,
    *,
    statistic: Statistic = "mean",
    level: float = 0.95,
    interval: Interval = "bca",
    resamples: int = 2000,
) -> tuple[Number, Number]:
    """Return a bootstrap interval of a mean or median.

    Parameters
    ----------
    values : array_like, shape (n,)
        One value per sequence; NaN does not take part.
    rng : numpy.random.Generator
        Source of the resamples.
    statistic : str
        ``'mean'`` or ``'median'``.
    level : float
        Coverage, for instance 0.95.
    interval : str
        ``'bca'``: corrected for bias and acceleration (Efron 1987); ``'percentile'``.
    resamples : int
        Number of resamples.

    Returns
    -------
    low, high : Number
        NaN with fewer than two values; equal where all values are.
    """
    known, _ = _known(values)
    if len(known) < 2:
        nothing = missing("an interval needs two values")
        return nothing, nothing
    if np.ptp(known) == 0:
        return Number(known[0]), Number(known[0])
    draws = _resampled(known, rng, statistic, resamples)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if interval == "bca":
        tails = _bca_tails(known, draws, tails, statistic)
    low, high = np.quantile(draws, tails)
    return Number(low), Number(high)


def paired_wilcoxon(first: ArrayLike, second: ArrayLike) -> Comparison:
    """Compare pairs by Wilcoxon's signed-rank test, two-sided; pairs without a difference are left out of the ranks.

    Raises
    ------
    GxviewError
        If the sides have different lengths.
    """
    a, b, failures = _pairs(first, second)
    changes = a - b
    moved = changes[changes != 0]
    if not len(changes):
        return _nothing(failures, "no pair is complete")
    if not len(moved):
        zero = Number(0.0)
        return Comparison(len(changes), failures, zero, Number(1.0), zero, zero)
    exact = len(moved) <= 50 and len(np.unique(np.abs(moved))) == len(moved)
    found = wilcoxon(moved, method="exact" if exact else "approx", correction=False)
    return Comparison(
        len(changes),
        failures,
        Number(float(found.statistic)),
        Number(float(found.pvalue)),
        rank_biserial(a, b),
        Number(changes.mean()),
    )


def permutation_test(
    first: ArrayLike,
    second: ArrayLike,
    rng: np.random.Generator,
    *,
    paired: bool = True,
    permutations: int = 9999,
) -> Comparison:
    """Compare means by a two-sided permutation test.

    Parameters
    ----------
    first, second : array_like, shapes (n,) and (m,)
        Values; pairs where `paired`.
    rng : numpy.random.Generator
        Source of the permutations.
    paired : bool
        Whether signs of differences are flipped (pairs), or values change sides.
    permutations : int
        How many; up to 13 pairs all of them are counted instead. p is (1 + hits) / (1 + permutations).
    """
    if paired:
        a, b, failures = _pairs(first, second)
    else:
        (a, lost), (b, gone) = _known(first), _known(second)
        failures = lost + gone
    if not len(a) or not len(b):
        return _nothing(failures, "a side of the comparison has no value")
    observed = float(a.mean() - b.mean())
    draws, exact = _flipped(a - b, rng, permutations) if paired else (_mixed(a, b, rng, permutations), False)
    hits = int((np.abs(draws) >= abs(observed) * (1 - 1e-12) - 1e-300).sum())
    p = hits / len(draws) if exact else (1 + hits) / (1 + len(draws))
    effect = rank_biserial(a, b) if paired else cliffs_delta(a, b)
    n = len(a) if paired else len(a) + len(b)
    return Comparison(n, failures, Number(observed), Number(p), effect, Number(observed))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return q values by Benjamini and Hochberg 1995 (false discovery rate); NaN stays NaN and does not count."""
    values = np.asarray(p, np.float64)
    known = np.isfinite(values)
    if np.any((values[known] < 0) | (values[known] > 1)):
        raise GxviewError("p values lie between 0 and 1.")
    adjusted = np.full(values.shape, np.nan)
    if known.any():
        adjusted[known] = false_discovery_control(values[known])
    return adjusted


def rank_biserial(first: ArrayLike, second: ArrayLike) -> Number:
    """Return the matched-pairs rank-biserial correlation (Kerby 2014): (favourable - unfavourable) / total rank sum."""
    a, b, _ = _pairs(first, second)
    changes = (a - b)[a != b]
    if not len(changes):
        return Number(0.0) if len(a) else missing("no pair is complete")
    ranks = mean_ranks(np.abs(changes))
    return Number(float((ranks * np.sign(changes)).sum() / ranks.sum()))


def cliffs_delta(first: ArrayLike, second: ArrayLike) -> Number:
    """Return Cliff's delta: how often a value of the first side is larger than one of the second, minus the reverse."""
    (a, _), (b, _) = _known(first), _known(second)
    if not len(a) or not len(b):
        return missing("a side of the comparison has no value")
    ranks = mean_ranks(np.concatenate([a, b]))
    larger = ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2
    return Number(float(2 * larger / (len(a) * len(b)) - 1))


def _known(values: ArrayLike) -> tuple[Floats, int]:
    given = np.asarray(values, np.float64).ravel()
    known = given[np.isfinite(given)]
    return known, given.size - known.size


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats, int]:
    a, b = np.asarray(first, np.float64).ravel(), np.asarray(second, np.float64).ravel()
    if a.shape != b.shape:
        raise GxviewError(f"Pairs need two sides of one length, not {a.size:,} and {b.size:,} values.")
    known = np.isfinite(a) & np.isfinite(b)
    return a[known], b[known], int((~known).sum())


def _nothing(failures: int, reason: str) -> Comparison:
    nothing = missing(reason)
    return Comparison(0, failures, nothing, nothing, nothing, nothing)


def _resampled(values: Floats, rng: np.random.Generator, statistic: Statistic, resamples: int) -> Floats:
    if statistic not in ("mean", "median"):
        raise GxviewError(f"The statistic of an interval is 'mean' or 'median', not '{statistic}'.")
    at_once = max(1, _CHUNK // len(values))
    parts = []
    for start in range(0, resamples, at_once):
        rows = values[rng.integers(0, len(values), (min(at_once, resamples - start), len(values)))]
        parts.append(rows.mean(axis=1) if statistic == "mean" else np.median(rows, axis=1))
    return np.concatenate(parts)


def _bca_tails(values: Floats, draws: Floats, tails: Floats, statistic: Statistic) -> Floats:
    point = values.mean() if statistic == "mean" else np.median(values)
    below = ((draws < point).mean() + (draws <= point).mean()) / 2
    bias = norm.ppf(np.clip(below, 1 / (2 * len(draws)), 1 - 1 / (2 * len(draws))))
    left_out = _jackknife(values, statistic)
    centred = left_out.mean() - left_out
    spread = (centred**2).sum() ** 1.5
    acceleration = (centred**3).sum() / (6 * spread) if spread > 0 else 0.0
    shifted = bias + norm.ppf(tails)
    return np.asarray(norm.cdf(bias + shifted / (1 - acceleration * shifted)))


def _jackknife(values: Floats, statistic: Statistic) -> Floats:
    if statistic == "mean":
        return np.asarray((values.sum() - values) / (len(values) - 1))
    order = np.argsort(values)
    kept = values[order]
    # Without the value at rank i the median depends only on whether i lies below, at or above the middle.
    count = len(values)
    medians = np.array([np.median(np.delete(kept, index)) for index in (0, count // 2, count - 1)])
    ranks = np.arange(count)
    if count % 2:
        which = np.where(ranks < count // 2, 0, np.where(ranks == count // 2, 1, 2))
    else:
        which = np.where(ranks < count // 2, 0, 2)
    result = np.empty(count)
    result[order] = medians[which]
    return result


def _flipped(changes: Floats, rng: np.random.Generator, permutations: int) -> tuple[Floats, bool]:
    count = len(changes)
    if count <= 13:
        signs = 1 - 2 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)
        return np.asarray(signs @ changes / count), True
    at_once = max(1, _CHUNK // count)
    sizes = [min(at_once, permutations - start) for start in range(0, permutations, at_once)]
    return np.concatenate([(1 - 2 * rng.integers(0, 2, (size, count))) @ changes / count for size in sizes]), False


def _mixed(a: Floats, b: Floats, rng: np.random.Generator, permutations: int) -> Floats:
    everything = np.concatenate([a, b])
    total, count = everything.sum(), len(a)
    at_once = max(1, _CHUNK // len(everything))
    parts = []
    for start in range(0, permutations, at_once):
        rows = np.tile(everything, (min(at_once, permutations - start), 1))
        sums = rng.permuted(rows, axis=1)[:, :count].sum(axis=1)
        parts.append(sums / count - (total - sums) / len(b))
    return np.concatenate(parts)
