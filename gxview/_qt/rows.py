"""Draws one row of the picture: takes what is at hand of a track's data and calls the painter of its kind."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.layout import Row
from gxview._qt.painters import (
    HEADER_HEIGHT,
    BaseValues,
    BinnedValues,
    Letters,
    Scale,
    SignalData,
    State,
    Style,
    View,
    paint_axis,
    paint_features,
    paint_header,
    paint_relevance,
    paint_sequence,
    paint_signal,
    paint_state,
    paint_tokens,
)
from gxview.viewer.camera import View as CameraView
from gxview.viewer.live import ExplainState
from gxview.viewer.relevance_slice import Bins
from gxview.viewer.signal_tiles import SignalSlice
from gxview.viewer.tracks import FeatureTrack, RelevanceTrack, ScaleOptions, ScoreTrack, SignalTrack, TokenTrack, Track
from gxview.viewer.viewer import Viewer

DETAIL_HEIGHT = 14.0
Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a row needs to be drawn: the viewer, what the camera sees, the style."""

    viewer: Viewer
    camera: CameraView
    style: Style

    @property
    def view(self) -> View:
        """The camera's view as painters know it."""
        c = self.camera
        return View(c.chrom, c.origin, c.offset, c.bases_per_pixel, c.width)

    @property
    def letters(self) -> Letters | None:
        """The letters of the reference at hand."""
        block = self.viewer.data.letters(self.camera)
        return Letters(block.region.start, block.text) if block is not None else None


def paint_row(painter: QPainter, row: Row, scene: Scene, selected: bool) -> None:
    """Draw the header and the data of a row."""
    track, style = row.track, scene.style
    name = row.name_rect
    if row.height < 2 * HEADER_HEIGHT:
        name = QRectF(name.left(), row.top + (row.height - HEADER_HEIGHT) / 2, name.width(), HEADER_HEIGHT)
    paint_header(painter, name, title(track, scene), style, selected=selected)
    _details(painter, row, details(track, scene), style)
    if isinstance(track, SignalTrack):
        _signal(painter, row, track, scene)
    elif isinstance(track, FeatureTrack):
        _features(painter, row, track, scene)
    elif isinstance(track, RelevanceTrack):
        _relevance(painter, row, track, scene)
    elif isinstance(track, ScoreTrack | TokenTrack):
        _part(painter, row, track, scene)
    else:
        rect = row.data_rect
        paint_sequence(painter, rect.adjusted(0, 2, 0, -2), scene.view, scene.letters, style)


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


def _signal(painter: QPainter, row: Row, track: SignalTrack, scene: Scene) -> None:
    found = scene.viewer.data.signal(track, scene.camera)
    failure = scene.viewer.data.failure(track)
    if found is None:
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    shown = found.visible(scene.camera)
    scale = fit(track.scale, shown.low, shown.high)
    paint_axis(painter, row.axis_rect, scale, scene.style)
    paint_signal(painter, row.value_rect, scene.view, _signal_data(shown), scale, scene.style, track.color)


def _signal_data(part: SignalSlice) -> SignalData:
    if not part.is_summary:
        return BaseValues(part.start, part.mean)
    edges = part.start + part.step * np.arange(len(part.mean) + 1, dtype=np.int64)
    return BinnedValues(edges, part.low, part.high, part.mean)


def _features(painter: QPainter, row: Row, track: FeatureTrack, scene: Scene) -> None:
    block = scene.viewer.data.features(track, scene.camera)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    rect = row.data_rect.adjusted(0, 2, 0, 0)
    paint_features(painter, rect, scene.view, block.features, block.rows, scene.style)


def _relevance(painter: QPainter, row: Row, track: RelevanceTrack, scene: Scene) -> None:
    found = scene.viewer.live.values(track, scene.camera, "values")
    state = scene.viewer.live.state(track)
    data = _data(*found) if found is not None else None
    if data is not None and _any(data, scene.camera):
        scale = fit(track.scale, *visible(data, scene.camera))
        paint_axis(painter, row.axis_rect, scale, scene.style)
        paint_relevance(painter, row.value_rect, scene.view, data, scene.letters, scale, scene.style)
    else:
        paint_state(painter, row.data_rect, _as_state(state), scene.style)


def _part(painter: QPainter, row: Row, track: ScoreTrack | TokenTrack, scene: Scene) -> None:
    owner = scene.viewer.model.tracks.owner(track)
    if isinstance(track, ScoreTrack) and owner is not None:
        _score(painter, row, track, owner, scene)
    elif owner is not None:
        _tokens(painter, row, owner, scene)


def _score(painter: QPainter, row: Row, track: ScoreTrack, owner: RelevanceTrack, scene: Scene) -> None:
    found = scene.viewer.live.values(owner, scene.camera, "score")
    if found is not None:
        data = _data(*found)
        scale = fit(track.scale, *visible(data, scene.camera))
        paint_axis(painter, row.axis_rect, scale, scene.style)
        paint_signal(painter, row.value_rect, scene.view, data, scale, scene.style, track.color)


def _tokens(painter: QPainter, row: Row, owner: RelevanceTrack, scene: Scene) -> None:
    found = scene.viewer.live.slice(owner, scene.camera)
    if found is not None:
        shown = scene.camera.region
        first = bisect_right(found.tokens, shown.start, key=lambda token: token.end)
        tokens = found.tokens[first : bisect_left(found.tokens, shown.end, key=lambda token: token.start)]
        paint_tokens(painter, row.data_rect.adjusted(0, 2, 0, -2), scene.view, tokens, scene.style, scene.letters)


def _as_state(state: ExplainState) -> State:
    if state.kind == "done":
        return State("empty", "No window of the model fits here")
    text = "Explaining" if state.kind == "running" and not state.text else state.text
    return State(state.kind, text, state.done, state.total)


def _data(start: int, values: Floats | Bins) -> SignalData:
    if isinstance(values, Bins):
        return BinnedValues(values.edges, values.low, values.high, values.mean)
    return BaseValues(start, values)


def visible(data: SignalData, camera: CameraView) -> tuple[Floats, Floats]:
    """Return the smallest and largest values of the bases or bins that show."""
    region = camera.region
    if isinstance(data, BaseValues):
        part = data.values[max(0, region.start - data.start) : max(0, region.end - data.start)]
        return np.asarray(part, np.float32), np.asarray(part, np.float32)
    first = max(0, int(np.searchsorted(data.edges, region.start, "right")) - 1)
    last = int(np.searchsorted(data.edges, region.end, "left"))
    return np.asarray(data.low[first:last], np.float32), np.asarray(data.high[first:last], np.float32)


def _any(data: SignalData, camera: CameraView) -> bool:
    return bool(np.isfinite(visible(data, camera)[0]).any())


def fit(options: ScaleOptions, low: Floats, high: Floats) -> Scale:
    """Return the scale of values that lie between `low` and `high`, as the options say."""
    if options.mode == "fixed":
        return Scale(options.low, options.high)
    finite_low, finite_high = low[np.isfinite(low)], high[np.isfinite(high)]
    smallest = float(finite_low.min()) if len(finite_low) else 0.0
    largest = float(finite_high.max()) if len(finite_high) else 0.0
    return Scale.fit(smallest, largest, signed=options.mode == "symmetric")
