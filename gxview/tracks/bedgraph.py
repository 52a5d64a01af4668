"""Signals in bedGraph and wiggle files, held in memory as sorted arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.bigwig_blocks import fill_stretches
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import Accumulator, bin_edges, per_base_summary
from gxview.tracks.stretches import Overlap, Stretches
from gxview.tracks.text import UNWATCHED, Watch, line_in, read_chunks
from gxview.tracks.wiggle import Rows, SignalText

_LARGEST = float(np.finfo(np.float32).max)


class BedGraphSignal:
    """A bedGraph or wiggle file, plain or compressed; it is read once.

    Parameters
    ----------
    path : path
        The file or its address.
    reference : Reference, optional
        Its chromosome names are then understood and used.
    watch : Watch
        Who looks on.

    Raises
    ------
    GxviewError
        If a line is malformed; it is named.
    """

    def __init__(self, path: str | Path, reference: Reference | None = None, watch: Watch = UNWATCHED) -> None:
        self.path = Path(path)
        text = SignalText(line_in(path))
        text.read(read_chunks(path, watch))
        if not text.rows:
            raise GxviewError(f"{path} holds no values; each line of a bedGraph has chromosome, start, end, value.")
        self.name: str = text.name or self.path.name
        self.color: str | None = text.color
        self._stretches: dict[str, Stretches] = {}
        overlaps: list[Overlap] = []
        infinite = 0
        for chrom in list(text.rows):
            rows = Rows.joined(text.rows.pop(chrom))
            huge = np.abs(rows.values) > _LARGEST
            rows.values[huge] = np.nan
            infinite += int(huge.sum())
            self._stretches[chrom], overlap = Stretches.of(rows)
            overlaps += [overlap] if overlap is not None else []
        ends = {chrom: int(found.ends[-1]) for chrom, found in self._stretches.items() if len(found.ends)}
        self._names = ChromosomeNames(self.path, tuple(self._stretches), reference, ends)
        self.sizes: dict[str, int] = self._names.renamed(ends)
        notes = _notes(self.path.name, text.tracks, overlaps, infinite)
        self.notes: tuple[str, ...] = (*notes, *self._names.notes)

    def values(self, region: Region) -> Floats:
        """Return the value of every base, shape (L,); NaN where missing."""
        values = np.full(region.length, np.nan, np.float32)
        found = self._within(region)
        if found is not None:
            fill_stretches(values, region.start, found.starts, found.ends, found.values)
        return values

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return exact extremes and means of equal bins (mean to float32), NaN in bins without a value."""
        if bins >= region.length:
            return per_base_summary(self.values(region), region, bins)
        accumulator = Accumulator.empty(bin_edges(region, bins))
        found = self._within(region)
        if found is not None:
            accumulator.add_intervals(found.starts.astype(np.int64), found.ends.astype(np.int64), found.values)
        return accumulator.result()

    def _within(self, region: Region) -> Stretches | None:
        chrom = self._names.in_file(region.chrom)
        return None if chrom is None else self._stretches[chrom].within(region.start, region.end)


def _notes(name: str, tracks: int, overlaps: list[Overlap], infinite: int) -> list[str]:
    notes = [f"{name} holds {tracks} tracks, which are shown as one."] if tracks > 1 else []
    if infinite:
        notes.append(f"{name}: {infinite:,} values are infinite, or too large for a picture, and are left out.")
    if overlaps:
        count, first = sum(overlap.lines for overlap in overlaps), overlaps[0]
        notes.append(
            f"{name}: {count:,} lines overlap others (such as line {first.second} and line {first.first}); "
            "where they do, their mean is shown."
        )
    return notes
