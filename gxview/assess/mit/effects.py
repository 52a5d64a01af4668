"""What the probing sets say: how a score follows composition, position, spacing and strand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.layout import UP
from gxview.assess.mit.metrics import (
    NO_EFFECT,
    Effect,
    Share,
    correlation,
    effect_of_draws,
    joint_draws,
    share_of,
)
from gxview.assess.mit.probing import (
    ABSENT,
    AT_STEPS,
    BACKGROUNDS,
    BOXES10,
    BOXES35,
    KINDS,
    LENGTHS,
    POSITIONS,
    SPACINGS,
    STRANDS,
    UP_ELEMENTS,
)
from gxview.assess.mit.scores import Scores

Floats = NDArray[np.float64]

WRONG = "70"
"""The wrong place of the UP element that the paper compares with the right one."""
RIGHT = str(UP[0])
EFFECTS = ("composition", "presence", "spacing", "strand", "position")
DEFINITIONS = {
    "composition": "mean of intact promoters in a background of 80 % AT less that in one of 30 % AT",
    "presence": "mean with the UP element at 15 less that without an UP element",
    "spacing": "largest mean of the spacings 12 to 25 less the smallest; its chance level is the mean of that "
    "difference when the scores of each background change places among the spacings",
    "strand": "mean of forward promoters less that of promoters with both boxes turned round in place",
    "position": "mean with the UP element at 15 less that with it at 70",
}
_SHUFFLES = 200


@dataclass(frozen=True, slots=True)
class Point:
    """A condition: its name, number of scores, their mean, standard deviation and the 95 % interval of the mean."""

    condition: str
    n: int
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Probed:
    """Everything the probing sets say about a scorer.

    Attributes
    ----------
    titration, position, spacing, strand
        Points of the conditions; the titration by kind of promoter.
    at_correlation
        Pearson's r of the AT share of the background and the mean score over all points of the titration.
    strand_accuracy
        Share with forward above turned round in place.
    spacing_peak
        Spacing with the largest mean; None where all means are one, or there is none.
    hierarchy
        Effect sizes in units of the score, in the order of `EFFECTS`.
    spacing_chance
        What the effect of spacing would be if the score did not know it.
    shares
        Set -> condition -> CSS-like shares, for ``length``, ``background``, ``strength``, ``up`` (E above D; with
        ``scr`` E above H) and ``dinucleotide`` (E above its shuffle).
    """

    titration: dict[str, list[Point]]
    position: list[Point]
    spacing: list[Point]
    strand: list[Point]
    at_correlation: Effect
    strand_accuracy: Share
    spacing_peak: int | None
    hierarchy: dict[str, Effect]
    spacing_chance: float
    shares: dict[str, dict[str, dict[str, Share]]] = field(default_factory=dict)


def probed(scores: Scores, seed: int) -> Probed:
    """Return what the probing sets say about a scorer; `seed` is that of the resamples."""
    kinds = {kind: [f"{kind} {step}" for step in AT_STEPS] for kind in KINDS}
    titration = {kind: _points(scores, "titration", names, seed) for kind, names in kinds.items()}
    spacing = _points(scores, "spacing", [str(gap) for gap in SPACINGS], seed)
    return Probed(
        titration,
        _points(scores, "position", [*map(str, POSITIONS), ABSENT], seed),
        spacing,
        _points(scores, "strand", STRANDS, seed),
        _at_correlation(scores, [name for names in kinds.values() for name in names], seed),
        share_of(*scores.pairs(("strand", "forward"), ("strand", "in place")), seed),
        _peak(spacing),
        _hierarchy(scores, seed),
        _spacing_chance(scores, seed),
        _shares(scores, seed),
    )


def _points(scores: Scores, name: str, conditions: Sequence[str], seed: int) -> list[Point]:
    rows = scores.rows(name, conditions)
    if rows.shape[1] < 2:
        return [Point(condition, rows.shape[1], *[float("nan")] * 4) for condition in conditions]
    low, high = np.quantile(joint_draws(rows, seed), [0.025, 0.975], axis=0)
    return [
        Point(condition, rows.shape[1], *map(float, (row.mean(), row.std(ddof=1), low[place], high[place])))
        for place, (condition, row) in enumerate(zip(conditions, rows, strict=True))
    ]


def _at_correlation(scores: Scores, conditions: Sequence[str], seed: int) -> Effect:
    rows = scores.rows("titration", conditions)
    if rows.shape[1] < 2:
        return NO_EFFECT
    at = np.array([int(condition.split()[1]) for condition in conditions]) / 100
    return effect_of_draws(float(correlation(at, rows.mean(axis=1))), correlation(at, joint_draws(rows, seed)))


def _peak(points: Sequence[Point]) -> int | None:
    means = np.array([point.mean for point in points])
    return None if not np.ptp(means) > 0 else int(points[int(means.argmax())].condition)


def _hierarchy(scores: Scores, seed: int) -> dict[str, Effect]:
    steps = f"{KINDS[0]} {AT_STEPS[-1]}", f"{KINDS[0]} {AT_STEPS[0]}"
    contrasts = {
        "composition": ("titration", steps),
        "presence": ("position", (RIGHT, ABSENT)),
        "strand": ("strand", ("forward", "in place")),
        "position": ("position", (RIGHT, WRONG)),
    }
    found = {name: _contrast(scores, *contrast, seed) for name, contrast in contrasts.items()}
    found["spacing"] = _spacing_effect(scores)
    return {name: found[name] for name in EFFECTS}


def _contrast(scores: Scores, name: str, conditions: tuple[str, str], seed: int) -> Effect:
    rows = scores.rows(name, conditions)
    if rows.shape[1] < 2:
        return NO_EFFECT
    draws = joint_draws(rows, seed)
    return effect_of_draws(float(rows[0].mean() - rows[1].mean()), draws[:, 0] - draws[:, 1])


def _spacing_rows(scores: Scores) -> Floats:
    return scores.rows("spacing", [str(gap) for gap in SPACINGS])


def _spacing_effect(scores: Scores) -> Effect:
    """Return the range of the means, without an interval: every resample makes a range larger; see its chance level."""
    rows = _spacing_rows(scores)
    return Effect(float(np.ptp(rows.mean(axis=1))), np.nan, np.nan) if rows.shape[1] > 1 else NO_EFFECT


def _spacing_chance(scores: Scores, seed: int) -> float:
    rows = _spacing_rows(scores)
    if rows.shape[1] < 2:
        return float("nan")
    rng = np.random.default_rng(seed)
    mixed = rng.permuted(np.broadcast_to(rows, (_SHUFFLES, *rows.shape)), axis=1)
    return float(np.ptp(mixed.mean(axis=2), axis=1).mean())


def _shares(scores: Scores, seed: int) -> dict[str, dict[str, dict[str, Share]]]:
    strengths = [f"{box35} {box10}" for box35 in BOXES35 for box10 in BOXES10]
    plans: dict[str, list[str]] = {
        "length": [str(bases) for bases in LENGTHS],
        "background": [str(step) for step in BACKGROUNDS],
        "strength": strengths,
    }
    found = {
        name: {condition: _both(scores, name, condition, seed) for condition in plan} for name, plan in plans.items()
    }
    found["up"] = {one: {"css": share_of(*scores.pairs(("up", one), ("up", "D")), seed)} for one in UP_ELEMENTS}
    pair = scores.pairs(("dinucleotide", "E"), ("dinucleotide", "shuffled"))
    found["dinucleotide"] = {"shuffled": {"share": share_of(*pair, seed)}}
    return found


def _both(scores: Scores, name: str, condition: str, seed: int) -> dict[str, Share]:
    """Return CSS and, where there is an H, SCR of a condition."""
    compared = {
        measure: (f"{condition} E", f"{condition} {partner}")
        for measure, partner in (("css", "D"), ("scr", "H"))
        if scores.has(name, f"{condition} {partner}")
    }
    return {
        measure: share_of(*scores.pairs((name, first), (name, second)), seed)
        for measure, (first, second) in compared.items()
    }
