"""A short tour: callouts over the real window that say what is where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qtpy.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gxview._qt.painters import Style

WIDTH, GAP, DIM = 330, 14, 130
"""Width of a callout, its distance from what it tells about, and how dark the rest becomes (0 to 255)."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One callout.

    Parameters
    ----------
    title, text
        What it says.
    target
        Returns the widget that it tells about; None for the window as a whole.
    """

    title: str
    text: str
    target: Callable[[], QWidget | None]


class Tour(QWidget):
    """Covers the window while the tour runs; Escape or Skip ends it.

    Parameters
    ----------
    stops
        The callouts in order.
    """

    ended = Signal()

    def __init__(self, stops: Sequence[Stop], style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._stops = list(stops)
        self._style = style
        self._place = 0
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.callout = _Callout(self)
        self.callout.next_button.clicked.connect(lambda: self._go(1))
        self.callout.back_button.clicked.connect(lambda: self._go(-1))
        self.callout.skip_button.clicked.connect(self.end)
        parent.installEventFilter(self)
        self.hide()

    @property
    def is_running(self) -> bool:
        """Whether a callout shows."""
        return self.isVisible()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def begin(self) -> None:
        """Show the first callout."""
        self._before = self.window().focusWidget()
        self._place = 0
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
        self.setFocus()
        self._show_stop()

    def end(self) -> None:
        """Let the window be used again."""
        if self.isVisible():
            self.hide()
            if self._before is not None:
                self._before.setFocus()
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
            self._show_stop()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._go(1)
        elif event.key() == Qt.Key.Key_Left:
            self._go(-1)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            # nothing behind the tour may run
            event.accept()
            return True
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        spot = self._spot()
        if spot is not None:
            hole = QPainterPath()
            hole.addRoundedRect(QRectF(spot), 8, 8)
            path -= hole
        painter.fillPath(path, QColor(0, 0, 0, DIM))
        if spot is not None:
            painter.setPen(QPen(self._style.color("accent"), 2))
            painter.drawRoundedRect(QRectF(spot), 8, 8)
        painter.end()

    def _go(self, by: int) -> None:
        self._place = max(0, self._place + by)
        if self._place >= len(self._stops):
            self.end()
        else:
            self._show_stop()

    def _show_stop(self) -> None:
        stop, last = self._stops[self._place], self._place == len(self._stops) - 1
        self.callout.show_stop(stop, f"{self._place + 1} of {len(self._stops)}", self._place > 0, last)
        self.callout.move(self._callout_place())
        self.update()

    def _spot(self) -> QRect | None:
        target = self._stops[self._place].target()
        if target is None or not target.isVisible():
            return None
        corner = target.mapTo(self.parentWidget(), QPoint(0, 0))
        return QRect(corner, target.size()).adjusted(-3, -3, 3, 3).intersected(self.rect().adjusted(2, 2, -2, -2))

    def _callout_place(self) -> QPoint:
        """Beside what it tells about, where there is most room; never outside."""
        size, spot = self.callout.size(), self._spot()
        if spot is None:
            return self.rect().center() - QPoint(size.width() // 2, size.height() // 2)
        rooms = {
            "right": self.width() - spot.right() - size.width(),
            "left": spot.left() - size.width(),
            "below": self.height() - spot.bottom() - size.height(),
            "above": spot.top() - size.height(),
        }
        side = max(rooms, key=lambda name: rooms[name])
        if rooms[side] < GAP:
            return spot.center() - QPoint(size.width() // 2, size.height() // 2)
        middle = spot.center()
        across, down = middle.x() - size.width() // 2, middle.y() - size.height() // 2
        x = {"right": spot.right() + GAP, "left": spot.left() - GAP - size.width()}.get(side, across)
        y = {"below": spot.bottom() + GAP, "above": spot.top() - GAP - size.height()}.get(side, down)
        most = (self.width() - size.width() - GAP, self.height() - size.height() - GAP)
        return QPoint(max(GAP, min(x, most[0])), max(GAP, min(y, most[1])))


class _Callout(QFrame):
    """The words of one stop and the buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.title, self.text, self.count = QLabel(), QLabel(), QLabel()
        self.title.setStyleSheet("font-weight: 700;")
        self.text.setWordWrap(True)
        self.count.setProperty("role", "muted")
        self.skip_button, self.back_button, self.next_button = (QPushButton(text) for text in ("Skip", "Back", "Next"))
        self.next_button.setProperty("role", "primary")
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        for button in (self.skip_button, self.back_button, self.next_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(row)

    def show_stop(self, stop: Stop, count: str, can_go_back: bool, last: bool) -> None:
        """Show the words of a stop."""
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.count.setText(count)
        self.back_button.setVisible(can_go_back)
        self.skip_button.setVisible(not last)
        self.next_button.setText("Done" if last else "Next")
        for label in (self.title, self.text, self.count):
            # before it shows, a label does not know its font
            label.ensurePolished()
        self.text.setMinimumHeight(self.text.heightForWidth(WIDTH - 36))
        self.setFixedWidth(WIDTH)
        self.setFixedHeight(self.layout().totalHeightForWidth(WIDTH))
