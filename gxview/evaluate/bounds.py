"""The steepest and the flattest perturbation curve that a sequence has: the bounds of the normalised AOPC.

Edin et al. 2024 (arXiv 2408.08137) search the order of single features by exhaustion or beam. With L bases and budgets
up to half of them that costs L^2 mutants for each beam; here the search is greedy and goes in stages: at a stage every
base that is left is replaced alone on top of what was replaced before, and the best are taken up to the budget of the
next stage. The bounds do not depend on which methods are compared; a method may beat the search and then lies outside
0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.orders import Ints, bases_of
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan, Request, Subject, answer

Floats = NDArray[np.float64]

STAGES = (0.05, 0.15, 0.30, 1.0)
"""Where the effects of single bases are measured anew, as parts of all bases."""

_SIGNS = {"steepest": 1.0, "flattest": -1.0}


def search(scorer: Scorer, prepared: Sequence[Subject], plan: Plan) -> None:
    """Put the orders of the steepest and the flattest curve into each subject, all sequences in step.

    Parameters
    ----------
    scorer : Scorer
        The model; the search follows the explained logit, whatever scale is looked at later: a probability near 0 or 1
        hardly tells bases apart.
    prepared : sequence of Subject
        Receive ``orders['steepest']`` and ``orders['flattest']``.
    plan : Plan
        Gives the number of draws of the search.
    """
    for subject in prepared:
        subject.orders = {name: np.zeros(0, dtype=np.int64) for name in _SIGNS}
    for stage in STAGES:
        effects = _effects(scorer, prepared, plan.search_draws)
        for subject, found in zip(prepared, effects, strict=True):
            covered = int(bases_of([stage], subject.length)[0])
            for name, sign in _SIGNS.items():
                subject.orders[name] = _extended(subject, subject.orders[name], sign * found[name], covered)


def _effects(scorer: Scorer, prepared: Sequence[Subject], draws: int) -> list[dict[str, Floats]]:
    """Return for each subject and direction the score after each unit was replaced on top of the order, (U,)."""
    requests = []
    for subject in prepared:
        units = len(subject.ties)
        used = np.arange(min(draws, subject.mutator.draws))
        asked = []
        for order in subject.orders.values():
            chosen = np.eye(units, dtype=bool)
            chosen[:, order] = True
            asked.append(Request(chosen[:, None, :], np.ones((units, 1)), used))
        requests.append(asked)
    answers = answer(scorer, prepared, requests)
    return [
        {name: one.logit for name, one in zip(subject.orders, found, strict=True)}
        for subject, found in zip(prepared, answers, strict=True)
    ]


def _extended(subject: Subject, order: Ints, keys: Floats, covered: int) -> Ints:
    left = np.setdiff1d(subject.ties, order, assume_unique=True)
    best = left[np.argsort(keys[left], kind="stable")]
    lengths = subject.mutator.lengths
    room = covered - int(lengths[order].sum())
    # The unit that crosses the border of the stage belongs to it: some budget may pay a part of it.
    taken = int(np.searchsorted(np.cumsum(lengths[best]), room, side="left")) + 1 if room > 0 else 0
    return np.concatenate([order, best[:taken]])
