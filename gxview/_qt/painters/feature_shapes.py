"""The parts of features as arrays, made once for a list of features and not anew for every frame. No Qt in here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.base import Feature

Integers: TypeAlias = NDArray[np.int64]

FULL, THIN = 1.0, 0.54
"""Height of a coding block and of an untranslated one, as a share of the box."""
KEPT = 64
"""Lists of features whose arrays are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Stretches of the genome, each a part of one feature: (n,) each.

    Attributes
    ----------
    start, end
        Bases.
    owner
        Place of the feature in its list.
    """

    start: Integers
    end: Integers
    owner: Integers

    def of(self, features: Integers) -> Spans:
        """Return the parts of some features, given by their places in the list, ascending."""
        first, last = np.searchsorted(self.owner, features), np.searchsorted(self.owner, features, "right")
        number = last - first
        at = np.repeat(first, number) + np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        return Spans(self.start[at], self.end[at], self.owner[at])


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """What is drawn of a list of features.

    Attributes
    ----------
    whole
        Each feature from its start to its end.
    row
        Row of each feature, 0 on top; negative: not shown.
    strand
        1, -1 or 0.
    full, thin
        Coding and untranslated stretches of the blocks.
    introns
        Gaps between blocks.
    """

    whole: Spans
    row: Integers
    strand: Integers
    full: Spans
    thin: Spans
    introns: Spans

    def shown(self, first: int, last: int) -> Integers:
        """Return the places of the features that touch the bases `first` to `last` (exclusive) and have a row."""
        return np.flatnonzero((self.whole.end > first) & (self.whole.start < last) & (self.row >= 0))


def shapes(features: Sequence[Feature], rows: Sequence[int]) -> Shapes:
    """Return the arrays of a list of features; those of the lists asked for lately are kept."""
    key = id(features), id(rows)
    if key not in _kept:
        # the lists are kept with their arrays, so that their identifiers stay their own
        _kept[key] = features, rows, _shapes(features, rows)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key][2]


_kept: OrderedDict[tuple[int, int], tuple[Sequence[Feature], Sequence[int], Shapes]] = OrderedDict()


def _shapes(features: Sequence[Feature], rows: Sequence[int]) -> Shapes:
    full: list[tuple[int, int, int]] = []
    thin: list[tuple[int, int, int]] = []
    introns: list[tuple[int, int, int]] = []
    for place, feature in enumerate(features):
        for start, end in feature.blocks:
            for first, last, share in parts(start, end, feature.thick):
                (full if share == FULL else thin).append((first, last, place))
        introns += [(end, start, place) for (_, end), (start, _) in pairwise(feature.blocks)]
    whole = [(feature.start, feature.end, place) for place, feature in enumerate(features)]
    strand = [{"+": 1, "-": -1}.get(feature.strand, 0) for feature in features]
    spans = (_spans(found) for found in (full, thin, introns))
    return Shapes(_spans(whole), np.array(rows, np.int64), np.array(strand, np.int64), *spans)


def parts(start: int, end: int, thick: tuple[int, int] | None) -> list[tuple[int, int, float]]:
    """Cut a block at the borders of the coding part: (start, end, share of the full height)."""
    if thick is None:
        return [(start, end, FULL)]
    first, last = min(max(start, thick[0]), end), max(min(end, thick[1]), start)
    if first >= last:
        return [(start, end, THIN)]
    cut = [(start, first, THIN), (first, last, FULL), (last, end, THIN)]
    return [part for part in cut if part[0] < part[1]]


def _spans(found: list[tuple[int, int, int]]) -> Spans:
    columns = np.array(found, np.int64).reshape(-1, 3).T
    return Spans(*columns)
