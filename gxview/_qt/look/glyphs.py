"""Outlines of the letters A, C, G, T and N, drawn for this program.

They fill a box of 100 x 100 units exactly, with the baseline at y = 0 and y pointing up, so that a letter stretched to
a value ends exactly at that value; stems are heavy (a quarter of the width) so that letters three pixels wide keep
them. Outlines are carried as data because a machine without a display may have no font, and because text cannot be
stretched the same way on screen and in a vector file. The box is 100 and not 1 wide because Qt flattens curves in the
path's own units: a letter one unit wide costs three times as much to fill.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QPainterPath

UNIT = 100.0
"""Width and height of every glyph."""

PIECES = 8
"""Straight pieces of a curve of a flat glyph, which then is up to a quarter of a percent of its size off."""

OTHER = 5
"""Code of a letter that has no glyph (IUPAC codes, gaps)."""

Contour: TypeAlias = tuple[tuple[float, ...], ...]

# A contour is a start point (x, y), then line points (x, y) and cubic curves (x1, y1, x2, y2, x, y).
OUTLINES: dict[str, tuple[Contour, ...]] = {
    "A": (
        ((0, 0), (37, 100), (63, 100), (100, 0), (73, 0), (65.5, 22), (34.5, 22), (27, 0)),
        ((41.5, 42), (58.5, 42), (50, 66.5)),
    ),
    "C": (
        (
            (100, 65),
            (96, 88, 77, 100, 52, 100),
            (21, 100, 0, 79, 0, 50),
            (0, 21, 21, 0, 52, 0),
            (77, 0, 96, 12, 100, 35),
            (73, 39),
            (70, 28, 63, 22, 52, 22),
            (36, 22, 27, 33, 27, 50),
            (27, 67, 36, 78, 52, 78),
            (63, 78, 70, 72, 73, 61),
        ),
    ),
    "G": (
        (
            (97, 70),
            (91, 90, 75, 100, 52, 100),
            (21, 100, 0, 79, 0, 50),
            (0, 21, 21, 0, 53, 0),
            (72, 0, 88, 6, 100, 16),
            (100, 54),
            (53, 54),
            (53, 34),
            (75, 34),
            (75, 27),
            (69, 23, 62, 22, 54, 22),
            (37, 22, 27, 33, 27, 50),
            (27, 67, 36, 78, 52, 78),
            (62, 78, 68, 73, 71, 64),
        ),
    ),
    "T": (((0, 100), (100, 100), (100, 78), (66, 78), (66, 0), (34, 0), (34, 78), (0, 78)),),
    "N": (((0, 0), (0, 100), (27, 100), (73, 39), (73, 100), (100, 100), (100, 0), (73, 0), (27, 61), (27, 0)),),
}

ORDER = "ACGTN"
"""Letters in the order of their codes, which is also the order of a theme's base colours."""


@cache
def glyph(letter: str) -> QPainterPath:
    """Return the outline of ``A``, ``C``, ``G``, ``T`` or ``N`` in a box of 100 x 100, y pointing up."""
    path = QPainterPath()
    for start, *rest in OUTLINES[letter]:
        path.moveTo(*start)
        for step in rest:
            path.lineTo(*step) if len(step) == 2 else path.cubicTo(*step)
        path.closeSubpath()
    return path


@cache
def flat_glyph(letter: str) -> QPainterPath:
    """Return the outline with `PIECES` straight pieces for each curve: for narrow letters, a third faster to fill."""
    path = QPainterPath()
    for start, *rest in OUTLINES[letter]:
        path.moveTo(*start)
        here = np.array(start, float)
        for step in rest:
            points = np.vstack([here, np.array(step, float).reshape(-1, 2)])
            for x, y in [step] if len(step) == 2 else _along(points):
                path.lineTo(x, y)
            here = points[-1]
        path.closeSubpath()
    return path


def _along(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the ends of the pieces of a cubic curve with the control points (4, 2)."""
    t = np.arange(1, PIECES + 1)[:, None] / PIECES
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    return [(x, y) for x, y in (weights @ points).tolist()]


def _code_table() -> NDArray[np.uint8]:
    table = np.full(256, OTHER, np.uint8)
    for code, letter in enumerate(ORDER):
        table[ord(letter)] = table[ord(letter.lower())] = code
    return table


_CODES = _code_table()


def codes(text: str) -> NDArray[np.uint8]:
    """Return the code of each letter: 0 to 4 for A, C, G, T, N in either case, :data:`OTHER` for the rest."""
    return _CODES[np.frombuffer(text.encode("latin-1", "replace"), np.uint8)]
