"""Rows of the effects of all substitutions, live or from a file."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import Letters, Scale, State, paint_state
from gxview._qt.painters.heatmap import Cells, around_zero, paint_heat_axis, paint_heatmap, row_at
from gxview._qt.painters.kept import paint_kept
from gxview._qt.painters.shapes import badge, elided
from gxview._qt.rows.at_hand import matrix_at_hand
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview._qt.rows.states import explain_state
from gxview.viewer.data.effect_matrix import ROWS
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack

NOT_HERE = "The file has no effects here"


def paint_heatmap_row(painter: QPainter, row: Row, track: MutagenesisTrack | HeatmapTrack, scene: Scene) -> None:
    """Draw the cells, or say why there are none."""
    found, state = matrix_at_hand(track, scene), _state(track, scene)
    if found is None or not np.isfinite(found.within(scene.camera.region)).any():
        paint_state(painter, row.data_rect, state, scene.style)
        return
    scale, style = heat_scale(track, scene), scene.style
    _paint_axis(painter, row.axis_rect, scale, scene)
    cells = Cells(found.edges, found.values)
    paint_heatmap(painter, row.value_rect, scene.view, cells, _letters(track, scene), scale, style)
    if state.kind == "failed":
        reason = elided(style, f"Failed in part: {state.text}", row.data_rect.width() - 40, scale=0.85)
        badge(painter, row.data_rect, reason, style, bottom=True, most=1.0)


def heat_scale(track: MutagenesisTrack | HeatmapTrack, scene: Scene) -> Scale:
    """Return the scale of the colours, as wide below zero as above."""
    return around_zero(scale_of(track, scene))


def describe_effects(
    scene: Scene, track: MutagenesisTrack | HeatmapTrack, base: int, row: Row | None, y: float
) -> tuple[str, str]:
    """Say what the substitution under the pointer does, and in the longer text what all of that base do."""
    found = matrix_at_hand(track, scene)
    cell = found.at(base) if found is not None else None
    if cell is None:
        return "", ""
    start, end, effects = cell
    place = row_at(row.value_rect, y) if row is not None else None
    if end - start > 1:
        return _strongest(scene, start, end, effects, place), ""
    there = _letter(_letters(track, scene), base)
    if there not in ROWS or not np.isfinite(effects).any():
        return f"{track.name}: no value", ""
    lines = [f"{there}>{other} {_signed(effects[k])}" for k, other in enumerate(ROWS) if other != there]
    unit = unit_of(track, scene)
    tip = f"{scene.camera.chrom}:{base + 1:,} {there}" + (f", {unit}" if unit else "") + "\n" + "\n".join(lines)
    if place is None:
        return "; ".join(lines), tip
    if ROWS[place] == there:
        return f"{there} is the reference; " + "; ".join(lines), tip
    return f"{there}>{ROWS[place]} {_signed(effects[place])}", tip


def unit_of(track: MutagenesisTrack | HeatmapTrack, scene: Scene) -> str:
    """Say which number changes; empty where that is not known."""
    owner = scene.viewer.model.tracks.owner(track)
    able = isinstance(track, MutagenesisTrack) and scene.viewer.mutagenesis.is_able(track)
    target = scene.viewer.explanations.target_name(owner) if owner is not None and able else ""
    return f"\N{GREEK CAPITAL LETTER DELTA} logit {target}" if target else ""


def _strongest(scene: Scene, start: int, end: int, effects: np.ndarray, place: int | None) -> str:
    where = f"{scene.camera.chrom}:{start + 1:,}-{end:,}"
    if place is None or not np.isfinite(effects[place]):
        return ""
    return f"strongest effect of {ROWS[place]} in {where}: {_signed(effects[place])}"


def _state(track: MutagenesisTrack | HeatmapTrack, scene: Scene) -> State:
    if isinstance(track, MutagenesisTrack):
        return explain_state(scene.viewer.mutagenesis.state(track, scene.camera))
    if failure := scene.viewer.data.failure(track):
        return State("failed", failure)
    return State("waiting", "Reading") if scene.viewer.data.is_loading(track) else State("empty", NOT_HERE)


def _letters(track: MutagenesisTrack | HeatmapTrack, scene: Scene) -> Letters | None:
    """Return the letters of the plus strand that the effects are about."""
    owner = scene.viewer.model.tracks.owner(track)
    edited = owner is not None and owner.options.edited
    return scene.edited_letters if edited else scene.letters


def _letter(letters: Letters | None, base: int) -> str:
    if letters is None or not 0 <= base - letters.start < len(letters.text):
        return "?"
    return letters.text[base - letters.start].upper()


def _paint_axis(painter: QPainter, rect: QRectF, scale: Scale, scene: Scene) -> None:
    if rect.width() > 0:
        style = scene.style
        key = ("heat", scale, style)
        paint_kept(painter, rect, style.color("panel"), key, lambda on: paint_heat_axis(on, rect, scale, style))


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")
