"""A control for each kind of property; each shows a value or that there are several, and tells what a person sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from qtpy.QtCore import QEvent, QRectF, QSignalBlocker, Qt, Signal
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qtpy.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gxview._qt.controls.effect import EffectControl
from gxview._qt.controls.scale import ScaleControl
from gxview._qt.look.icons import icon
from gxview._qt.look.widgets import Combo, Switch
from gxview.viewer.tracks.properties import MIXED, Property, PropertyKind, word


class FieldControl(Protocol):
    """A widget that shows and sets one property; `edited` is a Qt signal with the new value."""

    edited: Any

    def set_value(self, value: Any) -> None:
        """Show a value, or `MIXED`."""


class SwitchControl(Switch):
    """Yes or no."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__(known.title)
        # a check box of itself never gets narrower than its text
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _on: self.edited.emit(self.isChecked()))

    def set_value(self, value: Any) -> None:
        self.set_on(None if value is MIXED else value)


class ChoiceControl(Combo):
    """One of a few words."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__()
        self.setPlaceholderText("Mixed")
        for choice in known.choices:
            self.addItem(word(choice), choice)
        self.activated.connect(lambda _place: self.edited.emit(self.currentData()))

    def set_value(self, value: Any) -> None:
        self.setCurrentIndex(-1 if value is MIXED else self.findData(value))


class NumberBox(QSpinBox):
    """A box for a whole number; empty where it stands for several that differ."""

    def __init__(self) -> None:
        super().__init__()
        self._mixed = False
        self.setKeyboardTracking(False)
        self.lineEdit().setPlaceholderText("mixed")

    def set_mixed(self, mixed: bool) -> None:
        """Show no number, or that of the box."""
        self._mixed = mixed
        self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:
        return "" if self._mixed else str(value)


class NumberControl(QWidget):
    """A whole number between two others: a slider and a box."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__()
        self.slider, self.box = QSlider(Qt.Orientation.Horizontal), NumberBox()
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setPageStep(max(1, (known.high - known.low) // 20))
        self.slider.setMinimumWidth(24)
        self.box.setFixedWidth(58)
        for part in (self.slider, self.box):
            part.setRange(known.low, known.high)
            part.installEventFilter(self)
            part.valueChanged.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)

    def set_value(self, value: Any) -> None:
        blocked = [QSignalBlocker(self.slider), QSignalBlocker(self.box)]
        if value is not MIXED:
            self.slider.setValue(value)
            self.box.setValue(value)
        self.box.set_mixed(value is MIXED)
        for blocker in blocked:
            blocker.unblock()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        # the wheel scrolls the panel unless the person stands in the box
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return False

    def _tell(self, value: int) -> None:
        self.set_value(value)
        self.edited.emit(value)


class ColorControl(QWidget):
    """A colour, or that of the theme."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__()
        self._title = known.title
        self.button = Swatch()
        self.reset = QToolButton()
        self.reset.setToolTip("Back to the colour of the theme")
        self.reset.setIcon(icon("undo"))
        self.button.clicked.connect(self._choose)
        self.reset.clicked.connect(lambda: self.edited.emit(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button, 1)
        row.addWidget(self.reset)

    def set_value(self, value: Any) -> None:
        self.button.set_color(value)
        self.reset.setVisible(value is not None)

    def _choose(self) -> None:
        start = self.button.color if isinstance(self.button.color, str) else "#45b5a8"
        chosen = QColorDialog.getColor(QColor(start), self.window(), self._title)
        if chosen.isValid():
            self.edited.emit(chosen.name())


class Swatch(QPushButton):
    """A button that shows a colour and its name."""

    def __init__(self) -> None:
        super().__init__()
        self.color: Any = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QPushButton { text-align: left; padding: 5px 2px 5px 28px; }")

    def set_color(self, color: Any) -> None:
        """Show a colour, None for that of the theme, or `MIXED`."""
        self.color = color
        self.setText("Mixed" if color is MIXED else color or "Theme")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        if isinstance(self.color, str):
            painter.setBrush(QColor(self.color))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush if self.color is None else Qt.BrushStyle.BDiagPattern)
        painter.drawRoundedRect(QRectF(8.5, self.height() / 2 - 6.5, 13, 13), 3, 3)
        painter.end()


class TextControl(QLineEdit):
    """A word; never empty."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__()
        self._shown = ""
        self.setPlaceholderText("mixed")
        self.editingFinished.connect(self._tell)

    def set_value(self, value: Any) -> None:
        self._shown = "" if value is MIXED else value
        self.setText(self._shown)
        self.setCursorPosition(0)

    def _tell(self) -> None:
        text = self.text().strip()
        if text and text != self._shown:
            self.edited.emit(text)
        elif not text:
            self.setText(self._shown)


MAKERS: dict[PropertyKind, Callable[[Property], QWidget]] = {
    "switch": SwitchControl,
    "choice": ChoiceControl,
    "number": NumberControl,
    "color": ColorControl,
    "scale": ScaleControl,
    "effect": EffectControl,
    "text": TextControl,
}
"""Makes the control of each kind of property."""


def control_of(known: Property) -> Any:
    """Return a new control of a property: a widget that meets `FieldControl`, or a `ScaleControl`."""
    control = MAKERS[known.kind](known)
    control.setToolTip(f"{known.title}: {known.description}" if known.description else known.title)
    control.setAccessibleName(known.title)
    return control
