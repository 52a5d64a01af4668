"""Many things to check, side by side or one below the other, in one stop of the keyboard."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any

from qtpy.QtCore import QSignalBlocker, QSize, Qt, Signal
from qtpy.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from qtpy.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

ROW, BOX, MARGIN, SCROLL = 23, 40, 6, 12
"""Pixels: height of a line, what stands beside a text, the space around all, and the scroll bar."""
SLACK = 16
"""Pixels that a line needs more than its items before Qt breaks it."""


class CheckList(QListWidget):
    """Check marks in lines as wide as the widget; arrows go from one to the next, Space sets the mark.

    Parameters
    ----------
    most
        Lines that show at once; of more, the rest is scrolled to.
    wrapped
        Whether several stand in a line, and the height is that of the lines.
    """

    edited = Signal(object)

    def __init__(self, most: int = 3, wrapped: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._wrapped = wrapped
        self._items: dict[Hashable, str] = {}
        self.setObjectName("checks")
        # the selected one is where the keys are; it shows only to who uses them
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        if wrapped:
            self.setFlow(QListWidget.Flow.LeftToRight)
            self.setWrapping(True)
            self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.itemClicked.connect(self._click)

    @property
    def checked(self) -> tuple[Any, ...]:
        """What is checked, in the order of the list."""
        return tuple(key for place, key in enumerate(self._items) if self._is_on(self.item(place)))

    def show_items(self, items: Mapping[Any, str], checked: Collection[Any]) -> None:
        """Show things by their words, and which of them are checked."""
        with QSignalBlocker(self):
            if dict(items) != self._items:
                self._items = dict(items)
                self.clear()
                for text in items.values():
                    self._add(text)
                self._fit()
            for place, key in enumerate(self._items):
                on = Qt.CheckState.Checked if key in checked else Qt.CheckState.Unchecked
                self.item(place).setCheckState(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self._toggle(self.currentItem())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and self.count():
            self.setCurrentRow(max(0, self.currentRow()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clearSelection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _add(self, text: str) -> None:
        item = QListWidgetItem(text, self)
        # a click anywhere sets the mark, so that the box itself must not do so a second time
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setToolTip(text)

    def _click(self, item: QListWidgetItem) -> None:
        self._toggle(item)
        self.clearSelection()

    def _toggle(self, item: QListWidgetItem) -> None:
        item.setCheckState(Qt.CheckState.Unchecked if self._is_on(item) else Qt.CheckState.Checked)
        self.edited.emit(self.checked)

    def _is_on(self, item: QListWidgetItem) -> bool:
        return bool(item.checkState() == Qt.CheckState.Checked)

    def _fit(self) -> None:
        if not self._wrapped or not self._items:
            return
        room = max(80, self.width() - SLACK)
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in self._items.values()) + BOX
        lines = -(-len(self._items) // max(1, room // min(room, widest)))
        scrolls = lines > self._most
        room -= SCROLL if scrolls else 0
        columns = max(1, room // min(room, widest))
        for place in range(self.count()):
            self.item(place).setSizeHint(QSize(room // columns, ROW))
        self.setFixedHeight(min(lines, self._most) * ROW + MARGIN)
        policies = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policies.ScrollBarAsNeeded if scrolls else policies.ScrollBarAlwaysOff)
        self._frame(scrolls)

    def _frame(self, on: bool) -> None:
        """Draw a frame around what scrolls; what does not looks like check boxes anywhere."""
        if self.property("framed") != on:
            self.setProperty("framed", on)
            self.style().polish(self)
