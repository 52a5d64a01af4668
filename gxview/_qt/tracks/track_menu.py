"""The menu of the selected tracks, in the list and on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QMenu, QWidget

from gxview.viewer.tracks.tracklist import TrackList

Keys: TypeAlias = Callable[[str], Sequence[str]]
"""Returns the keys of an action."""

LINES = (
    ("Rename", "rename_track"),
    ("Colour...", "color_tracks"),
    ("Information...", "track_info"),
    ("", ""),
    ("Duplicate", "duplicate_tracks"),
    ("Group", "group_tracks"),
    ("Ungroup", "ungroup_tracks"),
    ("Scale together", "scale_tracks"),
    ("Move to top", "tracks_to_top"),
    ("", ""),
    ("Solo", "solo_tracks"),
    ("Hide", "hide_track"),
    ("Remove", "remove_track"),
)
"""Titles and actions of the table; an empty pair is a line between them."""


def track_menu(tracks: TrackList, run: Callable[[str], None], keys: Keys, parent: QWidget) -> QMenu:
    """Return the menu of the selected tracks with the keys of its actions; it is gone once it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for title, command in LINES:
        if not title:
            menu.addSeparator()
            continue
        action = menu.addAction(title, lambda command=command: run(command))
        action.setShortcuts([QKeySequence(key) for key in keys(command)])
        # the key belongs to the action of the main menu
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.setEnabled(_is_possible(command, tracks))
        if command == "solo_tracks":
            action.setCheckable(True)
            action.setChecked(bool(tracks.solo) and tracks.solo == {track.id for track in tracks.selection})
    return menu


def open_track_menu(tracks: TrackList, run: Callable[[str], None], keys: Keys, parent: QWidget, where: QPoint) -> None:
    """Show the menu of the selected tracks at a place on the screen."""
    track_menu(tracks, run, keys, parent).popup(where)


def _is_possible(command: str, tracks: TrackList) -> bool:
    if command == "color_tracks":
        return any("color" in type(track).model_fields for track in tracks.selection)
    if command == "scale_tracks":
        return any("scale" in type(track).model_fields for track in tracks.selection)
    if command == "ungroup_tracks":
        return any(track.group for track in tracks.selection)
    return bool(tracks.selection)
