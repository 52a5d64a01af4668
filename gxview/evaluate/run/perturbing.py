"""Asking a model about changed sequences: perturbation curves of a block, for all methods of a model together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.faithfulness import faithfulness
from gxview.evaluate.records import Record, choices, failure
from gxview.evaluate.run.config import Evaluation
from gxview.evaluate.run.explained import Explained
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan

_SEARCH_DRAWS = 2


def perturbations(
    subject: Subject,
    by_method: Mapping[str, Sequence[Explained]],
    set_name: str,
    evaluation: Evaluation,
    cancelled: Callable[[], bool],
) -> Iterator[Record]:
    """Yield every number of the perturbation of a block by each replacement.

    Of curves only those of the probability are kept, most and least relevant first and random: the others are summed up
    in their AOPC.

    Parameters
    ----------
    subject
        The model.
    by_method
        Explanations of the same sequences.
    set_name
        ``real`` or a control.
    evaluation
        Budgets, replacements, draws.
    cancelled
        Asked now and then.
    """
    scorer = Scorer(subject.model, subject.target, cancelled=cancelled)
    rows = list(zip(*by_method.values(), strict=True))
    whole = [row for row in rows if not any(one.failed for one in row)]
    for replacement in evaluation.chosen_replacements:
        if replacement == "mask" and subject.model.kind != "dnabert2":
            continue
        plan = _plan(evaluation, replacement)
        for one in _records(scorer, list(by_method), whole, plan):
            if _is_kept(one):
                yield replace(one, set=set_name, model=subject.name)
    for row in rows:
        reason = next((one.reason for one in row if one.failed), "")
        if reason:
            yield failure("aopc", reason, set=set_name, sequence=row[0].item.id, model=subject.name)


def _plan(evaluation: Evaluation, replacement: str) -> Plan:
    chosen = evaluation.faithfulness
    return Plan(
        replacement=replacement,
        budgets=(0.0, *chosen.budgets),
        orders=("morf", "lerf", "abs") if evaluation.full else ("morf", "lerf"),
        draws=chosen.draws,
        random_orders=chosen.orders,
        search_draws=_SEARCH_DRAWS if evaluation.full else 0,
        seed=evaluation.seed,
    )


def _records(
    scorer: Scorer, methods: Sequence[str], rows: Sequence[tuple[Explained, ...]], plan: Plan
) -> Iterator[Record]:
    """Yield the records of the sequences; where they fail together, one by one."""
    if not rows:
        return
    explanations = {method: [row[index].explanation() for row in rows] for index, method in enumerate(methods)}
    names = [row[0].item.id for row in rows]
    try:
        yield from list(faithfulness(scorer, explanations, plan, names=names))
    except Cancelled:
        raise
    except GxviewError as error:
        if len(rows) == 1:
            detail = f"replacement={plan.replacement} scale=probability"
            yield failure("aopc", error, sequence=names[0], detail=detail)
            return
        for row in rows:
            yield from _records(scorer, methods, [row], plan)


def _is_kept(one: Record) -> bool:
    if one.metric != "curve":
        return True
    told = choices(one.detail)
    return told["scale"] == "probability" and told["order"] != "abs"
