"""The list of tracks: eye, name, order."""

from __future__ import annotations

from qtpy.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QRectF,
    QSize,
    Qt,
)
from qtpy.QtGui import QColor, QMouseEvent, QPainter
from qtpy.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gxview._qt.icons import draw_icon
from gxview._qt.painters import Style
from gxview.viewer.tracklist import TrackList
from gxview.viewer.tracks import Track

MIME = "application/x-gxview-track"
EYE, CHIP = 24, 10
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
}
"""Colour of the chip of each kind of track."""


class TrackListModel(QAbstractListModel):
    """The list of tracks as Qt sees it; every change goes through `TrackList`."""

    def __init__(self, tracks: TrackList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        tracks.inserted.connect(lambda _index, _track: self._reset())
        tracks.removed.connect(lambda _index, _track: self._reset())
        tracks.reordered.connect(self._reset)
        tracks.edited.connect(self._on_edit)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._tracks)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        track = self.track(index)
        if track is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return track.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return getattr(track, "path", "") or track.name
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        track = self.track(index)
        if track is None or role != Qt.ItemDataRole.EditRole or not str(value).strip():
            return False
        track.name = str(value).strip()
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        kinds = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return kinds | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, str(indexes[0].row()).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: QModelIndex) -> bool:
        if not data.hasFormat(MIME):
            return False
        old = int(bytes(data.data(MIME)))
        target = row if row >= 0 else (parent.row() if parent.isValid() else len(self._tracks))
        self._tracks.move(old, target - 1 if target > old else target)
        # the row was moved already: "False" keeps the view from removing it as well
        return False

    def track(self, index: QModelIndex) -> Track | None:
        """Return the track of a row."""
        return self._tracks[index.row()] if index.isValid() and index.row() < len(self._tracks) else None

    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _on_edit(self, track: Track, _field: str) -> None:
        index = self.index(self._tracks.index(track))
        self.dataChanged.emit(index, index)


class _Delegate(QStyledItemDelegate):
    """Draws the eye, a chip in the colour of the kind, and the name."""

    def __init__(self, style: Style, parent: QObject) -> None:
        super().__init__(parent)
        self.look = style

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        track = model.track(index) if isinstance(model, TrackListModel) else None
        if track is None:
            return
        self._background(painter, option)
        rect = QRectF(option.rect)
        eye = QRectF(rect.left() + 5, rect.center().y() - 7.5, 15, 15)
        name = "eye" if track.visible else "eye-off"
        draw_icon(painter, eye, name, self.look.color("text" if track.visible else "muted"))
        chip = QRectF(rect.left() + EYE + 3, rect.center().y() - 4, 8, 8)
        painter.fillRect(chip, QColor(getattr(track, "color", None) or self.look.color(ROLES[track.kind])))
        painter.setPen(self.look.color("text" if track.visible else "muted"))
        text = option.fontMetrics.elidedText(
            track.name, Qt.TextElideMode.ElideRight, int(rect.right() - chip.right() - 12)
        )
        where = rect.adjusted(EYE + CHIP + 9, 0, -4, 0)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("accent", 0.28))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 5, 5)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.position().x() < option.rect.left() + EYE:
            track = model.track(index) if isinstance(model, TrackListModel) else None
            if event.type() == QEvent.Type.MouseButtonRelease and track is not None:
                track.visible = not track.visible
            return True
        return super().editorEvent(event, model, option, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        editor.setGeometry(option.rect.adjusted(EYE + CHIP + 2, 0, 0, 0))


class TrackListView(QListView):
    """The list itself."""

    def __init__(self, tracks: TrackList, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._lines = TrackListModel(tracks, self)
        self._delegate = _Delegate(style, self)
        self.setModel(self._lines)
        self.setItemDelegate(self._delegate)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setUniformItemSizes(True)
        tracks.selected_changed.connect(lambda _track: self._show_selected())
        self._lines.modelReset.connect(self._show_selected)
        self.selectionModel().currentChanged.connect(self._select)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._delegate.look = style
        self.viewport().update()

    def _select(self, current: QModelIndex, _previous: QModelIndex) -> None:
        track = self._lines.track(current)
        if track is not None and track not in self._tracks.selection:
            self._tracks.selected = track

    def _show_selected(self) -> None:
        track = self._tracks.selected
        if track is None:
            self.clearSelection()
            return
        index = self._lines.index(self._tracks.index(track))
        if index != self.currentIndex():
            self.setCurrentIndex(index)
