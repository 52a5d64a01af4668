"""Signals in bedGraph files, held in memory as sorted arrays."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.base import Floats, SignalSummary
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import Accumulator, Integers, bin_edges, per_base_summary
from gxview.tracks.text import Where, is_comment, line_in, position, read_color, read_lines, track_settings

_MISSING = frozenset({"na", "nan", ".", "n/a"})


@dataclass(slots=True)
class _Rows:
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    lines: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """Stretches of one value each, sorted, without overlap."""

    starts: Integers
    ends: Integers
    values: Floats

    def within(self, start: int, end: int) -> _Stretches:
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        return _Stretches(self.starts[first:last], self.ends[first:last], self.values[first:last])


class BedGraphSignal:
    """A bedGraph file, plain or compressed.

    Parameters
    ----------
    path : path
        The file.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If a line is malformed, or two lines overlap; the line is named.
    """

    def __init__(self, path: str | Path, reference: Reference | None = None) -> None:
        self.path = Path(path)
        self.name: str = self.path.name
        self.color: str | None = None
        rows = self._read()
        where = line_in(self.path)
        own = {chrom: _sorted(found, where) for chrom, found in rows.items()}
        ends = {chrom: int(found.ends[-1]) for chrom, found in own.items()}
        self._names = ChromosomeNames(self.path, tuple(own), reference, ends)
        self._stretches = own
        self.notes: tuple[str, ...] = self._names.notes

    def values(self, region: Region) -> Floats:
        """Return the value of every base, shape (L,); NaN where missing."""
        values = np.full(region.length, np.nan, np.float32)
        found = self._within(region)
        if found is not None:
            starts = np.maximum(found.starts, region.start) - region.start
            lengths = np.minimum(found.ends, region.end) - region.start - starts
            shifts = np.cumsum(lengths) - lengths
            places = np.repeat(starts - shifts, lengths) + np.arange(int(lengths.sum()))
            values[places] = np.repeat(found.values, lengths)
        return values

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return exact extremes and means of equal bins (mean to float32), NaN in bins without a value."""
        if bins >= region.length:
            return per_base_summary(self.values(region), region, bins)
        accumulator = Accumulator.empty(bin_edges(region, bins))
        found = self._within(region)
        if found is not None:
            accumulator.add_intervals(found.starts, found.ends, found.values)
        return accumulator.result()

    def _within(self, region: Region) -> _Stretches | None:
        chrom = self._names.in_file(region.chrom)
        return None if chrom is None else self._stretches[chrom].within(region.start, region.end)

    def _read(self) -> dict[str, _Rows]:
        rows: dict[str, _Rows] = {}
        for number, line in read_lines(self.path):
            if is_comment(line):
                settings = track_settings(line) if line.startswith("track") else {}
                self.name = settings.get("name", self.name)
                self.color = self.color or read_color(settings.get("color"))
                continue
            fields = line.split()
            if len(fields) < 4:
                count = f"{len(fields)} columns"
                raise GxviewError(f"{self.path}, line {number}: {count}; a bedGraph has chromosome, start, end, value.")
            found = rows.get(fields[0])
            if found is None:
                found = rows[fields[0]] = _Rows()
            self._add(found, fields, number)
        if not rows:
            raise GxviewError(
                f"{self.path} holds no values; each line of a bedGraph has chromosome, start, end, value."
            )
        return rows

    def _add(self, rows: _Rows, fields: list[str], number: int) -> None:
        try:
            start, end, value = int(fields[1]), int(fields[2]), float(fields[3])
        except ValueError:
            where = f"{self.path}, line {number}"
            start, end = position(fields[1], where, "start"), position(fields[2], where, "end")
            if fields[3].lower() not in _MISSING:
                raise GxviewError(f"{where}: the value '{fields[3][:40]}' is no number.") from None
            value = float("nan")
        if start < 0 or end <= start:
            raise GxviewError(f"{self.path}, line {number}: {fields[0]}:{start}-{end} is no stretch of bases.")
        rows.starts.append(start)
        rows.ends.append(end)
        rows.values.append(value)
        rows.lines.append(number)


def _sorted(rows: _Rows, where: Where) -> _Stretches:
    starts, ends = np.frombuffer(rows.starts, np.int64), np.frombuffer(rows.ends, np.int64)
    values, lines = np.frombuffer(rows.values, np.float64), np.frombuffer(rows.lines, np.int64)
    order = np.argsort(starts, kind="stable")
    starts, ends, lines = starts[order], ends[order], lines[order]
    clash = np.flatnonzero(starts[1:] < ends[:-1])
    if clash.size:
        first, second = sorted((int(lines[clash[0]]), int(lines[clash[0] + 1])))
        raise GxviewError(
            f"{where(second)}: it overlaps line {first}, but a base has one value; "
            "mend it with: bedtools merge -d -1 -c 4 -o mean"
        )
    return _Stretches(starts, ends, values[order].astype(np.float32))
