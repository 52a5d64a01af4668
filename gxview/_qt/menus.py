"""Menus and shortcuts from the one table of actions."""

from __future__ import annotations

from collections.abc import Sequence

from app_model import Application
from app_model.backends.qt import QCommandRuleAction
from app_model.types import MenuItem
from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QMenu, QMenuBar, QWidget

from gxview.viewer.settings.keymap import Keymap

TAKEN = "S"
"""Letters that the list of tracks takes itself."""


def build_menus(
    bar: QMenuBar,
    app: Application,
    keymap: Keymap,
    menus: Sequence[tuple[str, str]],
    canvas: QWidget,
    names: QWidget,
) -> None:
    """Fill a menu bar; the keys follow the keymap.

    Parameters
    ----------
    bar
        Menu bar of the window.
    app, keymap
        The actions and their keys.
    menus
        Identifier and title of each menu.
    canvas
        Keys without Ctrl or Alt work only while this widget has the focus, so that a text box keeps its letters and
        arrows.
    names
        The list of tracks: letters work there too, but those that it takes itself, and arrows move in it.
    """
    made: list[QCommandRuleAction] = []
    for key, title in menus:
        menu = QMenu(title, bar)
        groups = list(app.menus.iter_menu_groups(key))
        for place, group in enumerate(groups):
            for item in group:
                if isinstance(item, MenuItem):
                    made.append(QCommandRuleAction(item.command, app, bar))
                    menu.addAction(made[-1])
            if place < len(groups) - 1:
                menu.addSeparator()
        menu.aboutToShow.connect(lambda menu=menu: _refresh(menu))
        bar.addMenu(menu)

    def set_keys() -> None:
        for action in made:
            _set_keys(action, keymap.keys(action.objectName()), canvas, names)

    keymap.changed.connect(set_keys)
    set_keys()


def _set_keys(action: QCommandRuleAction, texts: Sequence[str], canvas: QWidget, names: QWidget) -> None:
    keys = [QKeySequence(text) for text in texts]
    action.setShortcuts(keys)
    plain = any(is_plain(key) for key in keys)
    contexts = Qt.ShortcutContext
    action.setShortcutContext(contexts.WidgetWithChildrenShortcut if plain else contexts.WindowShortcut)
    for widget, there in ((canvas, plain), (names, bool(keys) and all(is_letter(key) for key in keys))):
        if there:
            widget.addAction(action)
        else:
            widget.removeAction(action)


def is_plain(keys: QKeySequence) -> bool:
    """Whether a key would be a letter or a movement in a text box."""
    if keys.isEmpty():
        return False
    modifiers = keys[0].keyboardModifiers()
    return not modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def is_letter(keys: QKeySequence) -> bool:
    """Whether a key writes something in a text box, which keeps it then, and moves nothing elsewhere."""
    text = keys.toString().removeprefix("Shift+")
    return is_plain(keys) and len(text) == 1 and text not in TAKEN


def _refresh(menu: QMenu) -> None:
    for action in menu.actions():
        if isinstance(action, QCommandRuleAction):
            action._refresh()
