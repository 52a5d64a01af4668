"""Every number about one explanation, and about a pair of explanations of the same sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.agreement import concentration_records, similarity_records
from gxview.evaluate.composition import composition_records, partial_similarity_records
from gxview.evaluate.localisation import localisation_records, signal_records
from gxview.evaluate.records import Record, record
from gxview.evaluate.run.explained import Explained
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.run.truth import is_mask
from gxview.explain.settings import CONTRAST, positive_class, probability

AGAINST = "known"
_DRAWS = 200


class Side(NamedTuple):
    """One explanation with the model and the method that made it."""

    subject: Subject
    method: str
    found: Explained


def predictions(one: Explained, subject: Subject, **columns: Any) -> Iterator[Record]:
    """Yield what the model says about a sequence."""
    label = positive_class(subject.model, subject.target)
    yield record("probability", probability(one.logits, label, subject.model.problem_type), level="", **columns)
    yield record("logit", explained_logit(one.logits, subject), level="", **columns)


def explained_logit(logits: NDArray[np.float32], subject: Subject) -> float:
    """Return the explained quantity from the logits (num_labels,) of one sequence."""
    if subject.target == CONTRAST:
        return float(logits[1] - logits[0])
    return float(logits[subject.target])


def concentrations(one: Explained, **columns: Any) -> Iterator[Record]:
    """Yield Gini index and entropies, and how far relevance follows the local share of G and C."""
    yield from concentration_records(one.explanation(), **columns)
    for found in composition_records(one.values, one.item.letters):
        yield replace(found, **columns)


def localisations(one: Explained, rng: np.random.Generator, **columns: Any) -> Iterator[Record]:
    """Yield how well relevance points at the known bases; nothing for a sequence without any."""
    truth, mask = one.item.truth, one.item.mask
    if truth is None or mask is None:
        return
    if is_mask(truth):
        yield from localisation_records(one.values, mask, rng, against=AGAINST, draws=_DRAWS, **columns)
    else:
        yield from signal_records(one.values, truth, against=AGAINST, **columns)


def similarities(first: Side, second: Side, rng: np.random.Generator | None, **columns: Any) -> Iterator[Record]:
    """Yield every similarity of two explanations at the bases, and at the tokens where a model has some.

    Parameters
    ----------
    first, second
        Explanations of the same sequence, none failed.
    rng
        Adds the chance level of each number; None leaves it out.
    columns
        Columns of the records.
    """
    a, b = first.found.explanation(), second.found.explanation()
    on_tokens = min(len(a.token_relevance), len(b.token_relevance)) < len(a.values)
    for level in ("base", "token") if on_tokens else ("base",):
        yield from similarity_records(a, b, level, rng, **columns)
    for one in partial_similarity_records(a.values, b.values, first.found.item.letters):
        yield replace(one, **columns)


def failed_pair(first: Side, second: Side) -> str:
    """Return why two explanations cannot be compared; empty where they can."""
    for side in (first, second):
        if side.found.failed:
            return f"{side.subject.name}, {side.method}: {side.found.reason}"
    return ""


def columns_of(set_name: str, side: Side, other: Side | None = None) -> dict[str, Any]:
    """Return the columns of records about one explanation, or about two."""
    columns = {"set": set_name, "sequence": side.found.item.id, "model": side.subject.name, "method": side.method}
    if other is not None:
        columns |= {"other_model": other.subject.name, "other_method": other.method}
    return columns
