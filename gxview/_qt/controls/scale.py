"""The control of a scale: its mode, and what that mode needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gxview._qt.controls.number_box import NumberBox
from gxview._qt.look.widgets import Combo, Switch
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.properties import MIXED, Property, value_of

MODES = {
    "auto": "Fit what shows",
    "symmetric": "Symmetric",
    "percentile": "Percentile",
    "fixed": "Fixed",
    "group": "Group",
}
"""Words for the modes of a scale."""


class ScaleControl(QWidget):
    """Sets parts of the scales of one or several tracks.

    `edited` tells the parts that a person set, by name.
    """

    edited = Signal(object)

    def __init__(self, _known: Property) -> None:
        super().__init__()
        self.mode = Combo()
        self.mode.setPlaceholderText("Mixed")
        self._offer(list(MODES))
        self.low, self.high, self.percent = NumberBox(), NumberBox(), NumberBox()
        self.log = Switch("Logarithmic")
        self.log.setToolTip("Heights grow with the logarithm of the values, on both sides of zero.")
        self.ends = _row(self.low, "to", self.high)
        self.share = _row(self.percent, "% of the values")
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.mode, self.ends, self.share, self.hint, self.log):
            column.addWidget(part)

    def _listen(self) -> None:
        self.mode.activated.connect(lambda _place: self.edited.emit({"mode": self.mode.currentData()}))
        self.low.entered.connect(lambda value: self.edited.emit({"low": value}))
        self.high.entered.connect(lambda value: self.edited.emit({"high": value}))
        self.percent.entered.connect(lambda value: self.edited.emit({"percent": value}))
        self.log.clicked.connect(lambda on: self.edited.emit({"log": on}))

    def set_items(self, items: Sequence[Any]) -> None:
        """Show the scales of tracks or groups."""
        self._offer([mode for mode in MODES if mode != "group" or not isinstance(items[0], TrackGroup)])
        parts = {part: value_of(items, "scale", part) for part in ("mode", "low", "high", "percent", "log")}
        mode = parts["mode"]
        self.mode.setCurrentIndex(-1 if mode is MIXED else self.mode.findData(mode))
        for box, part in ((self.low, "low"), (self.high, "high"), (self.percent, "percent")):
            box.set_number(None if parts[part] is MIXED else parts[part])
        self.ends.setVisible(mode == "fixed")
        self.share.setVisible(mode == "percentile")
        self.log.set_on(None if parts["log"] is MIXED else parts["log"])
        alone = mode == "group" and not all(item.group for item in items)
        self._say("Outside of a group it fits what shows." if alone else "")

    def complain(self, text: str) -> None:
        """Say what is wrong with what was entered."""
        self._say(text, "error")

    def _say(self, text: str, role: str = "muted") -> None:
        self.hint.setProperty("role", role)
        self.hint.style().polish(self.hint)
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    def _offer(self, modes: list[str]) -> None:
        if [self.mode.itemData(place) for place in range(self.mode.count())] != modes:
            self.mode.clear()
            for mode in modes:
                self.mode.addItem(MODES[mode], mode)


def _row(*parts: QWidget | str) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for part in parts:
        if isinstance(part, str):
            row.addWidget(QLabel(part))
        else:
            row.addWidget(part, 1)
    return holder
