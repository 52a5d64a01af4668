"""Four colours, one for each base."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QColorDialog, QHBoxLayout, QPushButton, QToolButton, QWidget

from gxview._qt.look.icons import icon
from gxview.viewer.settings.settings import BaseColors


class BaseColorControl(QWidget):
    """A button for each of A, C, G and T; without a colour of its own it takes the theme's."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._colors = BaseColors()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.buttons: dict[str, QPushButton] = {}
        for base in "acgt":
            button = QPushButton(base.upper())
            button.setAutoDefault(False)
            button.setFixedWidth(44)
            button.setToolTip(f"Colour of {base.upper()}")
            button.clicked.connect(lambda _checked, base=base: self._choose(base))
            self.buttons[base] = button
            row.addWidget(button)
        self.reset = QToolButton()
        self.reset.setIcon(icon("undo"))
        self.reset.setToolTip("Back to the colours of the theme")
        self.reset.clicked.connect(lambda _checked: self.edited.emit(BaseColors()))
        row.addWidget(self.reset)
        row.addStretch(1)

    def show_colors(self, colors: BaseColors) -> None:
        """Show the colours."""
        self._colors = colors
        for base, button in self.buttons.items():
            color = getattr(colors, base)
            button.setStyleSheet(f"QPushButton {{ color: {color}; font-weight: 700; }}" if color else "")
        self.reset.setVisible(colors != BaseColors())

    def _choose(self, base: str) -> None:
        start = getattr(self._colors, base) or "#808080"
        chosen = QColorDialog.getColor(QColor(start), self.window(), f"Colour of {base.upper()}")
        if chosen.isValid():
            self.edited.emit(BaseColors(**{**self._colors.model_dump(), base: chosen.name()}))
