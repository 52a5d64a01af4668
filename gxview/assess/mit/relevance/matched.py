"""Sequences that differ in their elements alone, so that relevance can be compared base by base."""

from __future__ import annotations

import numpy as np

from gxview.assess.mit.layout import (
    BROKEN10,
    CONSENSUS10,
    CONSENSUS35,
    EXTENDED,
    EXTENDED_MOTIF,
    MINUS10,
    MINUS35,
    MOVED_UP,
    UP,
)
from gxview.assess.mit.sets import background, place, scrambled, texts, up_elements

Span = tuple[int, int]

CLASSES = ("C", "D", "E", "H shuffle", "H moved")
ELEMENTS: dict[str, Span] = {"UP": UP, "-35": MINUS35, "extended -10": EXTENDED, "-10": MINUS10}
"""Name -> bases [start, end)."""
WRONG_PLACE = MOVED_UP
"""Where the letters of the UP element stand in ``H moved``."""
_STREAM = 1_296_388_096  # sets these sequences apart from those of the test with the same seed


def matched_sets(seed: int = 42, count: int = 50) -> dict[str, list[str]]:
    """Make the five classes on one set of backgrounds, see `matched`.

    Parameters
    ----------
    seed
        Of everything random.
    count
        Sequences of a class.
    """
    return matched(np.random.default_rng([seed, _STREAM]), count)


def matched(rng: np.random.Generator, count: int) -> dict[str, list[str]]:
    """Draw the five classes.

    Sequence i of every class has the same background: D has the boxes with a broken -10, C an intact one, E has the UP
    element and the extended -10 besides, and both H are E, scrambled in the two ways of
    :func:`gxview.assess.mit.sets.scrambled`. In the test itself each class has backgrounds of its own.

    Parameters
    ----------
    rng
        Source of chance.
    count
        Sequences of a class.
    """
    rows = background(count, rng)
    place(rows, MINUS35[0], CONSENSUS35)
    place(rows, MINUS10[0], BROKEN10)
    intact, compensated = rows.copy(), rows.copy()
    place(intact, MINUS10[0], CONSENSUS10)
    place(compensated, UP[0], up_elements(count, rng))
    place(compensated, EXTENDED[0], EXTENDED_MOTIF)
    whole = texts(compensated)
    return {
        "C": texts(intact),
        "D": texts(rows),
        "E": whole,
        "H shuffle": scrambled(whole, rng, "shuffle"),
        "H moved": scrambled(whole, rng, "moved"),
    }
