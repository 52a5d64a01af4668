"""Actions of the menu View."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.viewer import Viewer

PANELS = (
    ("tracks", "Tracks"),
    ("explain", "Explain"),
    ("jobs", "Jobs"),
    ("console", "Console"),
    ("regions", "Regions"),
    ("info", "Information"),
    ("evaluate", "Evaluate"),
    ("edits", "Edits"),
    ("motifs", "Motifs"),
    ("mit", "MIT"),
    ("probe", "Probe"),
    ("variants", "Variants"),
    ("train", "Training"),
)
"""Panels around the tracks."""


def view_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu View."""
    settings = viewer.model.settings

    def switch_theme() -> None:
        settings.theme = "light" if settings.theme == "dark" else "dark"

    def switch_colours() -> None:
        settings.colour_blind = not settings.colour_blind

    def panel(order: int, key: str, title: str) -> Action[Any, Any]:
        return action(
            f"panel_{key}",
            f"{title} panel",
            lambda: shell.show_panel(key, not shell.is_panel_shown(key)),
            f"view/2/{order}",
            # the keyboard has nine digits
            [f"Ctrl+{order + 1}"] if order < 9 else [],
            lambda: shell.is_panel_shown(key),
        )

    return [
        *(panel(order, key, title) for order, (key, title) in enumerate(PANELS)),
        action("theme", "Light theme", switch_theme, "view/3/1", ["Ctrl+Shift+T"], lambda: settings.theme == "light"),
        action(
            "colour_blind",
            "Colour-blind-safe bases",
            switch_colours,
            "view/3/2",
            [],
            lambda: settings.colour_blind,
        ),
    ]
