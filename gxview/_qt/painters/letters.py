"""Many letters, fast: one fill per letter of a glyph of 100 x 100 units, stretched by the painter's transform.

Measured against one path per row in data coordinates by ``benchmarks/letters.py``. Nothing is built for a pan or a
zoom, so there is nothing to cache and nothing to go stale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QBrush, QColor, QPainter, QTransform

from gxview._qt.look.glyphs import ORDER, flat_glyph, glyph
from gxview._qt.painters.outlines import is_vector
from gxview.letter_outlines import UNIT

SMALLEST = 0.3
"""Letters lower than this many pixels are left out; they would not be seen."""

NARROW = 6.0
"""Letters narrower than this many device pixels need no curves."""


def paint_letters(
    painter: QPainter,
    codes: NDArray[np.uint8],
    left: NDArray[np.float64],
    width: float,
    foot: float,
    heights: NDArray[np.float64],
    colors: Sequence[QColor],
) -> None:
    """Fill letters that stand on (or hang from) one line.

    Parameters
    ----------
    codes
        Code of each letter, see :func:`gxview._qt.look.glyphs.codes`; codes without a glyph are skipped.
    left
        Left edge of each letter in pixels.
    width
        Width of all letters in pixels.
    foot
        Pixel row of the line.
    heights
        Height of each letter in pixels; negative ones hang upside down below the line. NaN is skipped.
    colors
        Colour of each code.
    """
    whole = painter.transform()
    fill, move = painter.fillPath, painter.setTransform
    across, slant = width / UNIT * whole.m11(), width / UNIT * whole.m12()
    outline = flat_glyph if abs(across) * UNIT < NARROW and not is_vector(painter) else glyph
    with np.errstate(invalid="ignore"):
        visible = np.abs(heights) >= SMALLEST
    for code, letter in enumerate(ORDER):
        at = np.flatnonzero(visible & (codes == code))
        path, brush = outline(letter), QBrush(colors[code])
        # The product of each letter's stretch with the painter's own transform, for all letters at once.
        up, x = heights[at] / -UNIT, left[at]
        parts = (up * whole.m21(), up * whole.m22())
        places = (x * whole.m11() + foot * whole.m21() + whole.dx(), x * whole.m12() + foot * whole.m22() + whole.dy())
        for m21, m22, dx, dy in zip(*(part.tolist() for part in (*parts, *places)), strict=True):
            move(QTransform(across, slant, m21, m22, dx, dy))
            fill(path, brush)
    painter.setTransform(whole)
