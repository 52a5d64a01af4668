"""Perturbation curves: what the score does while growing parts of a sequence are replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gxview.evaluate.bounds import search
from gxview.evaluate.orders import bases_of, ranking
from gxview.evaluate.scorer import Scorer, Scores
from gxview.evaluate.subjects import Plan, Request, Subject, answer, request, subjects
from gxview.explain.explanation import Explanation


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Perturbation curves of one sequence, over K budgets above 0.

    Attributes
    ----------
    score : Scores
        Of the sequence itself, shape ().
    explained : dict
        By (method, order): scores (K + 1,).
    kept : dict
        By method: scores when only its top shares are kept, (len(shares),).
    random : Scores
        Of random orders, (R, K + 1).
    steepest, flattest : Scores or None
        Curves of the orders that a search found for the largest and the least AOPC, (K + 1,).
    """

    score: Scores
    explained: dict[tuple[str, str], Scores]
    kept: dict[str, Scores]
    random: Scores
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
        asked.append(request(subject, ranked["morf"], shares, every, keep=True))
    for number, order in enumerate(subject.random):
        asked.append(request(subject, order, counts, every[[number % len(every)]]))
    return asked + [request(subject, order, counts, every) for order in subject.orders.values()]


def _curves(subject: Subject, found: Sequence[Scores], plan: Plan) -> Curves:
    answers = iter(found)
    score = next(answers).shaped()

    def curve() -> Scores:
        return _after(score, next(answers))

    explained: dict[tuple[str, str], Scores] = {}
    kept: dict[str, Scores] = {}
    for method in subject.relevance:
        explained |= {(method, order): curve() for order in plan.orders}
        kept[method] = next(answers)
    random = [curve() for _ in subject.random]
    searched = {name: curve() for name in subject.orders}
    shape = (len(random), len(plan.budgets))
    stacked = Scores(
        np.array([one.logit for one in random]).reshape(shape),
        np.array([one.probability for one in random]).reshape(shape),
    )
    return Curves(score, explained, kept, stacked, searched.get("steepest"), searched.get("flattest"))


def _after(score: Scores, rest: Scores) -> Scores:
    return Scores(np.append(score.logit, rest.logit), np.append(score.probability, rest.probability))
