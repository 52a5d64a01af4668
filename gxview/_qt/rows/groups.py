"""The line above the tracks of a group: a triangle that folds it, its name, its scale."""

from __future__ import annotations

from qtpy.QtCore import QPointF, QRectF
from qtpy.QtGui import QPainter, QPolygonF

from gxview._qt.layout import GroupRow
from gxview._qt.painters import Style
from gxview._qt.painters.shapes import draw_text, elided, inside, text_width
from gxview._qt.rows.scene import Scene

MEMBER_MARK = 2.0
"""Width of the line that joins the tracks of a group at the left edge."""


def paint_group_row(painter: QPainter, row: GroupRow, scene: Scene, selected: bool = False) -> None:
    """Draw the line of a group; how many tracks it holds stands beside the name of a folded one."""
    style, group = scene.style, row.group
    whole = QRectF(0, row.top, row.width, row.height)
    with inside(painter, whole, smooth=True):
        painter.fillRect(whole, style.color("raised"))
        _triangle(painter, row.fold_rect, group.folded, style)
        if selected:
            painter.fillRect(QRectF(0, row.top, 3, row.height), style.color("accent"))
    with inside(painter, row.name_rect):
        middle = row.name_rect.center().y()
        name = elided(style, group.name, row.name_rect.width(), bold=True)
        draw_text(painter, row.name_rect.left(), middle, name, style, style.color("text"), bold=True)
        if group.folded:
            left = row.name_rect.left() + text_width(style, name, bold=True) + 8
            count = len(scene.viewer.model.tracks.members(group))
            text = f"{count} track{'s' * (count > 1)}"
            draw_text(painter, left, middle, text, style, style.color("muted"), scale=0.9)


def paint_member_mark(painter: QPainter, rect: QRectF, style: Style) -> None:
    """Draw the line at the left edge that joins the tracks of a group."""
    painter.fillRect(QRectF(rect.left(), rect.top(), MEMBER_MARK, rect.height()), style.color("muted", 0.5))


def _triangle(painter: QPainter, rect: QRectF, folded: bool, style: Style) -> None:
    x, y = rect.center().x() + 1, rect.center().y()
    corners = [(-3, -4.5), (3, 0), (-3, 4.5)] if folded else [(-4.5, -2.5), (4.5, -2.5), (0, 3.5)]
    painter.setBrush(style.color("muted"))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
