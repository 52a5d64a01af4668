"""Stretches of one value each on one chromosome: sorted, without overlap, compact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.base import Floats
from gxview.tracks.wiggle import Rows

Positions: TypeAlias = NDArray[np.signedinteger]
_INT32_END = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """How many lines overlap others, and the first two of them."""

    lines: int
    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Positions (0-based, half-open) and float32 values; 12 bytes each on chromosomes up to 2^31 bases."""

    starts: Positions
    ends: Positions
    values: Floats

    @classmethod
    def of(cls, rows: Rows) -> tuple[Stretches, Overlap | None]:
        """Sort rows; where several cover a base it gets their mean. Values must be NaN or fit into float32."""
        order = np.argsort(rows.starts, kind="stable")
        rows = Rows(rows.starts[order], rows.ends[order], rows.values[order], rows.lines[order])
        reach = np.maximum.accumulate(rows.ends)
        clash = np.flatnonzero(rows.starts[1:] < reach[:-1])
        overlap = None
        if clash.size:
            overlap = _told(rows, clash)
            rows = _averaged(rows, reach)
        kind = np.int32 if rows.ends.max(initial=0) < _INT32_END else np.int64
        return cls(rows.starts.astype(kind), rows.ends.astype(kind), rows.values.astype(np.float32)), overlap

    def within(self, start: int, end: int) -> Stretches:
        """Return those that share a base with a stretch of the chromosome."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        return Stretches(self.starts[first:last], self.ends[first:last], self.values[first:last])


def _told(rows: Rows, clash: NDArray[np.intp]) -> Overlap:
    second = int(clash[0]) + 1
    earlier = np.flatnonzero(rows.ends[:second] > rows.starts[second])
    first, later = sorted((int(rows.lines[earlier[-1]]), int(rows.lines[second])))
    return Overlap(int(clash.size), first, later)


def _averaged(rows: Rows, reach: NDArray[np.int64]) -> Rows:
    """Cut rows that overlap at all of their borders, and give each piece the mean of the rows that cover it."""
    begins = np.concatenate(([True], rows.starts[1:] >= reach[:-1]))
    alone = begins & np.concatenate((begins[1:], [True]))
    mixed = ~alone & ~np.isnan(rows.values)
    starts, ends, values = rows.starts[mixed], rows.ends[mixed], rows.values[mixed]
    edges = np.unique(np.concatenate((starts, ends)))
    count, total = np.zeros(len(edges), np.int64), np.zeros(len(edges))
    for places, sign in ((np.searchsorted(edges, starts), 1), (np.searchsorted(edges, ends), -1)):
        np.add.at(count, places, sign)
        np.add.at(total, places, sign * values)
    count, total = np.cumsum(count)[:-1], np.cumsum(total)[:-1]
    covered = count > 0
    means = total[covered] / count[covered]
    starts = np.concatenate((rows.starts[alone], edges[:-1][covered]))
    order = np.argsort(starts, kind="stable")
    ends = np.concatenate((rows.ends[alone], edges[1:][covered]))[order]
    return Rows(starts[order], ends, np.concatenate((rows.values[alone], means))[order], rows.lines[:0])
