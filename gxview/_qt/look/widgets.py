"""Small widgets that several panels share."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QPainter, QPaintEvent, QPalette, QWheelEvent
from qtpy.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gxview._qt.look.icons import draw_icon


class Combo(QComboBox):
    """A choice whose arrow is drawn in the theme's colour, and which the wheel leaves alone unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        rect = QRectF(self.width() - 19, self.height() / 2 - 5, 10, 10)
        draw_icon(painter, rect, "down", self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Switch(QCheckBox):
    """A check box that looks like a switch; half-way where it stands for several things that differ."""

    def set_on(self, on: bool | None) -> None:
        """Show yes, no, or None for several things that differ."""
        self.setTristate(on is None)
        self.setCheckState(Qt.CheckState.PartiallyChecked if on is None else _check_state(on))

    def nextCheckState(self) -> None:
        on = self.checkState() != Qt.CheckState.Checked
        self.setTristate(False)
        self.setCheckState(_check_state(on))

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + 44, max(22, self.fontMetrics().height() + 6))

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        palette = self.palette()
        on = self.checkState() == Qt.CheckState.Checked
        track = palette.color(QPalette.ColorRole.Highlight if on else QPalette.ColorRole.Mid)
        rect = QRectF(1, self.height() / 2 - 8, 28, 16)
        painter.setBrush(track)
        painter.drawRoundedRect(rect, 8, 8)
        painter.setBrush(palette.color(QPalette.ColorRole.HighlightedText if on else QPalette.ColorRole.Text))
        share = {Qt.CheckState.Unchecked: 0.0, Qt.CheckState.PartiallyChecked: 0.5, Qt.CheckState.Checked: 1.0}
        painter.drawEllipse(QRectF(rect.left() + 2 + 12 * share[self.checkState()], rect.top() + 2, 12, 12))
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        room = self.rect().adjusted(38, 0, 0, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if self.hasFocus():
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 9, 9)
        painter.end()


def _check_state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked


class Section(QWidget):
    """A title that folds what stands below it."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = QToolButton(self)
        self._button.setObjectName("section")
        self._button.setText(title)
        self._button.setCheckable(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setArrowType(Qt.ArrowType.RightArrow)
        self._content = content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._button)
        layout.addWidget(content)
        self._button.toggled.connect(self._fold)
        content.hide()

    def _fold(self, open_: bool) -> None:
        self._button.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self._content.setVisible(open_)


class ElidedLabel(QLabel):
    """A label that shortens its text to the room it has and tells the whole in its tool tip."""

    clicked = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Set the whole text."""
        self._text = text
        self.setToolTip(text)
        self._shorten()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def resizeEvent(self, event: QEvent) -> None:
        self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, max(0, self.width() - 14))
        if shown != self.text():
            self.setText(shown)


def scrolled(widget: QWidget) -> QScrollArea:
    """Put a widget where it can be scrolled up and down, so that a low window keeps its height."""
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
