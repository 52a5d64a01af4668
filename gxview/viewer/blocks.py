"""Blocks of features and letters three times as wide as the view, so that a pan finds them at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gxview.genome import Reference, Region
from gxview.tracks import Feature, FeatureSource, SignalSource, pack_rows
from gxview.viewer.camera import View
from gxview.viewer.fetch import Piece
from gxview.viewer.signal_tiles import signal_pieces
from gxview.viewer.tracks import FeatureMode

LETTERS_BASES_PER_PIXEL = 8.0
"""The sequence is read only when it is zoomed in this far: stop codons can still be told apart."""
GC_BASES_PER_PIXEL = 1.25
"""Zoomed out further than this, letters have no room and the GC content is read."""
LABEL_PIXELS = 6.5
"""Width of a letter of a label, roughly."""
LABELLED_ROWS = 3
"""More rows than this are not worth the labels: features lie closer then, and labels show where they have room."""
MAX_ROWS = 200

BlockKey: TypeAlias = tuple[str, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class FeatureBlock:
    """Features of a region and the row of each, 0 on top."""

    region: Region
    features: Sequence[Feature]
    rows: Sequence[int]

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return max(self.rows, default=-1) + 1


@dataclass(frozen=True, slots=True)
class LetterBlock:
    """Letters of a region as the reference has them."""

    region: Region
    text: str


def block_key(view: View) -> BlockKey:
    """Return the key of the block that holds a view with room on both sides."""
    level = math.ceil(math.log2(max(view.span, 1.0)))
    centre = int(view.start + view.span / 2)
    return view.chrom, level, centre >> level


def block_region(key: BlockKey, chrom_length: int) -> Region:
    """Return the region of a block: its own cell and one on each side."""
    chrom, level, index = key
    return Region(chrom, max(0, (index - 1) << level), min(chrom_length, (index + 2) << level))


def feature_piece(source: FeatureSource, view: View, mode: FeatureMode) -> Piece:
    """Return the block of features to read for a view."""
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    # rows are packed for the widest zoom of this level, so that they do not change within it
    per_pixel = (1 << key[1]) / view.width

    def load() -> FeatureBlock:
        features = source.features(region)
        rows = [0] * len(features) if mode == "collapsed" else rows_of(features, per_pixel)
        return FeatureBlock(region, features, rows)

    return Piece((*key, mode), load)


def letter_piece(reference: Reference, view: View) -> Piece | None:
    """Return the block of letters to read for a view; None when it is zoomed out too far."""
    if view.bases_per_pixel > LETTERS_BASES_PER_PIXEL or not reference.has_letters:
        return None
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    return Piece(key, lambda: LetterBlock(region, reference.fetch(region)))


def gc_pieces(source: SignalSource, view: View) -> list[Piece]:
    """Return the tiles of GC content to read for a view; none where letters have room."""
    return list(signal_pieces(source, view)) if view.bases_per_pixel > GC_BASES_PER_PIXEL else []


def rows_of(features: Sequence[Feature], bases_per_pixel: float) -> Sequence[int]:
    """Give each feature the first row where it has room, and its label too while few rows do for that.

    Parameters
    ----------
    features
        Features of one chromosome.
    bases_per_pixel
        Zoom.

    Returns
    -------
    sequence of int
        Row of each feature, 0 on top; those beyond `MAX_ROWS` share the last.
    """
    if not features:
        return []
    spans = [(feature.start, feature.end) for feature in features]
    labels = [(len(feature.name) + 1) * LABEL_PIXELS * bases_per_pixel for feature in features]
    rows = pack_rows(spans, labels, gap=4 * bases_per_pixel, max_rows=LABELLED_ROWS)
    if (rows < 0).any():
        rows = pack_rows(spans, max_rows=MAX_ROWS)
    placed: list[int] = np.where(rows < 0, MAX_ROWS - 1, rows).tolist()
    return placed
