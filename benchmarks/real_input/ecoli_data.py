"""E. coli sigma-70 promoters on the genome, with a split by position that keeps neighbours together."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gxview.genome import Reference, Region, reverse_complement

LENGTH = 81
PLUS_ONE = 60
BLOCK = 100_000
LAC_TSS = 366_342
LAC_MARGIN = 5_000
_SHARED_WORD = 30
_TSS_DISTANCE = 150


@dataclass(frozen=True)
class Site:
    """81 bases of the genome on a strand, with base 60 (0-based, along the strand) at ``tss``.

    Attributes
    ----------
    tss
        0-based genome position of +1; for negatives of the base at the same place in the window.
    strand
        ``'+'`` or ``'-'``.
    source
        Where it comes from.
    """

    tss: int
    strand: str
    source: str

    def region(self, chrom: str, shift: int = 0) -> Region:
        """Return the region of the 81 bases, moved downstream by ``shift``."""
        upstream, downstream = PLUS_ONE, LENGTH - 1 - PLUS_ONE
        start = self.tss - upstream + shift if self.strand == "+" else self.tss - downstream - shift
        return Region(chrom, start, start + LENGTH, self.strand)


@dataclass(frozen=True)
class Part:
    """One part of the data: ``train``, ``validation`` or ``test``."""

    positives: tuple[Site, ...]
    negatives: tuple[Site, ...]


class Genome:
    """The genome's letters with exact search on both strands."""

    def __init__(self, fasta: Path, cache: Path) -> None:
        self.reference = Reference(fasta, cache_dir=cache)
        self.chrom = self.reference.names[0]
        self.size = self.reference.sizes[self.chrom]
        self.letters = self.reference.fetch(Region(self.chrom, 0, self.size)).upper()

    def sequence(self, site: Site, shift: int = 0) -> str:
        """Return the 81 bases of a site along its strand."""
        region = site.region(self.chrom, shift)
        piece = self.letters[region.start : region.end]
        return piece if site.strand == "+" else reverse_complement(piece)

    def fits(self, site: Site, margin: int = 0) -> bool:
        """Return whether the site lies on the sequence with at least ``margin`` bases on both sides."""
        return LENGTH + margin <= site.tss < self.size - LENGTH - margin

    def find(self, sequences: list[str], source: str) -> list[Site | None]:
        """Return the only place of each sequence of 81 bases, None where there is none or more than one."""
        words = {word for sequence in sequences for word in (sequence, reverse_complement(sequence))}
        places: dict[str, list[int]] = {word: [] for word in words}
        for start in range(self.size - LENGTH + 1):
            word = self.letters[start : start + LENGTH]
            if word in places:
                places[word].append(start)
        return [_only(places[text], places[reverse_complement(text)], source) for text in sequences]


def _only(forward: list[int], reverse: list[int], source: str) -> Site | None:
    if len(forward) + len(reverse) != 1:
        return None
    if forward:
        return Site(forward[0] + PLUS_ONE, "+", source)
    return Site(reverse[0] + LENGTH - 1 - PLUS_ONE, "-", source)


def read_regulondb(path: Path) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield name, strand, 1-based TSS (0 when not stated), sigma factors and sequence of each row of PromoterSet."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            if line.startswith("#") or not line.strip():
                continue
            fields = line.rstrip("\n").split("\t")
            strand = "-" if fields[2] == "reverse" else "+"
            yield fields[1], strand, int(fields[3] or 0), fields[4], fields[5]


def place_on_genome(genome: Genome, strand: str, position: int, sequence: str) -> Site | None:
    """Return where a RegulonDB sequence lies: at the listed TSS, else one base beside it; None when neither.

    Rows of the reverse strand from RNA sequencing carry the sequence of the neighbouring base; the sequence, with its
    boxes, is what counts here.
    """
    for offset in (0, 1, -1):
        site = Site(position - 1 + offset, strand, "RegulonDB")
        if genome.fits(site) and genome.sequence(site) == sequence.upper():
            return site
    return None


def sigma70_sites(genome: Genome, path: Path) -> tuple[list[Site], int]:
    """Return the sigma-70 promoters of RegulonDB that lie where they say, and how many rows do not."""
    rows = [row for row in read_regulondb(path) if "Sigma70" in row[3]]
    placed = [place_on_genome(genome, strand, tss, seq) for _, strand, tss, _, seq in rows if tss and seq]
    sites = [site for site in placed if site is not None]
    return sites, len(rows) - len(sites)


