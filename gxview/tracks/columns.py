"""Many features in little memory: columns of numbers, and one long text for all that is written in them.

A feature as an object costs about 800 bytes, here about 80 and its texts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.base import Feature, Spans
from gxview.tracks.reduce import Integers

_NONE = float("nan")


def _longs() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Words:
    """A few different words, each stored once and named by a number."""

    words: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, word: str) -> int:
        """Return the number of a word, a new one for a new word."""
        number = self.numbers.get(word)
        if number is None:
            number = self.numbers[word] = len(self.words)
            self.words.append(word)
        return number


@dataclass(slots=True)
class FeatureColumns:
    """Features in the order in which they were added."""

    _chroms: Words = field(default_factory=Words)
    _kinds: Words = field(default_factory=Words)
    _colors: Words = field(default_factory=Words)
    _chrom: array[int] = field(default_factory=lambda: array("i"))
    _look: array[int] = field(default_factory=lambda: array("i"))
    _kind: array[int] = field(default_factory=lambda: array("i"))
    _strand: array[int] = field(default_factory=lambda: array("b"))
    _start: array[int] = field(default_factory=_longs)
    _end: array[int] = field(default_factory=_longs)
    _score: array[float] = field(default_factory=lambda: array("d"))
    _thick: array[int] = field(default_factory=_longs)
    _blocks: array[int] = field(default_factory=_longs)
    _blocks_end: array[int] = field(default_factory=_longs)
    _text: bytearray = field(default_factory=bytearray)
    _text_end: array[int] = field(default_factory=_longs)

    def __len__(self) -> int:
        return len(self._start)

    def __getitem__(self, number: int) -> Feature:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.feature(number, {})

    def __iter__(self) -> Iterator[Feature]:
        return (self.feature(number, {}) for number in range(len(self)))

    def add(
        self,
        chrom: str,
        start: int,
        end: int,
        name: str = "",
        strand: str = ".",
        kind: str = "feature",
        blocks: Spans = (),
        thick: tuple[int, int] | None = None,
        score: float | None = None,
        color: str | None = None,
        attributes: str = "",
    ) -> int:
        """Add a feature, given as to :class:`Feature`, and return its number."""
        self._chrom.append(self._chroms.number(chrom))
        self._start.append(start)
        self._end.append(end)
        self._strand.append("-.+".index(strand) - 1)
        self._kind.append(self._kinds.number(kind))
        self._score.append(_NONE if score is None else score)
        self._look.append(self._colors.number(color or ""))
        self._thick.extend(thick or (-1, -1))
        if len(blocks) > 1 or (blocks and blocks[0] != (start, end)):
            for block in blocks:
                self._blocks.extend(block)
        self._blocks_end.append(len(self._blocks))
        self._text += name.encode()
        self._text_end.append(len(self._text))
        self._text += attributes.encode()
        self._text_end.append(len(self._text))
        return len(self._start) - 1

    def feature(self, number: int, names: Mapping[str, str]) -> Feature:
        """Return a feature, with the name that a mapping has for its chromosome, or its own."""
        chrom = self._chroms.words[self._chrom[number]]
        first, last = self._thick[2 * number], self._thick[2 * number + 1]
        score = self._score[number]
        begin = self._text_end[2 * number - 1] if number else 0
        middle, end = self._text_end[2 * number], self._text_end[2 * number + 1]
        return Feature(
            chrom=names.get(chrom, chrom),
            start=self._start[number],
            end=self._end[number],
            name=self._text[begin:middle].decode(),
            strand="-.+"[self._strand[number] + 1],
            kind=self._kinds.words[self._kind[number]],
            blocks=self._blocks_of(number),
            thick=(first, last) if first >= 0 else None,
            score=None if score != score else score,
            color=self._colors.words[self._look[number]] or None,
            attributes=self._text[middle:end].decode(),
        )

    def places(self) -> tuple[Integers, Integers]:
        """Return starts and ends, each of shape (n,)."""
        return np.frombuffer(self._start, np.int64), np.frombuffer(self._end, np.int64)

    def strands(self) -> NDArray[np.int8]:
        """Return -1, 0 or 1 for the strands -, . and +, shape (n,)."""
        return np.frombuffer(self._strand, np.int8)

    def by_chromosome(self) -> dict[str, Integers]:
        """Return the numbers of the features of each chromosome, in the order in which chromosomes first came."""
        chroms = np.frombuffer(self._chrom, np.int32)
        order = np.argsort(chroms, kind="stable")
        edges = np.searchsorted(chroms[order], np.arange(len(self._chroms.words) + 1))
        return {word: order[edges[n] : edges[n + 1]] for n, word in enumerate(self._chroms.words)}

    def chromosomes(self) -> Integers:
        """Return the number of each feature's chromosome, shape (n,)."""
        return np.frombuffer(self._chrom, np.int32).astype(np.int64)

    def _blocks_of(self, number: int) -> Spans:
        begin = self._blocks_end[number - 1] if number else 0
        flat = self._blocks[begin : self._blocks_end[number]]
        return tuple(zip(flat[0::2], flat[1::2], strict=True))
