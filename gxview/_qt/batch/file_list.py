"""Files with a line about each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

LINE, LINES, MARGIN = 22, 4, 6
"""Pixels of a line, lines that show at once, and pixels around them."""


class FileList(QListWidget):
    """Shows files, none of it where there is none; Delete asks for the selected ones to go."""

    delete_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self.setObjectName("checks")
        self.setProperty("framed", True)
        self.setAccessibleName("Files of regions")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.hide()

    @property
    def chosen(self) -> list[Path]:
        """The selected files."""
        return [self._paths[self.row(item)] for item in self.selectedItems()]

    def show_lines(self, lines: Mapping[Path, str]) -> None:
        """Show files and what is known about them."""
        if list(lines) != self._paths:
            self._paths = list(lines)
            self.clear()
            for path in lines:
                item = QListWidgetItem("", self)
                item.setToolTip(str(path))
                item.setSizeHint(QSize(0, LINE))
        for place, text in enumerate(lines.values()):
            self.item(place).setText(text)
        self.setVisible(bool(lines))
        self.setFixedHeight(min(len(lines), LINES) * LINE + MARGIN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)
