"""The measures of the test: shares of pairs, effect sizes, their intervals and tests.

Sections 3.2 and A.5 of the paper (Cheng and Zhang 2026, The Mechanistic Invariance Test). A score that is missing takes
out its pair, and is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from gxview.measures.statistics import bootstrap_interval

Floats = NDArray[np.float64]

RESAMPLES = 1000
LARGEST_EFFECT = 10.0
"""Effect sizes are clipped to this on either side; it stands for sides without any spread that differ."""
_NONE = (np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Share:
    """How often the first of a pair scores higher; ties count as no.

    Attributes
    ----------
    value, low, high
        The share and its 95 % percentile bootstrap interval; NaN without a pair.
    n, missing
        Pairs that took part, and pairs without a score.
    ties
        Pairs of one score.
    p, p_z
        One-sided one-sample tests against one half: Student's t, and the z of the paper's text.
    """

    value: float
    low: float
    high: float
    n: int
    missing: int
    ties: int
    p: float
    p_z: float


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect and its 95 % percentile bootstrap interval; NaN where it cannot be had."""

    value: float
    low: float
    high: float


NO_EFFECT = Effect(np.nan, np.nan, np.nan)


def share_of(first: Floats, second: Floats, seed: int) -> Share:
    """Return how often `first` is larger than `second`, (n,) each: CSS with E and D, SCR with E and H."""
    known = np.isfinite(first) & np.isfinite(second)
    wins = (first > second)[known].astype(np.float64)
    missing = int((~known).sum())
    if not len(wins):
        return Share(np.nan, *_NONE, 0, missing, 0, *_NONE)
    low, high = bootstrap_interval(wins, np.random.default_rng(seed), interval="percentile", resamples=RESAMPLES)
    ties = int((first == second)[known].sum())
    return Share(float(wins.mean()), float(low), float(high), len(wins), missing, ties, p_of_t(wins), p_of_z(wins))


def p_of_t(wins: Floats) -> float:
    """Return the one-sided p of a one-sample t-test of zeros and ones against 0.5.

    Without any spread it is 0 above one half and 1 below; NaN with fewer than two values.
    """
    if len(wins) < 2:
        return float("nan")
    error = float(wins.std(ddof=1)) / np.sqrt(len(wins))
    if error == 0:
        return 0.0 if wins[0] > 0.5 else 1.0
    return float(t.sf((wins.mean() - 0.5) / error, len(wins) - 1))


def p_of_z(wins: Floats) -> float:
    """Return the one-sided p of a z-test of a share against 0.5, with the spread that one half has."""
    if not len(wins):
        return float("nan")
    return float(norm.sf((wins.mean() - 0.5) / np.sqrt(0.25 / len(wins))))


def effect_size(first: Floats, second: Floats) -> float:
    """Return Cohen's d with pooled standard deviation (ddof 1), clipped; NaN with fewer than two values on a side.

    Parameters
    ----------
    first, second : ndarray, shapes (..., n) and (..., m)
        Scores of intact and broken promoters: d is above 0 where the first are higher.
    """
    one, other = first[np.isfinite(first)], second[np.isfinite(second)]
    return float(_effect_sizes(one, other)) if min(len(one), len(other)) > 1 else float("nan")


def effect_of(first: Floats, second: Floats, seed: int) -> Effect:
    """Return Cohen's d of two groups with its interval; both are resampled."""
    one, other = first[np.isfinite(first)], second[np.isfinite(second)]
    if min(len(one), len(other)) < 2:
        return NO_EFFECT
    rng = np.random.default_rng(seed)
    draws = _effect_sizes(_resampled(one, rng), _resampled(other, rng))
    return Effect(effect_size(one, other), *_tails(draws))


def ratio(above: float, below: float) -> float:
    """Return a quotient, NaN where it has none."""
    return above / below if np.isfinite([above, below]).all() and below != 0 else float("nan")


def compensation(intact: Floats, broken: Floats, compensated: Floats) -> float:
    """Return CM, (mean E - mean D) / (mean C - mean D): the part of the damage that compensation makes good."""
    if not min(len(intact), len(broken), len(compensated)):
        return float("nan")
    base = known_mean(broken)
    return ratio(known_mean(compensated) - base, known_mean(intact) - base)


def known_mean(values: Floats) -> float:
    """Return the mean of the values that are there, NaN where none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def correlation(x: Floats, y: Floats) -> Floats:
    """Return Pearson's r of x (K,) and the rows of y (..., K); NaN for rows without spread."""
    a, b = x - x.mean(), y - y.mean(axis=-1, keepdims=True)
    below = np.sqrt((a**2).sum() * (b**2).sum(axis=-1))
    return np.asarray(np.divide(b @ a, below, out=np.full(below.shape, np.nan), where=below > 0))


def joint_draws(rows: Floats, seed: int) -> Floats:
    """Return means (resamples, K) of conditions (K, n) with common backgrounds, which are resampled together."""
    count = rows.shape[1]
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES) / count
    return np.asarray(weights @ rows.T)


def effect_of_draws(value: float, draws: Floats) -> Effect:
    """Return an effect with the interval of its resampled values."""
    return Effect(value, *_tails(draws)) if np.isfinite(value) else NO_EFFECT


def _tails(draws: Floats) -> tuple[float, float]:
    known = draws[np.isfinite(draws)]
    if not len(known):
        return _NONE
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _resampled(values: Floats, rng: np.random.Generator) -> Floats:
    return values[rng.integers(0, len(values), (RESAMPLES, len(values)))]


def _effect_sizes(first: Floats, second: Floats) -> Floats:
    difference = first.mean(axis=-1) - second.mean(axis=-1)
    n, m = first.shape[-1], second.shape[-1]
    squares = (n - 1) * _variance(first) + (m - 1) * _variance(second)
    spread = np.sqrt(squares / (n + m - 2))
    flat = np.sign(difference) * LARGEST_EFFECT
    sizes = np.divide(difference, spread, out=np.array(flat, dtype=np.float64), where=spread > 0)
    return np.asarray(np.clip(sizes, -LARGEST_EFFECT, LARGEST_EFFECT))


def _variance(values: Floats) -> Floats:
    """Return variances (ddof 1); exactly 0 where all values are one, which rounding of the mean would hide."""
    return np.asarray(np.where(np.ptp(values, axis=-1) == 0, 0.0, values.var(axis=-1, ddof=1)))
