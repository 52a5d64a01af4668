"""The share of G and C along the genome, counted from its letters: a signal like that of a file."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks import SignalSummary
from gxview.tracks.reduce import bin_edges

WINDOW = 64
"""Bases around the middle of a bin that are counted where the bin itself is narrower."""
CELL = 1024
"""Bases whose counts are kept once they were read."""
CHUNK = 1 << 20
"""Bases read at once; a multiple of `CELL`."""

Counts: TypeAlias = NDArray[np.int64]
"""Of G and C, and of all known bases: (2, n)."""

_GC = bytes(code in b"GCgc" for code in range(256))
_KNOWN = bytes(code in b"ACGTUacgtu" for code in range(256))


@dataclass(slots=True)
class GcContent:
    """Percent of G and C among the known bases; NaN where none is known.

    Parameters
    ----------
    reference
        Genome.
    """

    reference: Reference
    name: str = "GC content"
    path: Path = field(init=False)
    color: str | None = None
    notes: tuple[str, ...] = ()
    sizes: dict[str, int] = field(init=False)
    _cells: dict[tuple[str, int], Counts] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.path, self.sizes = self.reference.path, dict(self.reference.sizes)

    def values(self, region: Region) -> NDArray[np.float32]:
        """Return the percentage in the window around each base, (L,)."""
        return self.summary(region, region.length).mean

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return the percentage in each of equal bins, or in a window around its middle where that is wider.

        Minimum, maximum and mean are the same: one number tells what share of all its bases is G or C.
        """
        edges = bin_edges(region, bins)
        if np.all(edges[:-1] % CELL == 0) and region.length >= bins * CELL:
            counts = self._of_cells(region, edges)
        else:
            counts = self._of_letters(region, edges)
        with np.errstate(invalid="ignore", divide="ignore"):
            percent = (100.0 * counts[0] / counts[1]).astype(np.float32)
        return SignalSummary(percent, percent, percent)

    def _of_letters(self, region: Region, edges: Counts) -> Counts:
        """Count in each bin, or in the window around its middle, within the chromosome."""
        size = self.reference.sizes[region.chrom]
        middle = (edges[:-1] + edges[1:]) // 2
        first = np.clip(np.minimum(edges[:-1], middle - WINDOW // 2), 0, size)
        last = np.clip(np.maximum(edges[1:], middle + WINDOW // 2), 0, size)
        start, end = int(first[0]), int(last[-1])
        letters = self.reference.fetch(Region(region.chrom, start, end))
        total = np.zeros((2, end - start + 1), np.int64)
        np.cumsum(_classes(letters), axis=1, out=total[:, 1:])
        return np.asarray(total[:, last - start] - total[:, first - start])

    def _of_cells(self, region: Region, edges: Counts) -> Counts:
        """Add up the counts of cells; only the last bin may end within one, at the end of the chromosome."""
        chunks = range(region.start // CHUNK, (region.end - 1) // CHUNK + 1)
        cells = np.concatenate([self._chunk(region.chrom, index) for index in chunks], axis=1)
        begin = chunks.start * CHUNK // CELL
        cells = cells[:, : -(-region.end // CELL) - begin]
        return np.asarray(np.add.reduceat(cells, edges[:-1] // CELL - begin, axis=1))

    def _chunk(self, chrom: str, index: int) -> Counts:
        with self._lock:
            known = self._cells.get((chrom, index))
        if known is None:
            end = min((index + 1) * CHUNK, self.reference.sizes[chrom])
            counted = _classes(self.reference.fetch(Region(chrom, index * CHUNK, end)))
            whole = counted.shape[1] // CELL * CELL
            known = counted[:, :whole].reshape(2, -1, CELL).sum(axis=2, dtype=np.uint16).astype(np.int64)
            if whole < counted.shape[1]:
                known = np.append(known, counted[:, whole:].sum(axis=1, keepdims=True, dtype=np.int64), axis=1)
            with self._lock:
                self._cells[chrom, index] = known
        return known


def _classes(letters: str) -> NDArray[np.uint8]:
    """Tell which letters are G or C, and which are known at all: (2, L)."""
    # several times faster than an index of numpy
    codes, classes = letters.encode("latin-1", "replace"), np.empty((2, len(letters)), np.uint8)
    for table, found in zip((_GC, _KNOWN), classes, strict=True):
        found[:] = np.frombuffer(codes.translate(table), np.uint8)
    return classes
