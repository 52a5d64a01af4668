"""Blocks of the effects of substitutions, wider than the view; bins of the strongest where bases are narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gxview.genome import Region
from gxview.tracks import EffectSource
from gxview.viewer.data.blocks import block_key, block_region
from gxview.viewer.data.effect_matrix import ROWS, EffectMatrix, stronger, strongest
from gxview.viewer.data.fetch import Piece
from gxview.viewer.data.signal_tiles import level_of
from gxview.viewer.places.camera import View

FIRST_BINNED = 2
"""Zoom level (a power of two of bases per pixel) from which bins are read instead of bases."""
PER_PIECE = 1_000
"""Cells that take about as much memory as a piece of a signal."""

HeatmapKey: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class HeatmapBlock:
    """Effects of a region."""

    region: Region
    matrix: EffectMatrix

    @property
    def weight(self) -> int:
        """Memory in pieces of a signal, by which the cache counts."""
        return 1 + self.matrix.values.size // PER_PIECE


def heatmap_key(view: View) -> HeatmapKey:
    """Return the key of the block that holds a view with room on both sides, at the zoom of the view."""
    level = level_of(view)
    return (*block_key(view), level if level >= FIRST_BINNED else 0)


def heatmap_piece(source: EffectSource, view: View) -> Piece:
    """Return the block to read for a view."""
    key = heatmap_key(view)
    region = block_region(block_key(view), view.chrom_length)
    return Piece(key, lambda: HeatmapBlock(region, read_matrix(source, region, 1 << key[3])))


def read_matrix(source: EffectSource, region: Region, step: int) -> EffectMatrix:
    """Read the effects of a region: each base, or the strongest of each `step` bases; NaN where there are none."""
    first = region.start // step
    values = np.full((len(ROWS), -(-region.end // step) - first), np.nan, np.float32)
    for part in source.places(region):
        start, end = max(part.start, region.start), min(part.end, region.end)
        found = source.effects(Region(region.chrom, start, end))
        bins = strongest(start, found, step) if step > 1 else EffectMatrix.of_bases(start, found)
        place = slice(int(bins.edges[0]) // step - first, int(bins.edges[0]) // step - first + bins.values.shape[1])
        values[:, place] = stronger(values[:, place], bins.values)
    edges = step * (first + np.arange(values.shape[1] + 1, dtype=np.int64))
    return EffectMatrix(edges, values)
