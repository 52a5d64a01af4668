"""Names and the numbers of what they stand for: found as written, as beginning, as part, without regard to case."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.tracks.reduce import Integers

_BEGINNING, _PIECE = 32, 20_000


class NameTable:
    """Sorted names in one long text.

    Parameters
    ----------
    names : sequence of str
        A name may come several times.
    numbers : ndarray of int64, shape (n,)
        What each name stands for.
    ranks : ndarray of int64, shape (n,)
        Of equal names, the one with the smallest rank comes first.
    """

    def __init__(self, names: Sequence[str], numbers: Integers, ranks: Integers) -> None:
        folded = [name.casefold().replace("\n", " ").encode() for name in names]
        lengths = np.empty(len(folded), np.int64)
        beginnings = np.empty(len(folded), f"S{_BEGINNING}")
        for piece in _pieces(len(folded)):
            lengths[piece] = np.fromiter(map(len, folded[piece]), np.int64)
            beginnings[piece] = folded[piece]
        order = _sorted(folded, beginnings, lengths, np.argsort(ranks, kind="stable"))
        text = bytearray()
        for piece in _pieces(len(folded)):
            text += b"".join(folded[place] + b"\n" for place in order[piece].tolist())
        self._text, self._lengths, self._numbers = bytes(text), lengths[order].astype(np.int32), numbers[order]
        self._begins = np.cumsum(lengths[order] + 1) - lengths[order] - 1

    def matches(self, text: str) -> Iterator[int]:
        """Yield numbers by name: the same, then beginning so (the shortest first), then holding the text."""
        wanted = text.strip().casefold().encode()
        if not wanted or b"\n" in wanted:
            return
        first = bisect_left(range(len(self._begins)), wanted, key=self._name)
        last = bisect_left(range(len(self._begins)), wanted + b"\xff", lo=first, key=self._name)
        shortest_first = first + np.argsort(self._lengths[first:last], kind="stable")
        yield from map(int, self._numbers[shortest_first])
        yield from self._holding(wanted)

    def _holding(self, wanted: bytes) -> Iterator[int]:
        """Yield the numbers of names that hold a text, but do not begin with it."""
        at = self._text.find(wanted)
        while at >= 0:
            place = int(np.searchsorted(self._begins, at, side="right")) - 1
            begin = int(self._begins[place])
            if not self._text.startswith(wanted, begin):
                yield int(self._numbers[place])
            at = self._text.find(wanted, begin + int(self._lengths[place]))

    def _name(self, place: int) -> bytes:
        begin = int(self._begins[place])
        return self._text[begin : begin + int(self._lengths[place])]


def _pieces(count: int) -> Iterator[slice]:
    """Cut a long list into pieces: what handles one in a single step keeps all other threads waiting."""
    yield from (slice(begin, begin + _PIECE) for begin in range(0, count, _PIECE))


def _sorted(
    names: Sequence[bytes], beginnings: NDArray[np.bytes_], lengths: Integers, places: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Sort places by their names, equal ones as they stand.

    By their beginnings first, in numpy, which lets other threads run meanwhile: a sort in Python of a million names
    stops the window for a second. Then what begins alike and is longer.
    """
    places = places[np.argsort(beginnings[places], kind="stable")]
    begins = np.flatnonzero(np.concatenate(([True], beginnings[places[1:]] != beginnings[places[:-1]]))[: len(places)])
    long = np.flatnonzero(lengths[places] > _BEGINNING)
    for group in np.unique(np.searchsorted(begins, long, side="right") - 1).tolist():
        first, last = begins[group], begins[group + 1] if group + 1 < len(begins) else len(places)
        places[first:last] = sorted(places[first:last].tolist(), key=names.__getitem__)
    return places
