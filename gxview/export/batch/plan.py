"""How a job is cut into shards: pieces of the genome that are computed, kept and lost as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gxview.explain.regions import union
from gxview.export.batch.places import FoundPlaces, Place
from gxview.export.batch.settle import SettledJob, Track
from gxview.genome import Region
from gxview.models.ensemble import single_models


@dataclass(frozen=True, slots=True)
class Shard:
    """Stretches of the genome that are worked on together.

    Attributes
    ----------
    index : int
        Place in the order of the genome.
    parts : tuple of Region
        Disjoint stretches in the order of the reference.
    """

    index: int
    parts: tuple[Region, ...]

    @property
    def bases(self) -> int:
        """Number of bases."""
        return sum(part.length for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A settled job and its shards.

    Attributes
    ----------
    settled : SettledJob
        The job.
    found : FoundPlaces
        What is explained.
    stretches : tuple of Region
        What the places cover together, in the order of the reference.
    shards : tuple of Shard
        The stretches, cut and put together.
    """

    settled: SettledJob
    found: FoundPlaces
    stretches: tuple[Region, ...]
    shards: tuple[Shard, ...]

    @classmethod
    def make(cls, settled: SettledJob, found: FoundPlaces) -> Plan:
        """Cut the places of a job into shards."""
        stretches = union([place.region for place in found.places], settled.reference)
        size = settled.job.shard_bases
        assert size is not None, "a settled job has a size of shards"
        return cls(settled, found, tuple(stretches), tuple(cut(stretches, size)))

    @property
    def places(self) -> list[Place]:
        """What was asked for, in that order."""
        return self.found.places

    @property
    def bases(self) -> int:
        """Bases that are explained, each once."""
        return sum(stretch.length for stretch in self.stretches)

    def windows(self, track: Track, parts: Sequence[Region]) -> int:
        """Return how many windows of a track touch some parts, counted for each member of an ensemble."""
        sizes, strands = self.settled.reference.sizes, len(track.tiling.strands)
        grids = {chrom: track.tiling.grids(sizes[chrom]) for chrom in {part.chrom for part in parts}}
        touching = (len(grid.touching(part.start, part.end)) for part in parts for grid in grids[part.chrom])
        return strands * len(single_models(self.settled.models[track.model])) * sum(touching)

    @property
    def total_windows(self) -> int:
        """Windows of all tracks and shards."""
        return sum(self.windows(track, shard.parts) for track in self.settled.tracks for shard in self.shards)


def cut(stretches: Sequence[Region], size: int) -> list[Shard]:
    """Cut stretches at multiples of `size`, and put short ones together until they have as many bases."""
    shards: list[Shard] = []
    open_parts: list[Region] = []
    bases = 0
    for part in (piece for stretch in stretches for piece in _pieces(stretch, size)):
        if open_parts and bases + part.length > size:
            shards.append(Shard(len(shards), tuple(open_parts)))
            open_parts, bases = [], 0
        open_parts.append(part)
        bases += part.length
    if open_parts:
        shards.append(Shard(len(shards), tuple(open_parts)))
    return shards


def _pieces(stretch: Region, size: int) -> list[Region]:
    edges = [stretch.start, *range((stretch.start // size + 1) * size, stretch.end, size), stretch.end]
    return [Region(stretch.chrom, start, end) for start, end in pairwise(edges)]
