"""Every number about one explanation, and about a pair of explanations of the same sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.records import Record, failure, record
from gxview.evaluate.run.explained import Explained
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.run.truth import is_mask
from gxview.explain.settings import CONTRAST, positive_class, probability
from gxview.explain.transfer import to_tokens
from gxview.measures.concentration import entropy, gini, normalised_entropy
from gxview.measures.partial import partial_spearman
from gxview.measures.ranking import auroc, average_precision, enrichment, mass_accuracy, rank_accuracy
from gxview.measures.similarity import (
    chance_level,
    continuous_jaccard,
    continuous_jaccards,
    spearman,
    spearmans,
    top_overlap,
    top_overlaps,
)

Floats = NDArray[np.floating]
_GC_WINDOW = 21
_SIMILARITIES: tuple[tuple[str, Callable[..., float], Callable[..., Any]], ...] = (
    ("jaccard", continuous_jaccard, continuous_jaccards),
    (
        "jaccard_unsigned",
        lambda a, b: continuous_jaccard(a, b, signed=False),
        lambda a, b: continuous_jaccards(a, b, signed=False),
    ),
    ("spearman", spearman, spearmans),
    ("top_overlap", top_overlap, top_overlaps),
)
_SPREADS = (("gini", gini), ("entropy", entropy), ("normalised_entropy", normalised_entropy))


@dataclass(frozen=True, slots=True)
class Side:
    """One explanation with what made it.

    Attributes
    ----------
    subject, method
        Model and method.
    found
        The explanation.
    """

    subject: Subject
    method: str
    found: Explained


def predictions(one: Explained, subject: Subject, columns: dict[str, Any]) -> Iterator[Record]:
    """Yield what the model says about a sequence; `columns` are set, sequence, model."""
    if one.failed:
        yield failure("probability", one.reason, level="", **columns)
        return
    yield record("probability", probability(one.logits, positive_class(subject.model, subject.target)), level="", **columns)
    yield record("logit", explained_logit(one.logits, subject), level="", **columns)


def explained_logit(logits: NDArray[np.float32], subject: Subject) -> float:
    """Return the explained quantity from the logits (num_labels,) of one sequence."""
    if subject.target == CONTRAST:
        return float(logits[1] - logits[0])
    return float(logits[subject.target])


def concentrations(one: Explained, subject: Subject, columns: dict[str, Any]) -> Iterator[Record]:
    """Yield Gini index and entropies at the bases, and at the tokens of a model on tokens."""
    for level, values in _levels(one, subject):
        for name, measure in _SPREADS:
            yield record(name, measure(values), level=level, **columns)


def compositions(one: Explained, columns: dict[str, Any]) -> Iterator[Record]:
    """Yield how far relevance follows the local share of G and C."""
    yield record("gc_spearman", spearman(one.values, local_gc(one.item.letters)), **columns)


def localisations(one: Explained, rng: np.random.Generator, columns: dict[str, Any]) -> Iterator[Record]:
    """Yield how well relevance points at the known bases; nothing for a sequence without any."""
    truth, mask = one.item.truth, one.item.mask
    if truth is None or mask is None:
        return
    if not is_mask(truth):
        yield record("signal_spearman", spearman(one.values, truth), detail="relevance=signed", **columns)
        yield record("signal_spearman", spearman(np.abs(one.values), truth), detail="relevance=size", **columns)
        yield record("signal_auprc", average_precision(one.values, mask), detail="relevance=signed", **columns)
        yield record("signal_auprc", average_precision(np.abs(one.values), mask), detail="relevance=size", **columns)
        yield record("chance", float(mask.mean()), **columns)
        return
    yield record("auprc", average_precision(one.values, mask), **columns)
    yield record("auroc", auroc(one.values, mask), **columns)
    yield record("mass_accuracy", mass_accuracy(one.values, mask), **columns)
    yield record("rank_accuracy", rank_accuracy(one.values, mask), **columns)
    yield record("enrichment", enrichment(one.values, mask, rng, draws=200).ratio, **columns)
    yield record("chance", float(mask.mean()), **columns)


def similarities(
    first: Side, second: Side, rng: np.random.Generator, permutations: int, columns: dict[str, Any]
) -> Iterator[Record]:
    """Yield every similarity of two explanations with its chance level, at each level on which both can stand."""
    for level, a, b in _shared_levels(first, second):
        for name, measure, many in _SIMILARITIES:
            yield record(name, measure(a, b), level=level, **columns)
            chance = chance_level(many, a, b, rng, permutations)
            yield record(name, chance, level=level, detail="positions=permuted", **columns)
    gc = local_gc(first.found.item.letters)
    yield record("gc_partial_spearman", partial_spearman(first.found.values, second.found.values, gc), **columns)


def failed_pair(first: Side, second: Side) -> str:
    """Return why two explanations cannot be compared; empty where they can."""
    for side in (first, second):
        if side.found.failed:
            return f"{side.subject.name}, {side.method}: {side.found.reason}"
    return ""


def local_gc(letters: str, window: int = _GC_WINDOW) -> NDArray[np.float64]:
    """Return the share of G and C among the A, C, G, T around each base, float64 (L,); NaN where there are none."""
    codes = np.frombuffer(letters.encode(), np.uint8)
    strong = np.isin(codes, np.frombuffer(b"GC", np.uint8)).astype(np.float64)
    known = np.isin(codes, np.frombuffer(b"ACGT", np.uint8)).astype(np.float64)
    ones = np.ones(min(window, len(letters)))
    with np.errstate(invalid="ignore"):
        return np.convolve(strong, ones, "same") / np.convolve(known, ones, "same")


def guarded(work: Callable[[], Iterator[Record]], metric: str, columns: dict[str, Any]) -> Iterator[Record]:
    """Yield the records of some work; where it fails, one record of a metric says why."""
    try:
        yield from list(work())
    except GxviewError as error:
        yield failure(metric, error, **columns)


def on_tokens(subject: Subject) -> bool:
    """Whether a model reads tokens that stand for several bases."""
    return subject.model.kind == "dnabert2"


def _levels(one: Explained, subject: Subject) -> Sequence[tuple[str, Floats]]:
    base = ("base", one.values)
    return (base, ("token", one.tokens)) if on_tokens(subject) else (base,)


def _shared_levels(first: Side, second: Side) -> Iterator[tuple[str, Floats, Floats]]:
    a, b = first.found, second.found
    yield "base", a.values, b.values
    tokens_a, tokens_b = on_tokens(first.subject), on_tokens(second.subject)
    if tokens_a and tokens_b:
        if np.array_equal(a.spans, b.spans):
            yield "token", a.tokens, b.tokens
    elif tokens_a:
        yield "token", a.tokens, to_tokens(b.values, a.spans)
    elif tokens_b:
        yield "token", to_tokens(a.values, b.spans), b.tokens
