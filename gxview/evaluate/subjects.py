"""What is asked of a model for perturbation curves: sequences, sets of their units, and the answers.

All methods, orders and random baselines of a block of sequences go to the model together; equal mutants are asked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.mutants import Mask, Mutator, mutator, sequence_rng
from gxview.evaluate.orders import ORDERS, Ints, places, steps
from gxview.evaluate.scorer import Scorer, Scores
from gxview.explain.explanation import Explanation
from gxview.measures.curves import BUDGETS, SHARES, check_budgets

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is perturbed, how far and how often.

    Attributes
    ----------
    replacement : str
        One of :data:`gxview.evaluate.mutants.REPLACEMENTS`.
    budgets : tuple of float
        Parts of all bases, from 0 on; a model on tokens pays the same bases as one on bases.
    shares : tuple of float
        Parts of the bases that are removed for comprehensiveness, and kept alone for sufficiency.
    orders : tuple of str
        Of :data:`gxview.evaluate.orders.ORDERS`.
    draws : int
        Replacements drawn for each base (``random``, ``dinucleotide``); the score is their mean.
    random_orders : int
        Orders of the random baseline; each meets one of the draws.
    search_draws : int
        Draws that the search for the attainable AOPC looks at; 0 for no search.
    seed : int
        Seed.
    """

    replacement: str = "random"
    budgets: tuple[float, ...] = BUDGETS
    shares: tuple[float, ...] = SHARES
    orders: tuple[str, ...] = ORDERS
    draws: int = 5
    random_orders: int = 10
    search_draws: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        check_budgets(self.budgets)
        if self.draws < 1 or self.random_orders < 0 or self.search_draws < 0:
            raise UsageError("A perturbation needs at least one draw, and no negative number of anything.")
        unknown = set(self.orders) - set(ORDERS)
        if unknown:
            raise UsageError(f"There is no order '{min(unknown)}'; use some of {', '.join(ORDERS)}.")
        if not self.shares or not all(0 < share <= 1 for share in self.shares):
            raise UsageError("The shares that are removed and kept are parts of the bases, over 0 and at most 1.")


@dataclass(slots=True, eq=False)
class Subject:
    """One sequence while it is perturbed: its mutator, its explanations, and the order in which ties are taken."""

    mutator: Mutator
    relevance: dict[str, NDArray[np.float32]]
    ties: Ints
    random: list[Ints]
    length: int
    orders: dict[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """Sets of units (K, J, U), each with the weight of the J ways to pay a budget (K, J), under some draws."""

    chosen: Mask
    weights: Floats
    draws: Ints


def subjects(scorer: Scorer, explanations: Mapping[str, Sequence[Explanation]], plan: Plan) -> list[Subject]:
    """Prepare the sequences of explanations, see `perturbation_curves`."""
    check_same(explanations)
    methods = list(explanations)
    found = []
    for row in zip(*explanations.values(), strict=True):
        sequence = row[0].sequence
        changes = mutator(scorer, sequence, plan.replacement, plan.draws, plan.seed)
        count = len(changes.lengths)
        rng = sequence_rng(plan.seed, sequence, "orders")
        relevance = {method: changes.relevance(one) for method, one in zip(methods, row, strict=True)}
        ties = rng.permutation(count)
        random = [_random_order(rng, row[0].token_spans, count) for _ in range(plan.random_orders)]
        found.append(Subject(changes, relevance, ties, random, len(sequence)))
    return found


def _random_order(rng: np.random.Generator, spans: NDArray[np.int64], count: int) -> Ints:
    """Return an order of units by chance: token after token, and their bases by chance.

    An explanation of tokens changes whole tokens. Bases by chance would touch a token with each of the first changes,
    and so damage a model on tokens far more than any explanation can.
    """
    if len(spans) == 0 or spans[-1, 1] != count:
        return rng.permutation(count)
    drawn = spans[rng.permutation(len(spans))]
    return np.concatenate([start + rng.permutation(end - start) for start, end in drawn.tolist()])


def answer(scorer: Scorer, prepared: Sequence[Subject], requests: Sequence[Sequence[Request]]) -> list[list[Scores]]:
    """Answer requests of many sequences in one go: for each the scores (K,)."""
    rows: list[bytes] = []
    for subject, asked in zip(prepared, requests, strict=True):
        for request in asked:
            units = request.chosen.shape[-1]
            sets = np.repeat(request.chosen.reshape(-1, units), len(request.draws), axis=0)
            draws = np.tile(request.draws, len(sets) // len(request.draws))
            rows += subject.mutator.rows(sets, draws)
    if not rows:
        return [[] for _ in prepared]
    scores = prepared[0].mutator.ask(scorer, rows)
    found: list[list[Scores]] = []
    start = 0
    for asked in requests:
        found.append([])
        for request in asked:
            size = request.weights.size * len(request.draws)
            found[-1].append(_weighted(scores.part(slice(start, start + size)), request))
            start += size
    return found


def request(subject: Subject, order: Ints, counts: Ints, draws: Ints, *, keep: bool = False) -> Request:
    """Ask for the units at the head of an order that make up counts of bases (or, to keep, for all others)."""
    fewer, more, share = steps(subject.mutator.lengths[order], counts)
    rank = places(order)
    if not share.any():
        chosen, weights = rank < fewer[:, None, None], np.ones((len(counts), 1))
    else:
        chosen = rank < np.stack([fewer, more], axis=1)[:, :, None]
        weights = np.stack([1 - share, share], axis=1)
    return Request(~chosen if keep else chosen, weights, draws)


def _weighted(scores: Scores, request: Request) -> Scores:
    def mean(values: Floats) -> Floats:
        over_draws = values.reshape(*request.weights.shape, len(request.draws)).mean(axis=-1)
        return np.asarray((over_draws * request.weights).sum(axis=-1))

    return Scores(mean(scores.logit), mean(scores.probability))


def check_same(explanations: Mapping[str, Sequence[Explanation]]) -> list[str]:
    """Return the sequences that all methods explain.

    Raises
    ------
    GxviewError
        If there is none, or they are not the same for all methods.
    """
    if not explanations or not all(explanations.values()):
        raise GxviewError("A perturbation curve needs at least one explanation.")
    sequences = [[one.sequence.upper() for one in each] for each in explanations.values()]
    if any(one != sequences[0] for one in sequences):
        raise GxviewError("Curves of several methods need explanations of the same sequences, in the same order.")
    return sequences[0]
