"""What a run finds about each scorer, and as JSON: missing is null, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.effects import Point, Probed, probed
from gxview.assess.mit.metrics import Effect, Share, compensation, effect_of, known_mean, ratio, share_of
from gxview.assess.mit.probing import ABSENT
from gxview.assess.mit.scores import MAIN, Scores
from gxview.assess.mit.sets import COUNTS, Sets
from gxview.measures.statistics import benjamini_hochberg

Floats = NDArray[np.float64]

DETAILS = (
    "titration",
    "position",
    "spacing",
    "strand",
    "hierarchy",
    "length",
    "background",
    "strength",
    "up",
    "dinucleotide",
)
"""Tables of the probing sets in JSON."""


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """The scores of a class.

    Attributes
    ----------
    n, missing
        Sequences with a score, and those without.
    mean, sd
        Of the scores; standard deviation with ddof 1.
    per_base
        Mean of score divided by length.
    tokens
        Mean tokens of a sequence; NaN where they are not counted.
    """

    n: int
    missing: int
    mean: float
    sd: float
    per_base: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A share over several draws of the sequences: its value for each, their mean, standard deviation and range."""

    values: tuple[float, ...]
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    """What is known about a scorer.

    Attributes
    ----------
    scorer
        Its name.
    css, scr
        Shares of E above D and of E above H.
    q, scr_q
        p of `css` and of `scr` after Benjamini-Hochberg over the scorers of the run.
    mes, mes_natural
        Cohen's d of C against D and of A against B.
    cir, cm
        MES synthetic / natural; the part of the damage that compensation makes good.
    classes
        Scores by class.
    probed
        What the probing sets say; None if they were left out.
    css_per_token, scr_per_token
        The shares of the scores divided by the tokens of each sequence; None where no tokens are counted.
    css_seeds, scr_seeds
        Spread over draws of the sequences; None without.
    """

    scorer: str
    css: Share
    scr: Share
    q: float
    scr_q: float
    mes: Effect
    mes_natural: Effect
    cir: float
    cm: float
    classes: dict[str, ClassSummary]
    probed: Probed | None
    css_per_token: Share | None = None
    scr_per_token: Share | None = None
    css_seeds: Spread | None = None
    scr_seeds: Spread | None = None


def result_of(scores: Scores, seed: int, *, probing: bool) -> Result:
    """Return what the scores of one scorer say; q is still missing, see `with_q`."""
    letters = {label: scores.of(MAIN, label) for label in COUNTS}
    mes = effect_of(letters["C"], letters["D"], seed)
    natural = effect_of(letters["A"], letters["B"], seed)
    css, scr = main_shares(scores, seed)
    per_token = scores.per_token
    css_per_token, scr_per_token = (None, None) if per_token is None else main_shares(per_token, seed)
    return Result(
        scores.scorer,
        css,
        scr,
        float("nan"),
        float("nan"),
        mes,
        natural,
        ratio(mes.value, natural.value),
        compensation(letters["C"], letters["D"], letters["E"]),
        {label: _class_summary(scores, label) for label in scores.items.conditions(MAIN)},
        probed(scores, seed) if probing else None,
        css_per_token,
        scr_per_token,
    )


def main_shares(scores: Scores, seed: int) -> tuple[Share, Share]:
    """Return CSS and SCR."""
    css = share_of(*scores.pairs((MAIN, "E"), (MAIN, "D")), seed)
    return css, share_of(*scores.pairs((MAIN, "E"), (MAIN, "H")), seed)


def with_q(results: Sequence[Result]) -> list[Result]:
    """Return the results with p corrected over all of them, CSS and SCR each by itself."""
    css = benjamini_hochberg([one.css.p for one in results])
    scr = benjamini_hochberg([one.scr.p for one in results])
    return [
        replace(one, q=float(first), scr_q=float(second)) for one, first, second in zip(results, css, scr, strict=True)
    ]


def spread_of(values: Sequence[float]) -> Spread:
    """Return the spread of a share over draws of the sequences."""
    known = np.array(values, dtype=np.float64)
    sd = float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    return Spread(tuple(known.tolist()), float(known.mean()), sd, float(known.min()), float(known.max()))


