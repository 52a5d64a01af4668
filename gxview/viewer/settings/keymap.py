"""The keys of every action: those of the table, and those that the person gave instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app_model import Application
from app_model.types import MenuItem
from psygnal import Signal

from gxview.viewer.settings.settings import Settings

_WRITTEN = {"Delete": "Del", "Escape": "Esc", "PageUp": "PgUp", "PageDown": "PgDown"}


@dataclass(frozen=True, slots=True)
class Command:
    """An action as menus, palette and shortcuts show it."""

    id: str
    title: str
    menu: str

    @property
    def name(self) -> str:
        """Menu and title."""
        return f"{self.menu}: {self.title}" if self.menu else self.title


class Keymap:
    """Which keys run which action; keys are written as in menus ('Ctrl+Shift+P', 'PgUp', '+').

    Keys that the person gave an action are taken from every other one. `changed` tells that some action has others.

    Parameters
    ----------
    app
        The table of actions with their usual keys.
    settings
        Where the changes of the person are kept.
    """

    changed = Signal()

    def __init__(self, app: Application, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._usual: dict[str, tuple[str, ...]] = {}
        for binding in app.keybindings:
            keys = _written(binding.keybinding.to_text())
            self._usual[binding.command_id] = (*self._usual.get(binding.command_id, ()), *keys)
        settings.events.shortcuts.connect(lambda _keys: self.changed.emit())

    @property
    def commands(self) -> list[Command]:
        """All actions, in the order of the table."""
        items = self._app.menus.get_menu(self._app.menus.COMMAND_PALETTE_ID)
        commands = [item.command for item in items if isinstance(item, MenuItem)]
        return [Command(rule.id, rule.title.rstrip("."), rule.category or "") for rule in commands]

    def keys(self, command: str) -> tuple[str, ...]:
        """Return the keys of an action, the first one first."""
        own = self._settings.shortcuts
        if command in own:
            return own[command]
        taken = {key for keys in own.values() for key in keys}
        return tuple(key for key in self._usual.get(command, ()) if key not in taken)

    def usual(self, command: str) -> tuple[str, ...]:
        """Return the keys that an action has unless the person changes them."""
        return self._usual.get(command, ())

    def is_changed(self, command: str) -> bool:
        """Whether an action has other keys than usual."""
        return self.keys(command) != self.usual(command)

    def owner(self, key: str) -> Command | None:
        """Return the action that a key runs."""
        return next((command for command in self.commands if key in self.keys(command.id)), None)

    def give(self, command: str, keys: Sequence[str]) -> None:
        """Give an action other keys; actions that had them lose them."""
        wanted = tuple(dict.fromkeys(keys))
        own = {
            other: tuple(key for key in theirs if key not in wanted)
            for other, theirs in self._settings.shortcuts.items()
            if other != command
        }
        self._settings.shortcuts = self._needed({**own, command: wanted})

    def reset(self, command: str) -> None:
        """Give an action its usual keys back, from whoever has them now."""
        self.give(command, self.usual(command))

    def reset_all(self) -> None:
        """Give all actions their usual keys back."""
        self._settings.shortcuts = {}

    def _needed(self, own: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Leave out what equals the usual keys and takes none from others."""
        return {command: keys for command, keys in own.items() if keys != self.usual(command)}


def _written(text: str) -> tuple[str, ...]:
    """Return a key of the table as menus write it."""
    # the table cannot name the plus sign; the key that bears it is "=" on many keyboards
    return ("+", "=") if text == "=" else ("+".join(_WRITTEN.get(part, part) for part in text.split("+")),)
