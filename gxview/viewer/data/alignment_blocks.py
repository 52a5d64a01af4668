"""Blocks of aligned reads three times as wide as the view; only their density where they are too many to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks import AlignmentSource, Pileup, ReadOptions
from gxview.viewer.data.blocks import block_key, block_region
from gxview.viewer.data.fetch import Piece
from gxview.viewer.places.camera import View
from gxview.viewer.tracks.kinds import AlignmentTrack

BINS = 3 * 512
"""Bins of the density of a block."""
PIECE = 12 << 10
"""Bytes of a piece of a signal."""
NARROWEST = 12
"""Level of zoom below which reads are never too many."""

AlignmentKey: TypeAlias = tuple[str, int, int, ReadOptions]


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentBlock:
    """Reads of a region, or their rough density.

    Parameters
    ----------
    region
        Where.
    pileup
        Coverage and reads; None where they are too many.
    edges, counts
        Density: positions of shape (bins + 1,), and counts.
    readable_span
        Bases of a view from which on its reads are few enough, where they are too many.
    """

    region: Region
    pileup: Pileup | None = None
    edges: NDArray[np.int64] | None = None
    counts: NDArray[np.int64] | None = None
    readable_span: int = 0

    @property
    def weight(self) -> int:
        """Memory in pieces of a signal, by which the cache counts."""
        return 1 + (self.pileup.size if self.pileup is not None else 0) // PIECE


def read_options(track: AlignmentTrack) -> ReadOptions:
    """Return which reads of a track count."""
    return ReadOptions(
        track.duplicates, track.secondary, track.supplementary, track.min_mapping_quality, track.soft_clips
    )


def alignment_key(track: AlignmentTrack, view: View) -> AlignmentKey:
    """Return the key of the block that holds a view with room on both sides."""
    return (*block_key(view), read_options(track))


def alignment_piece(source: AlignmentSource, track: AlignmentTrack, view: View) -> Piece:
    """Return the block of reads to read for a view."""
    key, options = alignment_key(track, view), read_options(track)
    region = block_region(block_key(view), view.chrom_length)
    # rows are packed for the widest zoom of this level, so that they do not change within it
    per_pixel = (1 << key[1]) / view.width

    def load() -> AlignmentBlock:
        if source.is_affordable(region):
            return AlignmentBlock(region, source.pileup(region, options, per_pixel))
        bins = min(BINS, region.length)
        edges = region.start + np.arange(bins + 1, dtype=np.int64) * region.length // bins
        counts = source.reads_per_bin(region, bins)
        busiest = int(edges[int(np.argmax(counts))])
        return AlignmentBlock(region, None, edges, counts, _readable_span(source, region, busiest, key[1]))

    return Piece(key, load)


def _readable_span(source: AlignmentSource, region: Region, busiest: int, level: int) -> int:
    """Return the widest view, as a power of two of bases, whose reads are few enough wherever it is in a region."""
    for narrower in range(level - 1, NARROWEST, -1):
        start = max(0, busiest - (3 << narrower >> 1))
        if source.is_affordable(Region(region.chrom, start, start + (3 << narrower))):
            return 1 << narrower
    return 1 << NARROWEST
