"""Rows of variants from files."""

from __future__ import annotations

import numpy as np
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import BinnedCounts, State, paint_density, paint_state
from gxview._qt.painters.variants import paint_variants
from gxview._qt.rows.at_hand import variants_at_hand
from gxview._qt.rows.scene import Scene
from gxview.viewer.tracks.effect_tracks import VariantTrack


def paint_variants_row(painter: QPainter, row: Row, track: VariantTrack, scene: Scene) -> None:
    """Draw the variants of a file."""
    block = variants_at_hand(track, scene)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    rect = row.data_rect.adjusted(0, 2, 0, 0)
    if block.edges is not None and block.counts is not None:
        first, last = np.searchsorted(block.edges, (scene.camera.region.start, scene.camera.region.end))
        part = slice(max(0, first - 1), last + 1)
        counts = BinnedCounts(block.edges[part], block.counts[part][: len(block.edges[part]) - 1])
        paint_density(painter, rect, scene.view, counts, scene.style, block.rough)
    else:
        paint_variants(painter, rect, scene.view, block.variants, block.rows, scene.style)
