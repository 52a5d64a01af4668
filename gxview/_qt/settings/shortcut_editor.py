"""Changes the keys of actions: press a key, see which action has it now, give it or add it."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtGui import QKeyEvent, QKeySequence
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gxview.viewer.settings.keymap import Keymap

MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
ID = Qt.ItemDataRole.UserRole


class ShortcutEditor(QDialog):
    """All actions with their keys.

    Parameters
    ----------
    keymap
        What is shown and changed.
    """

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self.setWindowTitle("Change shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        keymap.changed.connect(self._fill)
        self.finished.connect(lambda _code: keymap.changed.disconnect(self._fill, missing_ok=True))
        self._fill()
        self.resize(620, 640)

    def _build(self) -> None:
        self.filter_box = QLineEdit()
        self.filter_box.setPlaceholderText("Find an action or a key")
        self.filter_box.setClearButtonEnabled(True)
        self.filter_box.textChanged.connect(lambda _text: self._fill())
        self.tree = QTreeWidget()
        self.tree.setObjectName("table")
        self.tree.setHeaderLabels(["Action", "Keys", "Usual keys"])
        self.tree.setColumnWidth(0, 290)
        self.tree.setColumnWidth(1, 140)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.itemSelectionChanged.connect(self._show_selected)
        self.key_box = KeyBox()
        self.key_box.pressed.connect(lambda _key: self._show_conflict())
        self.conflict = QLabel()
        self.conflict.setWordWrap(True)
        self.conflict.setMinimumHeight(34)
        self.use_button = _button("Use instead", lambda: self._give(add=False))
        self.add_button = _button("Add", lambda: self._give(add=True))
        self.clear_button = _button("No key", self._clear)
        self.reset_button = _button("Usual keys", self._reset)
        line = QHBoxLayout()
        line.addWidget(self.key_box, 1)
        for button in (self.use_button, self.add_button, self.clear_button, self.reset_button):
            line.addWidget(button)
        end = QHBoxLayout()
        end.addWidget(_button("All usual keys", self._keymap.reset_all))
        end.addStretch(1)
        end.addWidget(_button("Close", self.close))
        layout = QVBoxLayout(self)
        for part in (self.filter_box, self.tree):
            layout.addWidget(part)
        layout.addLayout(line)
        layout.addWidget(self.conflict)
        layout.addLayout(end)

    @property
    def selected(self) -> str:
        """Identifier of the selected action; empty for none."""
        items = self.tree.selectedItems()
        return str(items[0].data(0, ID)) if items else ""

    def select(self, command: str) -> None:
        """Select an action."""
        for place in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(place)
            if item.data(0, ID) == command:
                self.tree.setCurrentItem(item)

    def _fill(self) -> None:
        chosen = self.selected
        self.tree.blockSignals(True)
        self.tree.clear()
        wanted = self.filter_box.text().strip().casefold()
        for command in self._keymap.commands:
            keys, usual = (", ".join(known(command.id)) for known in (self._keymap.keys, self._keymap.usual))
            if wanted in f"{command.name} {keys}".casefold():
                changed = self._keymap.is_changed(command.id)
                item = QTreeWidgetItem([command.name, keys, (usual or "none") if changed else ""])
                item.setData(0, ID, command.id)
                font = item.font(1)
                font.setBold(changed)
                item.setFont(1, font)
                self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        self.select(chosen)
        self._show_selected()

    def _show_selected(self) -> None:
        self.key_box.set_key("")
        has_keys = bool(self.selected and self._keymap.keys(self.selected))
        self.clear_button.setEnabled(has_keys)
        self.reset_button.setEnabled(bool(self.selected) and self._keymap.is_changed(self.selected))
        self._show_conflict()

    def _show_conflict(self) -> None:
        key, owner = self.key_box.key, self._keymap.owner(self.key_box.key) if self.key_box.key else None
        other = owner is not None and owner.id != self.selected
        text, role = "", "muted"
        if not self.selected:
            text = "Select an action, then press its new keys in the box."
        elif owner is not None and other:
            text, role = f"{key} runs '{owner.name}' now, which would lose it.", "error"
        elif owner is not None:
            text = f"{key} runs this action already."
        self.conflict.setText(text)
        self.conflict.setProperty("role", role)
        self.conflict.style().polish(self.conflict)
        able = bool(self.selected and key) and (owner is None or other)
        self.use_button.setEnabled(able)
        self.add_button.setEnabled(able)

    def _give(self, add: bool) -> None:
        before = self._keymap.keys(self.selected) if add else ()
        self._keymap.give(self.selected, (*before, self.key_box.key))

    def _clear(self) -> None:
        self._keymap.give(self.selected, ())

    def _reset(self) -> None:
        self._keymap.reset(self.selected)


class KeyBox(QLineEdit):
    """Takes the keys that are pressed in it, whatever they would do elsewhere."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self.setReadOnly(True)
        self.setPlaceholderText("Press keys here")
        self.setAccessibleName("New keys")

    def set_key(self, key: str) -> None:
        """Show a key."""
        self.key = key
        self.setText(key)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._take(event)
            return True
        return bool(super().event(event))

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in MODIFIERS:
            return
        self.set_key(key_text(event))
        self.pressed.emit(self.key)


def key_text(event: QKeyEvent) -> str:
    """Write the keys of an event as menus do; Shift is left out where it only makes the sign, as of '+'."""
    keys, text = event.keyCombination(), event.text()
    if event.modifiers() == Qt.KeyboardModifier.ShiftModifier and text.isprintable() and text and not text.isalpha():
        return QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


def _button(text: str, call: Any) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: call())
    return button
