"""Rows of the reference: letters, reading frames, GC content."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import Scale, State, paint_gc, paint_sequence, paint_state, paint_translation
from gxview._qt.painters.edits import paint_changed, paint_insertions
from gxview._qt.painters.gc_curve import gc_scale
from gxview._qt.painters.sequence import BLOCKS_FROM
from gxview._qt.painters.ticks import span_label
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.signal import signal_data
from gxview.viewer.data.blocks import LETTERS_BASES_PER_PIXEL, shows_gc
from gxview.viewer.tracks.kinds import SequenceTrack


def paint_sequence_row(painter: QPainter, row: Row, track: SequenceTrack, scene: Scene) -> None:
    """Draw the letters of the reference and the reading frames, or the GC content where they have no room."""
    rect, frames = _parts(row, track)
    letters = scene.edited_letters if track.edited else scene.letters
    if track.gc and scene.view.pixels_per_base < BLOCKS_FROM and shows_gc(scene.camera):
        _paint_gc(painter, row, rect, track, scene)
    else:
        paint_sequence(painter, rect.adjusted(0, 2, 0, -2), scene.view, letters, scene.style, track.reverse)
        if track.edited and scene.view.pixels_per_base >= BLOCKS_FROM:
            paint_changed(painter, rect, scene.view, scene.edits, scene.style)
            paint_insertions(painter, rect, scene.view, scene.edits, scene.style)
    if not track.translation:
        return
    if track.edited and any(edit.shift for edit in scene.edits):
        paint_state(painter, frames, State("empty", "No reading frames across insertions and deletions"), scene.style)
    elif scene.view.bases_per_pixel <= LETTERS_BASES_PER_PIXEL:
        paint_translation(painter, frames, scene.view, letters, scene.style, track.reverse)
    else:
        span = span_label(scene.view.width * LETTERS_BASES_PER_PIXEL // 1000 * 1000)
        paint_state(painter, frames, State("empty", f"Zoom in below {span} to see the reading frames"), scene.style)


def _parts(row: Row, track: SequenceTrack) -> tuple[QRectF, QRectF]:
    """Return where letters and reading frames stand."""
    data = row.data_rect
    frames = row.height - track.height
    return data.adjusted(0, 0, 0, -frames), QRectF(data.left(), data.bottom() - frames, data.width(), frames - 1)


def _paint_gc(painter: QPainter, row: Row, rect: QRectF, track: SequenceTrack, scene: Scene) -> None:
    found = scene.viewer.data.signal(track, scene.camera)
    if found is None:
        return
    scale, inner, axis = _gc_scale(track, scene), rect.adjusted(0, 2, 0, -2), row.axis_rect
    paint_row_axis(painter, QRectF(axis.left(), inner.top(), axis.width(), inner.height()), scale, scene.style)
    paint_gc(painter, inner, scene.view, signal_data(found.visible(scene.camera)), scale, scene.style)


def _gc_scale(track: SequenceTrack, scene: Scene) -> Scale:
    """Return the scale that fits all places that show side by side."""
    at_hand = [(scene.viewer.data.signal(track, view), view) for view in scene.views or (scene.camera,)]
    shares = np.concatenate([found.visible(view).mean for found, view in at_hand if found is not None])
    low, high = (float(end(shares, initial=np.nan)) for end in (np.fmin.reduce, np.fmax.reduce))
    return gc_scale(low, high)
