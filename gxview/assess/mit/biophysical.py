"""Biophysical models of sigma70 promoters that know the grammar: the yardsticks of the test.

Scores are rounded to nine decimals, so that two sequences with the same points tie whatever the order of the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.layout import EXTENDED, MINUS10, MINUS35, SPACING, UP
from gxview.assess.mit.matrices import (
    PA10,
    PA35,
    PA_EXTENDED,
    PA_UP,
    THERMO10,
    THERMO35,
    THERMO_SPACING,
    Matrix,
    score_at,
    scores_everywhere,
)
from gxview.assess.mit.relative import relative
from gxview.assess.mit.scorers import Floats, Setting, no_argument, scorer
from gxview.assess.mit.sets import codes_of

Codes = NDArray[np.uint8]

OUT_OF_BOUNDS = -10.0
"""Points of an element that does not lie within the sequence."""

_THERMO_OUT_OF_BOUNDS = -5.0
_THERMO_OTHER_SPACING = -4.0
_STATED_SPACING = MINUS10[0] - MINUS35[1]
_DECIMALS = 9
_A, _G, _T = 0, 2, 3


class ByLetters:
    """A scorer of arrays of base codes, made one of letters.

    Parameters
    ----------
    name
        What the results call it.
    rule
        Turns codes (N, L) into points (N,).
    identity
        What the rule depends on, beside its name.
    """

    block = 0

    def __init__(self, name: str, rule: Callable[[Codes], Floats], identity: str = "") -> None:
        self.name, self._rule = name, rule
        self.identity = f"{name} {identity}".strip()

    def score(self, sequences: Sequence[str]) -> Floats:
        """Return float64 (N,); sequences of one length are scored together."""
        found = np.empty(len(sequences))
        lengths = np.array([len(letters) for letters in sequences], dtype=np.int64)
        for length in np.unique(lengths):
            (members,) = np.nonzero(lengths == length)
            found[members] = self._rule(codes_of([sequences[index] for index in members.tolist()]))
        return np.asarray(np.round(found, _DECIMALS))


def boxes(codes: Codes) -> Floats:
    """Return the points of the -35 box at 30 and of the -10 box at 53.

    This is the PWM of the paper and also NoComp, PA-PWM without its compensation: the spacing between stated places is
    the best one, and its term is 0.
    """
    places = score_at(codes, PA35, MINUS35[0], OUT_OF_BOUNDS) + score_at(codes, PA10, MINUS10[0], OUT_OF_BOUNDS)
    return np.asarray(places - 0.5 * abs(_STATED_SPACING - SPACING))


def position_aware(codes: Codes) -> Floats:
    """Return PA-PWM: the boxes, the UP element and the extended -10, each at its place."""
    minus10 = score_at(codes, PA10, MINUS10[0], OUT_OF_BOUNDS)
    up = score_at(codes, PA_UP, UP[0], OUT_OF_BOUNDS)
    extended = score_at(codes, PA_EXTENDED, EXTENDED[0], OUT_OF_BOUNDS)
    return np.asarray(boxes(codes) + 0.5 * up + _bonus(extended, minus10))


def position_blind(codes: Codes) -> Floats:
    """Return PA-PWM-NoPos: every element wherever it fits best."""
    minus10 = _best(codes, PA10)
    bonus = _bonus(_best(codes, PA_EXTENDED), minus10)
    return np.asarray(_best(codes, PA35) + minus10 + 0.5 * _best(codes, PA_UP) + bonus)


def thermodynamic(codes: Codes) -> Floats:
    """Return the sum of the binding energies of boxes, spacing, UP element (by its A and T) and extended -10."""
    minus10 = score_at(codes, THERMO10, MINUS10[0], _THERMO_OUT_OF_BOUNDS)
    points = score_at(codes, THERMO35, MINUS35[0], _THERMO_OUT_OF_BOUNDS) + minus10
    points += THERMO_SPACING.get(_STATED_SPACING, _THERMO_OTHER_SPACING)
    share = _at_share(codes[:, UP[0] : UP[0] + 20])
    points += np.select([share > 0.8, share > 0.7, share > 0.6], [2.5, 1.5, 0.5], 0.0)
    extended = _thermodynamic_extended(codes)
    doubled = (minus10 < 8) & (extended > 1)
    return np.asarray(points + np.where(doubled, 2 * extended, extended))


def scanning(codes: Codes) -> Floats:
    """Return the best boxes anywhere, less their distance from where they belong; the rest relative to them."""
    if codes.shape[1] < len(PA10):
        return np.full(len(codes), 2 * OUT_OF_BOUNDS)
    all35, all10 = scores_everywhere(codes, PA35), scores_everywhere(codes, PA10)
    at35, at10 = all35.argmax(axis=1), all10.argmax(axis=1)
    best10 = all10.max(axis=1)
    points = all35.max(axis=1) + best10
    points -= 0.3 * (np.abs(at35 - 25) + np.abs(at10 - 50))
    points -= 0.4 * np.abs(at10 - (at35 + len(PA35)) - SPACING)
    points -= np.where(at35 >= at10, 5.0, 0.0)
    extended = _best_before(scores_everywhere(codes, PA_EXTENDED), at10)
    points += np.where(extended > 1, extended * np.where(best10 < 7, 1.5, 0.3), 0.0)
    share = _at_share_before(codes, at35)
    return np.asarray(points + np.where(share > 0.75, 2 * (share - 0.5), 0.0))


def _bonus(extended: Floats, minus10: Floats) -> Floats:
    """Return what an extended -10 adds: for a weak -10 box three times as much as for a strong one."""
    return np.where(extended > 1, extended * np.where(minus10 < 5, 1.5, 0.5), 0.0)


def _best(codes: Codes, points: Matrix) -> Floats:
    everywhere = scores_everywhere(codes, points)
    return np.asarray(everywhere.max(axis=1)) if everywhere.shape[1] else np.full(len(codes), OUT_OF_BOUNDS)


def _at_share(codes: Codes) -> Floats:
    if not codes.shape[1]:
        return np.zeros(len(codes))
    return np.asarray(((codes == _A) | (codes == _T)).mean(axis=1))


def _thermodynamic_extended(codes: Codes) -> Floats:
    motif = codes[:, EXTENDED[0] : EXTENDED[0] + 2]
    if motif.shape[1] < 2:
        return np.zeros(len(codes))
    first = motif[:, 0] == _T
    return np.select([first & (motif[:, 1] == _G), first], [2.0, 0.5], 0.0)


def _best_before(everywhere: Floats, places: NDArray[np.int64]) -> Floats:
    """Return the best of the five places before `places`, OUT_OF_BOUNDS where there is none."""
    distance = places[:, None] - np.arange(everywhere.shape[1])
    near = (distance >= 1) & (distance <= 5)
    return np.asarray(np.where(near, everywhere, OUT_OF_BOUNDS).max(axis=1, initial=OUT_OF_BOUNDS))


def _at_share_before(codes: Codes, places: NDArray[np.int64]) -> Floats:
    """Return the share of A and T in the bases 25 to 6 before each of `places`, as far as they are there."""
    counts = np.concatenate(
        [np.zeros((len(codes), 1), np.int64), np.cumsum((codes == _A) | (codes == _T), axis=1)], axis=1
    )
    start, end = np.maximum(places - 25, 0), np.maximum(places - 5, 0)
    rows = np.arange(len(codes))
    return np.asarray((counts[rows, end] - counts[rows, start]) / np.maximum(end - start, 1))


_KINDS: dict[str, tuple[str, Callable[[Codes], Floats]]] = {
    "pa-pwm": ("boxes, UP element and extended -10, each at its place", position_aware),
    "nocomp": ("PA-PWM without UP element and extended -10: D and E tie", boxes),
    "nopos": ("PA-PWM with every element wherever it fits best", position_blind),
    "rpa-pwm": ("elements on both strands at places relative to each other", relative),
    "thermodynamic": ("binding energies of boxes, spacing, UP element and extended -10", thermodynamic),
    "scanning": ("best boxes anywhere, less their distance from where they belong", scanning),
    "pwm": ("the two boxes at their places, nothing else", boxes),
}


def _register(name: str, summary: str, rule: Callable[[Codes], Floats]) -> None:
    def make(argument: str, _setting: Setting) -> ByLetters:
        no_argument(name, argument)
        return ByLetters(name, rule)

    scorer(name, summary, biophysical=True)(make)


for _name, (_summary, _rule) in _KINDS.items():
    _register(_name, _summary, _rule)
