"""Writes the simulated genome in the formats of the field, compressed and indexed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyBigWig
import pysam
from gxview.resources.coverage import BIN
from gxview.resources.simulate import Simulated

from gxview.evaluate.planted import Planted

GENOME, ANNOTATION, TRUTH, COVERAGE = "sample.fa.gz", "sample.gff3.gz", "truth.bed.gz", "coverage.bw"
LINE = 80
COLOURS = {"promoter": "60,60,60", "-35": "214,39,40", "-10": "31,119,180", "UP": "148,103,189"}
COLOURS |= {"ext-10": "23,190,207", "operator": "188,128,34", "TSS": "44,160,44"}
DECOY_COLOUR = "160,160,160"
NOT_PLANTED = ("gene", "terminator")


def write_genome(path: Path, sequences: Sequence[Simulated]) -> None:
    """Write bgzip FASTA with its .fai and .gzi."""
    records = (f">{one.name}\n" + "".join(f"{line}\n" for line in _lines(one.letters)) for one in sequences)
    _write_bgzip(path, records)
    pysam.faidx(str(path))


def write_annotation(path: Path, sequences: Sequence[Simulated], names: Iterable[str]) -> None:
    """Write bgzip GFF3 of genes, promoters and terminators with its .tbi."""
    rows = ["##gff-version 3\n"]
    rows += [f"##sequence-region {one.name} 1 {len(one.letters)}\n" for one in sequences]
    drawn = iter(names)
    for one in sequences:
        for number, item in enumerate(one.of("gene", "promoter", "terminator"), start=1):
            if item.kind == "promoter" and not item.owner.startswith("P"):
                continue
            rows += _gff_rows(one.name, item, number, drawn)
    _write_bgzip(path, rows)
    pysam.tabix_index(str(path), preset="gff", force=True)


def write_truth(path: Path, sequences: Sequence[Simulated]) -> None:
    """Write bgzip BED9 of every planted element with its .tbi; the name is the owner's id, a colon and the kind."""
    rows = []
    for one in sequences:
        for item in one.planted:
            if item.kind not in NOT_PLANTED:
                rows.append(_bed_row(one.name, item))
    _write_bgzip(path, rows)
    pysam.tabix_index(str(path), preset="bed", force=True)


def write_coverage(path: Path, sequences: Sequence[Simulated], depths: Sequence[np.ndarray]) -> None:
    """Write a bigWig of the coverage with zoom levels; runs of equal depth are one interval."""
    out = pyBigWig.open(str(path), "w")
    out.addHeader([(one.name, len(one.letters)) for one in sequences])
    for one, depth in zip(sequences, depths, strict=True):
        first = np.flatnonzero(np.append(True, depth[1:] != depth[:-1]))
        starts = first * BIN
        ends = np.append(starts[1:], len(one.letters))
        out.addEntries([one.name] * first.size, starts.tolist(), ends=ends.tolist(), values=depth[first].tolist())
    out.close()


def gene_names(rng: np.random.Generator) -> Iterable[str]:
    """Bacterial gene names such as 'malK', each once."""
    seen = set()
    while True:
        consonants, vowels = rng.choice(list("bcdfgklmnprstvyz"), 2), rng.choice(list("aeiou"))
        name = f"{consonants[0]}{vowels}{consonants[1]}{rng.choice(list('ABCDEFGHIJKLMNPQRSTXYZ'))}"
        if name not in seen:
            seen.add(name)
            yield name


def _lines(letters: str) -> Iterable[str]:
    return (letters[start : start + LINE] for start in range(0, len(letters), LINE))


def _write_bgzip(path: Path, parts: Iterable[str]) -> None:
    with pysam.BGZFile(str(path), "wb") as out:
        for part in parts:
            out.write(part.encode())


def _gff_rows(chrom: str, item: Planted, number: int, names: Iterable[str]) -> list[str]:
    place = f"{item.start + 1}\t{item.end}\t.\t{item.strand}"
    if item.kind != "gene":
        kind, name = item.kind, f"{item.owner}_{item.kind}"
        return [f"{chrom}\tgxview\t{kind}\t{place}\t.\tID={chrom}.{name};Name={item.owner}\n"]
    name, tag = next(iter(names)), f"{chrom[:3].upper()}_{number:05d}"
    return [
        f"{chrom}\tgxview\tgene\t{place}\t.\tID={tag};Name={name};locus_tag={tag};gene_biotype=protein_coding\n",
        f"{chrom}\tgxview\tCDS\t{place}\t0\tID={tag}.cds;Parent={tag};Name={name}\n",
    ]


def _bed_row(chrom: str, item: Planted) -> str:
    decoy = item.owner.startswith("D")
    colour = DECOY_COLOUR if decoy else COLOURS[item.kind]
    place = f"{chrom}\t{item.start}\t{item.end}\t{item.owner}:{item.kind}\t{0 if decoy else 1000}\t{item.strand}"
    return f"{place}\t{item.start}\t{item.end}\t{colour}\n"
