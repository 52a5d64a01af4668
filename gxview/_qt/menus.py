"""Menus and shortcuts from the one table of actions."""

from __future__ import annotations

from collections.abc import Sequence

from app_model import Application
from app_model.backends.qt import QCommandRuleAction
from app_model.types import MenuItem
from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QMenu, QMenuBar, QWidget

_QT_NAMES = {"Delete": "Del", "Escape": "Esc", "PageUp": "PgUp", "PageDown": "PgDown"}


def shortcuts_of(app: Application, command: str) -> list[str]:
    """Return the shortcuts of a command as Qt writes them, the first one first."""
    texts = [binding.keybinding.to_text() for binding in app.keybindings if binding.command_id == command]
    # the table cannot name the plus sign; the key that bears it is "=" on many keyboards
    return [key for text in texts for key in (("+", "=") if text == "=" else (_qt_text(text),))]


def build_menus(bar: QMenuBar, app: Application, menus: Sequence[tuple[str, str]], canvas: QWidget) -> None:
    """Fill a menu bar.

    Parameters
    ----------
    bar
        Menu bar of the window.
    app
        Holds the actions.
    menus
        Identifier and title of each menu.
    canvas
        Keys without Ctrl or Alt work only while this widget has the focus, so that a text box keeps its letters and
        arrows.
    """
    for key, title in menus:
        menu = QMenu(title, bar)
        groups = list(app.menus.iter_menu_groups(key))
        for place, group in enumerate(groups):
            for item in group:
                if isinstance(item, MenuItem):
                    menu.addAction(_action(item, app, bar, canvas))
            if place < len(groups) - 1:
                menu.addSeparator()
        menu.aboutToShow.connect(lambda menu=menu: _refresh(menu))
        bar.addMenu(menu)


def _action(item: MenuItem, app: Application, parent: QWidget, canvas: QWidget) -> QCommandRuleAction:
    action = QCommandRuleAction(item.command, app, parent)
    keys = [QKeySequence(text) for text in shortcuts_of(app, item.command.id)]
    action.setShortcuts(keys)
    if any(_is_plain(key) for key in keys):
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        canvas.addAction(action)
    return action


def _qt_text(text: str) -> str:
    return "+".join(_QT_NAMES.get(part, part) for part in text.split("+"))


def _is_plain(keys: QKeySequence) -> bool:
    modifiers = keys[0].keyboardModifiers()
    return not modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def _refresh(menu: QMenu) -> None:
    for action in menu.actions():
        if isinstance(action, QCommandRuleAction):
            action._refresh()