def known_starts(path: Path) -> np.ndarray:
    """Return the 0-based positions of every transcription start in RegulonDB, of any sigma factor, sorted."""
    return np.array(sorted(tss - 1 for _, _, tss, _, _ in read_regulondb(path) if tss), dtype=np.int64)


def read_fasta(path: Path) -> list[str]:
    """Return the sequences of a gzip FASTA file, upper case."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        records = stream.read().split(">")[1:]
    return ["".join(record.split("\n")[1:]).upper() for record in records]


def distinct(sites: Iterable[Site]) -> list[Site]:
    """Return one site for each start and strand, the first wins."""
    seen: dict[tuple[int, str], Site] = {}
    for site in sites:
        seen.setdefault((site.tss, site.strand), site)
    return list(seen.values())


def part_of(tss: int) -> str:
    """Return the part of a genome position: of ten blocks of 100 kb, two are for the test and one validates.

    The lac promoter lies in a test block (0.3 to 0.4 Mb), so no base around it is ever trained on.
    """
    return {3: "test", 8: "test", 7: "validation"}.get((tss // BLOCK) % 10, "train")


def near_border(tss: int) -> bool:
    """Return whether a window at ``tss`` could reach into another block."""
    return min(tss % BLOCK, BLOCK - 1 - tss % BLOCK) < 2 * LENGTH


def near_lac(tss: int) -> bool:
    """Return whether a site lies within 5 kb of the lac promoter; such sites are in no part at all."""
    return abs(tss - LAC_TSS) < LAC_MARGIN


def gene_intervals(path: Path) -> list[tuple[int, int, str]]:
    """Return (start, end, strand) of every CDS of a GFF3 file, 0-based half-open."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [line.split("\t") for line in stream if line.count("\t") == 8 and not line.startswith("#")]
    return [(int(row[3]) - 1, int(row[4]), row[6]) for row in rows if row[2] == "CDS"]


def background(genome: Genome, genes: list[tuple[int, int, str]], starts: np.ndarray, n: int, seed: int) -> list[Site]:
    """Draw windows away from every known transcription start: half inside genes, half with an intergenic base 60."""
    rng = np.random.default_rng(seed)
    coding = np.zeros(genome.size, dtype=bool)
    for start, end, _ in genes:
        coding[start:end] = True
    sites: list[Site] = []
    for wanted, kind in ((True, "coding"), (False, "intergenic")):
        pool = rng.permutation(np.flatnonzero(coding == wanted))
        chosen = (Site(int(tss), "+-"[rng.integers(2)], kind) for tss in pool)
        usable = (site for site in chosen if genome.fits(site, 200) and _distance(site.tss, starts) >= _TSS_DISTANCE)
        sites += [site for site, _ in zip(usable, range(n // 2), strict=False)]
    return sites


def split(genome: Genome, positives: list[Site], negatives: list[Site]) -> dict[str, Part]:
    """Split by genome block; training sites that share 30 bases with a validation or test site are left out."""
    parts = {name: Part(_of(positives, name), _of(negatives, name)) for name in ("train", "validation", "test")}
    held = {
        word
        for name in ("validation", "test")
        for site in (*parts[name].positives, *parts[name].negatives)
        for word in _words(genome.sequence(site))
    }
    clean = tuple(s for s in parts["train"].positives if held.isdisjoint(_words(genome.sequence(s))))
    return parts | {"train": replace(parts["train"], positives=clean)}


def pretraining_pieces(genome: Genome, length: int = 300) -> list[str]:
    """Return the genome's training blocks in pieces of both strands; validation and test blocks are not in it."""
    starts = [start for start in range(0, genome.size - length, length) if part_of(start) == "train"]
    pieces = [genome.letters[start : start + length] for start in starts if part_of(start + length) == "train"]
    return [piece if index % 2 else reverse_complement(piece) for index, piece in enumerate(pieces)]


def _of(sites: list[Site], name: str) -> tuple[Site, ...]:
    return tuple(s for s in sites if part_of(s.tss) == name and not near_border(s.tss) and not near_lac(s.tss))


def _words(sequence: str) -> set[str]:
    both = (sequence, reverse_complement(sequence))
    return {text[i : i + _SHARED_WORD] for text in both for i in range(len(text) - _SHARED_WORD + 1)}


def _distance(position: int, starts: np.ndarray) -> int:
    index = int(np.searchsorted(starts, position))
    near = starts[max(0, index - 1) : index + 1]
    return int(np.abs(near - position).min())
