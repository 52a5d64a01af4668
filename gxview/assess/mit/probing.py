"""The probing sets: sequences in which one thing changes from condition to condition, 50 each.

Where means of conditions are compared (titration, position, spacing, strand), all conditions of a set are made from the
same 50 backgrounds, so that what differs is the condition. Where shares of pairs are counted as in the test itself
(length, background, strength, UP element), each class has backgrounds of its own, as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gxview.assess.mit.layout import (
    BROKEN10,
    CONSENSUS10,
    CONSENSUS35,
    EXTENDED,
    EXTENDED_MOTIF,
    LENGTH,
    MINUS10,
    MINUS35,
    UP,
    UP_CONSENSUS,
    UP_FIXED,
)
from gxview.assess.mit.sets import (
    Codes,
    Rng,
    Scramble,
    background,
    from_chances,
    place,
    scrambled,
    texts,
    up_elements,
)
from gxview.genome.sequence import reverse_complement
from gxview.genome.shuffle import dinucleotide_shuffle

Probes = dict[str, dict[str, list[str]]]
"""Set -> condition -> sequences."""

EACH = 50
AT = 0.55
"""A and T in the background of every set that does not vary them."""
AT_STEPS = (30, 40, 50, 60, 70, 80)
KINDS = ("intact", "broken", "compensated")
POSITIONS = (0, 5, 10, 15, 20, 25, 35, 45, 60, 70, 80, 90)
ABSENT = "absent"
SPACINGS = tuple(range(12, 26))
STRANDS = ("forward", "in place", "whole", "shuffled")
LENGTHS = (50, 100, 150, 200)
BACKGROUNDS = (40, 50, 55, 60, 70)
BOXES35, BOXES10 = (CONSENSUS35, "TTGCCA"), (CONSENSUS10, "TAAAAT")
MATCHED = "matched AT"
UP_ELEMENTS = (UP_CONSENSUS, "AAAAATTTT", "ATATATATAT", "AACCAACCA", MATCHED)
_MATCHED_AT = 8  # of nine bases: 89 %, the share that the paper states for the consensus
_SHORT_FROM = 10  # sequences of 50 bases are 10 to 59 of the layout


def probing_sets(seed: int = 42, scramble: Scramble = "shuffle") -> Probes:
    """Make all probing sets.

    Parameters
    ----------
    seed : int
        Of everything random; each set has a generator of its own.
    scramble : str
        How class H is made, see :func:`gxview.assess.mit.sets.scrambled`.

    Returns
    -------
    dict of str to dict of str to list of str
        Set -> condition -> 50 sequences. The sets are ``titration`` (``'intact 30'`` ...), ``position`` (``'15'`` ...,
        ``'absent'``), ``spacing`` (``'17'`` ...), ``strand``, ``length`` (``'50 D'``, ``'50 E'``, ``'50 H'`` ...),
        ``background`` (``'40 D'`` ...), ``strength`` (``'TTGACA TATAAT D'`` ...), ``up`` (``'D'`` and the elements) and
        ``dinucleotide`` (``'E'``, ``'shuffled'``).
    """
    makers = (titration, position, spacing, strand, length, backgrounds, strength, up, dinucleotide)
    names = ("titration", "position", "spacing", "strand", "length", "background", "strength", "up", "dinucleotide")
    return {
        name: make(np.random.default_rng([seed, 1000 + index]), scramble)
        for index, (name, make) in enumerate(zip(names, makers, strict=True))
    }


def titration(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make intact, broken and compensated promoters in backgrounds of 30 to 80 % AT."""
    chances = rng.random((EACH, LENGTH))
    found = {}
    for kind in KINDS:
        for step in AT_STEPS:
            rows = from_chances(chances, step / 100)
            _promoter(rows, CONSENSUS10 if kind == "intact" else BROKEN10, up=UP_FIXED if kind == "compensated" else "")
            found[f"{kind} {step}"] = texts(rows)
    return found


