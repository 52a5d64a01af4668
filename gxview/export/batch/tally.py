"""Which of the places that somebody named have no value at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.export.batch.places import Place
from gxview.genome import Region


class PlaceTally:
    """Counts the bases with a value in each named place of one track; whole sequences are not counted.

    Parameters
    ----------
    places : sequence of Place
        In any order.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        named = [place.region for place in places if not place.whole]
        self._by_chrom: dict[str, list[Region]] = {}
        for region in sorted(set(named), key=lambda region: (region.start, region.end)):
            self._by_chrom.setdefault(region.chrom, []).append(region)
        self._longest = {chrom: max(one.length for one in those) for chrom, those in self._by_chrom.items()}
        self._known: dict[Region, int] = dict.fromkeys(named, 0)

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        """Count the values of the stretch from the 0-based position `start` on, float32 (L,)."""
        regions = self._by_chrom.get(chrom)
        if not regions:
            return
        counts = np.concatenate([[0], np.cumsum(np.isfinite(values))])
        end = start + len(values)
        first = bisect_left(regions, start - self._longest[chrom], key=lambda region: region.start)
        last = bisect_left(regions, end, key=lambda region: region.start)
        for region in regions[first:last]:
            shared = max(region.start, start), min(region.end, end)
            if shared[0] < shared[1]:
                self._known[region] += int(counts[shared[1] - start] - counts[shared[0] - start])

    @property
    def empty(self) -> list[Region]:
        """Places without any value, in the order they were named."""
        return [region for region, known in self._known.items() if not known]
