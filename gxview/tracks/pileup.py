"""Coverage, differing bases and packed reads of a region, from a table of its reads."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.layout import pack_rows
from gxview.tracks.read_table import (
    DELETION,
    INSERTION,
    INTRON,
    MATCH,
    OTHER,
    REVERSE,
    SAME,
    SOFT,
    ReadOptions,
    ReadTable,
    spread,
)
from gxview.tracks.reduce import Accumulator, Integers, bin_edges

BASES = "ACGTN"
"""Letters in the order of their codes; N stands for every other one."""
PER_BASE = 1 << 18
"""Regions up to so many bases have their coverage base by base."""
NARROW = 4
"""Reads are packed while a pixel holds no more than so many of them, end to end; then they would be dust."""
_CHUNK = 1 << 21
_CODES = np.full(256, 4, np.uint8)
_CODES[np.frombuffer(b"ACGTacgt", np.uint8)] = [0, 1, 2, 3] * 2
_SKIP = 255
"""Code of ``=`` in a read: the same as the reference."""
_CODES[ord("=")] = _SKIP


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
class PackedReads:
    """The reads to draw. Parts name their read by its number.

    Attributes
    ----------
    starts, ends, rows, quality : ndarray of int64, shape (n,)
        Span, row (0 on top) and mapping quality.
    reverse : ndarray of bool, shape (n,)
        Strand.
    names : tuple of str
        Names.
    blocks, deletions, introns, clips : ndarray of int64, shape (m, 3)
        Start, end, read.
    insertions : ndarray of int64, shape (m, 3)
        Base before which letters are put in, their number, read.
    letters : ndarray of int64, shape (m, 3)
        Base, code, read of each letter that differs from the reference, and of those of soft clips.
    """

    starts: Integers
    ends: Integers
    rows: Integers
    quality: Integers
    reverse: NDArray[np.bool_]
    names: tuple[str, ...]
    blocks: Integers
    deletions: Integers
    introns: Integers
    clips: Integers
    insertions: Integers
    letters: Integers

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return int(self.rows.max(initial=-1)) + 1


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
    max_reads: int = 3000,
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
        reads = _packed(counted, region, differing, options, bases_per_pixel, max_reads, max_rows)
    hidden = int(((table.starts < region.end) & (table.ends > region.start)).sum()) - len(counted)
    ends = np.sort(counted.ends)
    return Pileup(region, coverage, reads, counted.starts, ends, typical, hidden, codes is not None)


def thinned(table: ReadTable, region: Region, most: int) -> NDArray[np.bool_]:
    """Choose reads evenly along a region: the same ones each time, and those of a smaller choice in a larger one.

    The region is cut into stretches on a grid of the genome; each keeps the reads with the smallest marks, as many as
    all stretches can keep together.
    """
    if len(table) <= most:
        return np.ones(len(table), np.bool_)
    width = 1 << max(0, int(np.log2(max(1, region.length // 64))))
    place = np.maximum(table.starts, region.start) // width
    order = np.lexsort((np.arange(len(table)), table.marks, place))
    place = place[order]
    heads = np.flatnonzero(np.diff(place, prepend=-1))
    rank = np.arange(len(place)) - np.repeat(heads, np.diff(np.append(heads, len(place))))
    quota = int(np.searchsorted(np.cumsum(np.bincount(rank)), most, "right"))
    chosen = np.zeros(len(table), np.bool_)
    chosen[order[rank < max(1, quota)]] = True
    return chosen


def _codes(letters: str) -> NDArray[np.uint8]:
    return _CODES[np.frombuffer(letters.encode("latin-1", "replace"), np.uint8)]


def _differing(table: ReadTable, region: Region, codes: NDArray[np.uint8]) -> Integers:
    """Return (base, code, read) of every letter of a read that is not the reference's; shape (m, 3)."""
    has_letters = np.diff(table.letters_from) > 0
    steps = np.flatnonzero(np.isin(table.op_code, (MATCH, SAME, OTHER)) & has_letters[table.op_read])
    start = np.maximum(table.op_start[steps], region.start)
    length = np.minimum(table.op_start[steps] + table.op_length[steps], region.end) - start
    steps, start, length = steps[length > 0], start[length > 0], length[length > 0]
    query = table.letters_from[table.op_read[steps]] + table.op_query[steps] + start - table.op_start[steps]
    found = [np.empty((0, 3), np.int64)]
    ends = np.cumsum(length)
    for first in range(0, int(ends[-1]) if len(ends) else 0, _CHUNK):
        part = slice(*np.searchsorted(ends, (first, first + _CHUNK), "right"))
        position, number = spread(start[part], length[part])
        letter = _CODES[table.letters[spread(query[part], length[part])[0]]]
        known = codes[position - region.start]
        differs = np.flatnonzero((letter != known) & (letter != _SKIP) & (known < 4))
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
    steps = np.isin(table.op_code, (MATCH, SAME, OTHER))
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


