"""What stands in the place of the tracks before a genome is open."""

from __future__ import annotations

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QPainter

from gxview._qt.painters import Style


def paint_invitation(painter: QPainter, rect: QRectF, style: Style) -> None:
    """Say how a genome is opened."""
    painter.setFont(style.font(bold=True, scale=1.4))
    painter.setPen(style.color("text"))
    middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect.adjusted(0, -30, 0, -30), middle, "Drop a genome here")
    painter.setFont(style.font(scale=1.1))
    painter.setPen(style.color("muted"))
    painter.drawText(rect.adjusted(0, 8, 0, 8), middle, "FASTA, plain or bgzip; or File > Open genome (Ctrl+G)")
