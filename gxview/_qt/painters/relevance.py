"""Relevance: bars per base when zoomed out, letters as tall as their relevance when zoomed in."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Letters, Scale, SignalData, Style, View


def paint_relevance(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: SignalData,
    letters: Letters | None,
    scale: Scale,
    style: Style,
) -> None:
    """Draw relevance; ``letters`` may cover another part than ``data``, where they lack a base stays a bar."""
