"""Actions of the menu Tracks; they act upon all selected tracks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app_model.types import Action

from gxview.errors import GxviewError
from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.combined_tracks import difference, overlay
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.tracklist import TrackList
from gxview.viewer.viewer import Viewer


def tracks_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Tracks."""
    tracks = viewer.model.tracks

    def chosen(act: Callable[[list[Track]], object]) -> Callable[[], None]:
        def run() -> None:
            if tracks.selection:
                act(list(tracks.selection))
            else:
                viewer.notices.info("Select a track first.")

        return run

    def solo() -> None:
        arrange.toggle_solo(tracks, tracks.selection)

    def copy(some: list[Track]) -> None:
        arrange.duplicate(tracks, viewer.data, some)

    def free(some: list[Track]) -> None:
        arrange.ungroup(tracks, some)

    def combine(make: Callable[[TrackList, list[Track]], Track]) -> Callable[[list[Track]], None]:
        def run(some: list[Track]) -> None:
            try:
                tracks.selected = make(tracks, some)
            except GxviewError as error:
                viewer.notices.warning(str(error))

        return run

    def color(some: list[Track]) -> None:
        _color(some, shell)

    return [
        action("track_info", "Information...", shell.show_info, "tracks/1/1", ["Ctrl+I"]),
        action("rename_track", "Rename", chosen(lambda _some: shell.rename_track()), "tracks/1/2", ["F2"]),
        action("color_tracks", "Colour...", chosen(color), "tracks/1/3"),
        action("duplicate_tracks", "Duplicate", chosen(copy), "tracks/2/1", ["Ctrl+D"]),
        action(
            "group_tracks", "Group", chosen(lambda some: arrange.group(tracks, some)), "tracks/2/2", ["Ctrl+Shift+G"]
        ),
        action("ungroup_tracks", "Ungroup", chosen(free), "tracks/2/3", ["Ctrl+Shift+U"]),
        action(
            "scale_tracks",
            "Scale together",
            chosen(lambda some: arrange.scale_together(tracks, some)),
            "tracks/2/4",
            ["Ctrl+Alt+G"],
        ),
        action(
            "tracks_to_top",
            "Move to top",
            chosen(lambda some: arrange.move_to_top(tracks, some)),
            "tracks/2/5",
            ["Ctrl+Shift+Up"],
        ),
        action("overlay_tracks", "Overlay", chosen(combine(overlay)), "tracks/2/5", ["Ctrl+Alt+L"]),
        action("subtract_tracks", "Difference", chosen(combine(difference)), "tracks/2/6", ["Ctrl+Alt+D"]),
        action("solo_tracks", "Solo", solo, "tracks/3/1", ["Alt+S"], lambda: bool(tracks.solo)),
        action("hide_track", "Hide", chosen(lambda some: arrange.hide(tracks, some)), "tracks/3/2", ["Ctrl+H"]),
        action("show_tracks", "Show all", lambda: arrange.show_all(tracks), "tracks/3/3", ["Ctrl+Shift+H"]),
        action("select_tracks", "Select all", lambda: _select_all(viewer), "tracks/4/1"),
        action("remove_track", "Remove", chosen(lambda some: _remove(viewer, some)), "tracks/4/2", ["Delete"]),
    ]


def _color(some: list[Track], shell: Shell) -> None:
    able = [track for track in some if "color" in type(track).model_fields]
    if able and (found := shell.ask_color(getattr(able[-1], "color", None))) is not None:
        for track in able:
            setattr(track, "color", found)  # noqa: B010  # not all kinds of tracks have one


def _select_all(viewer: Viewer) -> None:
    viewer.model.tracks.selection = tuple(viewer.model.tracks)


def _remove(viewer: Viewer, some: list[Track]) -> None:
    tracks = viewer.model.tracks
    place = tracks.index(some[0])
    with tracks.together():
        tracks.selection = ()
        for track in some:
            if track in tracks:
                viewer.remove(track)
    if len(tracks):
        tracks.selected = tracks[min(place, len(tracks) - 1)]
