"""Draws one row of the picture: takes what is at hand of a track's data and calls the painter of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.rows.alignments import paint_alignments_row
from gxview._qt.rows.difference import paint_difference_row
from gxview._qt.rows.features import paint_features_row
from gxview._qt.rows.groups import group_side, paint_group_row
from gxview._qt.rows.header import details, paint_head, title
from gxview._qt.rows.heatmap import paint_heatmap_row
from gxview._qt.rows.overlay import paint_overlay_row
from gxview._qt.rows.relevance import paint_relevance_row, paint_score_row, paint_tokens_row
from gxview._qt.rows.scales import axis_place, scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.sequence import paint_sequence_row
from gxview._qt.rows.signal import paint_signal_row
from gxview._qt.rows.variants import paint_variants_row

__all__ = [
    "Scene",
    "axis_place",
    "details",
    "group_side",
    "paint_data",
    "paint_group_row",
    "paint_head",
    "paint_row",
    "scale_of",
    "title",
]

RowPainter: TypeAlias = Callable[[QPainter, Row, Any, Scene], None]
PAINTERS: dict[str, RowPainter] = {
    "alignments": paint_alignments_row,
    "difference": paint_difference_row,
    "features": paint_features_row,
    "heatmap": paint_heatmap_row,
    "mutagenesis": paint_heatmap_row,
    "overlay": paint_overlay_row,
    "relevance": paint_relevance_row,
    "score": paint_score_row,
    "sequence": paint_sequence_row,
    "signal": paint_signal_row,
    "tokens": paint_tokens_row,
    "variants": paint_variants_row,
}
"""Draws the data of each kind of track."""


def paint_row(painter: QPainter, row: Row, scene: Scene, selected: bool) -> None:
    """Draw the header and the data of a row."""
    paint_head(painter, row, scene, selected)
    paint_data(painter, row, scene)


def paint_data(painter: QPainter, row: Row, scene: Scene) -> None:
    """Draw the data of a row, and its axis."""
    paint = PAINTERS.get(row.track.kind)
    if paint is not None:
        paint(painter, row, row.track, scene)
