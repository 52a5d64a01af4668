"""Parser of bedGraph and wiggle, which may alternate within one file, into columns of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.tracks.reduce import Integers
from gxview.tracks.text import FARTHEST, Where, position, read_color, track_settings

Doubles: TypeAlias = NDArray[np.float64]

_SPECIAL = re.compile(rb"^[ \t]*(?:#|track[ \t\n]|browser[ \t\n]|variableStep|fixedStep)[^\n]*\n?", re.MULTILINE)
_MISSING = frozenset({b"na", b"nan", b".", b"n/a"})
_SETTINGS = {"variableStep": {"chrom", "span"}, "fixedStep": {"chrom", "start", "step", "span"}}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Stretches of one value each: 0-based starts, ends, values, and the lines that they come from."""

    starts: Integers
    ends: Integers
    values: Doubles
    lines: Integers

    @classmethod
    def joined(cls, parts: list[Rows]) -> Rows:
        """Put parts behind one another."""
        columns = ((part.starts, part.ends, part.values, part.lines) for part in parts)
        return cls(*(np.concatenate(column) for column in zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class _Block:
    """What a declaration line says of the lines below; `step` is 0 for variableStep."""

    chrom: str
    span: int
    start: int = 0
    step: int = 0


@dataclass(slots=True)
class SignalText:
    """What a text of values holds.

    Attributes
    ----------
    rows : dict of str to list of Rows
        Parts by chromosome, in the order of the file.
    name, color : str or None
        From the first track line that gives them.
    tracks : int
        Number of track lines.
    """

    where: Where
    rows: dict[str, list[Rows]] = field(default_factory=dict)
    name: str | None = None
    color: str | None = None
    tracks: int = 0
    _block: _Block | None = None
    _line: int = 1
    _steps: int = 0

    def read(self, chunks: Iterable[bytes]) -> None:
        """Take in pieces of whole lines.

        Raises
        ------
        GxviewError
            If a line is malformed; it is named.
        """
        for chunk in chunks:
            at = 0
            for special in _SPECIAL.finditer(chunk):
                self._read_data(chunk[at : special.start()])
                self._read_special(special[0].decode("utf-8", "replace").strip())
                at = special.end()
            self._read_data(chunk[at:])

    def _read_special(self, line: str) -> None:
        word = line.split(None, 1)[0] if line else "#"
        if word in _SETTINGS:
            self._block, self._steps = self._declared(word, line), 0
        elif word == "track":
            settings = track_settings(line)
            self.name, self.color = self.name or settings.get("name"), self.color or read_color(settings.get("color"))
            self.tracks, self._block = self.tracks + 1, None
        elif line.startswith("#bedGraph section"):
            self._block = None
        self._line += 1

    def _declared(self, word: str, line: str) -> _Block:
        at, settings = self.where(self._line), track_settings(line)
        needed = {"chrom", "start"} if word == "fixedStep" else {"chrom"}
        if not needed <= settings.keys() or not settings.keys() <= _SETTINGS[word]:
            raise GxviewError(f"{at}: a line of {word} has {', '.join(sorted(needed))}, such as '{_EXAMPLES[word]}'.")
        start, step, span = (position(settings.get(key, "1"), at, key) for key in ("start", "step", "span"))
        if 0 in (start, step, span):
            raise GxviewError(f"{at}: start, step and span of a wiggle block are 1 or more.")
        return _Block(settings["chrom"], span, start - 1, step if word == "fixedStep" else 0)

    def _read_data(self, data: bytes) -> None:
        lines = data.count(b"\n")
        if not lines:
            return
        try:
            self._add_whole(data, lines)
        except (ValueError, OverflowError):
            self._add_lines(data)
        self._line += lines

    def _add_whole(self, data: bytes, lines: int) -> None:
        """Read well-formed lines at once; ValueError if any of them is not."""
        words, numbers = data.split(), np.arange(self._line, self._line + lines, dtype=np.int64)
        width = 4 if self._block is None else 1 if self._block.step else 2
        if len(words) != width * lines:
            raise ValueError("lines of several lengths")
        values = np.fromiter(map(float, words[width - 1 :: width]), np.float64, lines)
        if self._block is None:
            starts, ends = (np.fromiter(map(int, words[column::4]), np.int64, lines) for column in (1, 2))
            if np.any(starts < 0) or np.any(ends <= starts) or np.any(ends >= FARTHEST):
                raise ValueError("no stretch of bases")
            at = 0
            for chrom, run in groupby(words[0::4]):
                end = at + sum(1 for _ in run)
                self._add(
                    chrom.decode("utf-8", "replace"),
                    Rows(starts[at:end], ends[at:end], values[at:end], numbers[at:end]),
                )
                at = end
        else:
            places = np.fromiter(map(int, words[0::2]), np.int64, lines) if width == 2 else None
            self._add_block(self._block, places, values, numbers)

    def _add_block(self, block: _Block, places: Integers | None, values: Doubles, numbers: Integers) -> None:
        if places is not None:
            starts = places - 1
            if np.any(starts < 0) or np.any(starts >= FARTHEST):
                raise ValueError("no position")
        else:
            starts = block.start + block.step * np.arange(self._steps, self._steps + len(values), dtype=np.int64)
            self._steps += len(values)
        self._add(block.chrom, Rows(starts, starts + block.span, values, numbers))

    def _add_lines(self, data: bytes) -> None:
        """Read lines one by one, to name the one that is malformed; blank ones and missing values are passed over."""
        for number, line in enumerate(data.split(b"\n")[:-1], start=self._line):
            words = line.split()
            if not words:
                continue
            at = self.where(number)
            if self._block is None:
                self._add_bedgraph_line(words, at, number)
            elif len(words) != (1 if self._block.step else 2):
                kind = "a value" if self._block.step else "a position and a value"
                raise GxviewError(f"{at}: {len(words)} columns; a line below this declaration has {kind}.")
            else:
                value, numbers = _value(words[-1], at), np.array([number])
                place = None if self._block.step else np.array([_first(words[0], at)])
                self._add_block(self._block, place, np.array([value]), numbers)

    def _add_bedgraph_line(self, words: list[bytes], at: str, number: int) -> None:
        if len(words) < 4:
            raise GxviewError(f"{at}: {len(words)} columns; a bedGraph has chromosome, start, end, value.")
        chrom, first, last = (word.decode("utf-8", "replace") for word in words[:3])
        start, end = position(first, at, "start"), position(last, at, "end")
        if end <= start:
            raise GxviewError(f"{at}: {chrom}:{start}-{end} is no stretch of bases.")
        self._add(chrom, Rows(*map(np.array, ([start], [end], [_value(words[3], at)], [number]))))

    def _add(self, chrom: str, rows: Rows) -> None:
        self.rows.setdefault(chrom, []).append(rows)


_EXAMPLES = {"variableStep": "variableStep chrom=chr1 span=5", "fixedStep": "fixedStep chrom=chr1 start=1 step=5"}


def _value(word: bytes, at: str) -> float:
    try:
        return float(word)
    except ValueError:
        if word.lower() in _MISSING:
            return float("nan")
        raise GxviewError(f"{at}: the value '{word.decode('utf-8', 'replace')[:40]}' is no number.") from None


def _first(word: bytes, at: str) -> int:
    place = position(word.decode("utf-8", "replace"), at, "position")
    if place == 0:
        raise GxviewError(f"{at}: the position 0 lies before position 1.")
    return place
