"""Rows of several signals or explanations over each other."""

from __future__ import annotations

from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import Layer, paint_overlay, paint_state
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.extremes import as_data
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.states import state_of
from gxview.viewer.tracks.kinds import OverlayTrack, RelevanceTrack, SignalTrack, Track


def paint_overlay_row(painter: QPainter, row: Row, track: OverlayTrack, scene: Scene) -> None:
    """Draw the first track filled, the others as outlines over it."""
    parts = scene.viewer.combiner.overlay(track, scene.camera)
    if not parts:
        paint_state(painter, row.data_rect, state_of(track, scene), scene.style)
        return
    scale = scale_of(track, scene)
    colors = {member.id: color for member, color in member_colors(track, scene)}
    layers = [
        Layer(as_data(part.start, part.values), colors[part.track.id], _is_lettered(part.track)) for part in parts
    ]
    paint_row_axis(painter, row.axis_rect, scale, scene.style)
    paint_overlay(painter, row.value_rect, scene.view, layers, scene.strand_letters, scale, scene.style)


def member_colors(track: OverlayTrack, scene: Scene) -> list[tuple[Track, str]]:
    """Return the tracks of an overlay and the colour of each: its own, unless one before has the same."""
    theme = scene.style.theme
    free = [theme.signal, theme.text, theme.accent, theme.warning, theme.signal_negative, theme.forward, theme.reverse]
    found: list[tuple[Track, str]] = []
    for track_id in track.of:
        member = scene.viewer.model.tracks.get(track_id)
        if member is None:
            continue
        used = {color for _, color in found}
        own = getattr(member, "color", None)
        color = own if own and own not in used else next((one for one in free if one not in used), theme.muted)
        found.append((member, color))
    return found


def _is_lettered(track: Track) -> bool:
    return isinstance(track, RelevanceTrack) or (isinstance(track, SignalTrack) and track.style == "letters")
