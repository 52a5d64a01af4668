"""Lists of two columns: what it is on the left, a muted word about it on the right."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QAbstractListModel, QModelIndex, QObject, QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPalette
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

ROW_HEIGHT = 27


class PairModel(QAbstractListModel):
    """Pairs of texts."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pairs: list[tuple[str, str]] = []

    def set_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show other pairs."""
        self.beginResetModel()
        self.pairs = list(pairs)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self.pairs)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.pairs[index.row()][0]
        if role == Qt.ItemDataRole.UserRole:
            return self.pairs[index.row()][1]
        return None


class PairDelegate(QStyledItemDelegate):
    """Draws a pair in one row; the muted word is what an item has under a role."""

    def __init__(self, parent: QObject | None = None, role: int = Qt.ItemDataRole.UserRole) -> None:
        super().__init__(parent)
        self._role = role

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 5, 5)
        rect = QRectF(option.rect).adjusted(10, 0, -10, 0)
        middle, role = Qt.AlignmentFlag.AlignVCenter, QPalette.ColorRole.HighlightedText
        painter.setPen(palette.color(role if chosen else QPalette.ColorRole.PlaceholderText))
        right = index.data(self._role) or ""
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, right)
        painter.setPen(palette.color(role if chosen else QPalette.ColorRole.Text))
        room = int(rect.width() - option.fontMetrics.horizontalAdvance(right) - 16)
        left = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, left)
