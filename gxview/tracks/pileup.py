"""Coverage, differing bases and packed reads of a region, from a table of its reads."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.packed_reads import NARROW, PackedReads, pack_reads
from gxview.tracks.read_table import CODES, MATCHES, SAME_LETTER, ReadOptions, ReadTable, spread
from gxview.tracks.reduce import Accumulator, Integers, bin_edges

PER_BASE = 1 << 18
"""Regions up to so many bases have their coverage base by base."""
_CHUNK = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """How many reads cover each base with a letter of their own; deletions and introns do not count.

    Attributes
    ----------
    start : int
        First base.
    depth : ndarray of float32, shape (L,), or None
        Depth of each base.
    edges, summary : ndarray of int64, shape (bins + 1,), and SignalSummary, or None
        Depth in bins, of regions too long for single bases.
    sites : ndarray of int64, shape (k,)
        Bases where some reads differ from the reference.
    counts : ndarray of int64, shape (k, 5)
        Reads with A, C, G, T and another letter at these bases, those like the reference included.
    reference : ndarray of uint8, shape (k,)
        Code of the reference at these bases.
    """

    start: int
    depth: Floats | None
    edges: Integers | None
    summary: SignalSummary | None
    sites: Integers
    counts: Integers
    reference: NDArray[np.uint8]

    def between(self, start: int, end: int) -> Coverage:
        """Return the same coverage with the sites of a stretch only."""
        part = slice(*np.searchsorted(self.sites, (start, end)))
        return replace(self, sites=self.sites[part], counts=self.counts[part], reference=self.reference[part])

    def differing(self, share: float) -> NDArray[np.bool_]:
        """Tell the sites where more than a share of the reads differs from the reference."""
        total = self.counts.sum(axis=1)
        same = self.counts[np.arange(len(self.sites)), self.reference]
        return np.asarray((total - same) > share * np.maximum(total, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Pileup:
    """What is known of the reads in a region.

    Attributes
    ----------
    region : Region
        Where.
    coverage : Coverage
        Of all reads that count.
    reads : PackedReads or None
        Those to draw; None where they are too narrow.
    begins, finishes : ndarray of int64, shape (n,)
        Where the reads that count begin, and where they end, both ascending.
    typical : int
        Median length of a read on the reference.
    hidden : int
        Reads of the region that do not count.
    has_letters : bool
        Whether the reference was there to compare with.
    """

    region: Region
    coverage: Coverage
    reads: PackedReads | None
    begins: Integers
    finishes: Integers
    typical: int
    hidden: int
    has_letters: bool

    @property
    def total(self) -> int:
        """Number of reads that count."""
        return len(self.begins)

    @property
    def size(self) -> int:
        """Bytes of the arrays, roughly."""
        own = [self.begins, self.finishes, self.coverage.sites, self.coverage.counts, self.coverage.depth]
        own += [getattr(self.reads, name.name) for name in fields(self.reads)] if self.reads is not None else []
        return sum(array.nbytes for array in own if isinstance(array, np.ndarray))

    def count(self, start: int, end: int) -> int:
        """Return how many reads that count share a base with a stretch of the region."""
        begun = int(np.searchsorted(self.begins, end, side="left"))
        return begun - int(np.searchsorted(self.finishes, start, side="right"))


def pile_up(
    table: ReadTable,
    region: Region,
    letters: str | None,
    options: ReadOptions,
    *,
    bases_per_pixel: float,
    max_reads: int = 8000,
    max_rows: int = 200,
    known_to: int | None = None,
) -> Pileup:
    """Count and pack the reads of a region.

    Parameters
    ----------
    table : ReadTable
        At least the reads that overlap the region.
    region : Region
        Where.
    letters : str or None
        The reference there; without it no base is known to differ.
    options : ReadOptions
        Which reads count.
    bases_per_pixel : float
        Zoom; narrower reads are not packed, and wider regions are summarised in bins of a pixel.
    max_reads, max_rows : int
        Reads to draw at most. More are thinned out evenly along the region, always the same ones.
    known_to : int, optional
        The table lacks reads from here on: the coverage there is NaN.
    """
    kept = table.counted(region.start, region.end, options)
    counted = table.only(kept)
    typical = int(np.median(counted.ends - counted.starts)) if len(counted) else 0
    codes = None if letters is None else _codes(letters)
    differing = _differing(counted, region, codes) if codes is not None else np.empty((0, 3), np.int64)
    coverage = _coverage(counted, region, codes, differing, bases_per_pixel, known_to)
    reads = None
    if bases_per_pixel <= typical * NARROW or len(counted) <= max_reads // 10:
        reads = pack_reads(counted, region, differing, options, bases_per_pixel, max_reads, max_rows)
    hidden = int(((table.starts < region.end) & (table.ends > region.start)).sum()) - len(counted)
    ends = np.sort(counted.ends)
    return Pileup(region, coverage, reads, counted.starts, ends, typical, hidden, codes is not None)


def _codes(letters: str) -> NDArray[np.uint8]:
    return CODES[np.frombuffer(letters.encode("latin-1", "replace"), np.uint8)]


def _differing(table: ReadTable, region: Region, codes: NDArray[np.uint8]) -> Integers:
    """Return (base, code, read) of every letter of a read that is not the reference's; shape (m, 3)."""
    has_letters = np.diff(table.letters_from) > 0
    steps = np.flatnonzero(np.isin(table.op_code, MATCHES) & has_letters[table.op_read])
    start = np.maximum(table.op_start[steps], region.start)
    length = np.minimum(table.op_start[steps] + table.op_length[steps], region.end) - start
    steps, start, length = steps[length > 0], start[length > 0], length[length > 0]
    query = table.letters_from[table.op_read[steps]] + table.op_query[steps] + start - table.op_start[steps]
    found = [np.empty((0, 3), np.int64)]
    ends = np.cumsum(length)
    for first in range(0, int(ends[-1]) if len(ends) else 0, _CHUNK):
        part = slice(*np.searchsorted(ends, (first, first + _CHUNK), "right"))
        position, number = spread(start[part], length[part])
        letter = CODES[table.letters[spread(query[part], length[part])[0]]]
        known = codes[position - region.start]
        differs = np.flatnonzero((letter != known) & (letter != SAME_LETTER) & (known < 4))
        reads = table.op_read[steps[part]][number[differs]]
        found.append(np.stack((position[differs], letter[differs], reads), axis=1).astype(np.int64))
    return np.concatenate(found)


