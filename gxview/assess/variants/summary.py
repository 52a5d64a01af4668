"""What ``variants.json`` says about a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from gxview.assess.variants.engine import BLOCK, Engine, Found
from gxview.assess.variants.native import NativeLanguageModel, zero_shot_provenance
from gxview.assess.variants.scores import SCORES
from gxview.assess.variants.settings import RELEVANCE
from gxview.assess.variants.subjects import Subject
from gxview.explain.provenance import model_provenance
from gxview.explain.settings import Settings, methods_of
from gxview.words import counted

MOST_FAILURES = 1000
"""Failures that are written out; the table of variants has all of them."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, failures and provenance of a run.

    Attributes
    ----------
    what : str
        What is counted: ``allele`` or ``substitution``.
    asked, scored, failures : int
        How many there are, how many have all numbers, how many lack some.
    by_reason : dict
        Failures by their reason, the most frequent first.
    listed : list of (str, str)
        The first failures: what, and why.
    shifted : int
        How many have a window that was moved to stay on its chromosome.
    counted, scores, provenance
        As they are written.
    """

    what: str
    asked: int
    scored: int
    failures: int
    by_reason: dict[str, int]
    listed: list[tuple[str, str]]
    shifted: int
    counted: dict[str, Any]
    scores: list[dict[str, Any]]
    provenance: dict[str, Any]

    @classmethod
    def of(cls, subject: Subject, engine: Engine, found: Found) -> Summary:
        """Count what was found."""
        missing = [(str(edit), reason) for edit, reason in zip(subject.edits, found.reasons, strict=True) if reason]
        failed = [*subject.refused, *missing]
        reasons = Counter(reason for _, reason in failed)
        scored = len(subject.edits) - len(missing)
        return cls(
            subject.what,
            len(subject.refused) + len(subject.edits),
            scored,
            len(failed),
            dict(reasons.most_common()),
            failed[:MOST_FAILURES],
            int(np.count_nonzero(found.shifted)),
            subject.counted,
            [_described(name) for name in engine.asking.scores],
            _provenance(engine),
        )

    @property
    def notes(self) -> list[str]:
        """Sentences about what was left out or moved."""
        told = [
            f"{counted(count, f'{self.what} has', f'{self.what}s have')} no effect: {reason}."
            for reason, count in self.by_reason.items()
        ][:5]
        if self.shifted:
            told.append(f"The windows of {counted(self.shifted, self.what)} were moved to stay on their chromosome.")
        return told

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "counts": {
                **self.counted,
                "asked": self.asked,
                "scored": self.scored,
                "failed": self.failures,
                "shifted": self.shifted,
                "by_reason": self.by_reason,
            },
            "failures": [{"variant": what, "reason": reason} for what, reason in self.listed],
            "failures_not_listed": self.failures - len(self.listed),
            "scores": self.scores,
            "provenance": self.provenance,
        }


def _described(name: str) -> dict[str, Any]:
    one = SCORES[name]
    return {"name": name, "label": one.label, "signed": one.signed, "definition": one.definition}


def _provenance(engine: Engine) -> dict[str, Any]:
    asking, model = engine.asking, engine.model
    if isinstance(model, NativeLanguageModel):
        return {**zero_shot_provenance(model), **asking.facts(), "reference": engine.reference.facts()}
    facts = model_provenance(model, asking.explaining or Settings("none", None, ()), BLOCK)
    facts["model"]["methods"] = [method.name for method in methods_of(model)]
    if not set(RELEVANCE) & set(asking.scores):  # nothing was explained
        facts = {name: fact for name, fact in facts.items() if name not in ("method", "options", "transfer")}
    return {**facts, **asking.facts(), "reference": engine.reference.facts()}
