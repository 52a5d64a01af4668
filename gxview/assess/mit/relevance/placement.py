"""Where relevance lies: shares of elements, and their balance between the right and the wrong sequence.

The share of some bases is their part of the positive relevance of the sequence. Shares are free of scale, so that
methods in logits, nats or no unit at all can stand side by side. A balance compares the shares a and b of two places as
``a / (a + b)``, from sums over the sequences: 0.5 where both get the same, 1 where only the first gets any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.relevance.matched import CLASSES, ELEMENTS, WRONG_PLACE, Span
from gxview.measures.statistics import paired_wilcoxon

Floats = NDArray[np.float64]

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Balance:
    """Two places compared, sequence by sequence.

    Attributes
    ----------
    first, second
        Mean shares of positive relevance, 0 to 1.
    value
        first / (first + second); chance is 0.5.
    low, high
        95 % percentile bootstrap interval of `value` over sequences.
    wins
        Share of the sequences in which the first is larger; ties count as no.
    p
        Wilcoxon's signed-rank test of the pairs, two-sided.
    n
        Pairs with both shares.
    """

    first: float
    second: float
    value: float
    low: float
    high: float
    wins: float
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class Enrichment:
    """One element in one class.

    Attributes
    ----------
    label, element
        Class and element.
    share
        Mean share of positive relevance on the element.
    chance
        Mean share of all windows of as many bases that touch no element.
    ratio
        share / chance; 1 is chance, infinite where no background base has positive relevance.
    low, high
        95 % percentile bootstrap interval of `ratio` over sequences.
    p
        Wilcoxon's signed-rank test of share against chance, sequence by sequence, two-sided.
    n
        Sequences with both.
    """

    label: str
    element: str
    share: float
    chance: float
    ratio: float
    low: float
    high: float
    p: float
    n: int


@dataclass(frozen=True)
class Placement:
    """What one method says about one model.

    Attributes
    ----------
    scorer, method
        Names.
    position
        UP element: E at its place (15 to 23) against H ``moved`` at the wrong place (40 to 48), the same letters. The
        **positional relevance ratio**.
    adjusted
        The same, freed of a liking for places: what relevance, with its sign, the letters of the UP element add to
        what stands there in D, at the right place (E) minus at the wrong one (H ``moved``). Mean over sequences, as a
        part of the mean absolute relevance of a sequence, with the p value of Wilcoxon's signed-rank test.
    order
        Bases 15 to 23 of E against those of H ``shuffle``: the same letters at the same place in another order.
    extended
        Bases 50 to 52 of E (TGT) against those of H ``shuffle``.
    intact
        The -10 box of C (TATAAT) against that of D (TGTAAT).
    enrichments
        Each element in each class.
    profiles
        Class -> mean share of positive relevance of each base, (100,); NaN where the model does not read.
    n
        Sequences of a class.
    """

    scorer: str
    method: str
    position: Balance
    adjusted: tuple[float, float]
    order: Balance
    extended: Balance
    intact: Balance
    enrichments: tuple[Enrichment, ...]
    profiles: Mapping[str, Floats]
    n: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can hold; missing numbers are None."""
        named = ("position", "order", "extended", "intact")
        found: dict[str, Any] = {"scorer": self.scorer, "method": self.method, "n": self.n}
        found |= {name: asdict(getattr(self, name)) for name in named}
        found["adjusted"] = {"difference": self.adjusted[0], "p": self.adjusted[1]}
        found["enrichments"] = [asdict(entry) for entry in self.enrichments]
        found["profiles"] = {label: values.tolist() for label, values in self.profiles.items()}
        return {name: _without_nan(value) for name, value in found.items()}


def placement(scorer: str, method: str, values: Mapping[str, Floats], seed: int) -> Placement:
    """Measure where relevance lies.

    Parameters
    ----------
    scorer, method
        Names.
    values
        Class -> relevance (N, 100) of the matched sequences, NaN where the model does not read.
    seed
        Of the resamples.
    """
    rng = np.random.default_rng(seed)
    shares = {label: positive_shares(values[label]) for label in CLASSES}
    up, wrong, extended, box = ELEMENTS["UP"], WRONG_PLACE, ELEMENTS["extended -10"], ELEMENTS["-10"]
    test = paired_wilcoxon(gain(values, "E", up), gain(values, "H moved", wrong))
    return Placement(
        scorer,
        method,
        position=balance(share_of(shares["E"], up), share_of(shares["H moved"], wrong), rng),
        adjusted=(float(test.difference), float(test.p)),
        order=balance(share_of(shares["E"], up), share_of(shares["H shuffle"], up), rng),
        extended=balance(share_of(shares["E"], extended), share_of(shares["H shuffle"], extended), rng),
        intact=balance(share_of(shares["C"], box), share_of(shares["D"], box), rng),
        enrichments=tuple(_enrichments(shares, rng)),
        profiles={label: _mean(part) for label, part in shares.items()},
        n=len(shares["E"]),
    )


