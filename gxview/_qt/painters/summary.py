"""The badge that tells a summary from the values of the bases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Scale, Style
from gxview._qt.painters.columns import Columns
from gxview._qt.painters.shapes import badge, text_width

AIR = 18.0
"""Pixels that a badge is wider than its words, with the edge of the row."""


def paint_note(painter: QPainter, rect: QRectF, text: str, data: Columns, scale: Scale, style: Style) -> None:
    """Write a few words in the upper right corner, or in the left one where they would hide data on the right."""
    width, bottom = text_width(style, text, scale=0.85) + AIR, rect.top() + style.text_px + 8
    right = _top(rect, data, data.right > rect.width() - width, scale)
    left = _top(rect, data, data.left < width, scale)
    badge(painter, rect, text, style, left=right < bottom and left > right)


def _top(rect: QRectF, data: Columns, at: NDArray[np.bool_], scale: Scale) -> float:
    """Return the pixel row that the data of some columns reach up to."""
    return scale.y(float(np.fmax.reduce(data.high[at], initial=scale.low)), rect)
