"""What stands around the data: axis, header, state of a job, the line under the cursor."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Scale, State, Style, View

AXIS_WIDTH = 52
HEADER_HEIGHT = 18


def paint_axis(painter: QPainter, rect: QRectF, scale: Scale, style: Style) -> None:
    """Draw the value axis: nice ticks with labels, right-aligned at the right edge of ``rect``, zero always named."""


def paint_header(
    painter: QPainter, rect: QRectF, name: str, style: Style, detail: str = "", selected: bool = False
) -> None:
    """Draw a track's name and a muted detail beside it, elided to fit."""


def paint_state(painter: QPainter, rect: QRectF, state: State, style: Style) -> None:
    """Draw what a track without data has to say: waiting, running n of m, failed and why, empty."""


def paint_cursor(painter: QPainter, rect: QRectF, view: View, base: int, style: Style) -> None:
    """Mark the column of one base over the full height of ``rect``."""
