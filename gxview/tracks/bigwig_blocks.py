"""The data of a bigWig: stretches of values, and the records of its zoom levels."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.base import Floats
from gxview.tracks.bbi import BbiFile, Order, ZoomLevel
from gxview.tracks.reduce import Integers

_HEAD = 24
_BEDGRAPH, _VARIABLE, _FIXED = 1, 2, 3
_COLUMNS = {
    _BEDGRAPH: [("start", "u4"), ("end", "u4"), ("value", "f4")],
    _VARIABLE: [("start", "u4"), ("value", "f4")],
}
_RECORD = [("chrom", "u4"), ("start", "u4"), ("end", "u4"), ("count", "u4")]
_RECORD += [("low", "f4"), ("high", "f4"), ("total", "f4"), ("squares", "f4")]

Records: TypeAlias = NDArray[np.void]


class Section(Protocol):
    """One block of data."""

    def fill(self, values: Floats, origin: int) -> None:
        """Write the values into an array of one value per base that begins at `origin`."""

    def stretches(self) -> tuple[Integers, Integers, Floats]:
        """Return starts, ends (0-based, half-open) and values of stretches of one value each."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """A block with a place for each value (bedGraph, variableStep)."""

    starts: Integers
    ends: Integers
    values: Floats

    def fill(self, values: Floats, origin: int) -> None:
        """Write the values into an array of one value per base that begins at `origin`."""
        fill_stretches(values, origin, self.starts, self.ends, self.values)

    def stretches(self) -> tuple[Integers, Integers, Floats]:
        """Return starts, ends (0-based, half-open) and values of stretches of one value each."""
        return self.starts, self.ends, self.values


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A block of values at equal distances (fixedStep)."""

    start: int
    step: int
    span: int
    values: Floats

    def fill(self, values: Floats, origin: int) -> None:
        """Write the values into an array of one value per base that begins at `origin`."""
        if self.span != self.step:
            fill_stretches(values, origin, *self.stretches())
            return
        end = self.start + self.span * len(self.values)
        left, right = max(self.start, origin), min(end, origin + len(values))
        if left < right:
            run = self.values if self.span == 1 else np.repeat(self.values, self.span)
            values[left - origin : right - origin] = run[left - self.start : right - self.start]

    def stretches(self) -> tuple[Integers, Integers, Floats]:
        """Return starts, ends (0-based, half-open) and values of stretches of one value each."""
        starts = self.start + self.step * np.arange(len(self.values), dtype=np.int64)
        return starts, starts + self.span, self.values


def fill_stretches(values: Floats, origin: int, starts: Integers, ends: Integers, found: Floats) -> None:
    """Write stretches into an array of one value per base that begins at `origin`; they may reach beyond it."""
    keep = (ends > origin) & (starts < origin + len(values))
    starts = np.maximum(starts[keep], origin) - origin
    lengths = np.minimum(ends[keep] - origin, len(values)) - starts
    shifts = np.cumsum(lengths) - lengths
    places = np.repeat(starts - shifts, lengths) + np.arange(int(lengths.sum()))
    values[places] = np.repeat(found[keep], lengths)


def sections(file: BbiFile, chrom: int, start: int, end: int) -> Iterator[Section]:
    """Yield the blocks that touch a stretch of a chromosome; GxviewError where they are damaged.

    In a file that covers nothing the stretches, all without length, are taken as one base each.
    """
    with file.reading("data"):
        for data in file.contents(file.blocks(file.header.index, chrom, start, end)):
            section = _section(data, chrom, file.header.order)
            if isinstance(section, Stretches) and file.covers_nothing:
                ends = np.maximum(section.ends, section.starts + 1)
                section = Stretches(section.starts, ends, section.values)
            if section is not None:
                yield section


def zoom_records(file: BbiFile, level: ZoomLevel, chrom: int, start: int, end: int) -> Records:
    """Return the records of a zoom level that overlap a stretch, by start.

    Returns
    -------
    structured ndarray
        Fields start, end, count (bases with a value), low, high, total (sum of the values).
    """
    with file.reading("zoom levels"):
        data = b"".join(file.contents(file.blocks(level.index, chrom, start, end)))
        records: Records = np.frombuffer(data, dtype=np.dtype(_RECORD).newbyteorder(file.header.order))
    keep = (records["chrom"] == chrom) & (records["start"] < end) & (records["end"] > start)
    kept: Records = records[keep]
    return kept


def has_sums(records: Records) -> NDArray[np.bool_]:
    """Tell which zoom records hold their sums: libBigWig leaves out those of the first in a block and of the last."""
    told: NDArray[np.bool_] = (records["squares"] != 0) | ((records["low"] == 0) & (records["high"] == 0))
    return told


def _section(data: bytes, chrom: int, order: Order) -> Section | None:
    number, start, _, step, span, kind, _, count = struct.unpack_from(f"{order}IIIIIBBH", data)
    if number != chrom:
        return None
    if kind == _FIXED:
        values = np.frombuffer(data, f"{order}f4", count, _HEAD).astype(np.float32)
        if not 0 < span <= max(step, span * (count == 1)):
            raise ValueError("stretches that overlap")
        return Steps(start, step, span, values)
    if kind not in _COLUMNS:
        raise ValueError("a block of unknown kind")
    rows = np.frombuffer(data, np.dtype(_COLUMNS[kind]).newbyteorder(order), count, _HEAD)
    starts = rows["start"].astype(np.int64)
    ends = rows["end"].astype(np.int64) if kind == _BEDGRAPH else starts + span
    if np.any(ends < starts):
        raise ValueError("a stretch that ends before it starts")
    return Stretches(starts, ends, rows["value"].astype(np.float32))
