"""Notices in the corner of the window: they say what happened and take no focus."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gxview._qt.painters import Style
from gxview.viewer.work.notices import Level, Notice, Notices

WIDTH, MARGIN, MOST = 400, 14, 3
SECONDS = {Level.INFO: 5, Level.WARNING: 8, Level.ERROR: 14}
OFFER_SECONDS = 14
"""Seconds of a notice with a button: it takes a while to decide."""
ROLES = {Level.INFO: "accent", Level.WARNING: "warning", Level.ERROR: "error"}


class Toasts(QObject):
    """Stacks notices above the lower right corner of a widget.

    Parameters
    ----------
    notices
        What to show.
    over
        The widget that they lie over.
    """

    def __init__(self, notices: Notices, over: QWidget, style: Style) -> None:
        super().__init__(over)
        self._over = over
        self._style = style
        self._shown: list[Toast] = []
        over.installEventFilter(self)
        notices.added.connect(self._add)

    @property
    def shown(self) -> list[Toast]:
        """The notices on screen, oldest first."""
        return list(self._shown)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        for toast in self._shown:
            toast.set_style(style)

    def close_all(self) -> None:
        """Close all notices."""
        for toast in self.shown:
            self._remove(toast)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _add(self, notice: Notice) -> None:
        for toast in [toast for toast in self._shown if toast.notice.is_like(notice)]:
            self._remove(toast)
        toast = Toast(notice, self._style, self._over)
        toast.close_button.clicked.connect(lambda: self._remove(toast))
        toast.timer.timeout.connect(lambda: self._remove(toast))
        toast.offer_button.clicked.connect(lambda: self._accept(toast))
        self._shown.append(toast)
        while len(self._shown) > MOST:
            self._remove(self._shown[0])
        toast.show()
        self._place()

    def _remove(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.timer.stop()
            toast.hide()
            toast.deleteLater()
            self._place()

    def _accept(self, toast: Toast) -> None:
        self._remove(toast)
        if toast.notice.offer is not None:
            toast.notice.offer.call()

    def _place(self) -> None:
        width = min(WIDTH, self._over.width() - 2 * MARGIN)
        bottom = self._over.height() - MARGIN
        for toast in reversed(self._shown):
            height = toast.height_for(width)
            bottom -= height
            toast.setGeometry(self._over.width() - MARGIN - width, bottom, width, height)
            toast.raise_()
            bottom -= 8


class Toast(QFrame):
    """One notice."""

    def __init__(self, notice: Notice, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._style = style
        self.setObjectName("notice")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._label = QLabel(notice.text + (f" ({notice.count} times)" if notice.count > 1 else ""))
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton()
        self.close_button.setText("\N{MULTIPLICATION SIGN}")
        self.close_button.setToolTip("Close")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offer_button = QPushButton(notice.offer.title if notice.offer is not None else "", self)
        self.offer_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offer_button.setVisible(notice.offer is not None)
        layout = QGridLayout(self)
        layout.setContentsMargins(16, 9, 8, 9)
        layout.addWidget(self._label, 0, 0)
        layout.addWidget(self.close_button, 0, 1, Qt.AlignmentFlag.AlignTop)
        layout.setColumnStretch(0, 1)
        if notice.offer is not None:
            layout.addWidget(self.offer_button, 1, 0, Qt.AlignmentFlag.AlignLeft)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval((OFFER_SECONDS if notice.offer is not None else SECONDS[notice.level]) * 1000)
        self.timer.start()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        # someone reads it
        self.timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self.timer.start()

    def height_for(self, width: int) -> int:
        """Return the height that the text needs."""
        offer = self.offer_button.sizeHint().height() + 8 if self.notice.offer is not None else 0
        return max(40, self._label.heightForWidth(width - 24 - 34) + 20) + offer

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._style.color(ROLES[self.notice.level])))
        painter.drawRoundedRect(QRectF(6, 9, 3, self.height() - 18), 1.5, 1.5)
        painter.end()
