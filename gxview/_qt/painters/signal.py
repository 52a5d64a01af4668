"""A signal: bars per base when a base is a pixel or wider, else the band of its values in each pixel column."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Scale, SignalData, Style, View


def paint_signal(
    painter: QPainter, rect: QRectF, view: View, data: SignalData, scale: Scale, style: Style, color: str | None = None
) -> None:
    """Draw a signal in ``color`` (the theme's when None), values below zero in a colour of their own."""
