"""By which number variants are coloured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt, Signal

from gxview._qt.look.widgets import Combo
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.tracks.properties import MIXED, Property

WIDE = 164
"""Pixels of the box, at least."""
Offers = Sequence[tuple[str, EffectChoice]]


class EffectControl(Combo):
    """A choice among the numbers of a file and what models say; asked anew whenever it opens."""

    edited = Signal(object)

    def __init__(self, known: Property) -> None:
        super().__init__()
        self.setPlaceholderText("Mixed")
        # names of models are long: in a narrow panel the box stands below its label
        self.setMinimumWidth(WIDE)
        self._items: Sequence[Any] = ()
        self._offers: Any = None
        self._value: Any = MIXED
        self.activated.connect(lambda place: self.edited.emit(self._choices[place]))
        self._choices: list[EffectChoice] = []

    def set_items(self, items: Sequence[Any], offers: Any) -> None:
        """Say of which tracks the choices are, and who knows them: a callable from a track to its choices."""
        self._items, self._offers = items, offers

    def set_value(self, value: Any) -> None:
        self._value = value
        self._fill()

    def showPopup(self) -> None:
        # what shows, and which models are loaded, may have changed since
        self._fill()
        super().showPopup()

    def _fill(self) -> None:
        offers: Offers = self._offers(self._items[0]) if self._items and self._offers is not None else ()
        if not offers and self._value is not MIXED:
            offers = [(self._value.score or "Bases", self._value)]
        with QSignalBlocker(self):
            self.clear()
            self._choices = [choice for _, choice in offers]
            self.addItems([text for text, _ in offers])
            for place, (text, _) in enumerate(offers):
                self.setItemData(place, text, Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(self._choices.index(self._value) if self._value in self._choices else -1)
