"""The list of all shortcuts."""

from __future__ import annotations

from itertools import groupby

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gxview.viewer.settings.keymap import Keymap
from gxview.viewer.settings.settings import Wheel

MOUSE = (
    ("Shift+wheel, drag", "Move along the chromosome"),
    ("Double click", "Zoom in"),
    ("Drag on the ruler", "Zoom to that stretch"),
    ("Shift+drag", "Add that stretch to the regions"),
    ("Click on a place", "Make it the active one"),
    ("Drag below a track's name", "Height of the track"),
)


class ShortcutSheet(QDialog):
    """Keys and mouse in one table, made from the table of actions; a box finds lines by a word or a key.

    Parameters
    ----------
    keymap
        The actions and their keys.
    wheel
        What the wheel does.
    """

    def __init__(self, keymap: Keymap, wheel: Wheel, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._wheel = wheel
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.box = QLineEdit()
        self.box.setPlaceholderText("Find a key or an action")
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(lambda _text: self._fill())
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.edit_button = buttons.addButton("Change...", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.box)
        layout.addWidget(self._area)
        layout.addWidget(buttons)
        keymap.changed.connect(self._fill)
        self.finished.connect(lambda _code: keymap.changed.disconnect(self._fill, missing_ok=True))
        self._fill()
        self.resize(480, 620)

    def _fill(self) -> None:
        inner = QWidget()
        inner.setObjectName("panel")
        grid = QGridLayout(inner)
        grid.setContentsMargins(16, 8, 16, 12)
        grid.setHorizontalSpacing(28)
        grid.setColumnStretch(1, 1)
        wanted = self.box.text().strip().casefold()
        lines = [line for line in self._lines() if wanted in " ".join(line).casefold()]
        row = 0
        for section, group in groupby(lines, key=lambda line: line[0]):
            heading = QLabel(section)
            heading.setProperty("role", "section")
            heading.setContentsMargins(0, 8, 0, 2)
            grid.addWidget(heading, row, 0, 1, 2)
            for _, keys, title in group:
                row += 1
                label = QLabel(keys)
                label.setProperty("role", "muted")
                grid.addWidget(label, row, 0)
                grid.addWidget(QLabel(title), row, 1)
            row += 1
        grid.setRowStretch(row, 1)
        self._area.setWidget(inner)

    def _lines(self) -> list[tuple[str, str, str]]:
        """Return section, keys and what they do."""
        commands = [(command.menu, self._keymap.keys(command.id), command.title) for command in self._keymap.commands]
        lines = [(menu, ", ".join(keys), title) for menu, keys, title in commands if keys]
        lines.sort(key=lambda line: [menu for menu, _, _ in commands].index(line[0]))
        zoom, scroll = ("Wheel", "Ctrl+wheel") if self._wheel == "zoom" else ("Ctrl+wheel", "Wheel")
        wheels = ((zoom, "Zoom at the pointer"), (scroll, "Scroll the tracks"))
        return lines + [("Mouse", keys, title) for keys, title in (*wheels, *MOUSE)]
