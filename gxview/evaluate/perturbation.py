"""Perturbation curves: what the score does while growing parts of a sequence are replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.bounds import search
from gxview.evaluate.orders import bases_of, ranking, steps
from gxview.evaluate.scorer import Scorer, Scores
from gxview.evaluate.subjects import Floats, Plan, Request, Subject, answer, check_same, request, subjects
from gxview.explain.explanation import Explanation

_BLOCK = 32  # sequences whose mutants are in memory at once; enough to fill every batch


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Perturbation curves of one sequence, over K budgets above 0.

    Attributes
    ----------
    score : Scores
        Of the sequence itself, shape ().
    explained : dict
        By (method, order): scores (K + 1,).
    removed, kept : dict
        By method: scores without its top shares, and with them alone, (len(shares),).
    random : Scores
        Of random orders, (R, K + 1).
    inside : dict
        By method: relevance of what the random orders replace at each budget, (R, K).
    steepest, flattest : Scores or None
        Curves of the orders that a search found for the largest and the least AOPC, (K + 1,).
    """

    score: Scores
    explained: dict[tuple[str, str], Scores]
    removed: dict[str, Scores]
    kept: dict[str, Scores]
    random: Scores
    inside: dict[str, Floats]
    steepest: Scores | None = None
    flattest: Scores | None = None


def perturbation_curves(scorer: Scorer, explanations: Mapping[str, Sequence[Explanation]], plan: Plan) -> list[Curves]:
    """Perturb sequences in the order of several explanations, and at random.

    Parameters
    ----------
    scorer : Scorer
        The model that is asked, and its target.
    explanations : mapping
        By method: one explanation for each sequence, all of the same sequences.
    plan : Plan
        Replacement, budgets, orders, draws.

    Returns
    -------
    list of Curves
        One for each sequence. Scores are means over draws. Where whole tokens do not add up to a budget, the scores
        with the last token and without it are weighted so that the mean of the bases is the budget.

    Raises
    ------
    GxviewError
        If the explanations are not of the same sequences, or the model takes no sequence.
    """
    count = len(check_same(explanations))
    found: list[Curves] = []
    for start in range(0, count, _BLOCK):
        part = {method: each[start : start + _BLOCK] for method, each in explanations.items()}
        found += _block(scorer, part, plan)
    return found


def _block(scorer: Scorer, explanations: Mapping[str, Sequence[Explanation]], plan: Plan) -> list[Curves]:
    prepared = subjects(scorer, explanations, plan)
    if plan.search_draws:
        search(scorer, prepared, plan)
    requests = [_requests(subject, plan) for subject in prepared]
    answers = answer(scorer, prepared, requests)
    return [_curves(subject, found, plan) for subject, found in zip(prepared, answers, strict=True)]


def _requests(subject: Subject, plan: Plan) -> list[Request]:
    counts = bases_of(plan.budgets[1:], subject.length)
    shares = bases_of(plan.shares, subject.length)
    every = np.arange(subject.mutator.draws)
    asked = [Request(np.zeros((1, 1, len(subject.ties)), dtype=bool), np.ones((1, 1)), every[:1])]
    for relevance in subject.relevance.values():
        ranked = {order: ranking(relevance, order, subject.ties) for order in {*plan.orders, "morf"}}
        asked += [request(subject, ranked[order], counts, every) for order in plan.orders]
        asked += [request(subject, ranked["morf"], shares, every, keep=keep) for keep in (False, True)]
    for number, order in enumerate(subject.random):
        asked.append(request(subject, order, counts, every[[number % len(every)]]))
    return asked + [request(subject, order, counts, every) for order in subject.orders.values()]


def _curves(subject: Subject, found: Sequence[Scores], plan: Plan) -> Curves:
    answers = iter(found)
    score = next(answers).shaped()

    def curve() -> Scores:
        return _after(score, next(answers))

    explained: dict[tuple[str, str], Scores] = {}
    removed: dict[str, Scores] = {}
    kept: dict[str, Scores] = {}
    for method in subject.relevance:
        explained |= {(method, order): curve() for order in plan.orders}
        removed[method], kept[method] = next(answers), next(answers)
    random = [curve() for _ in subject.random]
    searched = {name: curve() for name in subject.orders}
    shape = (len(random), len(plan.budgets))
    stacked = Scores(
        np.array([one.logit for one in random]).reshape(shape),
        np.array([one.probability for one in random]).reshape(shape),
    )
    inside = {method: _inside(subject, relevance, plan) for method, relevance in subject.relevance.items()}
    return Curves(score, explained, removed, kept, stacked, inside, searched.get("steepest"), searched.get("flattest"))


def _inside(subject: Subject, relevance: NDArray[np.float32], plan: Plan) -> Floats:
    """Return the relevance of what each random order replaces at each budget above 0, (R, K)."""
    counts = bases_of(plan.budgets[1:], subject.length)
    found = np.empty((len(subject.random), len(counts)))
    for row, order in zip(found, subject.random, strict=True):
        fewer, more, share = steps(subject.mutator.lengths[order], counts)
        total = np.append(0.0, np.cumsum(relevance[order], dtype=np.float64))
        row[:] = (1 - share) * total[fewer] + share * total[more]
    return found


def _after(score: Scores, rest: Scores) -> Scores:
    return Scores(np.append(score.logit, rest.logit), np.append(score.probability, rest.probability))
