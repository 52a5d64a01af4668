"""Draws one row of the picture: takes what is at hand of a track's data and calls the painter of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import HEADER_HEIGHT, Style, paint_header
from gxview._qt.rows.alignments import paint_alignments_row
from gxview._qt.rows.features import paint_features_row
from gxview._qt.rows.groups import paint_group_row, paint_member_mark
from gxview._qt.rows.relevance import paint_relevance_row, paint_score_row, paint_tokens_row
from gxview._qt.rows.scales import fit, scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.sequence import paint_sequence_row
from gxview._qt.rows.signal import paint_signal_row
from gxview._qt.rows.variants import paint_variants_row
from gxview.viewer.live import ExplainState
from gxview.viewer.tracks import RelevanceTrack, ScoreTrack, Track

__all__ = ["Scene", "details", "fit", "paint_data", "paint_group_row", "paint_head", "paint_row", "scale_of", "title"]

DETAIL_HEIGHT = 14.0

RowPainter: TypeAlias = Callable[[QPainter, Row, Any, Scene], None]
PAINTERS: dict[str, RowPainter] = {
    "alignments": paint_alignments_row,
    "features": paint_features_row,
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


def paint_head(painter: QPainter, row: Row, scene: Scene, selected: bool) -> None:
    """Draw the header of a row: the name and what stands below it."""
    name = row.name_rect
    if row.track.group:
        paint_member_mark(painter, QRectF(0, row.top, row.width, row.height), scene.style)
    if row.height < 2 * HEADER_HEIGHT:
        name = QRectF(name.left(), row.top + (row.height - HEADER_HEIGHT) / 2, name.width(), HEADER_HEIGHT)
    paint_header(painter, name, title(row.track, scene), scene.style, selected=selected)
    _details(painter, row, details(row.track, scene), scene.style)


def paint_data(painter: QPainter, row: Row, scene: Scene) -> None:
    """Draw the data of a row, and its axis."""
    paint = PAINTERS.get(row.track.kind)
    if paint is not None:
        paint(painter, row, row.track, scene)


def title(track: Track, scene: Scene) -> str:
    """Return the first line of a header; that of a score leaves the model to the second line."""
    owner = scene.viewer.model.tracks.owner(track)
    if isinstance(track, ScoreTrack) and owner is not None:
        return track.name.removeprefix(owner.name).strip().capitalize() or track.name
    return track.name


def details(track: Track, scene: Scene) -> list[str]:
    """Return what stands below the name of a track."""
    explanations = scene.viewer.explanations
    if isinstance(track, RelevanceTrack):
        return [*explanations.describe(track), _progress(scene.viewer.live.state(track))]
    if isinstance(track, ScoreTrack) and (owner := scene.viewer.model.tracks.owner(track)) is not None:
        target = explanations.target_name(owner)
        return [owner.name, f"P({target})" if target else ""]
    return []


def _details(painter: QPainter, row: Row, lines: list[str], style: Style) -> None:
    name = row.name_rect
    for place, line in enumerate(line for line in lines if line):
        top = HEADER_HEIGHT - 3 + place * DETAIL_HEIGHT
        if top + DETAIL_HEIGHT <= row.height:
            # a header without a name leaves 16 pixels before the detail, a name has 8
            rect = QRectF(name.left() - 8, name.top() + top, name.width() + 8, HEADER_HEIGHT)
            paint_header(painter, rect, "", style, line)


def _progress(state: ExplainState) -> str:
    if state.kind == "failed":
        return "failed in part" if state.done else ""
    return f"{state.done} of {state.total} explained" if state.is_busy and state.done else ""
