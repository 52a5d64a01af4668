"""Rows of explanations, of their scores and their tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import (
    BaseValues,
    BinnedValues,
    Letters,
    RelevanceLook,
    SignalData,
    SignalLook,
    paint_relevance,
    paint_signal,
    paint_state,
    paint_tokens,
)
from gxview._qt.painters.base import Floats as PainterFloats
from gxview._qt.painters.edits import paint_insertions
from gxview._qt.painters.shapes import badge, elided
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.extremes import as_data, visible
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.states import explain_state
from gxview._qt.rows.trust import explained_part, paint_lane
from gxview.viewer.places.camera import View as CameraView
from gxview.viewer.tracks.kinds import RelevanceTrack, ScoreTrack, TokenTrack

GHOST = 0.45
"""Strength of the colours of a control."""


def paint_relevance_row(painter: QPainter, row: Row, track: RelevanceTrack, scene: Scene) -> None:
    """Draw an explanation, or why there is none, and its trust lane."""
    if track.trust:
        paint_lane(painter, row, track, scene)
    row = explained_part(row)
    found = scene.viewer.live.values(track, scene.camera, "values")
    state = scene.viewer.live.state(track, scene.camera)
    data = _as_wide_as_view(as_data(*found), scene.camera) if found is not None else None
    if data is not None and _any(data, scene.camera):
        scale = scale_of(track, scene)
        paint_row_axis(painter, row.axis_rect, scale, scene.style)
        look, letters = RelevanceLook(strength=GHOST if track.control else 1.0), _letters(track, scene)
        ends = _ends(track, scene)
        paint_relevance(painter, row.value_rect, scene.view, data, letters, scale, scene.style, look, ends)
        if track.options.edited:
            paint_insertions(painter, row.data_rect, scene.view, scene.edits, scene.style)
        if state.kind == "failed":
            room = row.data_rect.width() - 40
            reason = elided(scene.style, f"Failed in part: {state.text}", room, scale=0.85)
            badge(painter, row.data_rect, reason, scene.style, bottom=True, most=1.0)
    else:
        paint_state(painter, row.data_rect, explain_state(state), scene.style)


def _letters(track: RelevanceTrack, scene: Scene) -> Letters | None:
    """Return the letters under the values; None where others were explained than those of the reference."""
    return scene.letters_of(track.options.edited) if track.options.letters is None else None


def paint_score_row(painter: QPainter, row: Row, track: ScoreTrack, scene: Scene) -> None:
    """Draw the probability of an explanation."""
    owner = scene.viewer.model.tracks.owner(track)
    if owner is None:
        return
    found = scene.viewer.live.values(owner, scene.camera, "score")
    if found is not None:
        data = _as_wide_as_view(as_data(*found), scene.camera)
        scale = scale_of(track, scene)
        paint_row_axis(painter, row.axis_rect, scale, scene.style)
        look = SignalLook(track.color, apart=False)
        paint_signal(painter, row.value_rect, scene.view, data, scale, scene.style, look)


def paint_tokens_row(painter: QPainter, row: Row, track: TokenTrack, scene: Scene) -> None:
    """Draw the tokens of an explanation."""
    owner = scene.viewer.model.tracks.owner(track)
    if owner is None:
        return
    found = scene.viewer.live.slice(owner, scene.camera)
    if found is not None:
        shown = scene.camera.region
        first = bisect_right(found.tokens, shown.start, key=lambda token: token.end)
        tokens = found.tokens[first : bisect_left(found.tokens, shown.end, key=lambda token: token.start)]
        paint_tokens(
            painter, row.data_rect.adjusted(0, 2, 0, -2), scene.view, tokens, scene.style, _letters(owner, scene)
        )


def _ends(track: RelevanceTrack, scene: Scene) -> tuple[SignalData, SignalData] | None:
    """Return the lower and the upper end of what several models or tilings say, where there are several."""
    lower, upper = (scene.viewer.live.values(track, scene.camera, side) for side in ("lower", "upper"))
    return None if lower is None or upper is None else (as_data(*lower), as_data(*upper))


def _as_wide_as_view(data: SignalData, camera: CameraView) -> SignalData:
    """Return data with missing values on both sides as far as the view reaches: nothing is known there."""
    region = camera.region
    if isinstance(data, BaseValues):
        before = max(0, data.start - region.start)
        after = max(0, region.end - data.start - len(data.values))
        return BaseValues(data.start - before, _padded(data.values, before, after))
    sides = int(region.start < data.edges[0]), int(data.edges[-1] < region.end)
    edges = np.concatenate([[region.start] * sides[0], data.edges, [region.end] * sides[1]]).astype(np.int64)
    return BinnedValues(edges, *(_padded(part, *sides) for part in (data.low, data.high, data.mean)))


def _padded(values: PainterFloats, before: int, after: int) -> PainterFloats:
    if not before and not after:
        return values
    return np.concatenate([np.full(before, np.nan, values.dtype), values, np.full(after, np.nan, values.dtype)])


def _any(data: SignalData, camera: CameraView) -> bool:
    return bool(np.isfinite(visible(data, camera)[0]).any())
