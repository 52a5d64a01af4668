"""Makes one action of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app_model.types import Action, KeyBindingRule, MenuRule, ToggleRule


def action(
    key: str,
    title: str,
    callback: Callable[[], Any],
    where: str,
    keys: Sequence[str] = (),
    toggled: Callable[[], bool] | None = None,
) -> Action[Any, Any]:
    """Make an action.

    Parameters
    ----------
    key
        Name without the prefix.
    title, callback
        What it is called and what it does.
    where
        ``menu/group/order``.
    keys
        Shortcuts, the first one is shown.
    toggled
        Whether its check mark is set.
    """
    menu, group, order = where.split("/")
    return Action(
        id=f"gxview.{key}",
        title=title,
        category=menu.title(),
        callback=callback,
        menus=[MenuRule(id=menu, group=group, order=float(order))],
        keybindings=[KeyBindingRule(primary=text) for text in keys],
        toggled=ToggleRule(get_current=toggled) if toggled is not None else None,
    )
