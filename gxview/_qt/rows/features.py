"""Rows of features from files."""

from __future__ import annotations

from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import State, paint_features, paint_state
from gxview._qt.rows.scene import Scene
from gxview.viewer.tracks import FeatureTrack


def paint_features_row(painter: QPainter, row: Row, track: FeatureTrack, scene: Scene) -> None:
    """Draw the features of a file."""
    block = scene.viewer.data.features(track, scene.camera)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    rect = row.data_rect.adjusted(0, 2, 0, 0)
    paint_features(painter, rect, scene.view, block.features, block.rows, scene.style)
