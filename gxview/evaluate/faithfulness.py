"""Does the model care about what an explanation says it does? Numbers from perturbation curves and mutagenesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.evaluate.perturbation import Curves
from gxview.evaluate.records import Record, record
from gxview.evaluate.subjects import Plan
from gxview.measures.curves import aopc, area_between, comprehensiveness, infidelity, normalised_aopc, sufficiency
from gxview.measures.number import Number, missing
from gxview.measures.similarity import correlation, spearman

SCALES = ("probability", "logit")
RANDOM = "random"
"""Order, and method, of the records of random orders."""

_AOPC = {"morf": "aopc", "lerf": "aopc_lerf", "abs": "aopc_abs"}


def faithfulness_records(
    curves: Sequence[Curves], plan: Plan, names: Sequence[str], model: str, scales: Sequence[str] = SCALES
) -> list[Record]:
    """Return what perturbation curves say about each method.

    Parameters
    ----------
    curves : sequence of Curves
        Of :func:`gxview.evaluate.perturbation.perturbation_curves`.
    plan : Plan
        The plan they were made with.
    names : sequence of str
        Ids of the sequences.
    model : str
        Name of the model, for the column.
    scales : sequence of str
        ``'probability'`` and ``'logit'``.

    Returns
    -------
    list of Record
        Per sequence and scale ``aopc_random`` (mean over the random orders), and for each method ``aopc``,
        ``aopc_lerf``, ``aopc_abs`` (as far as the plan has their orders), ``aopc_over_random``, ``normalised_aopc``,
        ``area_between``, ``comprehensiveness``, ``infidelity`` and ``sufficiency``; `detail` holds replacement and
        scale.
    """
    found = []
    for name, one in zip(names, curves, strict=True):
        for scale in scales:
            detail = {"replacement": plan.replacement, "scale": scale}
            chance = _chance(one, scale)
            found.append(record("aopc_random", chance, detail=detail, sequence=name, model=model))
            for method in one.kept:
                found += [
                    record(metric, value, detail=detail, sequence=name, model=model, method=method)
                    for metric, value in _numbers(one, plan, scale, method, chance)
                ]
    return found


def curve_records(
    curves: Sequence[Curves], plan: Plan, names: Sequence[str], model: str, scales: Sequence[str] = SCALES
) -> list[Record]:
    """Return every point of perturbation curves as a record ``curve``; random orders are the method ``random``.

    Parameters are those of `faithfulness_records`. `detail` holds replacement, scale, order and budget; the curve of
    the random orders is their mean.
    """
    found = []
    for name, one in zip(names, curves, strict=True):
        for scale in scales:
            drawn = {(method, order): scores.of(scale) for (method, order), scores in one.explained.items()}
            if len(one.random.logit):
                drawn[RANDOM, RANDOM] = one.random.of(scale).mean(axis=0)
            for (method, order), curve in drawn.items():
                for budget, value in zip(plan.budgets, curve, strict=True):
                    detail = {"replacement": plan.replacement, "scale": scale, "order": order, "budget": budget}
                    found.append(record("curve", value, detail=detail, sequence=name, model=model, method=method))
    return found


def mutagenesis_records(relevance: ArrayLike, drops: NDArray[np.float64], **columns: str) -> list[Record]:
    """Return how relevance and in-silico mutagenesis of the same sequence correlate.

    Parameters
    ----------
    relevance : array_like, shape (L,)
        Relevance per base.
    drops : ndarray, shape (L,)
        Of :func:`gxview.evaluate.mutagenesis.mutagenesis`.
    columns
        Columns of the records.
    """
    return [
        record("ism_spearman", spearman(relevance, drops), **columns),
        record("ism_pearson", correlation(relevance, drops), **columns),
    ]


def _chance(curves: Curves, scale: str) -> Number:
    random = curves.random.of(scale)
    return Number(float(aopc(random).mean())) if len(random) else missing("no random order was asked for")


def _numbers(curves: Curves, plan: Plan, scale: str, method: str, chance: Number) -> Iterator[tuple[str, Number]]:
    own = {order: curves.explained[method, order].of(scale) for order in plan.orders}
    for order, curve in own.items():
        yield _AOPC[order], Number(float(aopc(curve)))
    score = curves.score.of(scale)
    if "morf" in own:
        drop = float(aopc(own["morf"]))
        yield "aopc_over_random", Number(drop - chance) if not chance.reason else chance
        yield "normalised_aopc", _normalised(curves, scale, drop)
    if {"morf", "lerf"} <= own.keys():
        yield "area_between", Number(float(area_between(own["morf"], own["lerf"], plan.budgets)))
    random = curves.random.of(scale)
    if len(random):
        yield "infidelity", infidelity(curves.inside[method], random[:, :1] - random[:, 1:])
    yield "comprehensiveness", Number(float(comprehensiveness(score, curves.removed[method].of(scale))))
    yield "sufficiency", Number(float(sufficiency(score, curves.kept[method].of(scale))))


def _normalised(curves: Curves, scale: str, drop: float) -> Number:
    if curves.steepest is None or curves.flattest is None:
        return missing("the attainable AOPC was not searched")
    return normalised_aopc(drop, float(aopc(curves.flattest.of(scale))), float(aopc(curves.steepest.of(scale))))
