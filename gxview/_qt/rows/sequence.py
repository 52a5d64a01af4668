"""Rows of the reference: letters, reading frames, GC content."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import paint_axis, paint_gc, paint_sequence, paint_translation
from gxview._qt.painters.gc_curve import gc_scale
from gxview._qt.painters.sequence import BLOCKS_FROM
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.signal import signal_data
from gxview.viewer.blocks import shows_gc
from gxview.viewer.tracks import SequenceTrack


def paint_sequence_row(painter: QPainter, row: Row, track: SequenceTrack, scene: Scene) -> None:
    """Draw the letters of the reference and the reading frames, or the GC content where they have no room."""
    rect, frames = _parts(row, track)
    if track.gc and scene.view.pixels_per_base < BLOCKS_FROM and shows_gc(scene.camera):
        _paint_gc(painter, row, rect, track, scene)
    else:
        paint_sequence(painter, rect.adjusted(0, 2, 0, -2), scene.view, scene.letters, scene.style, track.reverse)
    if track.translation:
        paint_translation(painter, frames, scene.view, scene.letters, scene.style, track.reverse)


def _parts(row: Row, track: SequenceTrack) -> tuple[QRectF, QRectF]:
    """Return where letters and reading frames stand."""
    data = row.data_rect
    frames = row.height - track.height
    return data.adjusted(0, 0, 0, -frames), QRectF(data.left(), data.bottom() - frames, data.width(), frames - 1)


def _paint_gc(painter: QPainter, row: Row, rect: QRectF, track: SequenceTrack, scene: Scene) -> None:
    found = scene.viewer.data.signal(track, scene.camera)
    if found is None:
        return
    shown = found.visible(scene.camera)
    scale = gc_scale(float(np.fmin.reduce(shown.mean)), float(np.fmax.reduce(shown.mean)))
    inner = rect.adjusted(0, 2, 0, -2)
    paint_axis(
        painter, QRectF(row.axis_rect.left(), inner.top(), row.axis_rect.width(), inner.height()), scale, scene.style
    )
    paint_gc(painter, inner, scene.view, signal_data(shown), scale, scene.style)
