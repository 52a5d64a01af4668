"""Rows of signals from files."""

from __future__ import annotations

import numpy as np
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import (
    BaseValues,
    BinnedValues,
    RelevanceLook,
    SignalData,
    SignalLook,
    State,
    paint_relevance,
    paint_signal,
    paint_state,
)
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview.viewer.data.signal_tiles import SignalSlice
from gxview.viewer.tracks.kinds import SignalTrack


def paint_signal_row(painter: QPainter, row: Row, track: SignalTrack, scene: Scene) -> None:
    """Draw the values of a file."""
    found = scene.viewer.data.signal(track, scene.camera)
    failure = scene.viewer.data.failure(track)
    if found is None:
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    data, scale = signal_data(found.visible(scene.camera)), scale_of(track, scene)
    rect, view, style = row.value_rect, scene.view, scene.style
    paint_row_axis(painter, row.axis_rect, scale, style)
    if track.style == "letters":
        look = RelevanceLook(track.color, track.negative_color)
        paint_relevance(painter, rect, view, data, scene.strand_letters, scale, style, look)
    else:
        paint_signal(
            painter, rect, view, data, scale, style, SignalLook(track.color, track.negative_color, track.style)
        )


def signal_data(part: SignalSlice) -> SignalData:
    """Return a piece of a signal as painters take it."""
    if not part.is_summary:
        return BaseValues(part.start, part.mean)
    edges = part.start + part.step * np.arange(len(part.mean) + 1, dtype=np.int64)
    return BinnedValues(edges, part.low, part.high, part.mean)
