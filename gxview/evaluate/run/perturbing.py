"""Asking a model about changed sequences: perturbation curves of a block, for all methods of a model together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gxview.evaluate.faithfulness import curve_records, faithfulness_records
from gxview.evaluate.perturbation import perturbation_curves
from gxview.evaluate.records import Record, choices, failure
from gxview.evaluate.run.changing import attempted
from gxview.evaluate.run.config import Evaluation
from gxview.evaluate.run.explained import Explained
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan

Rows = Sequence[tuple[Explained, ...]]
_SEARCH_DRAWS = 2


def perturbations(
    subject: Subject,
    by_method: Mapping[str, Sequence[Explained]],
    evaluation: Evaluation,
    cancelled: Callable[[], bool],
    **columns: Any,
) -> Iterator[Record]:
    """Yield every number of the perturbation of a block by each replacement.

    Of the curves those of the probability are kept, most and least relevant first and random. A copy of random weights
    is perturbed by the first replacement alone, and its attainable AOPC is not searched.

    Parameters
    ----------
    subject
        The model.
    by_method
        Explanations of the same sequences.
    evaluation
        Budgets, replacements, draws.
    cancelled
        Asked now and then.
    columns
        Columns of the records: set.
    """
    scorer = Scorer(subject.model, subject.target, cancelled=cancelled)
    rows = list(zip(*by_method.values(), strict=True))
    whole = [row for row in rows if not any(one.failed for one in row)]
    chosen, full = evaluation.chosen_replacements, evaluation.full and not subject.copy_of
    for replacement in chosen[:1] if subject.copy_of else chosen:
        if replacement != "mask" or subject.model.kind == "dnabert2":
            plan = _plan(evaluation, replacement, full=full)
            yield from _records(scorer, subject, list(by_method), whole, plan, columns)
    for row in rows:
        reason = next((one.reason for one in row if one.failed), "")
        if reason:
            yield failure("aopc", reason, sequence=row[0].item.id, model=subject.name, **columns)


def _plan(evaluation: Evaluation, replacement: str, *, full: bool) -> Plan:
    chosen = evaluation.faithfulness
    return Plan(
        replacement=replacement,
        budgets=(0.0, *chosen.budgets),
        orders=("morf", "lerf", "abs") if full else ("morf", "lerf"),
        draws=chosen.draws,
        random_orders=chosen.orders,
        search_draws=_SEARCH_DRAWS if full else 0,
        seed=evaluation.seed,
    )


def _records(
    scorer: Scorer, subject: Subject, methods: Sequence[str], rows: Rows, plan: Plan, columns: Mapping[str, Any]
) -> Iterator[Record]:
    def work(some: Rows) -> list[Record]:
        explanations = {method: [row[index].explanation() for row in some] for index, method in enumerate(methods)}
        curves, names = perturbation_curves(scorer, explanations, plan), [row[0].item.id for row in some]
        found = faithfulness_records(curves, plan, names, subject.name)
        found += curve_records(curves, plan, names, subject.name, scales=("probability",))
        return [replace(one, **columns) for one in found if _is_wanted(one, plan)]

    yield from attempted(
        work, rows, lambda row, error: failure("aopc", error, sequence=row[0].item.id, model=subject.name, **columns)
    )


def _is_wanted(one: Record, plan: Plan) -> bool:
    if one.metric == "normalised_aopc":
        return plan.search_draws > 0
    return one.metric != "curve" or choices(one.detail)["order"] != "abs"
