"""All that is known about a track: as a panel that follows the selection, and as a dialog that stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QGuiApplication, QShowEvent
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.drawing.coalesce import Coalesced
from gxview.viewer.tracks.info import InfoSection, as_text, describe
from gxview.viewer.viewer import Viewer

BREAK = "\u200b"
"""Lets a long word go on in the next line."""


class InfoView(QScrollArea):
    """Sections of names and values, which can be marked with the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sections: Sequence[InfoSection] = ()
        self._shape: object = None
        self._values: list[QLabel] = []

    def show_sections(self, sections: Sequence[InfoSection]) -> None:
        """Show sections; where only values differ from before, nothing else moves."""
        self.sections = sections
        shape = [(section.title, [name for name, _ in section.lines]) for section in sections]
        if shape != self._shape:
            self._shape = shape
            self._build(sections)
        values = [value for section in sections for _, value in section.lines]
        for label, value in zip(self._values, values, strict=True):
            if label.text() != (text := breakable(value)):
                label.setText(text)

    def copy(self) -> None:
        """Put all of it on the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self.sections))

    def _build(self, sections: Sequence[InfoSection]) -> None:
        inner = QWidget()
        inner.setObjectName("panel")
        grid = QGridLayout(inner)
        grid.setContentsMargins(12, 8, 12, 12)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self._values, top = [], Qt.AlignmentFlag.AlignTop
        for section in sections:
            row = grid.rowCount()
            grid.addWidget(_heading(section.title, first=section is sections[0]), row, 0, 1, 2)
            for below, (name, _value) in enumerate(section.lines, row + 1):
                self._values.append(_value_label())
                grid.addWidget(_name_label(name), below, 0, top)
                grid.addWidget(self._values[-1], below, 1, top)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(inner)


class InfoSheet(QDialog):
    """A dialog about a track that stays as it is."""

    def __init__(self, title: str, sections: Sequence[InfoSection], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.view = InfoView()
        self.view.show_sections(sections)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.view.copy)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view)
        layout.addWidget(buttons)
        self.resize(720, 560)


class InfoPanel(QWidget):
    """Follows the selection and what shows of it; asks for nothing while it is hidden."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._viewer = viewer
        self.view = InfoView()
        self.copy_button = QPushButton("Copy")
        self.copy_button.clicked.connect(self.view.copy)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 8)
        row.addStretch()
        row.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addLayout(row)
        self._later = Coalesced(self.refresh, self)
        self._listen()

    def sizeHint(self) -> QSize:
        return QSize(270, 500)

    def refresh(self) -> None:
        """Show what is known about the selected tracks."""
        tracks = self._viewer.model.tracks
        found = describe(self._viewer, tracks.selection, tracks.selected_group)
        self.view.show_sections(found or [InfoSection("Select a track to see what is known about it.", ())])
        self.copy_button.setEnabled(bool(found))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _listen(self) -> None:
        viewer, model = self._viewer, self._viewer.model
        model.tracks.selection_changed.connect(lambda _tracks: self._wish())
        model.tracks.edited.connect(lambda _track, _field: self._wish())
        model.tracks.groups_changed.connect(self._wish)
        model.loci.moved.connect(lambda _view: self._wish())
        model.models_changed.connect(self._wish)
        for source in (viewer.data, viewer.live, viewer.facts):
            source.changed.connect(lambda _owner: self._wish())

    def _wish(self) -> None:
        if self.isVisible():
            self._later.trigger()


def breakable(text: str) -> str:
    """Let long words go on in the next line: after a slash, colon, hyphen or underscore, else after 16 letters."""
    return re.sub(r"([/:_-]|[^\s/:_-]{16})(?=\S)", rf"\1{BREAK}", text)


def _heading(title: str, first: bool) -> QLabel:
    label = QLabel(breakable(title))
    label.setProperty("role", "section")
    label.setWordWrap(True)
    label.setContentsMargins(0, 0 if first else 10, 0, 0)
    return label


def _name_label(name: str) -> QLabel:
    label = QLabel(name)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setMaximumWidth(190)
    return label


def _value_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
