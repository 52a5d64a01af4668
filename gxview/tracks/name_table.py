"""Names and the numbers of what they stand for: found as written, as beginning, as part, without regard to case."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from gxview.tracks.reduce import Integers


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
        folded = [name.casefold().replace("\n", " ") for name in names]
        order = sorted(np.argsort(ranks, kind="stable").tolist(), key=folded.__getitem__)
        parts = [folded[place].encode() for place in order]
        self._text = b"\n".join(parts) + b"\n"
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        self._begins = np.cumsum(lengths + 1) - lengths - 1
        self._lengths = lengths.astype(np.int32)
        self._numbers = numbers[order]

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
