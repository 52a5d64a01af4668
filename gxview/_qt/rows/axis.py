"""The axis of a row: most frames of a drag show the same."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters import Scale, Style, paint_axis
from gxview._qt.painters.kept import paint_kept


def paint_row_axis(painter: QPainter, rect: QRectF, scale: Scale, style: Style) -> None:
    """Draw the axis of a row; in the window it stands on the panel of the headers."""
    paint_kept(painter, rect, style.color("panel"), (scale, style), lambda on: paint_axis(on, rect, scale, style))
