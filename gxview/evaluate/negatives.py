"""Negatives matched by GC: pieces of a genome as long and as rich in G and C as given sequences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Reference, Region
from gxview.genome.sequence import composition_of, count_letters

_BLOCK = 1 << 16
_ACGT, _GC = (np.frombuffer(letters, dtype=np.uint8) for letters in (b"ACGTacgt", b"GCgc"))


@dataclass(frozen=True, slots=True)
class Negative:
    """A piece of a genome that stands against a given sequence.

    Attributes
    ----------
    region : Region
        Where it lies, plus strand.
    letters : str
        Its bases, upper case.
    gc : float
        Its share of G and C.
    """

    region: Region
    letters: str
    gc: float


def gc_matched(
    sequences: Sequence[str],
    reference: Reference,
    *,
    avoid: Iterable[Region] = (),
    seed: int = 0,
    width: float = 0.02,
    blocks: int = 2000,
    cancelled: Callable[[], bool] | None = None,
) -> list[Negative | None]:
    """Draw a negative for each sequence.

    The genome is looked through in stretches of 65,536 bases at random places. A negative is as long as its sequence,
    its share of G and C lies in the same bin, it holds no N, and it overlaps neither a region to avoid nor another
    negative.

    Parameters
    ----------
    sequences : sequence of str
        DNA of either case; GC is counted among known bases.
    reference : Reference
        The genome.
    avoid : iterable of Region
        Where the sequences themselves come from, and every other region that is no background.
    seed : int
        Seed.
    width : float
        Width of the bins of GC, 0.01 to 0.02 as a rule.
    blocks : int
        Stretches that are looked at before the search is given up.
    cancelled : callable, optional
        Asked before every stretch; true stops the work.

    Returns
    -------
    list of Negative or None
        In the order of the sequences; None where the genome has no such piece in the stretches looked at, so that
        whoever reports the control can count them.

    Raises
    ------
    GxviewError
        If a sequence has no known base, or is longer than every chromosome or than a stretch.
    """
    if not 0 < width <= 1:
        raise GxviewError(f"Bins of GC are wider than 0 and at most 1, not {width:g}.")
    search = _Search(reference, np.random.default_rng(seed), width, avoid)
    wanted = _wanted(sequences, width, min(_BLOCK, max(reference.sizes.values())))
    found: list[Negative | None] = [None] * len(sequences)
    for _ in range(blocks):
        if not wanted:
            break
        if cancelled is not None and cancelled():
            raise Cancelled("The search for negatives was cancelled.")
        for index, negative in search.look(wanted):
            found[index] = negative
    return found


class _Search:
    """Looks through stretches of a genome; remembers what is taken."""

    def __init__(self, reference: Reference, rng: np.random.Generator, width: float, avoid: Iterable[Region]) -> None:
        self._reference, self._rng, self._width = reference, rng, width
        self._names = list(reference.sizes)
        sizes = np.array([reference.sizes[name] for name in self._names], dtype=np.float64)
        self._weights = sizes / sizes.sum()
        self._taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for region in avoid:
            self._taken[reference.resolve(region.chrom)].append((region.start, region.end))

    def look(self, wanted: dict[tuple[int, int], list[int]]) -> list[tuple[int, Negative]]:
        """Take at most one negative for each length and bin from one stretch; what was found is wanted no more."""
        name = self._names[int(self._rng.choice(len(self._names), p=self._weights))]
        size = self._reference.sizes[name]
        start = int(self._rng.integers(0, max(1, size - _BLOCK + 1)))
        letters = self._reference.fetch(Region(name, start, min(size, start + _BLOCK)))
        stretch = _Stretch(name, start, letters, self._taken[name])
        found = []
        for key in list(wanted):
            negative = stretch.draw(*key, self._width, self._rng)
            if negative is None:
                continue
            found.append((wanted[key].pop(), negative))
            self._taken[name].append((negative.region.start, negative.region.end))
            if not wanted[key]:
                del wanted[key]
        return found


class _Stretch:
    """Letters of a piece of a chromosome, counted."""

    def __init__(self, name: str, start: int, letters: str, taken: list[tuple[int, int]]) -> None:
        self._name, self._start, self._letters, self._taken = name, start, letters, taken
        codes = np.frombuffer(letters.encode("ascii"), dtype=np.uint8)
        self._usable = np.isin(codes, _ACGT)
        for low, high in taken:
            self._usable[max(0, low - start) : max(0, high - start)] = False
        self._strong = np.append(0, np.cumsum(np.isin(codes, _GC)))

    def draw(self, length: int, gc_bin: int, width: float, rng: np.random.Generator) -> Negative | None:
        """Draw one of the pieces of a length in a bin of GC, each equally likely."""
        if length > len(self._letters):
            return None
        usable = np.append(0, np.cumsum(self._usable))
        share = (self._strong[length:] - self._strong[:-length]) / length
        fits = (usable[length:] - usable[:-length] == length) & (_bins(share, width) == gc_bin)
        places = np.flatnonzero(fits)
        if not len(places):
            return None
        at = int(rng.choice(places))
        self._usable[at : at + length] = False
        letters = self._letters[at : at + length].upper()
        region = Region(self._name, self._start + at, self._start + at + length)
        return Negative(region, letters, float(share[at]))


def _wanted(sequences: Sequence[str], width: float, longest: int) -> dict[tuple[int, int], list[int]]:
    """Return the numbers of the sequences by length and bin of GC, the first one last."""
    wanted: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, sequence in reversed(list(enumerate(sequences))):
        gc = composition_of(count_letters(sequence)).gc
        if np.isnan(gc):
            raise GxviewError(f"Sequence {index + 1} has no known base, so no negative can match its share of G and C.")
        if len(sequence) > longest:
            raise GxviewError(
                f"Sequence {index + 1} has {len(sequence):,} bases; negatives are drawn from stretches of {longest:,}."
            )
        wanted[len(sequence), int(_bins(np.array(gc), width))].append(index)
    return dict(wanted)


def _bins(share: NDArray[np.float64], width: float) -> NDArray[np.int64]:
    # A share that lies on a border up to rounding belongs to the bin above, however it was computed.
    return np.floor(share / width + 1e-9).astype(np.int64)
