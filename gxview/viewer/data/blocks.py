"""Blocks of features and letters three times as wide as the view, so that a pan finds them at hand."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks import Feature, FeatureSource, SignalSource, pack_rows
from gxview.viewer.data.fetch import Piece
from gxview.viewer.data.signal_tiles import signal_pieces
from gxview.viewer.places.camera import View
from gxview.viewer.tracks.kinds import FeatureTrack

LETTERS_BASES_PER_PIXEL = 8.0
"""The sequence is read only when it is zoomed in this far: stop codons can still be told apart."""
GC_BASES_PER_PIXEL = 1.25
"""Zoomed out further than this, letters have no room and the GC content is read."""
GC_SPAN = 20_000_000
"""Bases of the widest view whose GC content is read: it is counted from all of its letters."""
LABEL_PIXELS = 6.5
"""Width of a letter of a label, roughly."""
LABEL_AIR = 12
"""Room on both sides of a label that stands beside its feature."""
LABELLED_ROWS = 3
"""More rows than this are not worth the labels: features lie closer then, and labels show where they have room."""
NAMED_ROWS = 5
"""Most rows with room for the names of genes above all their other transcripts."""
MAX_ROWS = 1000
COUNTED_FROM = 1 << 21
"""Bases of a view from which a source is asked how many features there are before it is asked for them."""
MAX_READ = 50_000
"""More features than this are not read to be counted by strand."""
DENSE = 2.5
"""Fewer pixels per feature than this: they are counted and not drawn one by one."""

STRANDS = {"-": -1, "+": 1}

BlockKey: TypeAlias = tuple[str, int, int]
Counts: TypeAlias = NDArray[np.int64]


@runtime_checkable
class Outlined(Protocol):
    """A source that tells where features lie without making each of them."""

    def outline(self, region: Region) -> tuple[Counts, Counts, NDArray[np.int8]]:
        """Return starts, ends and strands (-1, 0, 1), each (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureCounts:
    """How many features touch each bin between consecutive edges, by strand ('-' apart) where that is known."""

    edges: Counts
    forward: Counts
    reverse: Counts | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FeatureBlock:
    """Features of a region and the row of each, 0 on top; or how many there are, where they are too many."""

    region: Region
    features: Sequence[Feature]
    rows: Sequence[int]
    counts: FeatureCounts | None = None

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


def neighbours(view: View) -> list[View]:
    """Return the views a block further on either side whose blocks a pan reaches next."""
    _, level, index = block_key(view)
    last = (view.chrom_length - 1) >> level
    steps = [step for step in (1, -1) if 0 <= index + step <= last]
    return [replace(view, origin=view.origin + (step << level)) for step in steps]


def feature_key(track: FeatureTrack, view: View) -> Hashable:
    """Return the key of the block of features that holds a view with room on both sides."""
    # whether features are counted and how they are packed depends on the room, about
    return *block_key(view), track.mode, track.labels, view.width.bit_length()


def feature_piece(source: FeatureSource, track: FeatureTrack, view: View) -> Piece:
    """Return the block of features to read for a view."""
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    # rows are packed for the widest zoom of this level, so that they do not change within it
    per_pixel = (1 << key[1]) / view.width
    pack = {"collapsed": _one_row, "expanded": _labelled_rows}.get(track.mode, rows_of)
    labels = track.labels

    def load() -> FeatureBlock:
        if 1 << key[1] >= COUNTED_FROM and int(source.density(region, 1)[0]) > MAX_READ:
            return FeatureBlock(region, (), (), _counts_of_source(source, region, per_pixel))
        if isinstance(source, Outlined):
            outline = source.outline(region)
            if len(outline[0]) * DENSE * (1 << key[1]) > view.width * region.length:
                return FeatureBlock(region, (), (), _counts(region, per_pixel, *outline))
        features = source.features(region)
        if len(features) * DENSE * (1 << key[1]) > view.width * region.length:
            return FeatureBlock(region, (), (), counts_of(features, region, per_pixel))
        return FeatureBlock(region, features, pack(features, per_pixel, labels))

    return Piece(feature_key(track, view), load)


def letter_piece(reference: Reference, view: View) -> Piece | None:
    """Return the block of letters to read for a view; None when it is zoomed out too far."""
    if view.bases_per_pixel > LETTERS_BASES_PER_PIXEL or not reference.has_letters:
        return None
    key = block_key(view)
    region = block_region(key, view.chrom_length)
    return Piece(key, lambda: LetterBlock(region, reference.fetch(region)))


def gc_pieces(source: SignalSource, view: View) -> list[Piece]:
    """Return the tiles of GC content to read for a view; none where letters have room, or too many to be counted."""
    return list(signal_pieces(source, view)) if shows_gc(view) else []


def shows_gc(view: View) -> bool:
    """Whether a view is wide enough for the GC content and narrow enough to read all its letters."""
    return view.bases_per_pixel > GC_BASES_PER_PIXEL and view.span <= GC_SPAN


def rows_of(features: Sequence[Feature], bases_per_pixel: float, labels: bool = True) -> Sequence[int]:
    """Give each feature the first row where it has room, and its label too while few rows do for that.

    With more rows, the longest of the features that share a name (a transcript of each gene) lie on top, with room
    for the name beside them.

    Parameters
    ----------
    features
        Features of one chromosome.
    bases_per_pixel
        Zoom.
    labels
        Whether names are shown at all.

    Returns
    -------
    sequence of int
        Row of each feature, 0 on top; those beyond `MAX_ROWS` share the last.
    """
    if not features:
        return []
    if labels:
        rows = _packed(features, bases_per_pixel, True, LABELLED_ROWS)
        if min(rows) >= 0:
            return rows
        if named := _one_of_each_name(features):
            return _named_on_top(features, named, bases_per_pixel)
    return _kept_below(_packed(features, bases_per_pixel, False, MAX_ROWS))


def _one_of_each_name(features: Sequence[Feature]) -> set[int]:
    """Return the place of the longest feature of each name; nothing where no two share one."""
    longest: dict[str, int] = {}
    shared = False
    for place, feature in enumerate(features):
        if feature.name:
            known = longest.setdefault(feature.name, place)
            shared = shared or known != place
            if feature.end - feature.start > features[known].end - features[known].start:
                longest[feature.name] = place
    return set(longest.values()) if shared else set()


def _named_on_top(features: Sequence[Feature], named: set[int], bases_per_pixel: float) -> Sequence[int]:
    """Put one feature of each name on top with room for the name right of it, the others below."""
    tops = sorted(named)
    spans = [(one.start, one.end + _beside(one.name, bases_per_pixel)) for one in (features[k] for k in tops)]
    above = pack_rows(spans, [0.0] * len(tops), gap=0, max_rows=NAMED_ROWS).tolist()
    placed = {place: row for place, row in zip(tops, above, strict=True) if row >= 0}
    rest = [place for place in range(len(features)) if place not in placed]
    first = max(placed.values(), default=-1) + 1
    below = _kept_below(_packed([features[place] for place in rest], bases_per_pixel, False, MAX_ROWS - first))
    placed |= {place: min(first + row, MAX_ROWS - 1) for place, row in zip(rest, below, strict=True)}
    return [placed[place] for place in range(len(features))]


def _beside(name: str, bases_per_pixel: float) -> int:
    return math.ceil((len(name) * LABEL_PIXELS + LABEL_AIR) * bases_per_pixel)


def _labelled_rows(features: Sequence[Feature], bases_per_pixel: float, labels: bool) -> Sequence[int]:
    """Give each feature and its label the first row where both have room."""
    return _kept_below(_packed(features, bases_per_pixel, labels, MAX_ROWS))


def _one_row(features: Sequence[Feature], _bases_per_pixel: float, _labels: bool) -> Sequence[int]:
    return [0] * len(features)


def _packed(features: Sequence[Feature], bases_per_pixel: float, labels: bool, max_rows: int) -> list[int]:
    spans = [(feature.start, feature.end) for feature in features]
    names = [(len(feature.name) + 1) * LABEL_PIXELS * bases_per_pixel * labels for feature in features]
    gap = 4 * bases_per_pixel * labels
    rows: list[int] = pack_rows(spans, names, gap=gap, max_rows=max_rows).tolist()
    return rows


def _kept_below(rows: Sequence[int]) -> Sequence[int]:
    """Let what found no row share the last one."""
    return [row if row >= 0 else MAX_ROWS - 1 for row in rows]


def counts_of(features: Sequence[Feature], region: Region, bases_per_pixel: float) -> FeatureCounts:
    """Count the features that touch each bin of a few pixels, by strand where any has one.

    The bins lie on a grid of the genome, so that the picture moves with it.
    """
    start = np.array([feature.start for feature in features], np.int64)
    end = np.array([feature.end for feature in features], np.int64)
    strand = np.array([STRANDS.get(feature.strand, 0) for feature in features], np.int8)
    return _counts(region, bases_per_pixel, start, end, strand)


def _counts(
    region: Region, bases_per_pixel: float, start: Counts, end: Counts, strand: NDArray[np.int8]
) -> FeatureCounts:
    edges, down = _count_edges(region, bases_per_pixel), strand < 0
    if not strand.any():
        return FeatureCounts(edges, _touching(edges, start, end))
    return FeatureCounts(edges, *(_touching(edges, start[which], end[which]) for which in (~down, down)))


def _touching(edges: Counts, start: Counts, end: Counts) -> Counts:
    begun = np.searchsorted(np.sort(start), edges[1:], "left")
    over = np.searchsorted(np.sort(end), edges[:-1], "right")
    return np.asarray(begun - over, np.int64)


def _count_edges(region: Region, bases_per_pixel: float) -> Counts:
    step = 1 << max(0, math.ceil(math.log2(bases_per_pixel)))
    inner = np.arange(region.start // step * step, region.end, step, dtype=np.int64)
    return np.append(np.maximum(inner, region.start), region.end)


def _counts_of_source(source: FeatureSource, region: Region, bases_per_pixel: float) -> FeatureCounts:
    """Let the source count, in equal bins, and what is left at the end of the chromosome by itself."""
    edges = _count_edges(region, bases_per_pixel)
    whole = len(edges) - 2
    parts = [source.density(Region(region.chrom, int(edges[-2]), region.end), 1)]
    if whole:
        parts.insert(0, source.density(Region(region.chrom, region.start, int(edges[-2])), whole))
    return FeatureCounts(edges, np.concatenate(parts))
