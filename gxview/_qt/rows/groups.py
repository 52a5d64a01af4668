"""The line above the tracks of a group: a triangle that folds it, its name, its scale."""

from __future__ import annotations

from qtpy.QtCore import QPointF, QRectF
from qtpy.QtGui import QPainter, QPolygonF

from gxview._qt.drawing.layout import GroupRow
from gxview._qt.painters import Style
from gxview._qt.painters.shapes import draw_text, elided, inside, text_width
from gxview._qt.painters.ticks import end_label
from gxview._qt.rows.scales import group_scale, sharing
from gxview._qt.rows.scene import Scene
from gxview.viewer.tracks.groups import TrackGroup

MEMBER_MARK = 2.0
"""Width of the line that joins the tracks of a group at the left edge."""


def paint_group_row(painter: QPainter, row: GroupRow, scene: Scene, selected: bool = False) -> None:
    """Draw the line of a group: its triangle, its name, and the scale that its tracks share or how many are folded."""
    style, group = scene.style, row.group
    whole = row.rect
    with inside(painter, whole, smooth=True):
        painter.fillRect(whole, style.color("well"))
        _triangle(painter, row.fold_rect, group.folded, style)
        if selected:
            painter.fillRect(QRectF(whole.left(), row.top, 3, row.height), style.color("accent"))
    name, side = row.name_rect, group_side(group, scene)
    with inside(painter, name):
        width = text_width(style, side, scale=0.9)
        room = name.width() - (width + 8 if side else 0)
        middle = name.center().y()
        title = elided(style, group.name, room, bold=True)
        draw_text(painter, name.left(), middle, title, style, style.color("text"), bold=True)
        draw_text(painter, name.right() - width, middle, side, style, style.color("muted"), scale=0.9)


def group_side(group: TrackGroup, scene: Scene) -> str:
    """Return what stands at the right of the name: '3 tracks' of a folded group, else the scale its tracks share."""
    if group.folded:
        count = len(scene.viewer.model.tracks.members(group))
        return f"{count} track{'s' * (count > 1)}"
    if not sharing(group, scene):
        return ""
    scale = group_scale(group, scene)
    return f"{end_label(scale.low)} to {end_label(scale.high)} {scale.note.removeprefix('grp').strip()}".strip()


def paint_member_mark(painter: QPainter, rect: QRectF, style: Style) -> None:
    """Draw the line at the left edge that joins the tracks of a group."""
    painter.fillRect(QRectF(rect.left(), rect.top(), MEMBER_MARK, rect.height()), style.color("muted", 0.5))


def _triangle(painter: QPainter, rect: QRectF, folded: bool, style: Style) -> None:
    x, y = rect.center().x() + 1, rect.center().y()
    corners = [(-3, -4.5), (3, 0), (-3, 4.5)] if folded else [(-4.5, -2.5), (4.5, -2.5), (0, 3.5)]
    painter.setBrush(style.color("muted"))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
