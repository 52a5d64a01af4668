"""Features held in memory: found by place, by name, counted."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks.base import Feature
from gxview.tracks.columns import FeatureColumns
from gxview.tracks.name_table import NameTable
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import Integers, bin_edges
from gxview.tracks.spans import SortedSpans


@dataclass(slots=True)
class Parsed:
    """What a parser found in a file.

    Attributes
    ----------
    features : FeatureColumns
        In any order, with the file's own chromosome names.
    keys : list of str
        Names to search for.
    numbers : array of int
        For each name the number of its feature.
    name, color : str or None
        From a track line.
    notes : list of str
        Sentences for a person.
    """

    features: FeatureColumns = field(default_factory=FeatureColumns)
    keys: list[str] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    name: str | None = None
    color: str | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, feature: Feature, names: Iterable[str]) -> None:
        """Take in a feature that is to be found under all of the names."""
        f = feature
        number = self.features.add(
            f.chrom, f.start, f.end, f.name, f.strand, f.kind, f.blocks, f.thick, f.score, f.color, f.attributes
        )
        for name in dict.fromkeys(names):
            self.name_feature(name, number)

    def name_feature(self, name: str, number: int) -> None:
        """Let a feature be found under a name."""
        if name:
            self.keys.append(name)
            self.numbers.append(number)


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
        self._columns = parsed.features
        starts, ends = self._columns.places()
        numbers = self._columns.by_chromosome()
        reach = {chrom: int(ends[found].max()) for chrom, found in numbers.items()}
        self._names = ChromosomeNames(path, tuple(reach), reference, reach)
        self._canonical = {chrom: self._names.canonical(chrom) for chrom in reach}
        self.sizes: dict[str, int] = self._names.renamed(reach)
        self.notes: tuple[str, ...] = (*parsed.notes, *self._names.notes)
        self._of_chrom = {
            chrom: _Placed(found, SortedSpans(starts[found], ends[found]))
            for chrom, found in _joined(numbers, self._canonical).items()
        }
        self._search = _name_table(parsed, starts, ends)

    def features(self, region: Region) -> list[Feature]:
        """Return the features that overlap a region, by start; the longest first of those that start together."""
        found = self._placed(region)
        if found is None:
            return []
        numbers = found.numbers[found.spans.order[found.spans.touching(region.start, region.end)]]
        return [self._feature(number) for number in numbers.tolist()]

    def outline(self, region: Region) -> tuple[Integers, Integers, NDArray[np.int8]]:
        """Return starts, ends and strands (-1, 0, 1) of the features that overlap a region, each (n,), in any order."""
        found = self._placed(region)
        starts, ends = self._columns.places()
        if found is None:
            return starts[:0], ends[:0], self._columns.strands()[:0]
        numbers = found.numbers[found.spans.order[found.spans.touching(region.start, region.end)]]
        return starts[numbers], ends[numbers], self._columns.strands()[numbers]

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return features by name without regard to case: the same name, then beginning so, then holding the text.

        Of features with one name that overlap, such as the transcripts of a gene, the longest is given.
        """
        return list(islice(_distinct(map(self._feature, self._search.matches(text))), max(0, limit)))

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many features overlap each of equal bins, shape (bins,)."""
        found = self._placed(region)
        return found.spans.count(bin_edges(region, bins)) if found is not None else np.zeros(bins, np.int64)

    def _feature(self, number: int) -> Feature:
        return self._columns.feature(number, self._canonical)

    def _placed(self, region: Region) -> _Placed | None:
        chrom = self._names.in_file(region.chrom)
        return None if chrom is None else self._of_chrom.get(self._names.canonical(chrom))


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """The features of one chromosome: their numbers, and where they lie."""

    numbers: Integers
    spans: SortedSpans


class NameIndex:
    """Features by name.

    Parameters
    ----------
    entries : iterable of (str, Feature)
        A feature may come under several names.
    """

    def __init__(self, entries: Iterable[tuple[str, Feature]]) -> None:
        found = list(entries)
        self._features = [feature for _, feature in found]
        order = sorted(range(len(found)), key=lambda n: _rank(self._features[n]))
        ranks = np.empty(len(found), np.int64)
        ranks[order] = np.arange(len(found))
        self._names = NameTable([name for name, _ in found], np.arange(len(found), dtype=np.int64), ranks)

    def find(self, text: str, limit: int) -> list[Feature]:
        """Return up to `limit` features, the best match first."""
        found = (self._features[number] for number in self._names.matches(text))
        return list(islice(_distinct(found), max(0, limit)))


def _rank(feature: Feature) -> tuple[int, str, int]:
    return feature.start - feature.end, feature.chrom, feature.start


def _name_table(parsed: Parsed, starts: Integers, ends: Integers) -> NameTable:
    numbers = np.frombuffer(parsed.numbers, np.int64)
    order = np.lexsort((starts, parsed.features.chromosomes(), starts - ends))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return NameTable(parsed.keys, numbers, ranks[numbers])


def _joined(numbers: dict[str, Integers], canonical: dict[str, str]) -> dict[str, Integers]:
    """Put the features of chromosomes together that the reference knows as one."""
    lists: dict[str, list[Integers]] = {}
    for chrom, found in numbers.items():
        lists.setdefault(canonical[chrom], []).append(found)
    return {chrom: np.concatenate(found) for chrom, found in lists.items()}


def _distinct(features: Iterable[Feature]) -> Iterator[Feature]:
    given: dict[tuple[str, str], list[Feature]] = {}
    for feature in features:
        same = given.setdefault((feature.chrom, feature.name), [])
        if not any(feature.start < other.end and other.start < feature.end for other in same):
            same.append(feature)
            yield feature
