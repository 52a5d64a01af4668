"""How it is explained: windows, device, precision."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QAbstractSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from gxview._qt.look.forms import WheelGuard
from gxview._qt.look.widgets import Combo
from gxview.viewer.batch.draft import Draft
from gxview.viewer.viewer_model import ViewerModel

STITCHINGS = {
    "mean": "Mean",
    "centre": "Nearest centre",
    "max_abs": "Largest size",
    "score": "Mean by score",
}
PRECISIONS = {"float32": "float32", "tf32": "TF32 (GPU)", "bf16": "bf16 (GPU)"}
NUMBERS = {
    "window": ("Window", "bp", "Default of the model", 1_000_000, "Bases that the model reads at once"),
    "stride": ("Stride", "bp", "Half of the window", 1_000_000, "Bases from one window to the next"),
    "phases": ("Phases", "", "", 64, "Tilings of the windows that are averaged; 2 or more give their spread"),
    "threads": ("Threads", "", "Automatic", 1024, "Threads of a CPU that computes"),
}
"""Title, unit, word for none, largest number, tip."""
ORDER = ("window", "device", "stride", "precision", "stitching", "threads", "phases")
TIPS = {
    "stitching": "How several windows over one base become its value",
    "device": "Where the models compute",
    "precision": "TF32 and bf16 are faster on a GPU; their error against float32 is measured and written down",
}


class RulesPart(QWidget):
    """The windows and the machine of a draft.

    Parameters
    ----------
    draft
        What is shown and changed.
    model
        Knows the devices.
    """

    def __init__(self, draft: Draft, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._model = model
        self._guard = WheelGuard(self)
        self.numbers = {name: self._number(name) for name in NUMBERS}
        self.choices = {name: self._choice(name) for name in TIPS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        for place, name in enumerate(ORDER):
            title = NUMBERS[name][0] if name in NUMBERS else name.capitalize()
            control = self.numbers.get(name) or self.choices[name]
            control.setAccessibleName(title)
            label = QLabel(title)
            label.setBuddy(control)
            label.setToolTip(control.toolTip())
            grid.addWidget(label, place // 2, 2 * (place % 2))
            grid.addWidget(control, place // 2, 2 * (place % 2) + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def refresh(self) -> None:
        """Show the rules of the draft."""
        recipe = self._draft.recipe
        for name, box in self.numbers.items():
            with QSignalBlocker(box):
                box.setValue(getattr(recipe, name) or box.minimum())
        devices = dict.fromkeys(["auto", "cpu", *self._model.devices, recipe.device])
        gpus = [name for name in devices if name.startswith("cuda:")]
        words = {name: _device_words(name) for name in devices} | ({"all": "All GPUs"} if len(gpus) > 1 else {})
        self._fill("device", words, recipe.device)
        self._fill("stitching", STITCHINGS, recipe.stitching)
        self._fill("precision", PRECISIONS, recipe.precision)

    def _number(self, name: str) -> QSpinBox:
        _title, unit, none, most, tip = NUMBERS[name]
        box = QSpinBox()
        box.setRange(0 if none else 1, most)
        box.setSpecialValueText(none)
        box.setSuffix(f" {unit}" if unit else "")
        box.setToolTip(tip)
        box.setKeyboardTracking(False)
        box.setGroupSeparatorShown(True)
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self._guard)
        box.valueChanged.connect(lambda value: self._draft.change(**{name: value or None}))
        return box

    def _choice(self, name: str) -> Combo:
        box = Combo()
        box.setToolTip(TIPS[name])
        box.activated.connect(lambda _place: self._draft.change(**{name: box.currentData()}))
        return box

    def _fill(self, name: str, words: dict[str, str], current: Any) -> None:
        box = self.choices[name]
        with QSignalBlocker(box):
            box.clear()
            for key, text in words.items():
                box.addItem(text, key)
            box.setCurrentIndex(box.findData(current))


def _device_words(name: str) -> str:
    return {"auto": "Automatic", "cpu": "CPU", "all": "All GPUs"}.get(name, f"GPU ({name})")