def _packed(
    table: ReadTable,
    region: Region,
    differing: Integers,
    options: ReadOptions,
    bases_per_pixel: float,
    max_reads: int,
    max_rows: int,
) -> PackedReads:
    chosen = thinned(table, region, max_reads)
    left, right = table.starts.copy(), table.ends.copy()
    clips = _clips(table) if options.soft_clips else np.empty((0, 4), np.int64)
    np.minimum.at(left, clips[:, 2], clips[:, 0])
    np.maximum.at(right, clips[:, 2], clips[:, 1])
    numbers = np.flatnonzero(chosen)
    spans = list(zip(left[numbers].tolist(), right[numbers].tolist(), strict=True))
    row_of = np.full(len(table), -1, np.int64)
    row_of[numbers] = pack_rows(spans, gap=2 * bases_per_pixel, max_rows=max_rows)
    kept = row_of >= 0
    renumbered = np.cumsum(kept) - 1
    clipped = np.concatenate((differing, _clip_letters(table, clips)))
    parts = {name: _parts(table, code) for name, code in _PARTS.items()}
    parts |= {"clips": clips[:, :3], "letters": clipped}
    parts["insertions"][:, 1] -= parts["insertions"][:, 0]
    own = {name: _renumbered(part, kept, renumbered) for name, part in parts.items()}
    return PackedReads(
        table.starts[kept],
        table.ends[kept],
        row_of[kept],
        table.quality[kept],
        (table.flags[kept] & REVERSE) > 0,
        tuple(table.names[number] for number in np.flatnonzero(kept).tolist()),
        **own,
    )


_PARTS = {
    "blocks": (MATCH, SAME, OTHER),
    "deletions": (DELETION,),
    "introns": (INTRON,),
    "insertions": (INSERTION,),
}


def _parts(table: ReadTable, codes: tuple[int, ...]) -> Integers:
    """Return (start, end, read) of the steps of some kinds; insertions end as far on as they are long."""
    at = np.flatnonzero(np.isin(table.op_code, codes))
    return np.stack((table.op_start[at], table.op_start[at] + table.op_length[at], table.op_read[at]), axis=1)


def _clips(table: ReadTable) -> Integers:
    """Return (start, end, read, first letter) of the soft clips, laid beside the aligned part; shape (m, 4)."""
    at = np.flatnonzero(table.op_code == SOFT)
    read, length, place = table.op_read[at], table.op_length[at], table.op_start[at]
    before = table.op_query[at] == 0
    start = np.where(before, place - length, place)
    return np.stack((start, start + length, read, table.letters_from[read] + table.op_query[at]), axis=1)


def _clip_letters(table: ReadTable, clips: Integers) -> Integers:
    """Return (base, code, read) of the letters of soft clips; shape (m, 3)."""
    known = clips[np.diff(table.letters_from)[clips[:, 2]] > 0]
    length = known[:, 1] - known[:, 0]
    position, number = spread(known[:, 0], length)
    code = _CODES[table.letters[spread(known[:, 3], length)[0]]]
    return np.stack((position, np.minimum(code, 4), known[number, 2]), axis=1).astype(np.int64)


def _renumbered(part: Integers, kept: NDArray[np.bool_], numbers: Integers) -> Integers:
    own = part[kept[part[:, 2]]].copy()
    own[:, 2] = numbers[own[:, 2]]
    return own
