"""Simulates a bacterial-like sequence: operons behind promoters, decoys between them, on both strands."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from gxview.resources.elements import Builder, Element, Unit, background, draw_unit

from gxview.evaluate.planted import DECOYS, Planted
from gxview.genome import reverse_complement

STOPS = ("TAA", "TGA", "TAG")
STOP_ODDS = (0.6, 0.3, 0.1)
STARTS = ("ATG", "GTG", "TTG")
START_ODDS = (0.85, 0.12, 0.03)
RIBOSOME_SITE = "AGGAGG"
# Odds of each base at the three codon positions (A, C, G, T): purine first, AT-rich second, GC-rich third.
CODON_BASES = np.array([[0.26, 0.24, 0.36, 0.14], [0.30, 0.23, 0.18, 0.29], [0.19, 0.28, 0.28, 0.25]])


@dataclass(frozen=True, slots=True)
class Layout:
    """How operons are laid out: inclusive ranges of genes per operon, codons per gene and decoys per spacer."""

    genes: tuple[int, int] = (1, 3)
    codons: tuple[int, int] = (80, 340)
    decoys: tuple[int, int] = (0, 2)
    spacer: tuple[int, int] = (30, 90)


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
        self.counts = {"promoter": 0, "decoy": 0}

    def spacer(self) -> None:
        """Intergenic bases with perhaps some decoys, each on a random strand."""
        for _ in range(_range(self.rng, self.layout.decoys)):
            self._bases(background(self.rng, _range(self.rng, self.layout.spacer)))
            self.decoy(str(self.rng.choice(DECOYS)))
        self._bases(background(self.rng, _range(self.rng, self.layout.spacer)))

    def decoy(self, kind: str) -> None:
        """One decoy on a random strand."""
        unit = draw_unit(self.rng, kind)
        self._place(unit.letters, list(unit.elements), self._owner("decoy", kind), unit)

    def operon(self) -> None:
        """Promoter, leader, genes and terminator on a random strand."""
        rng, build = self.rng, Builder()
        unit = draw_unit(rng, "promoter")
        build.add(unit.letters)
        for _ in range(_range(rng, self.layout.genes)):
            build.add(background(rng, _range(rng, (8, 30))) + RIBOSOME_SITE + background(rng, _range(rng, (5, 9))))
            build.add(draw_gene(rng, _range(rng, self.layout.codons)), "gene")
        build.add(background(rng, _range(rng, (4, 12))))
        build.add(draw_terminator(rng), "terminator")
        letters = "".join(build.pieces)
        elements = [*unit.elements, *build.elements]
        self._place(letters, elements, self._owner("promoter", "promoter"), unit)

    def finish(self, length: int) -> Simulated:
        """Fill up to the wanted length with intergenic bases."""
        self._bases(background(self.rng, length - self.length))
        self.out.letters = "".join(self.pieces)
        self.out.planted.sort(key=lambda item: (item.start, item.end))
        return self.out

    def _owner(self, group: str, kind: str) -> tuple[str, str]:
        self.counts[group] += 1
        return f"{group[0].upper()}{self.counts[group]:04d}", kind

    def _bases(self, letters: str) -> None:
        self.pieces.append(letters)
        self.length += len(letters)

    def _place(self, letters: str, elements: list[Element], owner: tuple[str, str], unit: Unit) -> None:
        strand = "+" if self.rng.random() < 0.5 else "-"
        name, kind = owner
        elements = [Element(kind, *core_of(unit)), *elements]
        if strand == "-":
            letters, elements = reverse_complement(letters), flip(elements, len(letters))
        for item in elements:
            start, end = self.length + item.start, self.length + item.end
            self.out.planted.append(Planted(item.kind, start, end, strand, name))
        self._bases(letters)


def core_of(unit: Unit) -> tuple[int, int]:
    """From the first base of the -35 box to the last of the -10 box; for a decoy what stands in their place."""
    boxes = [item for item in unit.elements if item.kind.endswith(("-35", "-10"))]
    start, end = min(item.start for item in boxes), max(item.end for item in boxes)
    return start, end


def simulate(rng: np.random.Generator, name: str, length: int, layout: Layout | None = None) -> Simulated:
    """One sequence of exactly `length` bases; the same generator state gives the same sequence."""
    build = Sequencer(rng, name, layout or Layout())
    build.spacer()
    longest = 4000
    while build.length < length - longest:
        build.operon()
        build.spacer()
    return build.finish(length)
