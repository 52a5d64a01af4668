"""Simulates a bacterial-like sequence: operons behind promoters, decoys between them, on both strands."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from gxview.resources.elements import Builder, Element, Unit, background, draw_unit

from gxview.evaluate.planted import DECOYS, PROMOTER, Planted
from gxview.genome import reverse_complement

STOPS = ("TAA", "TGA", "TAG")
STOP_ODDS = (0.6, 0.3, 0.1)
STARTS = ("ATG", "GTG", "TTG")
START_ODDS = (0.85, 0.12, 0.03)
RIBOSOME_SITE = "AGGAGG"
LONGEST = 3000  # bases of a locus that no layout exceeds
# Odds of each base at the three codon positions (A, C, G, T): purine first, AT-rich second, GC-rich third.
CODON_BASES = np.array([[0.26, 0.24, 0.36, 0.14], [0.30, 0.23, 0.18, 0.29], [0.19, 0.28, 0.28, 0.25]])


@dataclass(frozen=True, slots=True)
class Layout:
    """How loci are laid out; ranges are inclusive.

    A locus is a promoter or a decoy and what follows it. What follows is drawn alike for both, so that neither genes
    nor ribosome sites nor their distance tell them apart: a decoy's genes are silent.
    """

    promoters: float = 0.5
    operons: float = 0.6
    genes: tuple[int, int] = (1, 2)
    codons: tuple[int, int] = (80, 340)
    spacer: tuple[int, int] = (30, 120)


@dataclass(slots=True)
class Simulated:
    """One simulated sequence and everything that was planted in it, in order of position."""

    name: str
    letters: str = ""
    planted: list[Planted] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Planted]:
        """Everything planted of the given kinds."""
        return [item for item in self.planted if item.kind in kinds]


def _codons() -> tuple[list[str], np.ndarray]:
    words = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"]
    odds = np.einsum("i,j,k->ijk", *CODON_BASES).ravel()
    odds[[words.index(stop) for stop in STOPS]] = 0.0
    return words, odds / odds.sum()


CODONS, CODON_ODDS = _codons()


def draw_gene(rng: np.random.Generator, codons: int) -> str:
    """Return an open reading frame: start codon, codons of biased composition, stop codon."""
    body = rng.choice(CODONS, size=codons - 2, p=CODON_ODDS)
    return str(rng.choice(STARTS, p=START_ODDS)) + "".join(body) + str(rng.choice(STOPS, p=STOP_ODDS))


def draw_terminator(rng: np.random.Generator) -> str:
    """Return an intrinsic terminator: GC-rich hairpin followed by a run of T."""
    stem = background(rng, 8, (0.15, 0.35, 0.35, 0.15))
    return stem + background(rng, 4) + reverse_complement(stem) + "T" * int(rng.integers(5, 9))


def letters_of(sequence: Simulated, item: Planted) -> str:
    """Return the letters of something planted, read along its own strand."""
    letters = sequence.letters[item.start : item.end]
    return letters if item.strand == "+" else reverse_complement(letters)


def flip(elements: list[Element], length: int) -> list[Element]:
    """Return the same elements seen from the other strand."""
    return [Element(item.kind, length - item.end, length - item.start) for item in reversed(elements)]


def _range(rng: np.random.Generator, bounds: tuple[int, int]) -> int:
    return int(rng.integers(bounds[0], bounds[1] + 1))


class Sequencer:
    """Writes one sequence piece by piece."""

    def __init__(self, rng: np.random.Generator, name: str, layout: Layout) -> None:
        self.rng, self.layout = rng, layout
        self.out = Simulated(name)
        self.pieces: list[str] = []
        self.length = 0
        self.counts = {"P": 0, "D": 0}

    def locus(self) -> None:
        """Add a promoter or decoy with an operon or a small RNA behind it, on a random strand, and a spacer."""
        rng = self.rng
        kind = PROMOTER if rng.random() < self.layout.promoters else str(rng.choice(DECOYS))
        unit, build = draw_unit(rng, kind), Builder()
        build.add(unit.letters)
        if rng.random() < self.layout.operons:
            self._genes(build)
        else:
            build.add(background(rng, _range(rng, (40, 100))))
        build.add(draw_terminator(rng), "terminator")
        self._place(unit, "".join(build.pieces), [*unit.elements, *build.elements])
        self.bases(background(rng, _range(rng, self.layout.spacer)))

    def _genes(self, build: Builder) -> None:
        rng = self.rng
        for _ in range(_range(rng, self.layout.genes)):
            build.add(background(rng, _range(rng, (8, 30))) + RIBOSOME_SITE + background(rng, _range(rng, (5, 9))))
            build.add(draw_gene(rng, _range(rng, self.layout.codons)), "gene")
        build.add(background(rng, _range(rng, (4, 12))))

    def finish(self, length: int) -> Simulated:
        """Fill up to the wanted length with intergenic bases."""
        self.bases(background(self.rng, length - self.length))
        self.out.letters = "".join(self.pieces)
        self.out.planted.sort(key=lambda item: (item.start, item.end))
        return self.out

    def bases(self, letters: str) -> None:
        """Add letters without anything planted."""
        self.pieces.append(letters)
        self.length += len(letters)

    def _place(self, unit: Unit, letters: str, elements: list[Element]) -> None:
        group = "P" if unit.kind == PROMOTER else "D"
        self.counts[group] += 1
        strand = "+" if self.rng.random() < 0.5 else "-"
        elements = [Element(unit.kind, *core_of(unit)), *elements]
        if strand == "-":
            letters, elements = reverse_complement(letters), flip(elements, len(letters))
        for item in elements:
            start, end = self.length + item.start, self.length + item.end
            owner = f"{group}{self.counts[group]:04d}"
            self.out.planted.append(Planted(item.kind, start, end, strand, owner))
        self.bases(letters)


def core_of(unit: Unit) -> tuple[int, int]:
    """From the first base of the -35 box to the last of the -10 box; for a decoy what stands in their place."""
    boxes = [item for item in unit.elements if item.kind.endswith(("-35", "-10"))]
    start, end = min(item.start for item in boxes), max(item.end for item in boxes)
    return start, end


def simulate(rng: np.random.Generator, name: str, length: int, layout: Layout | None = None) -> Simulated:
    """One sequence of exactly `length` bases; the same generator state gives the same sequence."""
    build = Sequencer(rng, name, layout or Layout())
    build.bases(background(rng, 200))
    while build.length < length - LONGEST:
        build.locus()
    return build.finish(length)
