"""Rows of features from files."""

from __future__ import annotations

from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import (
    FEATURE_ROW_HEIGHT,
    BinnedCounts,
    FeatureLook,
    State,
    paint_density,
    paint_features,
    paint_state,
)
from gxview._qt.rows.scene import Scene
from gxview.viewer.tracks.kinds import FeatureTrack


def paint_features_row(painter: QPainter, row: Row, track: FeatureTrack, scene: Scene) -> None:
    """Draw the features of a file, or how many there are where they are too many to tell apart."""
    block = scene.viewer.data.features(track, scene.camera)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    rect = row.data_rect.adjusted(0, 2, 0, 0)
    if block.counts is not None:
        counts = BinnedCounts(block.counts.edges, block.counts.forward, block.counts.reverse)
        paint_density(painter, rect, scene.view, counts, scene.style)
    else:
        height = FEATURE_ROW_HEIGHT if track.mode == "expanded" else None
        look = FeatureLook(height, track.color, track.labels)
        paint_features(painter, rect, scene.view, block.features, block.rows, scene.style, look)
