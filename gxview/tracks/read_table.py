"""Aligned reads as a few long arrays, so that no step after reading costs a Python call for each read."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pysam
from numpy.typing import NDArray

from gxview.tracks.reduce import Integers

Flags = NDArray[np.bool_]

REVERSE, SECONDARY, FAILED, DUPLICATE, SUPPLEMENTARY = 0x10, 0x100, 0x200, 0x400, 0x800
"""Bits of a read's flag, section 1.4 of the SAM specification."""

MATCH, INSERTION, DELETION, INTRON, SOFT, HARD, PADDING, SAME, OTHER = range(9)
"""Operations of a CIGAR."""
MATCHES = (MATCH, SAME, OTHER)
"""Operations that put letters of the read on the reference."""
BASES = "ACGTN"
"""Letters in the order of their codes; N stands for every other one."""
CODES = np.full(256, 4, np.uint8)
"""Code of each letter in ASCII."""
CODES[np.frombuffer(b"ACGTacgt", np.uint8)] = [0, 1, 2, 3] * 2
SAME_LETTER = 255
"""Code of ``=`` in a read: the same as the reference."""
CODES[ord("=")] = SAME_LETTER
_ON_REFERENCE = np.array([1, 0, 1, 1, 0, 0, 0, 1, 1, 0], np.int64)
_ON_READ = np.array([1, 1, 0, 0, 1, 0, 0, 1, 1, 0], np.int64)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which reads count, and which of their parts.

    Reads that are not mapped or failed the quality checks of the machine never do.

    Attributes
    ----------
    duplicates, secondary, supplementary : bool
        Whether reads that are marked so count.
    min_mapping_quality : int
        Reads below it do not count.
    soft_clips : bool
        Whether the clipped ends of reads are shown.
    """

    duplicates: bool = False
    secondary: bool = False
    supplementary: bool = False
    min_mapping_quality: int = 0
    soft_clips: bool = False

    @property
    def hidden(self) -> int:
        """Bits of the flag that hide a read."""
        wanted = ((DUPLICATE, self.duplicates), (SECONDARY, self.secondary), (SUPPLEMENTARY, self.supplementary))
        return FAILED | sum(bit for bit, shown in wanted if not shown)


@dataclass(frozen=True, slots=True, eq=False)
class ReadTable:
    """Mapped reads of one chromosome, by start.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n,)
        Reference span of each read, introns included.
    flags, quality : ndarray of int64, shape (n,)
        Flag and mapping quality.
    marks : ndarray of int64, shape (n,)
        A number from each read's name that looks random but is always the same; mates share it.
    names : tuple of str
        Names of the reads.
    op_read, op_code, op_length, op_start, op_query : ndarray of int64, shape (m,)
        Steps of the CIGARs: read, operation, length, first reference base, first letter of the read's sequence.
    letters : ndarray of uint8
        The sequences of all reads on the forward strand, one after another, in ASCII.
    letters_from : ndarray of int64, shape (n + 1,)
        Where each sequence begins; a read without one has no letters.
    """

    starts: Integers
    ends: Integers
    flags: Integers
    quality: Integers
    marks: Integers
    names: tuple[str, ...]
    op_read: Integers
    op_code: Integers
    op_length: Integers
    op_start: Integers
    op_query: Integers
    letters: NDArray[np.uint8]
    letters_from: Integers

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, reads: Iterable[pysam.AlignedSegment]) -> ReadTable:
        """Take in mapped reads; they are sorted by start."""
        rows = sorted(_rows(reads), key=lambda row: row[0])
        starts, flags, quality, names, cigars, texts = zip(*rows, strict=True) if rows else ((),) * 6
        lengths = np.array([len(cigar) for cigar in cigars], np.int64)
        steps = np.array([step for cigar in cigars for step in cigar], np.int64).reshape(-1, 2)
        begin = np.array(starts, np.int64)
        read = np.repeat(np.arange(len(rows)), lengths)
        first = np.concatenate(([0], np.cumsum(lengths)))[:-1]
        on_reference = _before(_ON_REFERENCE[steps[:, 0]] * steps[:, 1], first, lengths)
        on_read = _before(_ON_READ[steps[:, 0]] * steps[:, 1], first, lengths)
        ends = begin + np.bincount(read, _ON_REFERENCE[steps[:, 0]] * steps[:, 1], len(rows)).astype(np.int64)
        marks = [zlib.crc32(name.encode("utf-8", "replace")) for name in names]
        return cls(
            begin,
            np.maximum(ends, begin + 1),
            np.array(flags, np.int64),
            np.array(quality, np.int64),
            np.array(marks, np.int64),
            tuple(names),
            read,
            steps[:, 0],
            steps[:, 1],
            begin[read] + on_reference,
            on_read,
            np.frombuffer("".join(texts).encode("latin-1", "replace"), np.uint8),
            np.concatenate(([0], np.cumsum([len(text) for text in texts], dtype=np.int64))),
        )

    @classmethod
    def joined(cls, tables: Sequence[ReadTable]) -> ReadTable:
        """Join tables of one chromosome into one, sorted by start."""
        reads = np.cumsum([0, *map(len, tables)])[:-1]
        letters = np.cumsum([0, *(len(table.letters) for table in tables)])[:-1]
        same: dict[str, Any] = {
            name: np.concatenate([getattr(table, name) for table in tables]) for name in (*_OF_READS, *_OF_STEPS)
        }
        whole = cls(
            **same,
            names=tuple(name for table in tables for name in table.names),
            op_read=np.concatenate([table.op_read + first for table, first in zip(tables, reads, strict=True)]),
            letters=np.concatenate([table.letters for table in tables]),
            letters_from=np.concatenate(
                [[0], *(table.letters_from[1:] + first for table, first in zip(tables, letters, strict=True))]
            ),
        )
        return whole if (np.diff(whole.starts) >= 0).all() else whole._in_order(np.argsort(whole.starts, kind="stable"))

    def _in_order(self, order: Integers) -> ReadTable:
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        steps = np.argsort(rank[self.op_read], kind="stable")
        lengths = np.diff(self.letters_from)[order]
        same: dict[str, Any] = {name: getattr(self, name)[order] for name in _OF_READS}
        same |= {name: getattr(self, name)[steps] for name in _OF_STEPS}
        return ReadTable(
            **same,
            names=tuple(self.names[number] for number in order.tolist()),
            op_read=rank[self.op_read[steps]],
            letters=_pieces(self.letters, self.letters_from[:-1][order], lengths),
            letters_from=np.concatenate(([0], np.cumsum(lengths))),
        )

    def counted(self, start: int, end: int, options: ReadOptions) -> Flags:
        """Tell which reads overlap a stretch and count, shape (n,)."""
        kept = (self.flags & options.hidden == 0) & (self.quality >= options.min_mapping_quality)
        return np.asarray(kept & (self.starts < end) & (self.ends > start))

    def only(self, kept: Flags) -> ReadTable:
        """Return the table of some of the reads; the letters are shared."""
        numbers = np.flatnonzero(kept)
        if len(numbers) == len(self):
            return self
        steps = kept[self.op_read]
        renumbered = np.cumsum(kept) - 1
        spans = (self.letters_from[:-1][kept], np.diff(self.letters_from)[kept])
        return ReadTable(
            self.starts[kept],
            self.ends[kept],
            self.flags[kept],
            self.quality[kept],
            self.marks[kept],
            tuple(self.names[number] for number in numbers.tolist()),
            renumbered[self.op_read[steps]],
            self.op_code[steps],
            self.op_length[steps],
            self.op_start[steps],
            self.op_query[steps],
            _pieces(self.letters, *spans),
            np.concatenate(([0], np.cumsum(spans[1]))),
        )


_OF_READS = ("starts", "ends", "flags", "quality", "marks")
_OF_STEPS = ("op_code", "op_length", "op_start", "op_query")


def batched(reads: Iterator[pysam.AlignedSegment], size: int = 5000) -> Iterator[list[pysam.AlignedSegment]]:
    """Yield reads a few thousand at a time: no step over all of them then holds up other threads for long."""
    while some := list(islice(reads, size)):
        yield some


def _rows(
    reads: Iterable[pysam.AlignedSegment],
) -> Iterator[tuple[int, int, int, str, list[tuple[int, int]], str]]:
    for read in reads:
        cigar = read.cigartuples
        if read.is_unmapped or not cigar or read.reference_start < 0:
            continue
        yield (
            read.reference_start,
            read.flag,
            read.mapping_quality,
            read.query_name or "",
            cigar,
            read.query_sequence or "",
        )


def _before(amounts: Integers, first: Integers, lengths: Integers) -> Integers:
    """Return what came before each step within its own read."""
    total = np.cumsum(amounts) - amounts
    own = total[np.minimum(first, max(0, len(total) - 1))] if len(total) else first
    return np.asarray(total - np.repeat(own, lengths))


def spread(starts: Integers, lengths: Integers) -> tuple[Integers, Integers]:
    """Return every position of some stretches, and the number of its stretch; both of shape (lengths.sum(),)."""
    number = np.repeat(np.arange(len(starts)), lengths)
    inner = np.arange(len(number)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return starts[number] + inner, number


def _pieces(letters: NDArray[np.uint8], starts: Integers, lengths: Integers) -> NDArray[np.uint8]:
    return letters[spread(starts, lengths)[0]]
