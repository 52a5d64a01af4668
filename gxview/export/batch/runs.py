"""Runs of neighbouring windows: which a shard needs, their letters, and where their results lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gxview.explain.windows import WindowGrid
from gxview.genome import Reference, Region, reverse_complement

_BASES = frozenset("ACGT")
_FETCHED = 1024  # windows whose letters are read at once


@dataclass(frozen=True, slots=True)
class Span:
    """Windows of one grid on one strand, whole batches of the grid.

    Attributes
    ----------
    chrom : str
        Sequence of the reference.
    phase : int
        Number of the grid.
    strand : str
        ``'+'`` or ``'-'``.
    first, last : int
        Indices of the windows, half-open.
    member : int
        Number of the model within an ensemble; 0 of a single model.
    """

    chrom: str
    phase: int
    strand: str
    first: int
    last: int
    member: int = 0

    @property
    def key(self) -> tuple[int, str, int, str]:
        """Which windows the indices count: member, chromosome, phase and strand."""
        return self.member, self.chrom, self.phase, self.strand


@dataclass(slots=True, eq=False)
class Run:
    """Results of the n windows of a span, along the reference.

    Attributes
    ----------
    span, grid
        Which windows.
    values : ndarray
        float32 (n, rows, W): relevance and, where asked for, hypothetical scores of A, C, G, T.
    logits : ndarray
        float32 (n, num_labels).
    known : ndarray
        bool (n,): whether a window holds any A, C, G or T.
    ready : bool
        Whether all results are there.
    """

    span: Span
    grid: WindowGrid
    values: NDArray[np.float32]
    logits: NDArray[np.float32]
    known: NDArray[np.bool_]
    ready: bool = False

    @classmethod
    def empty(cls, span: Span, grid: WindowGrid, rows: int, labels: int) -> Run:
        """Return a run without results."""
        count = span.last - span.first
        return cls(
            span,
            grid,
            np.full((count, rows, grid.window), np.nan, np.float32),
            np.full((count, labels), np.nan, np.float32),
            np.zeros(count, bool),
        )

    def take(self, other: Run) -> None:
        """Copy the windows that another run of the same grid has."""
        first, last = overlap(self.span, other.span)
        here = slice(first - self.span.first, last - self.span.first)
        there = slice(first - other.span.first, last - other.span.first)
        for name in ("values", "logits", "known"):
            getattr(self, name)[here] = getattr(other, name)[there]


@dataclass(slots=True, eq=False)
class Group:
    """Windows of a run that are computed together.

    Attributes
    ----------
    run : Run
        Takes the results.
    rows : list of int
        Places of the windows in the run.
    sequences : list of str
        Their letters on the strand of the run.
    """

    run: Run
    rows: list[int] = field(default_factory=list)
    sequences: list[str] = field(default_factory=list)

    @property
    def member(self) -> int:
        """Number of the model within an ensemble that computes them."""
        return self.run.span.member


def overlap(one: Span, other: Span) -> tuple[int, int]:
    """Return the windows, half-open, that two spans share; an empty range if none."""
    if one.key != other.key:
        return one.first, one.first
    first, last = max(one.first, other.first), min(one.last, other.last)
    return (first, last) if first < last else (one.first, one.first)


def spans_of(
    parts: Sequence[Region], grids: dict[str, tuple[WindowGrid, ...]], strands: Sequence[str], size: int
) -> list[tuple[Span, WindowGrid]]:
    """Return the spans that some parts need, in whole batches of `size` windows, each window once.

    Parameters
    ----------
    parts : sequence of Region
        In the order of the genome.
    grids : dict
        The grids of each chromosome, one for each phase.
    strands : sequence of str
        Strands that are explained.
    size : int
        Windows of the grid that belong together.
    """
    found: list[tuple[Span, WindowGrid]] = []
    for strand in strands:
        for phase in range(len(next(iter(grids.values())))):
            found += _joined(parts, {chrom: those[phase] for chrom, those in grids.items()}, phase, strand, size)
    return found


def _joined(
    parts: Sequence[Region], grids: dict[str, WindowGrid], phase: int, strand: str, size: int
) -> Iterator[tuple[Span, WindowGrid]]:
    last: Span | None = None
    for part in parts:
        grid = grids[part.chrom]
        touching = grid.touching(part.start, part.end)
        if not touching:
            continue
        first, stop = touching.start // size * size, min(-(-touching.stop // size) * size, len(grid))
        if last is not None and last.chrom == part.chrom and first <= last.last:
            last = Span(part.chrom, phase, strand, last.first, max(last.last, stop))
            continue
        if last is not None:
            yield last, grids[last.chrom]
        last = Span(part.chrom, phase, strand, first, stop)
    if last is not None:
        yield last, grids[last.chrom]


def groups_of(run: Run, size: int, have: Sequence[Run], reference: Reference) -> Iterator[Group]:
    """Yield the groups of a run that no other run has; windows without A, C, G or T are left out of them.

    Raises
    ------
    GxviewError
        If the reference cannot be read there.
    """
    span = run.span
    done = np.zeros(span.last - span.first, bool)
    for other in have:
        first, last = overlap(span, other.span)
        done[first - span.first : last - span.first] = True
    for first in range(span.first, span.last, _FETCHED // size * size or size):
        last = min(first + (_FETCHED // size * size or size), span.last)
        missing = [index for index in range(first, last, size) if not done[index - span.first]]
        if missing:
            sequences = _cut(run, first, last, reference)
            groups = (_group(run, index, sequences[index - first : index - first + size]) for index in missing)
            yield from (group for group in groups if group.rows)


def _group(run: Run, first: int, sequences: Sequence[str]) -> Group:
    group = Group(run)
    for row, sequence in enumerate(sequences, start=first - run.span.first):
        if not _BASES.isdisjoint(sequence):
            group.rows.append(row)
            group.sequences.append(sequence)
    run.known[group.rows] = True
    return group


def _cut(run: Run, first: int, last: int, reference: Reference) -> list[str]:
    """Return the letters of some windows on the strand of a run."""
    grid, window = run.grid, run.grid.window
    starts = [grid.start(index) for index in range(first, last)]
    letters = reference.fetch(Region(run.span.chrom, starts[0], starts[-1] + window)).upper()
    if run.span.strand == "+":
        return [letters[start - starts[0] : start - starts[0] + window] for start in starts]
    end, turned = starts[-1] + window, reverse_complement(letters)
    return [turned[end - start - window : end - start] for start in starts]
