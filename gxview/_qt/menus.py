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


def build_menus(
    bar: QMenuBar, app: Application, keymap: Keymap, menus: Sequence[tuple[str, str]], canvas: QWidget
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
            _set_keys(action, keymap.keys(action.objectName()), canvas)

    keymap.changed.connect(set_keys)
    set_keys()


def _set_keys(action: QCommandRuleAction, texts: Sequence[str], canvas: QWidget) -> None:
    keys = [QKeySequence(text) for text in texts]
    action.setShortcuts(keys)
    plain = any(is_plain(key) for key in keys)
    contexts = Qt.ShortcutContext
    action.setShortcutContext(contexts.WidgetWithChildrenShortcut if plain else contexts.WindowShortcut)
    if plain:
        canvas.addAction(action)
    else:
        canvas.removeAction(action)


def is_plain(keys: QKeySequence) -> bool:
    """Whether a key would be a letter or a movement in a text box."""
    if keys.isEmpty():
        return False
    modifiers = keys[0].keyboardModifiers()
    return not modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def _refresh(menu: QMenu) -> None:
    for action in menu.actions():
        if isinstance(action, QCommandRuleAction):
            action._refresh()
