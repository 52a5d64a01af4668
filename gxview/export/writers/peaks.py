"""Peaks of relevance along a genome, found while its values pass by in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gxview.export.writers.runs import Cells, Run
from gxview.tracks.peaks import enough_known, step_of, summits_of, totals

WIDTH = 200
COUNT = 100_000
_CHUNK = 1 << 18
_NEVER = -np.inf
_Windows: TypeAlias = NDArray[np.void]
_WINDOW = np.dtype([("start", "i8"), ("total", "f8"), ("signed", "f8"), ("summit", "i8")])


class PeakFinder:
    """Finds the windows with the most relevance that do not overlap.

    The same windows as the window's search on a whole chromosome: they begin at every fourth part of their width,
    counted from the start of the chromosome, and are rated by the sum of the absolute relevance if half of their bases
    have a value; the highest comes first, the leftmost of equals, and windows that overlap it are out. Of all those the
    highest `count` of the genome are kept. Neither the pieces in which values come nor the regions they are computed in
    matter. Windows without relevance are no peaks.

    Parameters
    ----------
    sizes : mapping of str to int
        All chromosomes in the order of the reference.
    width : int
        Bases of a window; a shorter chromosome is one window.
    count : int
        Most peaks.
    """

    def __init__(self, sizes: Mapping[str, int], *, width: int = WIDTH, count: int = COUNT) -> None:
        self._sizes, self._width, self._count = sizes, width, count
        self._cells = Cells(sizes)
        self._chromosome: _Chromosome | None = None
        self._found: dict[str, _Windows] = {}
        self._number = 0
        self._least = 0.0

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        """Add float32 (n,) from the 0-based position `start` on, behind those before; NaN where missing.

        Raises
        ------
        ValueError
            If the values lie outside the chromosome, or not behind those before.
        """
        for cell in self._cells.add(chrom, start, values):
            self._take(cell)

    def write(self, path: Path) -> int:
        """Write the peaks as BED, in the order of the genome, and return how many there are.

        The columns are chromosome, start, end, name, score (1000 for the highest), strand (``.``), sum of the absolute
        relevance, sum of the relevance, and the base of the largest absolute relevance, counted from the start.

        Raises
        ------
        OSError
            If there is no room.
        """
        for cell in self._cells.rest():
            self._take(cell)
        self._end_chromosome()
        self._prune()
        highest = max((float(windows["total"].max()) for windows in self._found.values()), default=0.0)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(self._lines(highest))
        return self._number

    def _take(self, cell: Run) -> None:
        if self._chromosome is None or self._chromosome.name != cell.chrom:
            self._end_chromosome()
            self._chromosome = _Chromosome(cell.chrom, self._sizes[cell.chrom], self._width)
        for first in range(0, len(cell.values), _CHUNK):
            part = cell.values[first : first + _CHUNK]
            self._keep(self._chromosome.feed(cell.start + first, part, self._least))

    def _end_chromosome(self) -> None:
        if self._chromosome is not None:
            self._keep(self._chromosome.end(self._least))
            self._chromosome = None

    def _keep(self, windows: _Windows) -> None:
        if len(windows) and self._chromosome is not None:
            name = self._chromosome.name
            found = np.concatenate([self._found.get(name, windows[:0]), windows])
            self._found[name] = found[np.argsort(found["start"])]
            self._number += len(windows)
            if self._number > 2 * self._count:
                self._prune()

    def _prune(self) -> None:
        """Keep the highest peaks; what is lower than the last of them cannot be a peak any more."""
        if self._number <= self._count:
            return
        scores = np.concatenate([windows["total"] for windows in self._found.values()])
        chosen = np.zeros(len(scores), dtype=bool)
        chosen[np.argsort(-scores, kind="stable")[: self._count]] = True
        borders = np.cumsum([len(windows) for windows in self._found.values()])[:-1]
        pairs = zip(self._found.items(), np.split(chosen, borders), strict=True)
        self._found = {name: windows[here] for (name, windows), here in pairs if here.any()}
        self._number, self._least = self._count, float(scores[chosen].min())

    def _lines(self, highest: float) -> Iterator[str]:
        number = 0
        for chrom, windows in self._found.items():
            width = min(self._width, self._sizes[chrom])
            for start, total, signed, summit in windows.tolist():
                number += 1
                place = f"{chrom}\t{start}\t{start + width}\tpeak_{number}\t{round(1000 * total / highest)}\t."
                yield f"{place}\t{total:.7g}\t{signed:.7g}\t{summit - start}\n"


class _Chromosome:
    """Rates the windows of a chromosome and lets go of those whose fate no later value changes."""

    def __init__(self, name: str, size: int, width: int) -> None:
        self.name, self._size = name, size
        self.width = min(width, size)
        self._step = step_of(self.width)
        self._reach = -(-self.width // self._step) - 1  # windows that overlap another one on either side of it
        self._at = 0
        self._tail = np.empty(0, dtype=np.float32)
        self._open = np.empty(0, dtype=_WINDOW)

    def feed(self, start: int, values: NDArray[np.float32], least: float) -> _Windows:
        """Take the values from `start` on and return peaks, sorted; windows below `least` are no matter."""
        gap = start - self._at - len(self._tail)
        if gap > 2 * self.width:
            done = self._values(np.full(self.width, np.nan, dtype=np.float32), least, last=True)
            self._at = (start - self.width) // self._step * self._step
            self._tail = np.full(start - self._at, np.nan, dtype=np.float32)
            return np.concatenate([done, self._values(values, least, last=False)])
        return self._values(np.concatenate([np.full(gap, np.nan, dtype=np.float32), values]), least, last=False)

    def end(self, least: float) -> _Windows:
        """Return the peaks that are left."""
        missing = min(self.width, self._size - self._at - len(self._tail))
        return self._values(np.full(missing, np.nan, dtype=np.float32), least, last=True)

    def _values(self, values: NDArray[np.float32], least: float, *, last: bool) -> _Windows:
        known = np.concatenate([self._tail, values])
        fresh = np.empty(0, dtype=_WINDOW)
        if len(known) >= self.width:
            fresh = self._rated(sliding_window_view(known, self.width)[:: self._step])
        begin = len(fresh) * self._step
        self._at, self._tail = self._at + begin, known[begin:]
        return self._decide(np.concatenate([self._open, fresh]), least, last=last)

    def _rated(self, windows: NDArray[np.float32]) -> _Windows:
        rated = np.empty(len(windows), dtype=_WINDOW)
        rated["start"] = self._at + self._step * np.arange(len(windows))
        rated["total"] = np.where(enough_known(windows), totals(windows), _NEVER)
        rated["signed"] = np.where(np.isfinite(windows), windows, np.float32(0)).sum(axis=1, dtype=np.float64)
        rated["summit"] = rated["start"] + summits_of(windows)
        return rated

    def _decide(self, windows: _Windows, least: float, *, last: bool) -> _Windows:
        """Choose windows higher than all undecided ones that they overlap, until that is known of none."""
        scores = windows["total"].copy()
        scores[(scores < least) | (scores <= 0)] = _NEVER
        sure = len(scores) if last else max(0, len(scores) - self._reach)
        chosen = np.zeros(len(scores), dtype=bool)
        while (best := self._highest(scores)[:sure]).any():
            chosen[:sure] |= best
            for index in np.flatnonzero(best):
                scores[max(0, index - self._reach) : index + self._reach + 1] = _NEVER
        undecided = np.flatnonzero(scores > _NEVER)
        begin = len(scores) if last else min([sure, *undecided[:1].tolist()])
        self._open = windows[begin:].copy()
        self._open["total"] = scores[begin:]
        return windows[chosen]

    def _highest(self, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        best = scores > _NEVER
        for distance in range(1, self._reach + 1):
            best[distance:] &= scores[distance:] > scores[:-distance]
            best[:-distance] &= scores[:-distance] >= scores[distance:]
        return best
