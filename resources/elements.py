"""Promoter elements and decoys of the sample genome, drawn letter by letter from a seeded generator.

A bacterial sigma-70 promoter has a -35 box (TTGACA) and a -10 box (TATAAT) 17 +/- 1 bases apart; some carry an UP
element, an extended -10 (TGn) or an operator. Box positions are conserved much more than in E. coli: four of five
promoters have both boxes whole, the others one to three mismatches. Decoys carry what a promoter carries except for
one thing, so that only both boxes at the right distance tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BASES = np.array(list("ACGT"))
BOX_35, BOX_10 = "TTGACA", "TATAAT"
CONSERVED_35 = (0.99, 0.99, 0.99, 0.98, 0.97, 0.97)
CONSERVED_10 = (0.99, 0.99, 0.97, 0.97, 0.97, 0.99)
SPACERS = (16, 17, 18)
WRONG_SPACERS = (3, 4, 5, 6, 7, 36, 38, 40, 42, 44, 46, 48, 50)
UP_ELEMENT = "NNAAAWWTWTTTTNNAAANN"
OPERATORS = ("AATTGTGAGCGGATAACAATT", "CGTACTAGTTAACTAGTACG", "GTGTAAACGTTTACAC")
INTERGENIC = (0.28, 0.22, 0.22, 0.28)
IUPAC = {"W": "AT", "N": "ACGT"}


@dataclass(frozen=True, slots=True)
class Element:
    """One planted element, 0-based half-open inside its unit."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A promoter or a decoy in its own orientation: letters and the elements planted in them."""

    kind: str
    letters: str
    elements: tuple[Element, ...]


class Builder:
    """Joins pieces and remembers where the named ones lie."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.elements: list[Element] = []
        self.length = 0

    def add(self, letters: str, kind: str | None = None) -> None:
        """Append letters; with a kind they become an element."""
        if kind is not None:
            self.elements.append(Element(kind, self.length, self.length + len(letters)))
        self.pieces.append(letters)
        self.length += len(letters)

    def unit(self, kind: str) -> Unit:
        """Everything added so far as one unit."""
        return Unit(kind, "".join(self.pieces), tuple(self.elements))


def background(rng: np.random.Generator, length: int, composition: Sequence[float] = INTERGENIC) -> str:
    """Independent bases of the given composition (A, C, G, T)."""
    return "".join(BASES[np.searchsorted(np.cumsum(composition)[:-1], rng.random(length), side="right")])


def draw_box(rng: np.random.Generator, consensus: str, conserved: Sequence[float]) -> str:
    """One copy of a box: each base is kept with its conservation, else replaced by one of the other three."""
    kept = rng.random(len(consensus)) < np.asarray(conserved)
    other = rng.integers(1, 4, len(consensus))
    index = ["ACGT".index(base) for base in consensus]
    return "".join("ACGT"[(i + (0 if keep else shift)) % 4] for i, keep, shift in zip(index, kept, other, strict=True))


def shuffle_box(rng: np.random.Generator, consensus: str) -> str:
    """Return the letters of a box in an order that agrees with it in at most two places."""
    while True:
        letters = "".join(rng.permutation(list(consensus)))
        if sum(a == b for a, b in zip(letters, consensus, strict=True)) <= 2:
            return letters


def _iupac(rng: np.random.Generator, pattern: str) -> str:
    return "".join(rng.choice(list(IUPAC[letter])) if letter in IUPAC else letter for letter in pattern)


def _boxes(rng: np.random.Generator, kind: str) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
    """Letters and element names of both boxes; a missing box is background without a name."""
    if kind == "shuffled":
        return (shuffle_box(rng, BOX_35), "shuffled-35"), (shuffle_box(rng, BOX_10), "shuffled-10")
    upstream: tuple[str, str | None] = (draw_box(rng, BOX_35, CONSERVED_35), "-35")
    downstream: tuple[str, str | None] = (draw_box(rng, BOX_10, CONSERVED_10), "-10")
    if kind == "only-10":
        upstream = (background(rng, len(BOX_35)), None)
    if kind == "only-35":
        downstream = (background(rng, len(BOX_10)), None)
    return upstream, downstream


def draw_unit(rng: np.random.Generator, kind: str) -> Unit:
    """Return a 'promoter' or a decoy; UP element, extended -10 and operator come with the same odds in all of them."""
    build = Builder()
    upstream, downstream = _boxes(rng, kind)
    if rng.random() < 0.25:
        build.add(_iupac(rng, UP_ELEMENT), "UP")
        build.add(background(rng, 1))
    build.add(*upstream)
    spacer = int(rng.choice(WRONG_SPACERS if kind == "spacing" else SPACERS))
    if rng.random() < 0.2:
        build.add(background(rng, spacer - 3))
        build.add("TG", "ext-10")
        build.add(background(rng, 1))
    else:
        build.add(background(rng, spacer))
    build.add(*downstream)
    _add_start(rng, build, kind == "promoter")
    return build.unit(kind)


def _add_start(rng: np.random.Generator, build: Builder, transcribed: bool) -> None:
    """Discriminator, transcription start (a purine; promoters only) and perhaps an operator behind it."""
    build.add(background(rng, int(rng.integers(5, 9))))
    build.add(str(rng.choice(["A", "G"])), "TSS" if transcribed else None)
    if rng.random() < 0.3:
        build.add(background(rng, int(rng.integers(2, 10))))
        build.add(str(rng.choice(OPERATORS)), "operator")
