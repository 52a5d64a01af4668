"""Draws the rows of the list of tracks: eye, triangle or chip, name."""

from __future__ import annotations

from qtpy.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QMouseEvent, QPainter, QPolygonF
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gxview._qt.look.icons import draw_icon
from gxview._qt.painters import Style
from gxview._qt.tracks.track_tree import Item, TrackTreeModel
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.tracklist import TrackList

ROW_HEIGHT = 26
EYE, INDENT, MARK = 25, 14, 18
"""Pixels of the eye, of the step to the right of a group's tracks, and of the triangle or chip."""
ROLES = {
    "sequence": "muted",
    "features": "forward",
    "signal": "signal",
    "variants": "warning",
    "alignments": "unstranded",
    "overlay": "signal",
    "difference": "signal_negative",
    "relevance": "positive",
    "score": "signal",
    "tokens": "accent",
    "heatmap": "negative",
    "mutagenesis": "negative",
}
"""Colour of the chip of each kind of track."""


def indent(index: QModelIndex) -> int:
    """Return how far to the right the mark of a row stands."""
    return EYE + (INDENT if index.parent().isValid() else 0)


class TrackRowDelegate(QStyledItemDelegate):
    """Draws one row; tells of clicks on the eye and on the triangle.

    Parameters
    ----------
    tracks
        The list.
    style
        Colours.
    """

    eye_clicked = Signal(QModelIndex, bool)
    """The row, and whether Alt was held."""
    triangle_clicked = Signal(QModelIndex)

    def __init__(self, tracks: TrackList, style: Style, parent: QObject) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self.look = style

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        item = model.item(index) if isinstance(model, TrackTreeModel) else None
        if item is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._background(painter, option)
        rect, bright = QRectF(option.rect), self._is_bright(item)
        ink = self.look.color("text" if bright else "muted")
        eye = QRectF(rect.left() + 5, rect.center().y() - 7.5, 15, 15)
        draw_icon(painter, eye, "eye" if item.visible else "eye-off", ink)
        self._mark(painter, rect, item, index, bright)
        self._name(painter, option, item, index, ink)
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return super().editorEvent(event, model, option, index)
        x, released = event.position().x() - option.rect.left(), event.type() == QEvent.Type.MouseButtonRelease
        if x < EYE:
            if released:
                self.eye_clicked.emit(index, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
            return True
        if x < EYE + MARK and isinstance(model, TrackTreeModel) and isinstance(model.item(index), TrackGroup):
            if released:
                self.triangle_clicked.emit(index)
            return True
        return super().editorEvent(event, model, option, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        editor.setGeometry(option.rect.adjusted(indent(index) + MARK - 4, 1, -1, -1))

    def _is_bright(self, item: Item) -> bool:
        """Whether a row shows what is on screen, or would be but for a folded group."""
        tracks = self._tracks
        if isinstance(item, TrackGroup):
            return item.visible and any(self._is_bright(track) for track in tracks.members(item))
        group = tracks.group(item.group)
        return tracks.is_open(item) and (group is None or group.visible)

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("accent", 0.28))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 5, 5)

    def _mark(self, painter: QPainter, rect: QRectF, item: Item, index: QModelIndex, bright: bool) -> None:
        x, y = rect.left() + indent(index) + 7, rect.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        if isinstance(item, TrackGroup):
            painter.setBrush(self.look.color("text" if bright else "muted"))
            corners = [(-2.5, -4.5), (3, 0), (-2.5, 4.5)] if item.folded else [(-4.5, -2.5), (4.5, -2.5), (0, 3)]
            painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
            return
        color = QColor(getattr(item, "color", None) or self.look.color(ROLES.get(item.kind, "muted")))
        painter.setBrush(color if bright else self.look.color("muted", 0.5))
        painter.drawRoundedRect(QRectF(x - 4, y - 4, 8, 8), 2, 2)

    def _name(
        self, painter: QPainter, option: QStyleOptionViewItem, item: Item, index: QModelIndex, ink: QColor
    ) -> None:
        rect = QRectF(option.rect).adjusted(indent(index) + MARK, 0, -6, 0)
        font = option.font
        font.setBold(isinstance(item, TrackGroup))
        painter.setFont(font)
        painter.setPen(ink)
        text = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideMiddle, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
