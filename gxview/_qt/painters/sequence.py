"""The letters of the reference."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Letters, Style, View

SEQUENCE_HEIGHT = 20


def paint_sequence(painter: QPainter, rect: QRectF, view: View, letters: Letters | None, style: Style) -> None:
    """Draw the reference: letters where a base is wide enough, coloured blocks below, a hint when zoomed far out."""
