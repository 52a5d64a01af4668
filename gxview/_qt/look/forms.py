"""Forms made from pydantic models: a control for each field that has a title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, TypeAlias, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from qtpy.QtCore import QEvent, QObject, QSignalBlocker, Signal
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from gxview._qt.look.widgets import Combo, Switch

Choices: TypeAlias = Mapping[str, Sequence[tuple[str, Any]]]
"""Shown word and value of each choice, by the field."""
Tell: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Field:
    """What of a field its control must know.

    Parameters
    ----------
    title, kind
        What it is called, and the type of its values.
    low, high
        Smallest and largest number.
    optional
        Whether None is a value.
    unit
        Written after a number.
    none
        Written instead of None, of an empty text or, for a number that cannot be None, of zero.
    decimals
        Digits of a number after the point.
    """

    title: str
    kind: Any
    low: float
    high: float
    optional: bool
    unit: str
    none: str
    decimals: int = 1

    @classmethod
    def of(cls, info: FieldInfo) -> Field:
        """Read a field of a model."""
        kind: Any = info.annotation
        optional, rules = False, list(info.metadata)
        if NoneType in get_args(kind):
            kind, optional = next(part for part in get_args(kind) if part is not NoneType), True
        while hasattr(kind, "__metadata__"):
            rules += [rule for part in kind.__metadata__ for rule in getattr(part, "metadata", [part])]
            kind = kind.__origin__
        low = max((float(str(rule.ge)) for rule in rules if isinstance(rule, Ge)), default=0.0)
        high = min((float(str(rule.le)) for rule in rules if isinstance(rule, Le)), default=1e9)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        none = str(extra.get("none", extra.get("zero", "")))
        decimals = int(str(extra.get("decimals", 1)))
        return cls(info.title or "", kind, low, high, optional, str(extra.get("unit", "")), none, decimals)


class ModelForm(QWidget):
    """Shows fields of a model and tells what a person sets; whoever listens sets it and calls `show_values`.

    Parameters
    ----------
    model
        Kind of model.
    fields
        Names of the fields, in order.
    choices
        For fields that take one of a few values that the model does not name.
    others
        Makes the control of fields that no other control fits; it gets `Tell` and returns the widget and what shows
        a value.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        model: type[BaseModel],
        fields: Sequence[str],
        choices: Choices | None = None,
        others: Mapping[str, Callable[[Tell], tuple[QWidget, Tell]]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.controls: dict[str, QWidget] = {}
        self._shows: dict[str, Tell] = {}
        self._guard = WheelGuard(self)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(7)
        for name in fields:
            field = Field.of(model.model_fields[name])
            control, show = self._control(name, field, choices or {}, others or {})
            self.controls[name], self._shows[name] = control, show
            control.setAccessibleName(field.title)
            if about := model.model_fields[name].description:
                control.setToolTip(about)
            if isinstance(control, Switch):
                form.addRow(control)
            else:
                form.addRow(QLabel(field.title), control)

    def show_values(self, values: BaseModel) -> None:
        """Show the values of a model."""
        for name, show in self._shows.items():
            blocker = QSignalBlocker(self.controls[name])
            show(getattr(values, name))
            blocker.unblock()

    def _control(
        self, name: str, field: Field, choices: Choices, others: Mapping[str, Callable[[Tell], tuple[QWidget, Tell]]]
    ) -> tuple[QWidget, Tell]:
        def tell(value: Any) -> None:
            self.edited.emit(name, value)

        if name in others:
            return others[name](tell)
        if name in choices:
            return _choice(choices[name], tell)
        if get_origin(field.kind) is Literal:
            return _choice([(str(value).capitalize(), value) for value in get_args(field.kind)], tell)
        if field.kind is bool:
            return _switch(field, tell)
        if field.kind in (int, float):
            control, show = _number(field, tell)
            control.installEventFilter(self._guard)
            return control, show
        return _text(field, tell)


class WheelGuard(QObject):
    """The wheel scrolls the form unless the person stands in the box."""

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _switch(field: Field, tell: Tell) -> tuple[QWidget, Tell]:
    control = Switch(field.title)
    control.toggled.connect(tell)
    return control, control.setChecked


def _choice(choices: Sequence[tuple[str, Any]], tell: Tell) -> tuple[QWidget, Tell]:
    control = Combo()
    for word, value in choices:
        control.addItem(word, value)
    control.activated.connect(lambda place: tell(control.itemData(place)))

    def show(value: Any) -> None:
        if control.findData(value) < 0:
            control.addItem(str(value), value)
        control.setCurrentIndex(control.findData(value))

    return control, show


def _number(field: Field, tell: Tell) -> tuple[QWidget, Tell]:
    """Make a box for a number; one step below the smallest it says that there is none."""
    whole = field.kind is int
    control = QSpinBox() if whole else QDoubleSpinBox()
    step = 1 if whole or not field.optional else field.low
    lowest = field.low - step if field.optional else field.low
    convert: Callable[[float], Any] = int if whole else float
    if not whole:
        control.setDecimals(field.decimals)
        control.setSingleStep(0.5 * 10 ** (1 - field.decimals))
    control.setRange(convert(lowest), convert(field.high))
    control.setKeyboardTracking(False)
    control.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    if field.unit:
        control.setSuffix(f" {field.unit}")
    if field.none:
        control.setSpecialValueText(field.none)
    control.valueChanged.connect(lambda value: tell(None if field.optional and value <= lowest else convert(value)))

    def show(value: Any) -> None:
        control.setValue(convert(lowest if value is None else value))

    return control, show


def _text(field: Field, tell: Tell) -> tuple[QWidget, Tell]:
    control = QLineEdit()
    control.setPlaceholderText(field.none)
    control.editingFinished.connect(lambda: tell(control.text().strip()))
    return control, lambda value: control.setText(str(value))
