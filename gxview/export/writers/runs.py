"""Runs of finite values, cut at places that depend on the genome only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PIECE = 1 << 20
"""No run crosses a multiple of so many bases."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Finite values of neighbouring bases: float32 (n,) from the 0-based position `start` on."""

    chrom: str
    start: int
    values: NDArray[np.float32]

    @property
    def end(self) -> int:
        """The position behind the last base."""
        return self.start + len(self.values)


def finite_runs(chrom: str, start: int, values: NDArray[np.float32]) -> Iterator[Run]:
    """Cut values where they are not finite, and at multiples of `PIECE` positions."""
    known = np.isfinite(values)
    edges = np.flatnonzero(np.diff(known, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2).tolist():
        position = first
        while position < last:
            border = (start + position) // PIECE * PIECE + PIECE - start
            part = values[position : min(border, last)]
            yield Run(chrom, start + position, np.ascontiguousarray(part, dtype=np.float32))
            position = border


class Joiner:
    """Joins what comes in pieces to the same runs, however it was cut.

    Parameters
    ----------
    sizes : mapping of str to int
        All chromosomes, in order.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = sizes
        self._ranks = {name: rank for rank, name in enumerate(sizes)}
        self._at = (-1, 0)
        self._open: list[Run] = []

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> Iterator[Run]:
        """Take values that lie behind those before; yield the runs that are whole.

        Raises
        ------
        ValueError
            If the values lie outside the chromosome, or before others that were added.
        """
        self._check(chrom, start, values)
        for run in finite_runs(chrom, start, values):
            if self._open and not self._continues(run):
                yield self._close()
            self._open.append(run)

    def rest(self) -> Iterator[Run]:
        """Yield the run that nothing follows."""
        if self._open:
            yield self._close()

    def _check(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        end = start + len(values)
        if values.ndim != 1 or start < 0 or end > self._sizes.get(chrom, -1):
            raise ValueError(f"{values.shape} values from {chrom}:{start} lie outside of the genome")
        if (self._ranks[chrom], start) < self._at:
            raise ValueError(f"{chrom}:{start} comes after values that lie behind it")
        self._at = (self._ranks[chrom], end)

    def _continues(self, run: Run) -> bool:
        last = self._open[-1]
        return (last.chrom, last.end) == (run.chrom, run.start) and bool(run.start % PIECE)

    def _close(self) -> Run:
        parts, self._open = self._open, []
        first = parts[0]
        return Run(first.chrom, first.start, np.concatenate([part.values for part in parts]))
