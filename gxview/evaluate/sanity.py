"""Does an explanation change when the model is another one? If not, it does not show what the model learned.

Adebayo et al. 2018 (NeurIPS): weights are made random from the top, layer by layer, and explanations must become
different.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gxview.errors import GxviewError
from gxview.evaluate.agreement import on_one_level
from gxview.evaluate.records import Record, record
from gxview.explain.explanation import Explanation
from gxview.measures.number import Number, missing
from gxview.measures.similarity import continuous_jaccard
from gxview.models.base import Model
from gxview.models.randomised import blocks_of, randomised

ExplainBy = Callable[[Model, Sequence[str]], Sequence[Explanation]]
"""Explains sequences by a given model, always in the same way."""

LIMIT = 0.5
"""Largest similarity to a randomised model that passes, in parts of the ceiling."""


SAME = 0.99
"""Similarity above which an explanation counts as unchanged."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether explanations depend on what the model learned.

    Attributes
    ----------
    passed : bool
        Whether the mean similarity to the randomised model is at most the limit, and a random head changes something.
    similarity : Number
        Mean size of the continuous Jaccard over the sequences where there is one.
    limit : float
        `LIMIT` of the ceiling.
    n, failures : int
        Sequences with and without a similarity.
    sentence : str
        The same in words.
    """

    passed: bool
    similarity: Number
    limit: float
    n: int
    failures: int
    sentence: str


def cascade_records(
    explain_by: ExplainBy,
    model: Model,
    explanations: Sequence[Explanation],
    names: Sequence[str],
    *,
    seed: int = 0,
    steps: Sequence[int] | None = None,
    **columns: str,
) -> list[Record]:
    """Compare explanations with those of copies of the model whose blocks were randomised from the top.

    Parameters
    ----------
    explain_by : callable
        Explains sequences by a model in the way the explanations were made.
    model : Model
        The trained model.
    explanations : sequence of Explanation
        By the trained model.
    names : sequence of str
        Ids of the sequences.
    seed : int
        Of the random weights.
    steps : sequence of int, optional
        How many of the topmost blocks are randomised; by default 1, 2, ... all of them.
    columns
        Columns of the records: method ...

    Returns
    -------
    list of Record
        ``randomised_similarity`` per sequence and step, `detail` ``blocks=2/6``; with the head alone ``blocks=head``.
    """
    count = len(blocks_of(model))
    copies = {f"{step}/{count}": randomised(model, seed=seed, top=step) for step in steps or range(1, count + 1)}
    copies["head"] = randomised(model, seed=seed, head_only=True)
    sequences = [one.sequence for one in explanations]
    found: list[Record] = []
    for blocks, copy in copies.items():
        others = explain_by(copy, sequences)
        given = {**columns, "model": model.name, "other_model": copy.name}
        found += other_model_records(
            "randomised_similarity", explanations, others, names, detail={"blocks": blocks}, **given
        )
    return found


def other_model_records(
    metric: str,
    explanations: Sequence[Explanation],
    others: Sequence[Explanation],
    names: Sequence[str],
    *,
    detail: dict[str, str] | None = None,
    **columns: str,
) -> list[Record]:
    """Compare explanations by two models that differ in one respect.

    Parameters
    ----------
    metric : str
        ``randomised_similarity``; ``permuted_labels_similarity`` (the other was trained on permuted labels);
        ``seed_similarity`` (the other was trained from another seed).
    explanations, others : sequence of Explanation
        Of the same sequences, by the model and by the other.
    names : sequence of str
        Ids of the sequences.
    detail, columns
        Columns of the records.

    Returns
    -------
    list of Record
        The continuous Jaccard at bases per sequence (at tokens of one segmentation it is the same); with a model that
        learned nothing its size, since an explanation that only turns its sign has not changed.

    Raises
    ------
    GxviewError
        If the explanations are not of the same sequences.
    """
    if len(explanations) != len(others):
        raise GxviewError(f"{len(explanations):,} explanations cannot be compared with {len(others):,} others.")
    found = []
    for name, own, other in zip(names, explanations, others, strict=True):
        value = continuous_jaccard(*on_one_level(own, other, "base"))
        if metric != "seed_similarity" and not value.reason:
            value = Number(abs(value))
        found.append(record(metric, value, sequence=name, detail=detail or {}, **columns))
    return found


def verdict(
    similarities: Sequence[float], model: str, method: str, ceiling: float = 1.0, head: Sequence[float] = ()
) -> Verdict:
    """Judge by the similarity to the wholly randomised model, and by whether the head counts at all.

    Parameters
    ----------
    similarities : sequence of float
        ``randomised_similarity`` per sequence, of all blocks; NaN (a randomised model without any relevance) counts as
        a failure to compare, never as a pass.
    model, method : str
        For the sentence.
    ceiling : float
        Mean similarity between models trained from different seeds, where it is known: similarities are judged in
        parts of what two good models have in common.
    head : sequence of float
        ``randomised_similarity`` per sequence, of the head alone. A random head leaves all features in place, so that
        explanations may well resemble each other; where they stay the same, they do not depend on what decides.
    """
    values = np.asarray(similarities, np.float64)
    known = values[np.isfinite(values)]
    limit, failures = LIMIT * ceiling, len(values) - len(known)
    if not len(known):
        nothing = missing("no explanation of the randomised model could be compared")
        words = f"{method} of {model}: {nothing.reason}, so the check was not passed."
        return Verdict(False, nothing, limit, 0, failures, words)
    mean = Number(np.abs(known).mean())
    measured = f"similarity {mean:.2f} over {len(known):,} sequences, at most {limit:.2f} allowed"
    words = f"{method} of {model} depends on what the model learned ({measured})."
    if mean > limit:
        words = (
            f"FAILED: {method} of {model} hardly changes when all weights are random ({measured}); it does not show "
            "what the model learned."
        )
    elif _mean(head) > SAME:
        words = (
            f"FAILED: {method} of {model} stays the same when the head is random (similarity {_mean(head):.2f}); it "
            "does not show what the prediction rests on."
        )
    return Verdict(not words.startswith("FAILED"), mean, limit, len(known), failures, words)


def verdict_record(found: Verdict, **columns: str) -> Record:
    """Return ``sanity``: 1 for passed, 0 for failed, with no sequence."""
    return record("sanity", float(found.passed), detail={"limit": round(found.limit, 3)}, **columns)


def _mean(values: Sequence[float]) -> float:
    known = np.asarray(values, np.float64)
    known = np.abs(known[np.isfinite(known)])
    return float(known.mean()) if len(known) else 0.0
