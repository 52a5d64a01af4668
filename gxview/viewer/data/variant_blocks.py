"""Blocks of variants three times as wide as the view; only their density where they are too many to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks import Variant, VariantSource, pack_rows
from gxview.viewer.data.blocks import LABEL_PIXELS, block_key, block_region
from gxview.viewer.data.fetch import Piece
from gxview.viewer.places.camera import View
from gxview.viewer.tracks.effect_tracks import VariantTrack

TELL_APART = 3000
"""Variants of a block that are read; of more only the density is shown."""
BINS = 3 * 512
"""Bins of the density of a block."""
PER_PIECE = 30
"""Variants that take about as much memory as a piece of a signal."""
GAP_PIXELS = 3.0
LABELLED_ROWS = 3
"""More rows than this are not worth the labels."""
MAX_ROWS = 60

VariantKey: TypeAlias = tuple[str, int, int, bool]


@dataclass(frozen=True, slots=True, eq=False)
class VariantBlock:
    """Variants of a region and the row of each, 0 on top; or the density of those in a wide region.

    Parameters
    ----------
    region
        Where.
    variants, rows
        What to draw one by one.
    edges, counts
        Density: positions of shape (bins + 1,), and counts; None where the variants themselves are there.
    rough
        Whether the counts are estimates.
    """

    region: Region
    variants: Sequence[Variant] = ()
    rows: Sequence[int] = ()
    edges: NDArray[np.int64] | None = None
    counts: NDArray[np.int64] | None = None
    rough: bool = False

    @property
    def weight(self) -> int:
        """Memory in pieces of a signal, by which the cache counts."""
        return 1 + len(self.variants) // PER_PIECE


def variant_key(track: VariantTrack, view: View) -> VariantKey:
    """Return the key of the block that holds a view with room on both sides."""
    return (*block_key(view), track.passed_only)


def variant_piece(source: VariantSource, track: VariantTrack, view: View) -> Piece:
    """Return the block of variants to read for a view."""
    key, passed_only = variant_key(track, view), track.passed_only
    region = block_region(block_key(view), view.chrom_length)
    # rows are packed for the widest zoom of this level, so that they do not change within it
    per_pixel = (1 << key[1]) / view.width

    def load() -> VariantBlock:
        if source.count(region) > TELL_APART:
            bins = min(BINS, region.length)
            edges = region.start + np.arange(bins + 1, dtype=np.int64) * region.length // bins
            return VariantBlock(region, edges=edges, counts=source.density(region, bins), rough=source.is_rough(region))
        found = [variant for variant in source.variants(region) if variant.passed or not passed_only]
        return VariantBlock(region, found, rows_of(found, per_pixel))

    return Piece(key, load)


def rows_of(variants: Sequence[Variant], bases_per_pixel: float) -> Sequence[int]:
    """Give each variant the first row where it has room, and its label too while few rows do for that."""
    if not variants:
        return []
    spans = [(variant.start, variant.end) for variant in variants]
    words = [f"{variant.name} {variant.label}" for variant in variants]
    labels = np.array([len(word) * LABEL_PIXELS * bases_per_pixel for word in words])
    gap = GAP_PIXELS * bases_per_pixel
    rows = pack_rows(spans, labels, gap=gap, max_rows=LABELLED_ROWS)
    if (rows < 0).any():
        rows = pack_rows(spans, gap=gap, max_rows=MAX_ROWS)
    placed: list[int] = rows.tolist()
    return placed
