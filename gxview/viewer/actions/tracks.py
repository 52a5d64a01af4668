"""Actions of the menu Tracks."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.viewer import Viewer


def tracks_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Tracks."""
    return [
        action("track_info", "Track information...", shell.show_info, "tracks/1/0", ["Ctrl+I"]),
        action("hide_track", "Hide selected track", lambda: _hide(viewer), "tracks/1/1", ["Ctrl+H"]),
        action("remove_track", "Remove selected track", lambda: _remove(viewer), "tracks/1/2", ["Delete"]),
    ]


def _hide(viewer: Viewer) -> None:
    if (track := viewer.model.tracks.selected) is not None:
        track.visible = False


def _remove(viewer: Viewer) -> None:
    if (track := viewer.model.tracks.selected) is not None:
        viewer.remove(track)