def positive_shares(values: Floats) -> Floats:
    """Return the part (N, L) that each base has in the positive relevance of its sequence.

    NaN where the model does not read, and for a sequence without positive relevance.
    """
    positive = np.maximum(values, 0.0)
    total = np.nansum(positive, axis=1, keepdims=True)
    return np.asarray(np.divide(positive, total, out=np.full_like(positive, np.nan), where=total > 0))


def share_of(shares: Floats, span: Span) -> Floats:
    """Return the sum (N,) over the bases of a span; NaN unless the model reads all of them."""
    return np.asarray(shares[:, slice(*span)].sum(axis=1))


def gain(values: Mapping[str, Floats], label: str, span: Span) -> Floats:
    """Return how much more relevance a span has in a class than in D, (N,).

    In units of the mean absolute relevance of a sequence of class E, so that methods can be compared.
    """
    scale = float(np.nansum(np.abs(values["E"]), axis=1).mean())
    more = share_of(values[label], span) - share_of(values["D"], span)
    return more / scale if scale else np.full_like(more, np.nan)


def balance(first: Floats, second: Floats, rng: np.random.Generator) -> Balance:
    """Compare shares (N,) of two places."""
    known = np.isfinite(first) & np.isfinite(second)
    a, b = first[known], second[known]
    if not len(a):
        nothing = float("nan")
        return Balance(nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0)
    low, high = _interval(a, b, rng, _part)
    with np.errstate(invalid="ignore"):
        value = float(a.mean() / (a.mean() + b.mean()))
    p = float(paired_wilcoxon(a, b).p)
    return Balance(float(a.mean()), float(b.mean()), value, low, high, float((a > b).mean()), p, len(a))


def _enrichments(shares: Mapping[str, Floats], rng: np.random.Generator) -> list[Enrichment]:
    places = [(label, name, span) for label in CLASSES for name, span in ELEMENTS.items()]
    places.append(("H moved", "UP letters at 40 to 48", WRONG_PLACE))
    return [_enrichment(label, name, span, shares[label], rng) for label, name, span in places]


def _enrichment(label: str, element: str, span: Span, shares: Floats, rng: np.random.Generator) -> Enrichment:
    found, chance = share_of(shares, span), background_share(shares, span[1] - span[0])
    known = np.isfinite(found) & np.isfinite(chance)
    a, b = found[known], chance[known]
    if not len(a):
        nothing = float("nan")
        return Enrichment(label, element, nothing, nothing, nothing, nothing, nothing, nothing, 0)
    low, high = _interval(a, b, rng, np.divide)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = float(a.mean() / b.mean())
    p = float(paired_wilcoxon(a, b).p)
    return Enrichment(label, element, float(a.mean()), float(b.mean()), ratio, low, high, p, len(a))


def background_share(shares: Floats, width: int) -> Floats:
    """Return the mean share (N,) of all windows of so many bases that the model reads and that touch no element."""
    taken = np.zeros(shares.shape[1], dtype=np.int64)
    for start, end in (*ELEMENTS.values(), WRONG_PLACE):
        taken[start:end] = 1
    starts = [at for at in range(len(taken) - width + 1) if not taken[at : at + width].any()]
    windows = np.stack([share_of(shares, (at, at + width)) for at in starts], axis=1)
    read = np.isfinite(windows)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(read, windows, 0.0).sum(axis=1) / read.sum(axis=1))


def _interval(
    a: Floats, b: Floats, rng: np.random.Generator, of_means: Callable[[Floats, Floats], Floats]
) -> tuple[float, float]:
    picks = rng.integers(len(a), size=(RESAMPLES, len(a)))
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = of_means(a[picks].mean(axis=1), b[picks].mean(axis=1))
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, (0.025, 0.975), method="nearest")  # between two infinities nothing lies
    return float(low), float(high)


def _part(first: Floats, second: Floats) -> Floats:
    return np.asarray(first / (first + second))


def _mean(shares: Floats) -> Floats:
    known = np.isfinite(shares)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, shares, 0.0).sum(axis=0) / known.sum(axis=0))


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_without_nan(entry) for entry in value]
    return value
