"""The ruler above the tracks and the overview of the whole chromosome."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Style, View

RULER_HEIGHT = 34
OVERVIEW_HEIGHT = 26


def paint_ruler(painter: QPainter, rect: QRectF, view: View, style: Style) -> None:
    """Draw ticks with 1-based labels and the visible span."""


def paint_overview(painter: QPainter, rect: QRectF, chrom_length: int, view: View, style: Style) -> None:
    """Draw the chromosome as a bar with its name, its length and the visible part, at least three pixels wide."""


def overview_bar(rect: QRectF, style: Style, chrom: str, chrom_length: int) -> QRectF:
    """Return the bar inside the overview's ``rect``: its width is the chromosome, for clicks and drags."""
    return rect
