"""Actions of the menu Edit."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.viewer import Viewer


def edit_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Edit."""
    return [
        action("undo", "Undo", viewer.undo.undo, "edit/1/1", ["Ctrl+Z"]),
        action("redo", "Redo", viewer.undo.redo, "edit/1/2", ["Ctrl+Shift+Z", "Ctrl+Y"]),
        action("palette", "Command palette...", shell.show_palette, "edit/8/1", ["Ctrl+Shift+P"]),
        action("preferences", "Preferences...", shell.show_preferences, "edit/9/1", ["Ctrl+,"]),
        action("edit_shortcuts", "Change shortcuts...", shell.edit_shortcuts, "edit/9/2"),
    ]
