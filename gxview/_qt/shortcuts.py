"""The list of all shortcuts."""

from __future__ import annotations

from app_model import Application
from app_model.types import MenuItem
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gxview._qt.menus import shortcuts_of

MOUSE = (
    ("Wheel", "Zoom at the pointer"),
    ("Shift+wheel, drag", "Move along the chromosome"),
    ("Ctrl+wheel", "Scroll the tracks"),
    ("Double click", "Zoom in"),
    ("Drag on the ruler", "Zoom to that stretch"),
    ("Shift+drag", "Add that stretch to the regions"),
    ("Click on a place", "Make it the active one"),
    ("Drag below a track's name", "Height of the track"),
)


class ShortcutSheet(QDialog):
    """Keys and mouse in one table, made from the table of actions."""

    def __init__(self, app: Application, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inner = QWidget()
        inner.setObjectName("panel")
        grid = QGridLayout(inner)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(28)
        for row, (keys, title) in enumerate([*_keys(app), *MOUSE]):
            label = QLabel(keys)
            label.setProperty("role", "muted")
            grid.addWidget(label, row, 0)
            grid.addWidget(QLabel(title), row, 1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(460, 560)


def _keys(app: Application) -> list[tuple[str, str]]:
    rows = []
    for item in app.menus.get_menu(app.menus.COMMAND_PALETTE_ID):
        if isinstance(item, MenuItem) and (keys := shortcuts_of(app, item.command.id)):
            rows.append((", ".join(keys), item.command.title.rstrip(".")))
    return rows
