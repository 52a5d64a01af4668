"""Values of bases in cells and runs, cut at places that depend on the genome and the values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELL = 1 << 20
"""Cells end at multiples of so many bases."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Values of neighbouring bases: float32 (n,) from the 0-based position `start` on."""

    chrom: str
    start: int
    values: NDArray[np.float32]


class Cells:
    """Collects values that come in pieces to the same cells, however they were cut.

    A cell begins and ends with a finite value; what is missing within is NaN.

    Parameters
    ----------
    sizes : mapping of str to int
        All chromosomes, in order.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = sizes
        self._ranks = {name: rank for rank, name in enumerate(sizes)}
        self._chrom, self._number, self._first, self._end = "", 0, CELL, 0
        self._buffer = np.full(CELL, np.nan, dtype=np.float32)

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> Iterator[Run]:
        """Take values that lie behind those before; yield the cells that are whole.

        Raises
        ------
        ValueError
            If the values lie outside the chromosome, or not behind those before.
        """
        self._check(chrom, start, len(values))
        position, end = start, start + len(values)
        while position < end:
            number, offset = divmod(position, CELL)
            if (chrom, number) != (self._chrom, self._number):
                yield from self.rest()
                self._chrom, self._number, self._first = chrom, number, offset
            count = min(CELL - offset, end - position)
            self._buffer[offset : offset + count] = values[position - start : position - start + count]
            position = self._end = position + count

    def rest(self) -> Iterator[Run]:
        """Yield the cell that nothing more is added to."""
        begin = self._number * CELL
        used = self._buffer[self._first : max(self._first, self._end - begin)]
        known = np.isfinite(used)
        if known.any():
            first, last = int(np.argmax(known)), len(known) - int(np.argmax(known[::-1]))
            values = np.where(known[first:last], used[first:last], np.float32(np.nan))
            yield Run(self._chrom, begin + self._first + first, values)
        used.fill(np.nan)
        self._first = CELL

    def _check(self, chrom: str, start: int, count: int) -> None:
        if start < 0 or start + count > self._sizes.get(chrom, -1):
            raise ValueError(f"{count} values from {chrom}:{start} on lie outside of the genome")
        here, last = self._ranks[chrom], self._ranks.get(self._chrom, -1)
        if here < last or (here == last and start < self._end):
            raise ValueError(f"{chrom}:{start} is not behind what was added before")


def finite_runs(cell: Run) -> Iterator[Run]:
    """Cut values where they are not finite."""
    known = np.isfinite(cell.values)
    edges = np.flatnonzero(np.diff(known, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2).tolist():
        yield Run(cell.chrom, cell.start + first, cell.values[first:last])
