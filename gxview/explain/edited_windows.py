"""The windows of an edited sequence, and their batches.

The rule: **each window of the reference's grid keeps its first base.** Where that base was deleted the window begins at
the next that is left, and of windows that begin at one place one is enough; where an insertion puts neighbours further
apart, further windows begin every stride within the inserted bases (and, if a base were left uncovered, after them);
the last one is flush with the end. So a window
that no edit touches holds the same letters as on the reference, wherever an insertion or deletion has pushed it, its
values are those of the reference to the bit, and a difference track is 0 from one window beside an edit on. (On a grid
counted anew from the start of the edited sequence, one deleted base would cut every window after it elsewhere, and the
difference would show the cuts along the whole chromosome.) For substitutions the windows are those of the grid.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from gxview.explain.grid_batches import GridBatches
from gxview.explain.relevance import Relevance
from gxview.explain.windows import WindowGrid, Windows
from gxview.genome import Coordinates, Edit


@dataclass(frozen=True)
class PlacedWindows(Windows):
    """Windows at given places.

    Attributes
    ----------
    starts : tuple of int
        First base of each, ascending.
    window : int
        Bases of one window.
    """

    starts: tuple[int, ...]
    window: int

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.starts)

    def start(self, index: int) -> int:
        """Return the first base of the window with this index."""
        return self.starts[index]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring windows that are all touched by edits, or all not.

    Attributes
    ----------
    first : int
        Index of the first of them.
    plain : range
        Their indices on the reference's grid; empty where edits touch them.
    shift : int
        By how many bases untouched windows lie further right than on the reference.
    starts : tuple of int
        Starts of touched windows in the edited sequence.
    """

    first: int
    plain: range
    shift: int
    starts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.plain) or len(self.starts)


@dataclass(frozen=True)
class EditedWindows(Windows):
    """The windows of the edited sequence of one chromosome; see above for the rule.

    Attributes
    ----------
    grid : WindowGrid
        The windows of the reference.
    coordinates : Coordinates
        Where its bases stand.
    """

    grid: WindowGrid
    coordinates: Coordinates
    window: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "window", self.grid.window)

    def __len__(self) -> int:
        """Return the number of windows."""
        return self.runs[-1].first + len(self.runs[-1]) if self.runs else 0

    def start(self, index: int) -> int:
        """Return the first base of the window with this index, in the edited sequence."""
        run = self.runs[bisect_right(self.runs, index, key=lambda run: run.first) - 1]
        return self._start(run, index - run.first)

    def _start(self, run: Run, place: int) -> int:
        return self.grid.start(run.plain[place]) + run.shift if run.plain else run.starts[place]

    def touched(self, edit: Edit) -> range:
        """Return the indices on the reference's grid of the windows that an edit touches."""
        if edit.start < edit.end:
            return self.grid.touching(edit.start, edit.end)
        # those that hold the bases on both sides of an insertion
        first = bisect_right(range(len(self.grid)), edit.start - self.window, key=self.grid.start)
        last = bisect_right(range(len(self.grid)), edit.start - 1, key=self.grid.start)
        return range(first, max(first, last))

    def lifted(self, index: int) -> int:
        """Return where a window of the reference's grid begins in the edited sequence."""
        return max(0, min(self.coordinates.lift(self.grid.start(index)), self.coordinates.length - self.window))

    @cached_property
    def runs(self) -> list[Run]:
        """The windows, in runs."""
        runs: list[Run] = []
        if self.coordinates.length < self.window:
            return runs
        at = 0
        for touched in _united([self.touched(edit) for edit in self.coordinates.edits]):
            self._add_plain(runs, range(at, touched.start))
            self._add_changed(runs, touched)
            at = touched.stop
        self._add_plain(runs, range(at, len(self.grid)))
        return runs

    def _add_plain(self, runs: list[Run], plain: range) -> None:
        if plain:
            begin = self.grid.start(plain[0])
            runs.append(Run(_next(runs), plain, self.coordinates.lift(begin) - begin, ()))

    def _add_changed(self, runs: list[Run], touched: range) -> None:
        """Add the windows that edits touch, and those that fill the gaps on both sides of them."""
        before = self._start(runs[-1], -1) if runs else None
        inside = touched.stop < len(self.grid)
        after = self.coordinates.lift(self.grid.start(touched.stop)) if inside else None
        starts = {self.lifted(index) for index in touched}
        if before is None:
            starts.add(0)
        if after is None:
            starts.add(self.coordinates.length - self.window)
        own = {start for start in starts if (before is None or start > before) and (after is None or start < after)}
        ends = ([] if before is None else [before]) + sorted(own) + ([] if after is None else [after])
        filled = {start for one, other in pairwise(ends) for start in self._between(one, other)}
        wanted = sorted(own | filled)
        if wanted:
            runs.append(Run(_next(runs), range(0), 0, tuple(wanted)))

    def _between(self, one: int, other: int) -> Iterator[int]:
        """Yield the starts of the windows between two neighbours."""
        for start in range(one + self.grid.stride, other, self.grid.stride):
            # with a stride of more than half a window, one more may be needed to reach the neighbour
            if self.coordinates.unlift(start) is None or other - start + self.grid.stride > self.window:
                yield start


@dataclass(frozen=True, slots=True)
class _Step:
    """Batches of one run that are computed together."""

    run: Run
    source: GridBatches
    batches: range


@dataclass(frozen=True, slots=True)
class EditedBatches:
    """Computes the windows of an edited sequence; those that no edit touches are batches of the reference.

    Attributes
    ----------
    windows_of : EditedWindows
        The windows.
    plain : GridBatches
        Those of the reference.
    edited : GridBatches
        As `plain`, but of the edited reference; its grid is not used.
    """

    windows_of: EditedWindows
    plain: GridBatches
    edited: GridBatches

    def steps(self, windows: range) -> Iterator[_Step]:
        """Yield the batches that hold these windows, as many at a time as should be computed together."""
        for run in self.windows_of.runs:
            low, high = max(windows.start, run.first) - run.first, min(windows.stop, run.first + len(run)) - run.first
            if low >= high:
                continue
            source = self.plain if run.plain else self._changed(run.starts)
            inner = run.plain[low:high] if run.plain else range(low, high)
            for batches in source.steps(inner):
                yield _Step(run, source, batches)

    def windows(self, step: _Step) -> list[tuple[int, Relevance | None]]:
        """Return index and explanation of each window of some batches, see `GridBatches.windows`."""
        run, found = step.run, step.source.windows(step.batches)
        if not run.plain:
            return [(run.first + index, window) for index, window in found]
        first = run.first - run.plain.start
        return [(first + index, window) for index, window in found if index in run.plain]

    def _changed(self, starts: tuple[int, ...]) -> GridBatches:
        return replace(self.edited, grid=PlacedWindows(starts, self.windows_of.window))


def _next(runs: Sequence[Run]) -> int:
    return runs[-1].first + len(runs[-1]) if runs else 0


def _united(ranges: Sequence[range]) -> list[range]:
    """Unite ranges that share a member or are neighbours; empty ones stay where they are if they lie apart."""
    united: list[range] = []
    for one in sorted(ranges, key=lambda one: (one.start, one.stop)):
        if united and one.start <= united[-1].stop:
            united[-1] = range(united[-1].start, max(one.stop, united[-1].stop))
        else:
            united.append(one)
    return united
