"""The smallest and largest values at hand of what shows of a track, by its kind; scales are fitted to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview._qt.painters import BaseValues, BinnedValues, SignalData
from gxview._qt.painters.alignments import coverage_data
from gxview._qt.rows.at_hand import alignments_at_hand, matrix_at_hand
from gxview._qt.rows.scene import Scene
from gxview.viewer.explaining.live import Shown
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.places.camera import View as CameraView
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import (
    AlignmentTrack,
    DifferenceTrack,
    OverlayTrack,
    RelevanceTrack,
    ScoreTrack,
    SignalTrack,
)

Floats: TypeAlias = NDArray[np.float32]
Extremes: TypeAlias = tuple[Floats, Floats]
"""Smallest and largest value of each base or bin; one and the same array where these are single values."""
Reader: TypeAlias = Callable[[Any, Scene, CameraView], Extremes | None]
"""Reads what shows of a track in a view; None when nothing is at hand."""


def as_data(start: int, values: Floats | Bins) -> SignalData:
    """Return relevance or a score as painters take it."""
    if isinstance(values, Bins):
        return BinnedValues(values.edges, values.low, values.high, values.mean)
    return BaseValues(start, values)


def visible(data: SignalData, camera: CameraView) -> Extremes:
    """Return the smallest and largest values of the bases or bins that show."""
    region = camera.region
    if isinstance(data, BaseValues):
        part = data.values[max(0, region.start - data.start) : max(0, region.end - data.start)]
        values = np.asarray(part, np.float32)
        return values, values
    first = max(0, int(np.searchsorted(data.edges, region.start, "right")) - 1)
    last = int(np.searchsorted(data.edges, region.end, "left"))
    return np.asarray(data.low[first:last], np.float32), np.asarray(data.high[first:last], np.float32)


def _signal(track: SignalTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    found = scene.viewer.data.signal(track, camera)
    if found is None:
        return None
    shown = found.visible(camera)
    return (shown.low, shown.high) if shown.is_summary else (shown.mean, shown.mean)


def _explained(track: RelevanceTrack, scene: Scene, camera: CameraView, what: Shown) -> Extremes | None:
    found = scene.viewer.live.values(track, camera, what)
    return visible(as_data(*found), camera) if found is not None else None


def _relevance(track: RelevanceTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    """Return the extremes of the values and, where several models or tilings lie apart, of their spread."""
    found, lower, upper = (_explained(track, scene, camera, what) for what in ("values", "lower", "upper"))
    if found is None or lower is None or upper is None:
        return found
    return np.fmin(found[0], lower[0]), np.fmax(found[1], upper[1])


def _score(track: ScoreTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    owner = scene.viewer.model.tracks.owner(track)
    return _explained(owner, scene, camera, "score") if owner is not None else None


def _depth(track: AlignmentTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    block = alignments_at_hand(track, scene, camera)
    return visible(coverage_data(block.pileup.coverage), camera) if block is not None and block.pileup else None


def _difference(track: DifferenceTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    part = scene.viewer.combiner.difference(track, camera)
    return part.visible(camera) if part is not None else None


def _overlay(track: OverlayTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    parts = [part.visible(camera) for part in scene.viewer.combiner.overlay(track, camera)]
    if not parts:
        return None
    low, high = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return low, high


def _cells(track: HeatmapTrack | MutagenesisTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    found = matrix_at_hand(track, scene, camera)
    if found is None:
        return None
    values = found.within(camera.region).ravel()
    return values, values


def _alleles(track: VariantTrack, scene: Scene, camera: CameraView) -> Extremes | None:
    table = scene.viewer.colouring.table(track, camera)
    if table is None:
        return None
    region = camera.region
    values = table.values[table.within(region.start, region.end)].astype(np.float32)
    return values, values


READERS: dict[str, Reader] = {
    "alignments": _depth,
    "difference": _difference,
    "heatmap": _cells,
    "mutagenesis": _cells,
    "overlay": _overlay,
    "relevance": _relevance,
    "score": _score,
    "variants": _alleles,
    "signal": _signal,
}
"""Reads the extremes of each kind of track that has a scale."""
