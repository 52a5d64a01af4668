"""Paths of the letters A, C, G, T and N for painters, from their outlines.

The box is 100 and not 1 wide because Qt flattens curves in the path's own units: a letter one unit wide costs three
times as much to fill.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QPainterPath

from gxview.letter_outlines import OUTLINES

PIECES = 8
"""Straight pieces of a curve of a flat glyph, which then is up to a quarter of a percent of its size off."""

OTHER = 5
"""Code of a letter that has no glyph (IUPAC codes, gaps)."""

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