def _coverage(
    table: ReadTable,
    region: Region,
    codes: NDArray[np.uint8] | None,
    differing: Integers,
    bases_per_pixel: float,
    known_to: int | None,
) -> Coverage:
    steps = np.isin(table.op_code, MATCHES)
    starts, ends = table.op_start[steps], (table.op_start + table.op_length)[steps]
    if region.length > PER_BASE:
        none = np.empty(0, np.int64)
        bins = max(1, min(region.length, int(region.length / bases_per_pixel)))
        edges = bin_edges(region, bins)
        summary = _summary(starts, ends, edges, region.end if known_to is None else known_to)
        return Coverage(region.start, None, edges, summary, none, np.empty((0, 5), np.int64), none.astype(np.uint8))
    starts, ends = (np.clip(p - region.start, 0, region.length) for p in (starts, ends))
    change = np.bincount(starts, minlength=region.length + 1) - np.bincount(ends, minlength=region.length + 1)
    depth = np.cumsum(change)[: region.length]
    sites, counts, reference = _sites(region, depth, codes, differing)
    values = depth.astype(np.float32)
    if known_to is not None:
        values[max(0, known_to - region.start) :] = np.nan
    return Coverage(region.start, values, None, None, sites, counts, reference)


def _sites(
    region: Region, depth: Integers, codes: NDArray[np.uint8] | None, differing: Integers
) -> tuple[Integers, Integers, NDArray[np.uint8]]:
    sites, place = np.unique(differing[:, 0], return_inverse=True)
    counts = np.zeros((len(sites), 5), np.int64)
    np.add.at(counts, (place, differing[:, 1]), 1)
    reference = codes[sites - region.start] if codes is not None else np.empty(0, np.uint8)
    counts[np.arange(len(sites)), reference] += depth[sites - region.start] - counts.sum(axis=1)
    return sites, counts, reference


def _summary(starts: Integers, ends: Integers, edges: Integers, known_to: int) -> SignalSummary:
    """Summarise the depth, which changes only where a stretch starts or ends."""
    last = min(int(edges[-1]), max(int(edges[0]), known_to))
    starts, ends = (np.clip(positions, edges[0], last) for positions in (starts, ends))
    points = np.unique(np.concatenate((edges[:1], [last], starts, ends)))
    change = np.zeros(len(points), np.int64)
    np.add.at(change, np.searchsorted(points, starts), 1)
    np.add.at(change, np.searchsorted(points, ends), -1)
    collected = Accumulator.empty(edges)
    collected.add_intervals(points[:-1], points[1:], np.cumsum(change)[:-1].astype(np.float32))
    return collected.result()
