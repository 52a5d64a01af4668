"""Paired comparisons of inputs: the same parts, subsets and seeds on both sides.

Where every seed draws its own parts, the differences are those of repeated hold-outs, which are not independent because
their training parts overlap. Their t-test is therefore corrected (Nadeau and Bengio 2003, Machine Learning 52, equation
9): the variance of their mean is (1/J + n_test/n_train) s^2 instead of s^2/J. Where the test part is given, seeds do
not tell how another test part would turn out; there a bootstrap draws seeds and test sequences anew, the same for both
sides. Wilcoxon's signed-rank test over seeds stands beside either; with five pairs its p cannot be below 0.0625.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.measures.ranks import mean_ranks
from gxview.measures.statistics import benjamini_hochberg, paired_wilcoxon

Scope = Literal["best", "same head"]
LEVEL = 0.05
_ROUNDING = 1e-12
_INTERVAL = 0.95
_ENUMERATED = 12


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of paired differences: how many, their mean, its interval, the two-sided p and the name of the test."""

    n: int
    difference: float
    low: float
    high: float
    p: float
    test: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: an input with its layer, and a head."""

    input: str
    layer: int | None
    head: str

    def __str__(self) -> str:
        layer = "" if self.layer is None else f", layer {self.layer}"
        return f"{self.input}{layer}, {self.head}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """First minus second, paired by seed.

    Attributes
    ----------
    scope
        ``best``: on each side the layer, pool and head with the best mean on the validation parts; ``same head``: the
        two inputs under one head.
    against
        What the second side stands for: ``one-hot``, ``dinucleotide``, ``4-mer``, ``random weights``, or another model.
    model
        The model of the first side.
    target, metric, fraction
        Of the labels, the values, and the share of the training part.
    first, second
        The sides.
    n, difference, low, high, p, q
        Seeds, mean difference with its 95 % interval, p of the test, q after Benjamini and Hochberg over all
        comparisons of the target.
    test
        ``corrected t`` or ``bootstrap``.
    wilcoxon_p
        Of the signed-rank test.
    tests
        How many comparisons q is corrected for; interval and p are not.
    """

    scope: Scope
    against: str
    model: str
    target: str
    metric: str
    fraction: float
    first: Side
    second: Side
    n: int
    difference: float
    low: float
    high: float
    p: float
    test: str
    wilcoxon_p: float
    q: float = math.nan
    tests: int = 0

    @property
    def verdict(self) -> str:
        """``better``, ``worse``, ``no difference shown``, or ``not tested`` where there is no p."""
        if math.isnan(self.p):
            return "not tested"
        if not self.q < LEVEL:
            return "no difference shown"
        return "better" if self.difference > 0 else "worse"

    def as_dict(self) -> dict[str, Any]:
        """Return what stands in the JSON file; what is not there is null."""
        found = {**asdict(self), "verdict": self.verdict}
        return {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in found.items()}


def corrected_t_test(differences: ArrayLike, n_train: int, n_test: int) -> Tested:
    """Test whether paired differences of repeated hold-outs have mean 0.

    Parameters
    ----------
    differences
        (J,), one for each repetition; NaN does not take part. Without any spread, or with one that is rounding of the
        last digits, there is no p.
    n_train, n_test
        Sequences that were fitted on and tested on, in one repetition or in all of them together.
    """
    from scipy.stats import t as student

    values = np.asarray(differences, np.float64)
    values = values[np.isfinite(values)]
    count, name = len(values), "corrected t"
    mean = float(values.mean()) if count else math.nan
    rounding = _ROUNDING * max(1.0, abs(mean))
    if count < 2 or np.ptp(values) <= rounding:
        same = count > 1 and abs(mean) <= _ROUNDING
        return Tested(count, mean, math.nan, math.nan, 1.0 if same else math.nan, name)
    error = math.sqrt((1 / count + n_test / n_train) * float(values.var(ddof=1)))
    reach = float(student.ppf((1 + _INTERVAL) / 2, count - 1)) * error
    p = 2 * float(student.sf(abs(mean / error), count - 1))
    return Tested(count, mean, mean - reach, mean + reach, p, name)


def bootstrap_test(differences: ArrayLike, resampled: NDArray[np.float64], rng: np.random.Generator) -> Tested:
    """Test whether paired differences on one given test part have mean 0.

    Parameters
    ----------
    differences
        (J,), one for each seed.
    resampled
        (J, B): the same differences on B resamplings of the test sequences.
    rng
        Draws the seeds of each resampling.
    """
    values = np.asarray(differences, np.float64)
    known = np.isfinite(values) & np.isfinite(resampled).any(axis=1)
    usable = np.isfinite(resampled[known]).all(axis=0)  # a resampling without one of the classes has no value
    count = int(known.sum()) if usable.any() else 0
    mean = float(values[known].mean()) if count else math.nan
    if not count:
        return Tested(0, mean, math.nan, math.nan, math.nan, "bootstrap")
    kept = resampled[known][:, usable]
    seeds = rng.integers(0, count, (kept.shape[1], count))
    draws = kept[seeds, np.arange(kept.shape[1])[:, None]].mean(axis=1)
    tails = (1 - _INTERVAL) / 2, (1 + _INTERVAL) / 2
    low, high = np.quantile(draws, tails)
    hits = 1 + min(int((draws <= 0).sum()), int((draws >= 0).sum()))
    return Tested(count, mean, float(low), float(high), min(1.0, 2 * hits / (1 + len(draws))), "bootstrap")


def wilcoxon_p(first: ArrayLike, second: ArrayLike) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test, exact for up to 12 differences, ties or not."""
    changes = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    moved = changes[np.isfinite(changes) & (changes != 0)]
    if not 0 < len(moved) <= _ENUMERATED:
        return float(paired_wilcoxon(first, second).p)
    ranks = mean_ranks(np.abs(moved))
    signs = 1 - 2 * ((np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1)
    sums = np.abs(signs @ ranks)
    return float((sums >= abs(float(np.sign(moved) @ ranks)) - 1e-9).mean())


def with_q(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons with q values and what these count, over all of those with the same target."""
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(comparisons):
        groups.setdefault(one.target, []).append(place)
    found = list(comparisons)
    for places in groups.values():
        chances = [comparisons[place].p for place in places]
        q, known = benjamini_hochberg(chances), int(np.isfinite(chances).sum())
        for place, value in zip(places, q, strict=True):
            found[place] = replace(found[place], q=float(value), tests=known)
    return found
