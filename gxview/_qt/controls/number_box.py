"""A box for any number, written with as few digits as it needs."""

from __future__ import annotations

import math

from qtpy.QtCore import QLocale, Signal
from qtpy.QtGui import QDoubleValidator, QKeyEvent
from qtpy.QtWidgets import QLineEdit, QWidget


class NumberBox(QLineEdit):
    """Takes a number, also as 1e-3; tells it once the person is done with it."""

    entered = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        validator = QDoubleValidator(self)
        validator.setLocale(QLocale.c())
        self.setValidator(validator)
        self.setMinimumWidth(48)
        self._shown: float | None = None
        self.editingFinished.connect(self._tell)

    def set_number(self, value: float | None) -> None:
        """Show a number; None for several different ones."""
        self._shown = value
        self.setText("" if value is None else f"{value:.6g}")
        self.setPlaceholderText("mixed" if value is None else "")
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        # Return must not reach a button of the window
        event.accept()

    def _tell(self) -> None:
        try:
            value = float(self.text())
        except ValueError:
            self.set_number(self._shown)
            return
        if math.isfinite(value) and (self._shown is None or f"{value:.6g}" != f"{self._shown:.6g}"):
            self.entered.emit(value)
