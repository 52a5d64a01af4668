"""Planted truth: elements whose place is known because they were put there, and windows around them."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import reverse_complement

PROMOTER = "promoter"
BOXES = ("-35", "-10")
DECOYS = ("only-35", "only-10", "spacing", "shuffled")
RANDOM = "random"
_TRIES = 100


@dataclass(frozen=True, slots=True)
class Planted:
    """Something planted on a sequence, 0-based half-open.

    Attributes
    ----------
    kind
        ``promoter`` (from the first base of the -35 box to the last of the -10 box), a decoy kind (from the first to
        the last base of its boxes), or an element: ``-35``, ``-10``, ``UP``, ``ext-10``, ``operator``, ``TSS`` ...
    start, end, strand
        Its place.
    owner
        Id of the promoter or decoy it belongs to.
    """

    kind: str
    start: int
    end: int
    strand: str
    owner: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window read along one strand.

    Attributes
    ----------
    kind
        ``promoter``, a decoy kind or ``random``.
    start, strand
        Its first base on the sequence, and the strand it is read from.
    letters
        Its bases along that strand.
    mask
        bool (L,), true at the promoter's -35 and -10 bases; all false for other kinds.
    """

    kind: str
    start: int
    strand: str
    letters: str
    mask: NDArray[np.bool_]


def read_truth(path: str | Path) -> dict[str, list[Planted]]:
    """Read planted elements per sequence from a BED file, plain or gzip, with names ``owner:kind``.

    Raises
    ------
    GxviewError
        When the file does not exist, or naming the first line that is no planted element.
    """
    found: dict[str, list[Planted]] = defaultdict(list)
    for number, line in enumerate(_lines(Path(path)), start=1):
        columns = line.rstrip("\n").split("\t")
        owner, colon, kind = columns[3].partition(":") if len(columns) >= 6 else ("", "", "")
        if not (colon and columns[1].isdigit() and columns[2].isdigit() and columns[5] in ("+", "-")):
            raise GxviewError(f"{path}, line {number}: not a planted element (BED with a name such as P0001:-35).")
        found[columns[0]].append(Planted(kind, int(columns[1]), int(columns[2]), columns[5], owner))
    return dict(found)


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise GxviewError(f"{path} cannot be read as a BED file ({error}).") from None


class WindowDrawer:
    """Draws windows around planted things, each read along the strand of what it shows.

    Parameters
    ----------
    letters
        The whole sequence, plus strand.
    planted
        What was planted on it.
    length
        Bases of a window.
    rng
        Source of the offsets; the same state gives the same windows.
    """

    def __init__(self, letters: str, planted: Iterable[Planted], length: int, rng: np.random.Generator) -> None:
        self.letters, self.length, self.rng = letters, length, rng
        self.items = list(planted)
        self._promoters = {
            strand: sorted((one.start, one.end) for one in self.items if (one.kind, one.strand) == (PROMOTER, strand))
            for strand in "+-"
        }
        self._boxes: dict[str, list[Planted]] = defaultdict(list)
        for item in self.items:
            if item.kind in BOXES:
                self._boxes[item.owner].append(item)

    def promoters(self, each: int = 1) -> Iterator[Window]:
        """Yield `each` windows per promoter, the promoter anywhere inside but whole."""
        for item in self._of((PROMOTER,)):
            for start in self._starts(item, each):
                yield self._window(PROMOTER, start, item.strand, self._boxes[item.owner])

    def decoys(self, each: int = 1, kinds: Sequence[str] = DECOYS) -> Iterator[Window]:
        """Yield up to `each` windows per decoy; windows that touch a promoter of that strand are drawn again."""
        for item in self._of(kinds):
            starts = [start for start in self._starts(item, _TRIES) if not self._touches(start, item.strand)]
            for start in starts[:each]:
                yield self._window(item.kind, start, item.strand)

    def random(self, count: int) -> Iterator[Window]:
        """Yield `count` windows from anywhere on either strand that touch no promoter of that strand."""
        while count > 0:
            start = int(self.rng.integers(0, len(self.letters) - self.length + 1))
            strand = "+-"[int(self.rng.integers(2))]
            if not self._touches(start, strand):
                count -= 1
                yield self._window(RANDOM, start, strand)

    def _of(self, kinds: Sequence[str]) -> list[Planted]:
        return [item for item in self.items if item.kind in kinds]

    def _starts(self, item: Planted, count: int) -> list[int]:
        low = max(0, item.end - self.length)
        high = min(item.start, len(self.letters) - self.length)
        return self.rng.integers(low, high + 1, count).tolist() if low <= high else []

    def _touches(self, start: int, strand: str) -> bool:
        spans = self._promoters[strand]
        behind = bisect_left(spans, (start + self.length, 0))
        return behind > 0 and spans[behind - 1][1] > start

    def _window(self, kind: str, start: int, strand: str, boxes: Sequence[Planted] = ()) -> Window:
        letters = self.letters[start : start + self.length].upper()
        mask = np.zeros(self.length, dtype=bool)
        for box in boxes:
            mask[box.start - start : box.end - start] = True
        if strand == "-":
            letters, mask = reverse_complement(letters), mask[::-1].copy()
        return Window(kind, start, strand, letters, mask)
