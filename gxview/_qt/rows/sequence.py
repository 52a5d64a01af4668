"""Rows of the reference."""

from __future__ import annotations

from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import paint_sequence
from gxview._qt.rows.scene import Scene
from gxview.viewer.tracks import SequenceTrack


def paint_sequence_row(painter: QPainter, row: Row, track: SequenceTrack, scene: Scene) -> None:
    """Draw the letters of the reference."""
    paint_sequence(painter, row.data_rect.adjusted(0, 2, 0, -2), scene.view, scene.letters, scene.style)
