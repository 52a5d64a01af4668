"""Values of any region, gathered from the finished shards."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.export.batch.plan import Plan
from gxview.export.batch.shards import ShardStore
from gxview.genome import Region

_OPEN = 64


class Gatherer:
    """Reads regions out of shards that are on disk, in any order.

    Parameters
    ----------
    plan, store
        The job and its shards, which were checked when they were published.
    """

    def __init__(self, plan: Plan, store: ShardStore) -> None:
        self._store = store
        self._by_chrom: dict[str, list[tuple[int, int, int, int]]] = {}
        for shard in plan.shards:
            at = 0
            for part in shard.parts:
                self._by_chrom.setdefault(part.chrom, []).append((part.start, part.end, shard.index, at))
                at += part.length
        self._open = lru_cache(_OPEN)(self._map)

    def read(self, track: int, region: Region) -> NDArray[np.float32]:
        """Return all rows of a region of a track, float32 (rows, L).

        Raises
        ------
        GxviewError
            If no shard holds it.
        """
        parts = self._by_chrom.get(region.chrom, [])
        index = bisect_right(parts, region.start, key=lambda part: part[0]) - 1
        pieces, reached = [], region.start
        while (
            index >= 0 and reached < region.end and index < len(parts) and parts[index][0] <= reached < parts[index][1]
        ):
            start, end, shard, at = parts[index]
            stop = min(end, region.end)
            pieces.append(self._open(track, shard)[:, at + reached - start : at + stop - start])
            reached, index = stop, index + 1
        if reached < region.end:
            raise GxviewError(f"The region {region} was not explained in full.")
        return np.concatenate(pieces, axis=1)

    def _map(self, track: int, shard: int) -> NDArray[np.float32]:
        array: NDArray[np.float32] = np.load(self._store.path(track, shard), mmap_mode="r")
        return array

    def close(self) -> None:
        """Let go of the files."""
        self._open.cache_clear()
