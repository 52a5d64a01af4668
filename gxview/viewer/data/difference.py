"""One signal minus another, as a signal of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks import SignalSource, SignalSummary
from gxview.tracks.reduce import Accumulator, bin_edges

MAX_EXACT = 1 << 23
"""Bases of a region up to which every base is subtracted; beyond, the means of the bins are."""
CHUNK = 1 << 20
"""Bases subtracted at once."""


@dataclass(frozen=True, slots=True)
class DifferenceSource:
    """The first signal minus the second; NaN where either has no value.

    Parameters
    ----------
    first, second
        Signals on the same genome.
    """

    first: SignalSource
    second: SignalSource

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first.name} \N{MINUS SIGN} {self.second.name}"

    @property
    def path(self) -> Path:
        """File of the first signal."""
        return self.first.path

    @property
    def color(self) -> None:
        """No colour of its own."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What both have to say."""
        return (*self.first.notes, *self.second.notes)

    @property
    def sizes(self) -> dict[str, int]:
        """Chromosomes of both."""
        return {**self.second.sizes, **self.first.sizes}

    def values(self, region: Region) -> NDArray[np.float32]:
        """Return the difference at every base, (L,)."""
        return np.asarray(self.first.values(region) - self.second.values(region), np.float32)

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return extremes and mean of the differences of the bases in each of equal bins.

        In regions longer than `MAX_EXACT` all three are the difference of the means of the bin instead, which may be
        small where the signals differ at single bases.
        """
        if not is_exact(region.length):
            mean = self.first.summary(region, bins).mean - self.second.summary(region, bins).mean
            return SignalSummary(mean, mean, mean)
        found = Accumulator.empty(bin_edges(region, bins))
        for start in range(region.start, region.end, CHUNK):
            part = Region(region.chrom, start, min(start + CHUNK, region.end))
            found.add_values(start, self.values(part))
        return found.result()


def is_exact(length: int) -> bool:
    """Whether a region of so many bases is subtracted base by base."""
    return length <= MAX_EXACT
