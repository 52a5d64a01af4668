"""Features held in memory: found by place, by name, counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks.base import Feature
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import Integers, bin_edges


class Placed(Protocol):
    """Anything with a place on a chromosome."""

    @property
    def start(self) -> int:
        """First base, 0-based."""

    @property
    def end(self) -> int:
        """End, exclusive."""


Item = TypeVar("Item", bound=Placed)


@dataclass(slots=True)
class Parsed:
    """What a parser found in a file.

    Attributes
    ----------
    features : list of Feature
        In any order, with the file's own chromosome names.
    keys : list of (str, int)
        Names to search for, each with the position of its feature in the list.
    name, color : str or None
        From a track line.
    notes : list of str
        Sentences for a person.
    """

    features: list[Feature] = field(default_factory=list)
    keys: list[tuple[str, int]] = field(default_factory=list)
    name: str | None = None
    color: str | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, feature: Feature, names: Iterable[str]) -> None:
        """Take in a feature that is to be found under all of the names."""
        number = len(self.features)
        self.features.append(feature)
        self.keys += [(name, number) for name in dict.fromkeys(names) if name]


class FeatureTable:
    """The features of a file, in memory.

    Parameters
    ----------
    path : Path
        The file.
    parsed : Parsed
        What it holds.
    reference : Reference, optional
        Its chromosome names are then understood and used.
    """

    def __init__(self, path: Path, parsed: Parsed, reference: Reference | None = None) -> None:
        self.path = path
        self.name = parsed.name or path.name
        self.color = parsed.color
        ends: dict[str, int] = {}
        for feature in parsed.features:
            ends[feature.chrom] = max(feature.end, ends.get(feature.chrom, 0))
        self._names = ChromosomeNames(path, tuple(ends), reference, ends)
        self.notes: tuple[str, ...] = (*parsed.notes, *self._names.notes)
        renamed = [_renamed(feature, self._names.canonical(feature.chrom)) for feature in parsed.features]
        self._of_chrom = _by_chromosome(renamed)
        self._search = NameIndex((key, renamed[number]) for key, number in parsed.keys)

    def features(self, region: Region) -> list[Feature]:
        """Return the features that overlap a region, by start; the longest first of those that start together."""
        found = self._placed(region)
        return found.overlapping(region) if found is not None else []

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return features by name without regard to case: the same name, then beginning so, then holding the text.

        Of features with one name that overlap, such as the transcripts of a gene, the longest is given.
        """
        return self._search.find(text, limit)

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many features overlap each of equal bins, shape (bins,)."""
        found = self._placed(region)
        return found.count(bin_edges(region, bins)) if found is not None else np.zeros(bins, np.int64)

    def _placed(self, region: Region) -> IntervalIndex[Feature] | None:
        chrom = self._names.in_file(region.chrom)
        return None if chrom is None else self._of_chrom.get(self._names.canonical(chrom))


class IntervalIndex(Generic[Item]):
    """The features, variants or the like of one chromosome, sorted by start.

    Parameters
    ----------
    features : sequence
        In any order.
    """

    def __init__(self, features: Sequence[Item]) -> None:
        self._features = sorted(features, key=lambda feature: (feature.start, -feature.end))
        self._starts = np.array([feature.start for feature in self._features], dtype=np.int64)
        self._ends = np.array([feature.end for feature in self._features], dtype=np.int64)
        self._reach = np.maximum.accumulate(self._ends)
        self._sorted_ends = np.sort(self._ends)

    def overlapping(self, region: Region) -> list[Item]:
        """Return the features that share a base with a region."""
        first = int(np.searchsorted(self._reach, region.start, side="right"))
        last = int(np.searchsorted(self._starts, region.end, side="left"))
        found = first + np.flatnonzero(self._ends[first:last] > region.start)
        return [self._features[number] for number in found.tolist()]

    def count(self, edges: Integers) -> NDArray[np.int64]:
        """Count the features that share a base with each bin; edges of shape (bins + 1,)."""
        begun = np.searchsorted(self._starts, edges[1:], side="left")
        over = np.searchsorted(self._sorted_ends, edges[:-1], side="right")
        return np.where(edges[1:] > edges[:-1], begun - over, 0).astype(np.int64)


class NameIndex:
    """Features by name.

    Parameters
    ----------
    entries : iterable of (str, Feature)
        A feature may come under several names.
    """

    def __init__(self, entries: Iterable[tuple[str, Feature]]) -> None:
        self._entries = sorted(((name.casefold(), feature) for name, feature in entries), key=_entry_order)
        self._names = [name for name, _ in self._entries]

    def find(self, text: str, limit: int) -> list[Feature]:
        """Return up to `limit` features, the best match first."""
        wanted = text.strip().casefold()
        if not wanted:
            return []
        return list(islice(_distinct(self._matches(wanted)), max(0, limit)))

    def _matches(self, wanted: str) -> Iterator[Feature]:
        first = bisect_left(self._names, wanted)
        last = bisect_left(self._names, wanted + chr(0x10FFFF), lo=first)
        beginning = sorted(self._entries[first:last], key=lambda entry: (len(entry[0]), *_entry_order(entry)))
        yield from (feature for _, feature in beginning)
        yield from (feature for name, feature in self._entries if wanted in name and not name.startswith(wanted))


def _entry_order(entry: tuple[str, Feature]) -> tuple[str, int, str, int]:
    name, feature = entry
    return name, feature.start - feature.end, feature.chrom, feature.start


def _distinct(features: Iterable[Feature]) -> Iterator[Feature]:
    given: dict[tuple[str, str], list[Feature]] = {}
    for feature in features:
        same = given.setdefault((feature.chrom, feature.name), [])
        if not any(feature.start < other.end and other.start < feature.end for other in same):
            same.append(feature)
            yield feature


def _renamed(feature: Feature, chrom: str) -> Feature:
    return feature if feature.chrom == chrom else replace(feature, chrom=chrom)


def _by_chromosome(features: Iterable[Feature]) -> dict[str, IntervalIndex[Feature]]:
    lists: dict[str, list[Feature]] = {}
    for feature in features:
        lists.setdefault(feature.chrom, []).append(feature)
    return {chrom: IntervalIndex(found) for chrom, found in lists.items()}
