"""Does an explanation point at known positions? Numbers from relevance and a mask, or relevance and a measured signal.

Signed relevance ranks: strong negative relevance at known bases is the worst answer. NaN does not take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError
from gxview.measures.number import CONSTANT, NOTHING_KNOWN, Number, missing
from gxview.measures.ranks import mean_ranks
from gxview.measures.similarity import correlations, membership

Part = Literal["positive", "absolute"]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NO_POSITIVE = "no position has positive relevance"
ONE_CLASS = "the mask holds no position or all of them"


@dataclass(frozen=True, slots=True)
class Enrichment:
    """How much more relevance a mask holds than masks of the same lengths at random places.

    Attributes
    ----------
    ratio : Number
        Relevance mass inside the mask over the mean of the random masks; 1 by chance.
    p : Number
        Share of random masks that hold at least as much, (1 + hits) / (1 + draws).
    observed, expected : Number
        Relevance mass accuracy of the mask, and the mean of the random masks.
    draws : int
        Number of random masks.
    """

    ratio: Number
    p: Number
    observed: Number
    expected: Number
    draws: int


def mass_accuracy(relevance: ArrayLike, mask: ArrayLike, *, part: Part = "positive") -> Number:
    """Return the share of the relevance that lies inside the mask.

    Arras et al. 2022 (Information Fusion 81:14-40), Quantus ``RelevanceMassAccuracy``.

    Parameters
    ----------
    relevance : array_like, shape (L,)
        Relevance per position.
    mask : array_like of bool, shape (L,)
        Known positions.
    part : str
        ``'positive'`` counts positive relevance only, ``'absolute'`` all of it by size.

    Returns
    -------
    Number
        0 to 1; the share of masked positions by chance.
    """
    values, known, reason = _pair(relevance, mask)
    if reason:
        return missing(reason)
    mass = _mass(values, part)
    return Number(float(mass[known].sum() / mass.sum())) if mass.any() else missing(NO_POSITIVE)


def rank_accuracy(relevance: ArrayLike, mask: ArrayLike) -> Number:
    """Return the share of the n most relevant positions that lie inside a mask of n positions.

    Arras et al. 2022, Quantus ``RelevanceRankAccuracy``; of positions tied at the border each counts by an equal part.
    """
    values, known, reason = _pair(relevance, mask)
    if reason:
        return missing(reason)
    return Number(float(membership(values, int(known.sum()))[known].sum() / known.sum()))


def average_precision(relevance: ArrayLike, mask: ArrayLike) -> Number:
    """Return the area under the precision-recall curve (average precision); ties share one threshold.

    Returns
    -------
    Number
        Over 0 to 1. By chance it is more than the share of masked positions where these are few, see
        `chance_precision`.
    """
    values, known, reason = _pair(relevance, mask)
    return missing(reason) if reason else Number(float(_precisions(values, known[None])[0]))


def chance_precision(relevance: ArrayLike, mask: ArrayLike, rng: np.random.Generator, *, draws: int = 1000) -> Number:
    """Return the mean average precision for masks of the same stretches at random places.

    Relevance of tokens lies in blocks and known elements lie in stretches; both stay as they are. Parameters are those
    of `enrichment`.
    """
    values, known, reason = _pair(relevance, mask)
    if reason:
        return missing(reason)
    starts, lengths = random_stretches(known, rng, draws)
    steps = np.zeros((draws, len(values) + 1), dtype=np.int64)
    rows = np.arange(draws)[:, None]
    np.add.at(steps, (rows, starts), 1)  # stretches may touch: one may begin where another ends
    np.add.at(steps, (rows, starts + lengths), -1)
    return Number(float(_precisions(values, np.cumsum(steps, axis=1)[:, :-1] > 0).mean()))


def auroc(relevance: ArrayLike, mask: ArrayLike) -> Number:
    """Return the area under the ROC curve: how often a masked position outranks another one, ties one half."""
    values, known, reason = _pair(relevance, mask)
    if reason:
        return missing(reason)
    inside, outside = int(known.sum()), int((~known).sum())
    ranks = mean_ranks(values)
    return Number(float((ranks[known].sum() - inside * (inside + 1) / 2) / (inside * outside)))


def enrichment(
    relevance: ArrayLike,
    mask: ArrayLike,
    rng: np.random.Generator,
    *,
    draws: int = 1000,
    part: Part = "positive",
) -> Enrichment:
    """Compare the relevance mass inside a mask with masks of the same stretches at random places.

    Parameters
    ----------
    relevance : array_like, shape (L,)
        Relevance per position.
    mask : array_like of bool, shape (L,)
        Known positions; every stretch keeps its length, stretches never overlap, and all placements are equally likely.
    rng : numpy.random.Generator
        Source of the places.
    draws : int
        Number of random masks.
    part : str
        As in `mass_accuracy`.
    """
    observed = mass_accuracy(relevance, mask, part=part)
    if observed != observed:
        return Enrichment(observed, observed, observed, observed, draws)
    values, known, _ = _pair(relevance, mask)
    sums = np.append(0.0, np.cumsum(_mass(values, part)))
    starts, lengths = random_stretches(known, rng, draws)
    masses = (sums[starts + lengths] - sums[starts]).sum(axis=1) / sums[-1]
    expected = float(masses.mean())
    ratio = Number(observed / expected) if expected > 0 else missing("no random mask holds any relevance")
    hits = int((masses >= observed - 1e-12).sum())
    return Enrichment(ratio, Number((1 + hits) / (1 + draws)), observed, Number(expected), draws)


def random_stretches(mask: Mask, rng: np.random.Generator, draws: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return starts and lengths, each (draws, R), of the R stretches of a mask put to random places.

    Stretches take a random order and do not overlap; they may touch.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    lengths = edges[1::2] - edges[::2]
    count, free = len(lengths), len(mask) - int(lengths.sum())
    shuffled = rng.permuted(np.tile(lengths, (draws, 1)), axis=1)
    # The stretches are bars among `free` single positions: choosing the places of the bars is choosing a placement.
    bars = np.sort(np.argsort(rng.random((draws, free + count)), axis=1)[:, :count], axis=1)
    before = np.cumsum(shuffled, axis=1) - shuffled
    return bars - np.arange(count) + before, shuffled


def top_mask(signal: ArrayLike, *, share: float = 0.2) -> Mask:
    """Return a mask of the positions with the largest measured signal, for AUPRC against a measurement.

    Parameters
    ----------
    signal : array_like, shape (L,)
        Measured per position; NaN is never in the mask.
    share : float
        Part of the measured positions that count as known; positions equal to the last one are in it too.
    """
    values = np.asarray(signal, np.float64)
    measured = np.isfinite(values)
    if not measured.any():
        return measured
    count = max(1, round(share * int(measured.sum())))
    border = np.sort(values[measured])[-count]
    return np.asarray(measured & (values >= border))


def shift_p(relevance: ArrayLike, signal: ArrayLike) -> Number:
    """Return how often relevance moved round in a circle follows a signal at least as closely as it does in place.

    Neighbouring bases resemble each other, so that permuted positions would make every smooth vector look remarkable; a
    shift keeps both vectors as smooth as they are. All n - 1 shifts over the positions with both values are counted,
    by rank correlation: p = (1 + hits) / n.
    """
    values, measured = np.asarray(relevance, np.float64), np.asarray(signal, np.float64)
    if values.shape != measured.shape or values.ndim != 1:
        raise GxviewError(f"Relevance {values.shape} and signal {measured.shape} are not of one length.")
    known = np.isfinite(values) & np.isfinite(measured)
    values, measured = values[known], measured[known]
    count = len(values)
    if count < 3:
        return missing("a shift needs three positions with both values")
    around = correlations(_around(mean_ranks(values)), mean_ranks(measured))
    if np.isnan(around[0]):
        return missing(CONSTANT)
    return Number(float((around >= around[0] - 1e-12).sum() / count))


def shift_precision(relevance: ArrayLike, mask: ArrayLike) -> Number:
    """Return the mean average precision over all circular shifts of a mask, for instance of `top_mask`."""
    values, known, reason = _pair(relevance, mask)
    return missing(reason) if reason else Number(float(_precisions(values, _around(known)).mean()))


def _precisions(values: Floats, masks: Mask) -> Floats:
    """Return the average precision for each of several masks (D, L) with as many positions."""
    order = np.argsort(-values, kind="stable")
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    hits = np.cumsum(masks[:, order], axis=1)[:, last]
    return np.asarray((np.diff(hits, prepend=0, axis=1) * (hits / (last + 1))).sum(axis=1) / hits[:, -1])


def _around(vector: NDArray[np.generic]) -> NDArray[Any]:
    """Return all circular shifts of a vector, (L, L); the first is the vector itself."""
    count = len(vector)
    return np.asarray(vector[(np.arange(count)[:, None] + np.arange(count)) % count])


def _mass(values: Floats, part: Part) -> Floats:
    if part not in ("positive", "absolute"):
        raise GxviewError(f"The relevance inside a mask is 'positive' or 'absolute', not '{part}'.")
    return np.maximum(values, 0.0) if part == "positive" else np.abs(values)


def _pair(relevance: ArrayLike, mask: ArrayLike) -> tuple[Floats, Mask, str]:
    values, known = np.asarray(relevance, np.float64), np.asarray(mask)
    if values.ndim != 1 or values.shape != known.shape:
        raise GxviewError(f"Relevance {values.shape} and mask {known.shape} are not of one length.")
    finite = np.isfinite(values)
    values, known = values[finite], known[finite].astype(bool)
    if not values.size:
        return values, known, NOTHING_KNOWN
    return values, known, "" if known.any() and not known.all() else ONE_CLASS
