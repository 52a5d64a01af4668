"""Rows of explanations, of their scores and their tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import (
    BaseValues,
    RelevanceLook,
    SignalData,
    SignalLook,
    paint_axis,
    paint_relevance,
    paint_signal,
    paint_state,
    paint_tokens,
)
from gxview._qt.painters.shapes import badge, elided
from gxview._qt.rows.extremes import as_data, visible
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.states import explain_state
from gxview.viewer.camera import View as CameraView
from gxview.viewer.relevance_slice import Floats
from gxview.viewer.tracks import RelevanceTrack, ScoreTrack, TokenTrack


def paint_relevance_row(painter: QPainter, row: Row, track: RelevanceTrack, scene: Scene) -> None:
    """Draw an explanation, or why there is none."""
    found = scene.viewer.live.values(track, scene.camera, "values")
    state = scene.viewer.live.state(track, scene.camera)
    data = as_data(*found) if found is not None else None
    if data is not None and _any(data, scene.camera):
        scale = scale_of(track, scene)
        paint_axis(painter, row.axis_rect, scale, scene.style)
        spread = _spread(track, scene) if isinstance(data, BaseValues) else None
        paint_relevance(
            painter, row.value_rect, scene.view, data, scene.strand_letters, scale, scene.style, RelevanceLook(), spread
        )
        if state.kind == "failed":
            room = row.data_rect.width() - 40
            reason = elided(scene.style, f"Failed in part: {state.text}", room, scale=0.85)
            badge(painter, row.data_rect, reason, scene.style, bottom=True, most=1.0)
    else:
        paint_state(painter, row.data_rect, explain_state(state), scene.style)


def paint_score_row(painter: QPainter, row: Row, track: ScoreTrack, scene: Scene) -> None:
    """Draw the probability of an explanation."""
    owner = scene.viewer.model.tracks.owner(track)
    if owner is None:
        return
    found = scene.viewer.live.values(owner, scene.camera, "score")
    if found is not None:
        data = as_data(*found)
        scale = scale_of(track, scene)
        paint_axis(painter, row.axis_rect, scale, scene.style)
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
            painter, row.data_rect.adjusted(0, 2, 0, -2), scene.view, tokens, scene.style, scene.strand_letters
        )


def _spread(track: RelevanceTrack, scene: Scene) -> Floats | None:
    """Return how far the tilings of the window grid lie apart at each base, where there are several."""
    found = scene.viewer.live.slice(track, scene.camera)
    return found.spread if found is not None else None


def _any(data: SignalData, camera: CameraView) -> bool:
    return bool(np.isfinite(visible(data, camera)[0]).any())
