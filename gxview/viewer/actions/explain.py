"""Actions of the menu Explain."""

from __future__ import annotations

from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.viewer import Viewer


def explain_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Explain."""
    settings = viewer.model.settings

    def switch_live() -> None:
        settings.live = not settings.live

    def compare() -> None:
        track = viewer.current_explanation()
        if track is None:
            viewer.notices.warning("Choose a model in the Explain panel first.")
            return
        found = viewer.comparisons.candidates(track)
        place = shell.ask_choice(f"Compare {track.name} with", [one.text for one in found])
        if place is not None:
            viewer.comparisons.add(track, found[place])

    return [
        action("explain_region", "Explain this region", viewer.explain_region, "explain/1/1", ["Ctrl+R"]),
        action("compare", "Compare with...", compare, "explain/1/3", ["Ctrl+Shift+M"]),
        action("live", "Explain while browsing", switch_live, "explain/1/2", ["Ctrl+Shift+L"], lambda: settings.live),
        action("cancel", "Cancel all jobs", viewer.jobs.cancel_all, "explain/2/1", ["Escape"]),
    ]
