"""Actions of the menu Go."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.places.camera import Camera
from gxview.viewer.viewer import Viewer

PAN_STEP, ZOOM_STEP = 0.125, 1.25
"""Part of the width that an arrow key moves; factor of a zoom key."""


def go_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Go."""

    def camera() -> Camera:
        return viewer.model.camera

    return [
        action("locus", "Go to locus...", shell.focus_locus, "go/1/1", ["Ctrl+L"]),
        action("chromosome", "Go to chromosome...", shell.focus_chromosome, "go/1/2", ["Ctrl+K"]),
        action("back", "Back", lambda: camera().back(), "go/2/1", ["Alt+Left"]),
        action("forward", "Forward", lambda: camera().forward(), "go/2/2", ["Alt+Right"]),
        action("zoom_in", "Zoom in", lambda: camera().zoom(1 / ZOOM_STEP), "go/3/1", ["=", "W", "Up"]),
        action("zoom_out", "Zoom out", lambda: camera().zoom(ZOOM_STEP), "go/3/2", ["-", "S", "Down"]),
        action("zoom_bases", "Zoom to bases", lambda: _to_bases(viewer), "go/3/3", ["Ctrl+B"]),
        action("zoom_all", "Whole chromosome", lambda: camera().zoom(float("inf")), "go/3/4", ["Ctrl+0"]),
        action("left", "Left", lambda: camera().pan_by(-PAN_STEP), "go/4/1", ["Left", "A"]),
        action("right", "Right", lambda: camera().pan_by(PAN_STEP), "go/4/2", ["Right", "D"]),
        action("page_left", "One screen left", lambda: camera().pan_by(-1), "go/4/3", ["PageUp", "Shift+Left"]),
        action("page_right", "One screen right", lambda: camera().pan_by(1), "go/4/4", ["PageDown", "Shift+Right"]),
        action("next_chromosome", "Next chromosome", lambda: viewer.step_chromosome(1), "go/5/3", ["Ctrl+PageDown"]),
        action("last_chromosome", "Previous chromosome", lambda: viewer.step_chromosome(-1), "go/5/4", ["Ctrl+PageUp"]),
        action("start", "Start of chromosome", lambda: camera().to_start(), "go/5/1", ["Home"]),
        action("end", "End of chromosome", lambda: camera().to_end(), "go/5/2", ["End"]),
    ]


def _to_bases(viewer: Viewer) -> None:
    view = viewer.model.camera.view
    viewer.model.camera.zoom(1 / (12 * view.bases_per_pixel))
