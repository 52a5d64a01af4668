"""The table of regions: places worth coming back to, each with a name, a score and a note."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Region

Positions: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region with what a person knows about it.

    Parameters
    ----------
    chrom, start, end, strand
        Where, 0-based and half-open; see `gxview.genome.Region`.
    name, note
        Free texts.
    score
        Any finite number; None where there is none.

    Raises
    ------
    GxviewError
        The place is no region.
    """

    chrom: str
    start: int
    end: int
    strand: str = "."
    name: str = ""
    score: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        region = Region(self.chrom, self.start, self.end, self.strand)
        object.__setattr__(self, "start", region.start)
        object.__setattr__(self, "end", region.end)
        if self.score is not None:
            object.__setattr__(self, "score", float(self.score) if math.isfinite(self.score) else None)

    @classmethod
    def of(cls, region: Region, name: str = "", score: float | None = None, note: str = "") -> RegionRow:
        """Return the row of a region."""
        return cls(region.chrom, region.start, region.end, region.strand, name, score, note)

    @property
    def region(self) -> Region:
        """Where it lies."""
        return Region(self.chrom, self.start, self.end, self.strand)

    @property
    def length(self) -> int:
        """Number of bases."""
        return self.end - self.start

    def holds(self, text: str) -> bool:
        """Whether a text, in small letters, occurs in the place, the name or the note."""
        return text in f"{self.chrom}:{self.start + 1:,}-{self.end:,}\n{self.name}\n{self.note}".casefold()


_FIELDS = tuple(field.name for field in fields(RegionRow))


class RegionTable:
    """Rows in an order, one of which may be the current one; a filter hides some.

    `changed` tells that rows came, went, moved or were edited; `current_changed` that another row is the current one;
    `filter_changed` that others show.
    """

    changed = Signal()
    current_changed = Signal()
    filter_changed = Signal()

    def __init__(self) -> None:
        self._rows: tuple[RegionRow, ...] = ()
        self._current: RegionRow | None = None
        self._filter = ""
        self._shown: list[int] | None = None
        self._spans: dict[str, tuple[Positions, Positions]] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> RegionRow:
        return self._rows[index]

    @property
    def rows(self) -> tuple[RegionRow, ...]:
        """All rows in their order; setting them replaces the table."""
        return self._rows

    @rows.setter
    def rows(self, rows: Iterable[RegionRow]) -> None:
        rows = tuple(rows)
        if rows == self._rows:
            return
        self._rows = rows
        self._shown = self._spans = None
        if self._current is not None and not any(row is self._current for row in rows):
            self._current = None
        self.changed.emit()

    def add(self, rows: Iterable[RegionRow]) -> None:
        """Put rows below all others."""
        self.rows = (*self._rows, *rows)

    def replace(self, index: int, **changes: Any) -> None:
        """Change fields of a row.

        Raises
        ------
        GxviewError
            The place is no region any more; nothing was changed.
        """
        old = self._rows[index]
        new = replace(old, **changes)
        if new != old:
            if old is self._current:
                self._current = new
            self.rows = (*self._rows[:index], new, *self._rows[index + 1 :])

    def remove(self, indices: Iterable[int]) -> None:
        """Take rows out."""
        gone = set(indices)
        self.rows = [row for index, row in enumerate(self._rows) if index not in gone]

    def clear(self) -> None:
        """Take all rows out."""
        self.rows = ()

    def sort(self, key: Callable[[RegionRow], Any], descending: bool = False) -> None:
        """Order the rows by a key; equal ones keep their order."""
        self.rows = sorted(self._rows, key=key, reverse=descending)

    # -- filter and steps

    @property
    def filter(self) -> str:
        """Only rows that hold this text show, whatever the case; empty for all."""
        return self._filter

    @filter.setter
    def filter(self, text: str) -> None:
        if text != self._filter:
            self._filter, self._shown = text, None
            self.filter_changed.emit()

    @property
    def shown(self) -> Sequence[int]:
        """Indices of the rows that the filter leaves, in order."""
        if self._shown is None:
            wanted = self._filter.strip().casefold()
            known = enumerate(self._rows)
            self._shown = [index for index, row in known if row.holds(wanted)] if wanted else [*range(len(self._rows))]
        return self._shown

    @property
    def current(self) -> int | None:
        """Index of the current row: the one stepped to last."""
        return next((index for index, row in enumerate(self._rows) if row is self._current), None)

    @current.setter
    def current(self, index: int | None) -> None:
        row = None if index is None else self._rows[index]
        if row is not self._current:
            self._current = row
            self.current_changed.emit()

    @property
    def current_row(self) -> RegionRow | None:
        """The current row."""
        return self._current

    def step(self, by: int) -> RegionRow | None:
        """Make the next (1) or previous (-1) shown row the current one and return it; round at the ends.

        Without a current row the first step goes to the first or the last one. None when no row shows.
        """
        shown, current = self.shown, self.current
        if not shown:
            return None
        if current is None:
            place = 0 if by > 0 else -1
        else:
            before = sum(index < current for index in shown)
            onto = before < len(shown) and shown[before] == current
            place = before + by if onto or by < 0 else before + by - 1
        self.current = shown[place % len(shown)]
        return self._current

    # -- drawing and state

    def spans(self, chrom: str) -> tuple[Positions, Positions]:
        """Return starts and ends of all rows of a chromosome, by start, each (n,)."""
        if self._spans is None:
            self._spans = _by_chromosome(self._rows)
        empty = np.empty(0, np.int64)
        return self._spans.get(chrom, (empty, empty))

    def dump(self) -> list[dict[str, Any]]:
        """Return the rows as plain values, for sessions and undo."""
        return [{name: getattr(row, name) for name in _FIELDS} for row in self._rows]

    def restore(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replace the table by rows that `dump` wrote.

        Raises
        ------
        GxviewError
            A row has an unknown field, lacks its place, or is no region.
        """
        self.rows = [_row_from(number, fields) for number, fields in enumerate(rows, start=1)]


def _row_from(number: int, values: Mapping[str, Any]) -> RegionRow:
    try:
        return RegionRow(**values)
    except TypeError as error:
        known = ", ".join(_FIELDS)
        raise GxviewError(f"Region {number} of the table is damaged: its fields must be {known}.") from error


def _by_chromosome(rows: Sequence[RegionRow]) -> dict[str, tuple[Positions, Positions]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        places.setdefault(row.chrom, []).append((row.start, row.end))
    found = {}
    for chrom, spans in places.items():
        starts, ends = np.array(sorted(spans), np.int64).T
        found[chrom] = (starts, ends)
    return found
