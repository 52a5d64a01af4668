"""Bars in vector files: one outline for each run of neighbours, since edges that only touch let the paper through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF
from qtpy.QtGui import QPaintEngine, QPainter, QPainterPath, QPolygonF

TOUCHING = 1e-6
"""Pixels between two edges that count as one."""


def is_vector(painter: QPainter) -> bool:
    """Whether a painter writes shapes to a file instead of filling pixels."""
    kind = QPaintEngine.Type
    return painter.paintEngine().type() in (kind.SVG, kind.Pdf, kind.Picture)


def fill_outlines(painter: QPainter, corners: NDArray[np.float64]) -> None:
    """Fill rectangles given as rows of left, top, right and bottom (n, 4) with the brush."""
    path = QPainterPath()
    for run in _runs(corners):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in _outline(run)]))
        path.closeSubpath()
    painter.drawPath(path)


def _runs(corners: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Split rectangles where one does not touch the next along a side."""
    left, top, right, bottom = corners.T
    beside = np.abs(left[1:] - right[:-1]) < TOUCHING
    facing = (top[1:] < bottom[:-1]) & (top[:-1] < bottom[1:])
    return np.split(corners, np.flatnonzero(~(beside & facing)) + 1)


def _outline(run: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the corners of the outline: along the tops to the right, along the bottoms back."""
    rows = run.tolist()
    above = [point for left, top, right, _ in rows for point in ((left, top), (right, top))]
    below = [point for left, _, right, bottom in reversed(rows) for point in ((right, bottom), (left, bottom))]
    return above + below
