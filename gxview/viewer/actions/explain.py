"""Actions of the menu Explain."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.explaining.mutagenesis import NO_CLASSES
from gxview.viewer.tracks.kinds import ControlKind, RelevanceTrack
from gxview.viewer.trust.controls import CONTROLS
from gxview.viewer.viewer import Viewer

ASSESS = (
    ("mit", "Mechanistic Invariance Test...", ["Ctrl+Alt+1"]),
    ("probe", "Probe embeddings...", ["Ctrl+Alt+2"]),
    ("variants", "Score variants...", ["Ctrl+Alt+3"]),
    ("train", "Train a model...", ["Ctrl+Alt+4"]),
)
"""Panels about models: key, title, shortcuts."""


def explain_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Explain."""
    settings = viewer.model.settings

    def switch_live() -> None:
        settings.live = not settings.live

    def needed() -> RelevanceTrack | None:
        track = viewer.current_explanation()
        if track is None or not track.options.model:
            viewer.notices.warning("Choose a model in the Explain panel first.")
            return None
        return track

    def compare() -> None:
        track = needed()
        if track is None:
            return
        found = viewer.comparisons.candidates(track)
        place = shell.ask_choice(f"Compare {track.name} with", [one.text for one in found])
        if place is not None:
            viewer.comparisons.add(track, found[place])

    def trust() -> None:
        track = needed()
        if track is not None:
            chosen = viewer.model.tracks.selected
            shown = chosen if isinstance(chosen, RelevanceTrack) else track
            shown.trust = not shown.trust

    def has_trust() -> bool:
        track = viewer.current_explanation()
        return track is not None and track.trust

    def substitutions() -> None:
        track = needed()
        if track is None or (made := viewer.mutagenesis.toggle(track)) is None:
            return
        info = viewer.explanations.info(track)
        if info is not None and not viewer.mutagenesis.is_able(made):
            viewer.model.tracks.remove(made)
            viewer.notices.warning(f"{NO_CLASSES}, so there is no prediction that substitutions could change.")
        else:
            viewer.model.tracks.selected = made
            shell.show_track(made)

    def has_substitutions() -> bool:
        track = viewer.current_explanation()
        return track is not None and viewer.mutagenesis.of(track) is not None

    def control(*kinds: ControlKind) -> Callable[[], None]:
        def run() -> None:
            if (track := needed()) is not None:
                viewer.controls.toggle(track, kinds)

        return run

    def controlled(*kinds: ControlKind) -> Callable[[], bool]:
        def ask() -> bool:
            track = viewer.current_explanation()
            there = {one.control for one in viewer.controls.of(track)} if track is not None else set()
            return bool(there) and there.issuperset(kinds)

        return ask

    def one_control(place: int, kind: ControlKind) -> Action[Any, Any]:
        title = f"Control: {CONTROLS[kind].lower()}"
        return action(f"control_{kind}", title, control(kind), f"explain/15/{place}", [], controlled(kind))

    return [
        action("explain_region", "Explain this region", viewer.explain_region, "explain/1/1", ["Ctrl+R"]),
        action("compare", "Compare with...", compare, "explain/1/3", ["Ctrl+Shift+M"]),
        action("live", "Explain while browsing", switch_live, "explain/1/2", ["Ctrl+Shift+L"], lambda: settings.live),
        action("trust_lane", "Trust lane", trust, "explain/15/1", ["T"], has_trust),
        action("mutagenesis", "Mutagenesis", substitutions, "explain/15/1.5", ["X"], has_substitutions),
        action("controls", "Controls", control(*CONTROLS), "explain/15/2", ["C"], controlled()),
        *(one_control(place, kind) for place, kind in enumerate(CONTROLS, 3)),
        action("evaluate", "Evaluate...", lambda: shell.show_panel("evaluate", True), "explain/16/1", ["Ctrl+Alt+E"]),
        *(
            action(key, title, partial(shell.show_panel, key, True), f"explain/17/{place}", keys)
            for place, (key, title, keys) in enumerate(ASSESS)
        ),
        action("cancel", "Cancel all jobs", viewer.jobs.cancel_all, "explain/2/1", ["Escape"]),
    ]
