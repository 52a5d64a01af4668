"""Reads packed into rows, with all that is drawn of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.layout import pack_rows
from gxview.tracks.read_table import (
    CODES,
    DELETION,
    INSERTION,
    INTRON,
    MATCHES,
    REVERSE,
    SOFT,
    ReadOptions,
    ReadTable,
    spread,
)
from gxview.tracks.reduce import Integers

NARROW = 4
"""Reads are packed while a pixel holds no more than so many of them, end to end; then they would be dust."""
MOST_LETTERS = 150_000
"""Differing letters that are kept to be drawn; of more none is, as they would hide one another."""


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
    crowded : bool
        Whether there are too many such letters to keep them.
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
    crowded: bool

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return int(self.rows.max(initial=-1)) + 1


def pack_reads(
    table: ReadTable,
    region: Region,
    differing: Integers,
    options: ReadOptions,
    bases_per_pixel: float,
    max_reads: int,
    max_rows: int,
) -> PackedReads:
    """Choose reads, give each a row, and take their parts that are wide enough to be seen.

    Parameters
    ----------
    table : ReadTable
        The reads that count.
    region : Region
        Where.
    differing : ndarray of int64, shape (m, 3)
        Base, code, read of the letters that differ from the reference.
    options : ReadOptions
        Whether clipped ends are shown.
    bases_per_pixel : float
        The widest zoom for which the result serves.
    max_reads, max_rows : int
        See `pile_up`.
    """
    clips = _clips(table) if options.soft_clips else np.empty((0, 4), np.int64)
    rows = _rows_of(table, region, clips, bases_per_pixel, max_reads, max_rows)
    kept, smallest = rows >= 0, max(1.0, bases_per_pixel / 2)
    letters = _of(np.concatenate((differing, _clip_letters(table, clips))), kept)
    crowded = len(letters) > MOST_LETTERS
    insertions = _steps(table, (INSERTION,))
    insertions[:, 1] -= insertions[:, 0]
    return PackedReads(
        starts=table.starts[kept],
        ends=table.ends[kept],
        rows=rows[kept],
        quality=table.quality[kept],
        reverse=(table.flags[kept] & REVERSE) > 0,
        names=tuple(table.names[number] for number in np.flatnonzero(kept).tolist()),
        blocks=_of(_joined(_steps(table, MATCHES), smallest), kept),
        deletions=_of(_longer(_steps(table, (DELETION,)), smallest), kept),
        introns=_of(_longer(_steps(table, (INTRON,)), smallest), kept),
        clips=_of(clips[:, :3], kept),
        insertions=_of(insertions[(insertions[:, 1] >= smallest) | (bases_per_pixel <= 4)], kept),
        letters=letters[:0] if crowded else letters,
        crowded=crowded,
    )


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


def _rows_of(
    table: ReadTable, region: Region, clips: Integers, bases_per_pixel: float, max_reads: int, max_rows: int
) -> Integers:
    """Return the row of each read, shape (n,); -1 for those that are left out."""
    left, right = table.starts.copy(), table.ends.copy()
    np.minimum.at(left, clips[:, 2], clips[:, 0])
    np.maximum.at(right, clips[:, 2], clips[:, 1])
    numbers = np.flatnonzero(thinned(table, region, max_reads))
    spans = list(zip(left[numbers].tolist(), right[numbers].tolist(), strict=True))
    rows = np.full(len(table), -1, np.int64)
    rows[numbers] = pack_rows(spans, gap=2 * bases_per_pixel, max_rows=max_rows)
    return rows


def _steps(table: ReadTable, codes: tuple[int, ...]) -> Integers:
    """Return (start, end, read) of the steps of some kinds; insertions end as far on as they are long."""
    at = np.flatnonzero(np.isin(table.op_code, codes))
    return np.stack((table.op_start[at], table.op_start[at] + table.op_length[at], table.op_read[at]), axis=1)


def _joined(blocks: Integers, smallest: float) -> Integers:
    """Join the blocks of each read between which there is no gap that would be seen."""
    if not len(blocks):
        return blocks
    begins = (np.diff(blocks[:, 2]) > 0) | (blocks[1:, 0] - blocks[:-1, 1] >= smallest)
    heads = np.concatenate(([0], np.flatnonzero(begins) + 1))
    tails = np.concatenate((heads[1:], [len(blocks)])) - 1
    return np.stack((blocks[heads, 0], blocks[tails, 1], blocks[heads, 2]), axis=1)


def _longer(parts: Integers, smallest: float) -> Integers:
    return parts[parts[:, 1] - parts[:, 0] >= smallest]


def _of(parts: Integers, kept: NDArray[np.bool_]) -> Integers:
    """Return the parts of some reads, which are numbered anew."""
    own = parts[kept[parts[:, 2]]]
    own[:, 2] = (np.cumsum(kept) - 1)[own[:, 2]]
    return own


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
    code = CODES[table.letters[spread(known[:, 3], length)[0]]]
    return np.stack((position, np.minimum(code, 4), known[number, 2]), axis=1).astype(np.int64)
