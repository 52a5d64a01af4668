"""Actions of the menu Help."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.sample import open_sample
from gxview.viewer.viewer import Viewer


def help_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Help."""
    return [
        action("shortcuts", "Shortcuts", shell.show_shortcuts, "help/1/1", ["F1"]),
        action("guide", "User guide", shell.show_guide, "help/1/2"),
        action("tour", "Tour of the window", shell.show_tour, "help/1/3"),
        action("open_sample", "Open sample", lambda: open_sample(viewer), "help/1/4"),
        action("about", "About gxview", shell.show_about, "help/2/1"),
    ]
