"""Pairs of the test as an auxiliary loss of training: compensated promoters shall score above their counterparts.

Supervision by pairs of the same letters in other places is what the paper proposes (appendix N.2, contrastive
positional learning). A model that was trained so has seen what the test asks: its CSS and SCR then say that it learnt
the pairs, and the parts of the test that no pair shows (spacing, strand, position sweep, natural promoters) say whether
it learnt more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gxview.assess.mit.layout import LENGTH, MINUS10, UP
from gxview.assess.mit.relevance.matched import matched
from gxview.assess.mit.sets import background, texts
from gxview.errors import GxviewError, UsageError
from gxview.models.fit import LogitsOf

COUNTERPARTS = ("D", "H shuffle", "H moved")
"""What E shall score above: the broken promoter without compensation, and both scrambled ones."""

SPAN = MINUS10[1] - UP[0]
"""Bases from the UP element to the end of the -10 box, which every sequence of a pair holds."""


@dataclass(frozen=True)
class PairLoss:
    """The mean of ``softplus(s(counterpart) - s(E))`` over fresh pairs, times a weight.

    ``s`` is the logit of the positive class, of two logits minus the other one. Both sequences of a pair share their
    background and the place of the promoter, which is drawn anew like everything else in each step. The generator is
    that of training, never that of the test.

    Attributes
    ----------
    weight
        Of the loss; above 0.
    length
        Bases of a sequence, at least 44: those that the model is trained on.
    promoters
        Compensated promoters of a step; each meets all `COUNTERPARTS`.
    """

    weight: float
    length: int = LENGTH
    promoters: int = 8

    def __post_init__(self) -> None:
        if not self.weight > 0 or not np.isfinite(self.weight):
            raise UsageError(f"The weight of the pairs must be above 0, not {self.weight:g}.")
        if self.length < SPAN:
            raise GxviewError(
                f"Pairs of the invariance test need {SPAN} bases for their elements, but the training sequences have "
                f"{self.length}; train on longer ones or without pairs."
            )

    def fitted(self, sequences: Sequence[str]) -> PairLoss:
        """Return the loss on sequences of the commonest length of some training sequences."""
        return replace(self, length=Counter(map(len, sequences)).most_common(1)[0][0])

    def __call__(self, logits_of: LogitsOf, rng: np.random.Generator) -> Tensor:
        """Return the loss of one step, a scalar with gradient.

        Raises
        ------
        UsageError
            When the model has neither one nor two logits.
        """
        drawn = self.draw(rng)
        labels = ("E", *COUNTERPARTS)
        logits = logits_of([letters for label in labels for letters in drawn[label]])
        scores = positive_scores(logits).reshape(len(labels), self.promoters)
        return self.weight * functional.softplus(scores[1:] - scores[0]).mean()

    def draw(self, rng: np.random.Generator) -> dict[str, list[str]]:
        """Return the sequences of a step: E and its counterparts, with the promoters at places of their own."""
        sets = matched(rng, self.promoters)
        first, last = max(0, MINUS10[1] - self.length), min(UP[0], max(0, LENGTH - self.length))
        starts = rng.integers(first, last, endpoint=True, size=self.promoters)
        room = max(0, self.length - LENGTH)
        before = rng.integers(0, room, endpoint=True, size=self.promoters)
        flanks = texts(background(self.promoters, rng, length=room)) if room else [""] * self.promoters
        return {
            label: [
                flank[:left] + letters[start : start + self.length] + flank[left:]
                for letters, flank, start, left in zip(sets[label], flanks, starts, before, strict=True)
            ]
            for label in ("E", *COUNTERPARTS)
        }


def positive_scores(logits: Tensor) -> Tensor:
    """Return the score (N,) of logits (N, 1) or (N, 2).

    Raises
    ------
    UsageError
        For any other number of logits.
    """
    if logits.shape[1] == 1:
        return logits[:, 0]
    if logits.shape[1] == 2:
        return torch.sub(logits[:, 1], logits[:, 0])
    raise UsageError(
        f"Pairs of the invariance test need a model of two classes, but this one has {logits.shape[1]} logits; train "
        "without pairs."
    )