def row_of(result: Result) -> dict[str, Any]:
    """Return a scorer as an element of ``results`` in JSON."""
    row: dict[str, Any] = {"scorer": result.scorer}
    row |= _share_fields("css", result.css) | {"p": result.css.p, "q": result.q, "p_z": result.css.p_z}
    row |= _share_fields("scr", result.scr) | {"scr_p": result.scr.p, "scr_q": result.scr_q, "scr_p_z": result.scr.p_z}
    row |= _effect_fields("mes", result.mes) | _effect_fields("mes_natural", result.mes_natural)
    row |= {"cir": result.cir, "cm": result.cm}
    row |= {"classes": {label: asdict(found) for label, found in result.classes.items()}}
    for name, share in (("css_per_token", result.css_per_token), ("scr_per_token", result.scr_per_token)):
        row[name] = None if share is None else share.value
    row |= _probed_fields(result.probed)
    row["seeds"] = _seeds(result)
    return dict(plain(row))


def details_of(results: Sequence[Result]) -> dict[str, Any]:
    """Return what the probing sets say as JSON: set -> rows, each with its scorer."""
    found = {one.scorer: one.probed for one in results if one.probed is not None}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in DETAILS}
    for scorer, one in found.items():
        for name, more in _details(one).items():
            rows[name] += [{"scorer": scorer, **row} for row in more]
    return dict(plain(rows))


def plain(value: Any) -> Any:
    """Return a value for JSON: what is missing becomes null."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return float(value) if np.isfinite(value) else None
    return value


def absent_classes(sets: Sets) -> list[str]:
    """Return the classes that are not there."""
    return [label for label in COUNTS if label not in sets]


def _class_summary(scores: Scores, label: str) -> ClassSummary:
    values, tokens = scores.of(MAIN, label), scores.tokens_of(MAIN, label)
    known = values[np.isfinite(values)]
    sd = float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    lengths = np.array([len(scores.items.all[place].letters) for place in scores.items.places[MAIN, label].values()])
    mean = known_mean(values)
    return ClassSummary(
        len(known), len(values) - len(known), mean, sd, known_mean(values / lengths), known_mean(tokens)
    )


def _share_fields(name: str, share: Share) -> dict[str, Any]:
    return {
        name: share.value,
        f"{name}_ci": [share.low, share.high],
        f"{name}_n": share.n,
        f"{name}_ties": share.ties,
        f"{name}_missing": share.missing,
    }


def _effect_fields(name: str, effect: Effect) -> dict[str, Any]:
    return {name: effect.value, f"{name}_ci": [effect.low, effect.high]}


def _probed_fields(found: Probed | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("at_r", "at_r_ci", "strand_accuracy", "strand_accuracy_ci", "spacing_peak", "effects"))
    return {
        **_effect_fields("at_r", found.at_correlation),
        "strand_accuracy": found.strand_accuracy.value,
        "strand_accuracy_ci": [found.strand_accuracy.low, found.strand_accuracy.high],
        "spacing_peak": found.spacing_peak,
        "effects": {name: effect.value for name, effect in found.hierarchy.items()},
    }


def _seeds(result: Result) -> dict[str, Any] | None:
    if result.css_seeds is None or result.scr_seeds is None:
        return None
    return {"n": len(result.css_seeds.values), "css": asdict(result.css_seeds), "scr": asdict(result.scr_seeds)}


def _details(one: Probed) -> dict[str, list[dict[str, Any]]]:
    return {
        "titration": [
            {"kind": kind, "at": int(point.condition.split()[1]) / 100, **_numbers(point)}
            for kind, points in one.titration.items()
            for point in points
        ],
        "position": [
            {"position": None if point.condition == ABSENT else int(point.condition), **_numbers(point)}
            for point in one.position
        ],
        "spacing": [{"spacing": int(point.condition), **_numbers(point)} for point in one.spacing],
        "strand": [{"condition": point.condition, **_numbers(point)} for point in one.strand],
        "hierarchy": [
            {"effect": name, **asdict(effect), "chance": one.spacing_chance if name == "spacing" else None}
            for name, effect in one.hierarchy.items()
        ],
        **{name: _share_rows(conditions) for name, conditions in one.shares.items()},
    }


def _numbers(point: Point) -> dict[str, Any]:
    return {"n": point.n, "mean": point.mean, "sd": point.sd, "low": point.low, "high": point.high}


def _share_rows(conditions: Mapping[str, Mapping[str, Share]]) -> list[dict[str, Any]]:
    return [
        {"condition": condition, "measure": measure, **asdict(share)}
        for condition, measures in conditions.items()
        for measure, share in measures.items()
    ]
