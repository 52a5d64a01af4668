"""Blocks of features and letters three times as wide as the view, so that a pan finds them at hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from gxview.genome import Reference, Region
from gxview.viewer.camera import View
from gxview.viewer.fetch import Piece

LETTERS_BASES_PER_PIXEL = 12.0
"""The sequence is read only when it is zoomed in this far."""
LABEL_PIXELS = 6.5
"""Width of a letter of a label, roughly."""
MAX_ROWS = 200

BlockKey: TypeAlias = tuple[str, int, int]


class Feature(Protocol):
    """What is needed to find features and to stack them in rows."""

    @property
    def chrom(self) -> str:
        """Chromosome."""

    @property
    def start(self) -> int:
        """First base, 0-based."""

    @property
    def end(self) -> int:
        """End, exclusive."""

    @property
    def name(self) -> str:
        """Label."""


@runtime_checkable
class FeatureSource(Protocol):
    """What a feature track reads from."""

    def features(self, region: Region) -> Sequence[Feature]:
        """Return the features that overlap a region."""

    def search(self, text: str, limit: int = 20) -> Sequence[Feature]:
        """Return features by name."""


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


def feature_piece(source: FeatureSource, view: View, collapsed: bool) -> Piece:
    """Return the block of features to read for a view."""
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    # rows are packed for the widest zoom of this level, so that they do not change within it
    per_pixel = (1 << key[1]) / view.width

    def load() -> FeatureBlock:
        features = source.features(region)
        rows = [0] * len(features) if collapsed else pack_rows(features, per_pixel)
        return FeatureBlock(region, features, rows)

    return Piece((*key, collapsed), load)


def letter_piece(reference: Reference, view: View) -> Piece | None:
    """Return the block of letters to read for a view; None when it is zoomed out too far."""
    if view.bases_per_pixel > LETTERS_BASES_PER_PIXEL:
        return None
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    return Piece(key, lambda: LetterBlock(region, reference.fetch(region)))


def pack_rows(features: Sequence[Feature], bases_per_pixel: float) -> list[int]:
    """Give each feature the first row where it and its label have room.

    Parameters
    ----------
    features
        In order of their starts.
    bases_per_pixel
        Zoom; labels get room only while the features are few enough to show them.

    Returns
    -------
    list of int
        Row of each feature, 0 on top, below `MAX_ROWS`.
    """
    crowded = _pixels(features, bases_per_pixel) < 30 * len(features)
    ends: list[float] = []
    rows = []
    for feature in features:
        left, right = _room(feature, bases_per_pixel, crowded)
        row = next((row for row, end in enumerate(ends) if end <= left), len(ends))
        row = min(row, MAX_ROWS - 1)
        if row == len(ends):
            ends.append(right)
        ends[row] = max(ends[row], right)
        rows.append(row)
    return rows


def _pixels(features: Iterable[Feature], bases_per_pixel: float) -> float:
    spans = [(feature.start, feature.end) for feature in features]
    if not spans:
        return 0.0
    return (max(end for _, end in spans) - min(start for start, _ in spans)) / bases_per_pixel


def _room(feature: Feature, bases_per_pixel: float, crowded: bool) -> tuple[float, float]:
    gap = 3 * bases_per_pixel
    if crowded:
        return feature.start, feature.end + min(gap, 1)
    label = (len(feature.name) + 1) * LABEL_PIXELS * bases_per_pixel
    return feature.start, max(feature.end, feature.start + label) + gap
