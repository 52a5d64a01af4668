"""Rows of variants from files."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Row
from gxview._qt.painters import BinnedCounts, State, paint_density, paint_state
from gxview._qt.painters.lollipops import LABELLED, STEMS_FROM, Lollipops, nearest, paint_lollipops, scaled_part
from gxview._qt.painters.shapes import badge, elided
from gxview._qt.painters.variants import mark_at, paint_variants
from gxview._qt.rows.at_hand import variants_at_hand
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview.tracks import Variant
from gxview.viewer.editing.variants import VariantChoice
from gxview.viewer.scoring.colouring import EffectTable
from gxview.viewer.tracks.effect_tracks import VariantTrack

LONGEST = 12
"""Letters of an allele or an ID that are written out."""
MARGIN = 12
"""Pixels beside the row in which heads still show in part."""


def paint_variants_row(painter: QPainter, row: Row, track: VariantTrack, scene: Scene) -> None:
    """Draw the variants of a file: by their bases, or by their effect."""
    block = variants_at_hand(track, scene)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
        return
    rect = _inner(row)
    if block.edges is not None and block.counts is not None:
        first, last = np.searchsorted(block.edges, (scene.camera.region.start, scene.camera.region.end))
        part = slice(max(0, first - 1), last + 1)
        counts = BinnedCounts(block.edges[part], block.counts[part][: len(block.edges[part]) - 1])
        paint_density(painter, rect, scene.view, counts, scene.style, block.rough)
    elif (table := scene.viewer.colouring.table(track, scene.camera)) is not None:
        _paint_effects(painter, row, track, table, scene)
    else:
        paint_variants(painter, rect, scene.view, block.variants, block.rows, scene.style)


def variant_under(row: Row, track: VariantTrack, scene: Scene, x: float, y: float) -> Variant | None:
    """Return the variant that is drawn under a pixel of a row."""
    block = variants_at_hand(track, scene)
    if block is None or block.edges is not None:
        return None
    table = scene.viewer.colouring.table(track, scene.camera)
    if table is None:
        place = mark_at(_inner(row), scene.view, block.variants, block.rows, x, y)
        return block.variants[place] if place is not None else None
    seen = _seen(table, scene)
    found = nearest(row.data_rect, scene.view, _lollipops(table, seen, scene), scale_of(track, scene), x, y)
    return table.variants[int(table.owner[seen[found]])] if found is not None else None


def _inner(row: Row) -> QRectF:
    return row.data_rect.adjusted(0, 2, 0, 0)


def _paint_effects(painter: QPainter, row: Row, track: VariantTrack, table: EffectTable, scene: Scene) -> None:
    scale, style = scale_of(track, scene), scene.style
    rect = row.data_rect
    if scaled_part(rect).height() >= STEMS_FROM:
        paint_row_axis(painter, row.axis_rect, scale, style)
    paint_lollipops(painter, rect, scene.view, _lollipops(table, _seen(table, scene), scene), scale, style)
    if text := _told(track, scene) or table.refused:
        text = elided(style, text, row.data_rect.width() - 40, scale=0.85)
        badge(painter, row.data_rect, text, style, bottom=True, most=1.0)


def _told(track: VariantTrack, scene: Scene) -> str:
    """Say why variants have no number, where a model was to give them."""
    if not track.effect.model:
        return ""
    state = scene.viewer.scores.state(track, scene.camera)
    return state.text if state.kind in ("failed", "empty") else ""


def _seen(table: EffectTable, scene: Scene) -> NDArray[np.intp]:
    air = math.ceil(MARGIN * scene.camera.bases_per_pixel)
    region = scene.camera.region
    return table.within(region.start - air, region.end + air)


def _lollipops(table: EffectTable, seen: NDArray[np.intp], scene: Scene) -> Lollipops:
    places = list(zip(table.owner[seen].tolist(), table.allele[seen].tolist(), strict=True))
    origins = {edit.origin for edit in scene.edits}
    shown = [bool(origins) and _choice_name(table.variants[owner], place) in origins for owner, place in places]
    labelled = len(places) <= LABELLED
    return Lollipops(
        middles=table.middles[seen],
        values=table.values[seen],
        spreads=table.spreads[seen],
        answered=table.answered[seen],
        passed=np.array([table.variants[owner].passed for owner, _ in places], np.bool_),
        shown=np.array(shown, np.bool_),
        labels=[_label(table.variants[owner], place) for owner, place in places] if labelled else (),
    )


def _choice_name(variant: Variant, place: int) -> str:
    allele = variant.alleles[place]
    return VariantChoice(variant, allele).name if allele.kind != "reference" else ""


def _label(variant: Variant, place: int) -> str:
    """Return ID, REF and ALT of an allele, long ones as their change of length."""
    alt = variant.alts[place] if variant.alts else "."
    gained = len(alt) - len(variant.ref)
    longest = max(len(variant.ref), len(alt))
    change = f"{variant.ref}>{alt}" if longest <= LONGEST else f"{gained:+,} bp".replace("-", "\N{MINUS SIGN}")
    return f"{variant.name} {change}" if variant.name and len(variant.name) <= LONGEST else change