def position(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make broken promoters with TGT and the UP element at 12 places, over what lies there, or without."""
    chances = rng.random((EACH, LENGTH))
    found = {}
    for start in (*POSITIONS, None):
        rows = from_chances(chances, AT)
        _promoter(rows, BROKEN10)
        place(rows, EXTENDED[0], EXTENDED_MOTIF)
        if start is not None:
            place(rows, start, UP_FIXED)
        found[ABSENT if start is None else str(start)] = texts(rows)
    return found


def spacing(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make intact promoters whose boxes lie 12 to 25 bases apart, the -35 box at its place."""
    chances = rng.random((EACH, LENGTH))
    found = {}
    for gap in SPACINGS:
        rows = from_chances(chances, AT)
        place(rows, MINUS35[0], CONSENSUS35)
        place(rows, MINUS35[1] + gap, CONSENSUS10)
        found[str(gap)] = texts(rows)
    return found


def strand(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make intact promoters; the same with its boxes turned round in place, as a whole, and boxes shuffled."""
    rows = background(EACH, rng, AT)
    _promoter(rows, CONSENSUS10)
    turned, shuffled = rows.copy(), rows.copy()
    for start, motif in ((MINUS35[0], CONSENSUS35), (MINUS10[0], CONSENSUS10)):
        place(turned, start, reverse_complement(motif))
        box = slice(start, start + len(motif))
        shuffled[:, box] = rng.permuted(shuffled[:, box], axis=1)
    forward = texts(rows)
    whole = [reverse_complement(letters) for letters in forward]
    return dict(zip(STRANDS, (forward, texts(turned), whole, texts(shuffled)), strict=True))


def length(rng: Rng, scramble: Scramble) -> dict[str, list[str]]:
    """Make D, E and H of 50 to 200 bases: longer ones go on behind, the short ones are 10 to 59 of the layout."""
    found = {}
    for bases in LENGTHS:
        cut = slice(_SHORT_FROM, _SHORT_FROM + bases) if bases < LENGTH else slice(None)
        for label, letters in _compared(rng, scramble, length=max(bases, LENGTH)).items():
            found[f"{bases} {label}"] = [one[cut] for one in letters]
    return found


def backgrounds(rng: Rng, scramble: Scramble) -> dict[str, list[str]]:
    """Make D, E and H in backgrounds of 40 to 70 % AT."""
    return {
        f"{step} {label}": letters
        for step in BACKGROUNDS
        for label, letters in _compared(rng, scramble, at=step / 100).items()
    }


def strength(rng: Rng, scramble: Scramble) -> dict[str, list[str]]:
    """Make promoters of strong and weak boxes, without (D) and with compensation (E)."""
    return {
        f"{box35} {box10} {label}": letters
        for box35 in BOXES35
        for box10 in BOXES10
        for label, letters in _compared(rng, scramble, box35=box35, box10=box10, labels="DE").items()
    }


def up(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make D, and E with five sorts of UP element."""
    found = {"D": _rows(rng)}
    for element in UP_ELEMENTS:
        elements = _matched_elements(rng) if element == MATCHED else up_elements(EACH, rng, element)
        found[element] = _rows(rng, elements)
    return {condition: texts(rows) for condition, rows in found.items()}


def dinucleotide(rng: Rng, _scramble: Scramble) -> dict[str, list[str]]:
    """Make E, and the same with all its letters shuffled so that every pair of neighbours is kept."""
    letters = texts(_rows(rng, up_elements(EACH, rng)))
    return {"E": letters, "shuffled": [dinucleotide_shuffle(one, rng) for one in letters]}


def _compared(
    rng: Rng,
    scramble: Scramble,
    at: float = AT,
    length: int = LENGTH,
    box35: str = CONSENSUS35,
    box10: str = BROKEN10,
    labels: str = "DEH",
) -> dict[str, list[str]]:
    found = {}
    for label in labels:
        elements = [] if label == "D" else up_elements(EACH, rng)
        letters = texts(_rows(rng, elements, at, length, box35, box10))
        found[label] = scrambled(letters, rng, scramble) if label == "H" else letters
    return found


def _rows(
    rng: Rng,
    elements: Sequence[str] = (),
    at: float = AT,
    length: int = LENGTH,
    box35: str = CONSENSUS35,
    box10: str = BROKEN10,
) -> Codes:
    """Return promoters in backgrounds of their own; with UP elements they have TGT too."""
    rows = background(EACH, rng, at, length)
    _promoter(rows, box10, box35, elements)
    return rows


def _promoter(rows: Codes, box10: str, box35: str = CONSENSUS35, up: str | Sequence[str] = "") -> None:
    place(rows, MINUS35[0], box35)
    place(rows, MINUS10[0], box10)
    if up:
        place(rows, UP[0], up)
        place(rows, EXTENDED[0], EXTENDED_MOTIF)


def _matched_elements(rng: Rng) -> list[str]:
    """Return nine bases each, of which eight are A or T and one, anywhere, is C or G."""
    rows = np.zeros((EACH, len(UP_CONSENSUS)), dtype=np.uint8)
    rows[:, :_MATCHED_AT] = rng.choice([0, 3], (EACH, _MATCHED_AT))
    rows[:, _MATCHED_AT:] = rng.choice([1, 2], (EACH, len(UP_CONSENSUS) - _MATCHED_AT))
    return texts(rng.permuted(rows, axis=1))
