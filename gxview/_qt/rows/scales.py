"""The scale of a row: its own, or that of its group; one for all places that show side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from gxview._qt.painters import Scale
from gxview._qt.rows.extremes import READERS, Extremes, Floats
from gxview._qt.rows.scene import Scene
from gxview.viewer.places.camera import View
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.scale import ScaleOptions

NOTES = {"auto": "", "symmetric": "sym", "percentile": "p", "fixed": "fix", "group": ""}
"""Words beside the axis."""
_NOTHING: Floats = np.empty(0, np.float32)


def scale_of(track: Any, scene: Scene) -> Scale:
    """Return the scale of a track with the field `scale`, fitted to what is at hand in all views of a scene.

    A frame fits each track and each group once: the scene keeps what was found.
    """
    track = scene.viewer.model.tracks.scaled_by(track)
    group = scene.viewer.model.tracks.group(track.group) if track.scale.mode == "group" else None
    if group is not None:
        return group_scale(group, scene)
    if track.id not in scene.fits:
        scene.fits[track.id] = _fit_all(track.scale, [track], scene)
    return scene.fits[track.id]


def group_scale(group: TrackGroup, scene: Scene) -> Scale:
    """Return the one scale of the shown tracks of a group whose own mode is 'group'."""
    if group.id not in scene.fits:
        scale = _fit_all(group.scale, sharing(group, scene), scene)
        scene.fits[group.id] = replace(scale, note=f"grp {scale.note}".strip())
    return scene.fits[group.id]


def axis_place(track: Track, scene: Scene) -> int:
    """Return the number of the place that draws the axis of a row: the first one where values are known."""
    if len(scene.views) > 1:
        for place, view in enumerate(scene.views):
            found = _read(track, scene, view)
            if found is not None and np.isfinite(found[0]).any():
                return place
    return 0


def ends_of(item: Any, scene: Scene) -> tuple[float, float]:
    """Return the ends of the scale of a track or a group."""
    scale = group_scale(item, scene) if isinstance(item, TrackGroup) else scale_of(item, scene)
    return scale.low, scale.high


def sharing(group: TrackGroup, scene: Scene) -> list[Track]:
    """Return the shown tracks that take the scale of their group."""
    tracks = scene.viewer.model.tracks
    return [
        track
        for track in tracks.members(group)
        if isinstance(options := getattr(track, "scale", None), ScaleOptions)
        and options.mode == "group"
        and tracks.is_shown(track)
    ]


def fit(options: ScaleOptions, low: Floats, high: Floats) -> Scale:
    """Return the scale of values that lie between `low` and `high`, as the options say.

    Parameters
    ----------
    options
        Mode 'group' is taken as 'auto': the values are those of the group already.
    low, high
        Smallest and largest value of each base or bin, the same array where these are single values; NaN is missing.
    """
    if options.mode == "fixed":
        return Scale(options.low, options.high, options.log, note(options))
    smallest, largest = _range(options, low, high)
    scale = Scale.fit(smallest, largest, signed=options.mode == "symmetric")
    return replace(scale, log=options.log, note=note(options))


def note(options: ScaleOptions) -> str:
    """Return the word beside the axis: 'fix', 'sym', 'p99', 'log' and what of these goes together."""
    word = NOTES[options.mode]
    if options.mode == "percentile":
        word += f"{options.percent:g}"
    return " ".join(part for part in (word, "log" if options.log else "") if part)


def _range(options: ScaleOptions, low: Floats, high: Floats) -> tuple[float, float]:
    if options.mode != "percentile" and len(low) and len(high):
        ends = float(np.fmin.reduce(low)), float(np.fmax.reduce(high))
        if math.isfinite(ends[0]) and math.isfinite(ends[1]):
            return ends
    single = low is high
    low = low[np.isfinite(low)]
    high = low if single else high[np.isfinite(high)]
    if not len(low) or not len(high):
        return 0.0, 0.0
    smallest, largest = float(low.min()), float(high.max())
    if options.mode != "percentile":
        return smallest, largest
    values = np.abs(low if single else np.concatenate([low, high]))
    values = values[values > 0]
    bound = float(np.percentile(values, options.percent)) if len(values) else 0.0
    return max(smallest, -bound), min(largest, bound)


def _fit_all(options: ScaleOptions, tracks: Iterable[Track], scene: Scene) -> Scale:
    if options.mode == "fixed":
        return fit(options, _NOTHING, _NOTHING)
    parts = [_read(track, scene, view) for track in tracks for view in scene.views or (scene.camera,)]
    return fit(options, *_join([part for part in parts if part is not None]))


def _read(track: Track, scene: Scene, view: View) -> Extremes | None:
    reader = READERS.get(track.kind)
    return reader(track, scene, view) if reader is not None else None


def _join(parts: list[Extremes]) -> Extremes:
    if len(parts) < 2:
        return parts[0] if parts else (_NOTHING, _NOTHING)
    low = np.concatenate([part[0] for part in parts])
    single = all(part[0] is part[1] for part in parts)
    return low, low if single else np.concatenate([part[1] for part in parts])
