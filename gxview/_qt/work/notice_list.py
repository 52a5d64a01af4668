"""The notices so far, to be read again."""

from __future__ import annotations

import time

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gxview.viewer.work.notices import Level, Notice, Notices

SHOWN = 40
"""Latest notices that are listed."""
ROLES = {Level.INFO: "muted", Level.WARNING: "warning", Level.ERROR: "error"}


class NoticeList(QWidget):
    """One line for each notice, the latest on top; those that were repeated say how often.

    Parameters
    ----------
    notices
        What is shown.
    """

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._lines: list[tuple[Notice, QLabel]] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._empty = QLabel("No notices yet.")
        self._empty.setProperty("role", "muted")
        copy, clear = QToolButton(), QToolButton()
        copy.setText("Copy all")
        copy.clicked.connect(lambda _checked: self.copy())
        clear.setText("Clear")
        clear.clicked.connect(lambda _checked: notices.clear())
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._empty, self._buttons):
            layout.addWidget(part)
        layout.addLayout(self._column)
        for notice in notices.history[-SHOWN:]:
            self._add(notice)
        notices.added.connect(self._add)
        notices.cleared.connect(self._clear)
        self._show_state()

    @property
    def texts(self) -> list[str]:
        """The lines, top to bottom."""
        return [label.text() for _, label in self._lines]

    def copy(self) -> None:
        """Put all notices into the clipboard."""
        lines = [f"{_clock(notice)} {notice.level.value}: {notice.text}" for notice, _ in self._lines]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _add(self, notice: Notice) -> None:
        for known in [line for line in self._lines if line[0].is_like(notice) and line[0].count < notice.count]:
            self._drop(known)
        label = QLabel(f"{_clock(notice)}  {notice.text}{_times(notice)}")
        label.setProperty("role", ROLES[notice.level])
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lines.insert(0, (notice, label))
        self._column.insertWidget(0, label)
        while len(self._lines) > SHOWN:
            self._drop(self._lines[-1])
        self._show_state()

    def _drop(self, line: tuple[Notice, QLabel]) -> None:
        self._lines.remove(line)
        self._column.removeWidget(line[1])
        line[1].hide()
        line[1].deleteLater()

    def _clear(self) -> None:
        for line in list(self._lines):
            self._drop(line)
        self._show_state()

    def _show_state(self) -> None:
        self._empty.setVisible(not self._lines)
        self._buttons.setVisible(bool(self._lines))


def _clock(notice: Notice) -> str:
    return time.strftime("%H:%M", time.localtime(notice.time))


def _times(notice: Notice) -> str:
    return f" ({notice.count} times)" if notice.count > 1 else ""
