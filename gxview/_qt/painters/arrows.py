"""Marks of the strand: chevrons along a line or block, tips at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QLineF, QPointF, Qt
from qtpy.QtGui import QColor, QPainter, QPen, QPolygonF

Pixels = NDArray[np.float64]

CHEVRON_STEP = 14.0
"""Pixels between two chevrons."""


def paint_chevrons(
    painter: QPainter,
    start: Pixels,
    end: Pixels,
    middle: Pixels,
    strand: NDArray[np.int64],
    size: float,
    color: QColor,
    limits: tuple[float, float],
) -> None:
    """Draw small arrow heads along spans; none for spans without a strand, or too short for one.

    They are counted from the start of a span, not of what is visible of it, so that they move with the genome.

    Parameters
    ----------
    start, end, middle, strand
        Pixels from left to right, pixel row, and direction (1, -1, 0) of each span, (n,).
    size
        Half the height of a chevron.
    limits
        What shows, from left to right.
    """
    use = (strand != 0) & (end - start >= CHEVRON_STEP) & (end > limits[0]) & (start < limits[1])
    if size < 1.5 or not use.any():
        return
    start, end, middle, strand = start[use], end[use], middle[use], strand[use]
    count = np.floor((end - start) / CHEVRON_STEP)
    first = start + (end - start - (count - 1) * CHEVRON_STEP) / 2
    begin = np.maximum(0, np.ceil((limits[0] - first) / CHEVRON_STEP))
    stop = np.minimum(count, np.floor((limits[1] - first) / CHEVRON_STEP) + 1)
    number = np.maximum(0, stop - begin).astype(np.int64)
    owner = np.repeat(np.arange(len(number)), number)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number) + begin[owner]
    tip = size * strand[owner]
    x, y = first[owner] + place * CHEVRON_STEP - tip / 2, middle[owner]
    sides = (x, y - size, x + tip, y), (x + tip, y, x, y + size)
    _lines(painter, [line for side in sides for line in map(QLineF, *(part.tolist() for part in side))], color)


def _lines(painter: QPainter, lines: list[QLineF], color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(color, 1.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines(lines)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_tips(painter: QPainter, point: Pixels, base: Pixels, top: Pixels, height: float, color: QColor) -> None:
    """Fill triangles with their point at ``point`` and their base, ``height`` pixels high, at ``base``."""
    if not len(point):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(color)
    for x, foot, upper in zip(point.tolist(), base.tolist(), top.tolist(), strict=True):
        corners = [QPointF(foot, upper), QPointF(x, upper + height / 2), QPointF(foot, upper + height)]
        painter.drawConvexPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
