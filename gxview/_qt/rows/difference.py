"""Rows of one signal or explanation minus another."""

from __future__ import annotations

from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import RelevanceLook, SignalLook, paint_relevance, paint_signal, paint_state
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.extremes import as_data
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.states import state_of
from gxview.viewer.tracks.kinds import DifferenceTrack, RelevanceTrack


def paint_difference_row(painter: QPainter, row: Row, track: DifferenceTrack, scene: Scene) -> None:
    """Draw a difference: of two explanations as letters where bases are wide enough, of anything else as bars."""
    part = scene.viewer.combiner.difference(track, scene.camera)
    if part is None:
        paint_state(painter, row.data_rect, state_of(track, scene), scene.style)
        return
    scale, data = scale_of(track, scene), as_data(part.start, part.values)
    rect, view, style, theme = row.value_rect, scene.view, scene.style, scene.style.theme
    paint_row_axis(painter, row.axis_rect, scale, style)
    members = [scene.viewer.model.tracks.get(track_id) for track_id in (track.first, track.second)]
    if all(isinstance(member, RelevanceTrack) for member in members):
        edited = any(isinstance(member, RelevanceTrack) and member.options.edited for member in members)
        letters = scene.letters_of(edited)
        paint_relevance(painter, rect, view, data, letters, scale, style, RelevanceLook(note=part.note))
    else:
        look = SignalLook(theme.positive, theme.negative, note=part.note)
        paint_signal(painter, rect, view, data, scale, style, look)
