"""What a classifier or a regressor says about pairs of windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants.scores import LABELS, problem_of
from gxview.assess.variants.windows import Pair
from gxview.explain import explain
from gxview.explain.attribution.work import Work
from gxview.explain.settings import CONTRAST, positive_class, probabilities
from gxview.models.sequences import base_codes

Floats = NDArray[np.float64]


def distinct(letters: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return each sequence once, in the order they come, and which of them stands in each place."""
    places: dict[str, int] = {}
    which = np.array([places.setdefault(one, len(places)) for one in letters], dtype=np.int64)
    return list(places), which


def sides(pairs: Sequence[Pair]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the sequences of both sides once, and which of them each pair has as reference and alternative, (2, n)."""
    found, which = distinct([*(pair.reference for pair in pairs), *(pair.alternative for pair in pairs)])
    return found, which.reshape(2, -1)


def answers(reference: Floats, alternative: Floats) -> Floats:
    """Return difference, reference and alternative, float64 (n, 3)."""
    return np.stack([alternative - reference, reference, alternative], axis=1)


def outputs(work: Work, pairs: Sequence[Pair]) -> dict[str, Floats]:
    """Return ``logit`` and ``probability``, each float64 (n, 3).

    Of several models that answer together they are the mean of the members' logits and the mean of their
    probabilities. The probability is that of the explained class; where this is the positive one, or the target a
    contrast, it is the score of `gxview.explain.explain_region`.
    """
    letters, which = sides(pairs)
    members = getattr(work.model, "members", (work.model,))
    every = [_logits(replace(work, model=member), letters) for member in members]
    explained = work.explained(np.asarray(np.mean(every, axis=0, dtype=np.float64), dtype=np.float32))
    chances = np.mean([_chances(work, logits) for logits in every], axis=0)
    return {"logit": answers(*explained[which]), "probability": answers(*chances[which])}


def _chances(work: Work, logits: NDArray[np.float32]) -> Floats:
    """Return the probability of the explained class; of a contrast, which is none, that of the positive class."""
    target = work.settings.target
    label = positive_class(work.model, target) if target == CONTRAST else target
    if problem_of(work.model) == LABELS and label is not None:
        return probabilities(logits[:, [label]], 0)  # each label has a chance of its own
    return probabilities(logits, label)


def _logits(work: Work, letters: Sequence[str]) -> NDArray[np.float32]:
    if work.model.kind == "dnabert2":
        return work.token_logits(work.token_rows(letters))
    return work.base_logits(base_codes("".join(letters)).reshape(len(letters), -1))


def relevances(work: Work, pairs: Sequence[Pair]) -> dict[str, Floats]:
    """Return ``relevance`` and ``relevance_base``, each float64 (n, 3); the first has no sides."""
    letters, which = sides(pairs)
    settings = work.settings
    options: dict[str, Any] = dict(settings.options)  # all of them are arguments of `explain`
    found = explain(work.model, letters, settings.method, settings.target, cancelled=work.cancelled, **options)
    values = [one.values.astype(np.float64) for one in found]
    rows = [_compared(pair, values[one], values[two]) for pair, one, two in zip(pairs, *which, strict=True)]
    apart, before, after = np.array(rows).T
    missing = np.full_like(apart, np.nan)
    return {"relevance": np.stack([apart, missing, missing], axis=1), "relevance_base": answers(before, after)}


def _compared(pair: Pair, plain: Floats, other: Floats) -> tuple[float, float, float]:
    """Return the difference over aligned bases, and the relevance of the changed bases on either side."""
    if pair.strand == "-":
        plain, other = plain[::-1], other[::-1]
    at, before, text = pair.at, len(pair.edit.before), len(pair.edit.text)
    apart = sum(float(np.abs(two - one).sum()) for one, two in _aligned(plain, other, at, before, text))
    return apart, float(plain[at : at + before].sum()), float(other[at : at + text].sum())


def _aligned(plain: Floats, other: Floats, at: int, before: int, text: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield the stretches that stand base for base."""
    left = at + min(before, text)
    yield plain[:left], other[:left]
    right, changed = plain[at + before :], other[at + text :]
    both = min(len(right), len(changed))
    yield right[:both], changed[:both]
