"""A reference with edits laid over it: its letters, and where each base stands before and after."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.genome.edits import Edit, Edits
from gxview.genome.reference import Reference
from gxview.genome.region import Region


@dataclass(frozen=True)
class Coordinates:
    """Where the bases of a chromosome stand in its edited sequence, and back.

    Substituted bases keep their place. A deleted base has none in the edited sequence, an inserted one has none on
    the reference.

    Attributes
    ----------
    size : int
        Bases of the reference.
    edits : tuple of Edit
        Those of the chromosome, in order.
    """

    size: int
    edits: tuple[Edit, ...] = ()

    @cached_property
    def _blocks(self) -> list[tuple[int, int, int]]:
        """Stretches that stand base for base: start and end on the reference, start in the edited sequence."""
        blocks, at, shift = [], 0, 0
        for edit in self.edits:
            if not edit.shift:
                continue
            stop = edit.start + edit.common
            if stop > at:
                blocks.append((at, stop, at + shift))
            at, shift = edit.end, shift + edit.shift
        if self.size > at:
            blocks.append((at, self.size, at + shift))
        return blocks

    @property
    def length(self) -> int:
        """Bases of the edited sequence."""
        return self.size + sum(edit.shift for edit in self.edits)

    def lift(self, position: int) -> int:
        """Return where a base of the reference stands in the edited sequence; for a deleted one the next that stays.

        The base behind an insertion comes after the inserted ones; the end of the chromosome is the end.
        """
        place = bisect_right(self._blocks, position, key=lambda block: block[1])
        if place == len(self._blocks):
            return self.length
        start, _, edited = self._blocks[place]
        return edited + max(0, position - start)

    def unlift(self, position: int) -> int | None:
        """Return which base of the reference stands at a place of the edited sequence; None for an inserted one."""
        place = bisect_right(self._blocks, position, key=lambda block: block[2]) - 1
        if place < 0:
            return None
        start, end, edited = self._blocks[place]
        found = start + position - edited
        return found if found < end else None

    def anchor(self, position: int) -> int:
        """Return the base of the reference at a place of the edited sequence; for an inserted one the next that is."""
        place = bisect_right(self._blocks, position, key=lambda block: block[2] + block[1] - block[0])
        if place == len(self._blocks):
            return self.size
        start, _, edited = self._blocks[place]
        return start + max(0, position - edited)

    def positions(self, start: int, end: int) -> NDArray[np.int64]:
        """Return where the bases ``[start, end)`` of the reference stand, int64 (end - start,); -1 for deleted ones."""
        found = np.full(end - start, -1, np.int64)
        first = bisect_right(self._blocks, start, key=lambda block: block[1])
        for low, high, edited in self._blocks[first:]:
            if low >= end:
                break
            a, b = max(low, start), min(high, end)
            found[a - start : b - start] = np.arange(edited + a - low, edited + b - low)
        return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the edited sequence: letters that an edit brings, or those of the reference from `at` on."""

    start: int
    end: int
    at: int
    text: str | None


class EditedReference(Reference):
    """A genome as its edits make it, in coordinates of the edited sequences; nothing is written anywhere.

    Parameters
    ----------
    reference : Reference
        The genome; it stays open and is read from.
    edits : Edits
        What is changed.

    Notes
    -----
    `checksum` is made of that of the genome and of every edit, so that nothing computed from the edited sequence is
    taken for something computed from the genome. Letters keep the case of the genome, edits are capitals.
    """

    def __init__(self, reference: Reference, edits: Edits) -> None:
        self.original, self.edits = reference, edits
        self.path, self.names, self.aliases = reference.path, reference.names, reference.aliases
        self._matcher = reference._matcher
        self._maps = {name: Coordinates(size, edits.of(name)) for name, size in reference.sizes.items()}
        self.sizes = {name: found.length for name, found in self._maps.items()}
        self._pieces = {name: list(_pieces(found)) for name, found in self._maps.items() if found.edits}

    @property
    def title(self) -> str:
        """What the window calls it."""
        return f"{self.original.title}, edited"

    def close(self) -> None:
        """Nothing is open but the genome, which stays open."""

    def coordinates(self, chrom: str) -> Coordinates:
        """Return where the bases of a chromosome, by its own name, stand."""
        return self._maps[chrom]

    @cached_property
    def _digest(self) -> str:
        lines = ["edited", self.original.checksum, *(edit.facts() for edit in self.edits)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def checksum(self) -> str:
        """SHA-256 (hexadecimal) of the word ``edited``, the genome's checksum and a line for each edit."""
        return self._digest if self.edits else self.original.checksum

    def facts(self) -> dict[str, Any]:
        """Return what provenance says of the sequence, as JSON can hold it."""
        if not self.edits:
            return self.original.facts()
        told = {"edited": True, "same_length": self.edits.keep_length, "edits": [edit.facts() for edit in self.edits]}
        return {**super().facts(), **told, "original": self.original.facts()}

    def _letters(self, chrom: str, start: int, end: int) -> str:
        pieces = self._pieces.get(chrom)
        if pieces is None:
            return self.original._letters(chrom, start, end)
        first = bisect_right(pieces, start, key=lambda piece: piece.end)
        last = bisect_left(pieces, end, key=lambda piece: piece.start)
        return "".join(self._part(chrom, piece, start, end) for piece in pieces[first:last])

    def _part(self, chrom: str, piece: _Piece, start: int, end: int) -> str:
        low, high = max(start, piece.start) - piece.start, min(end, piece.end) - piece.start
        if piece.text is not None:
            return piece.text[low:high]
        return self.original._letters(chrom, piece.at + low, piece.at + high)


def edited_region(reference: EditedReference, region: Region) -> Region | None:
    """Return the stretch of the edited sequence from the first to the last base that is left of a region; or None."""
    places = reference.coordinates(region.chrom).positions(region.start, region.end)
    left = places[places >= 0]
    return Region(region.chrom, int(left[0]), int(left[-1]) + 1, region.strand) if len(left) else None


def _pieces(coordinates: Coordinates) -> Iterator[_Piece]:
    at = place = 0
    for edit in coordinates.edits:
        if edit.start > at:
            yield _Piece(place, place + edit.start - at, at, None)
            place += edit.start - at
        if edit.text:
            yield _Piece(place, place + len(edit.text), edit.start, edit.text)
            place += len(edit.text)
        at = edit.end
    if coordinates.size > at:
        yield _Piece(place, place + coordinates.size - at, at, None)
