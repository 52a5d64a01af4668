"""The files that are browsed, made once in a work folder: E. coli with signals, and a synthetic genome of 3 Gb.

Those of E. coli have the names that the peers' scripts read, so all programs show the same files.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyBigWig
import pysam
from numpy.typing import NDArray

ECOLI, ECOLI_LENGTH = "NC_000913.3", 4_641_652
BIG, BIG_LENGTH = "chr1", 250_000_000
BIG_CHROMOSOMES = 12
LINE = 60
SIGNALS = 20


@dataclass(frozen=True)
class Files:
    """What one genome is browsed with."""

    genome: Path
    genes: Path
    bins: tuple[Path, ...]
    signal: Path | None
    variants: Path
    reads: Path


def ecoli(work: Path, genomes: Path) -> Files:
    """Return the files of E. coli, made from the reference and its annotation in `genomes` where they are missing."""
    folder = work / "data"
    if not (folder / "data.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _ecoli_signals(folder)
        _ecoli_genes(folder, genomes)
        (folder / "data.json").write_text(json.dumps({"made by": "gxview benchmarks"}))
    variants, reads = _variants(folder, ECOLI, ECOLI_LENGTH, 20_000), _reads(folder, ECOLI, ECOLI_LENGTH, 50_000)
    genome = genomes / f"{ECOLI}.fa.gz"
    return Files(genome, folder / "genes.gff", _bins(folder), folder / "signal.bw", variants, reads)


def big(work: Path) -> Files:
    """Return the files of a genome of 3 Gb whose first chromosome has 250 Mb; the sequence is a sparse file."""
    folder = work / "big"
    if not (folder / "data.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(250)
        for number, path in enumerate(_bins(folder)):
            _write_bigwig(path, BIG, BIG_LENGTH, _coverage(rng, BIG_LENGTH // 500), 500, seed=number)
        _big_genes(folder / "genes.bed", rng)
        _sparse_genome(folder / "genome.fa")
        (folder / "data.json").write_text(json.dumps({"made by": "gxview benchmarks"}))
    variants, reads = _variants(folder, BIG, BIG_LENGTH, 100_000), _reads(folder, BIG, BIG_LENGTH, 50_000)
    return Files(folder / "genome.fa", folder / "genes.bed", _bins(folder), None, variants, reads)


def _bins(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / f"bins_{number:02d}.bw" for number in range(SIGNALS))


def _ecoli_signals(folder: Path) -> None:
    rng = np.random.default_rng(913)
    values = rng.normal(0, 0.25, ECOLI_LENGTH).astype(np.float32)
    for start in rng.integers(0, ECOLI_LENGTH - 400, 1500):
        width = int(rng.integers(6, 26))
        values[start : start + width] += rng.choice([1, 1, 1, -1]) * rng.uniform(1, 5) * rng.uniform(0.2, 1, width)
    values.tofile(folder / "signal.f32")
    _write_bigwig(folder / "signal.bw", ECOLI, ECOLI_LENGTH, values, 1)
    for path in _bins(folder):
        _write_bigwig(path, ECOLI, ECOLI_LENGTH, _coverage(rng, ECOLI_LENGTH // 25), 25)


def _coverage(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Noise with slow waves and some peaks."""
    values = rng.gamma(1.5, 1.0, count) + np.convolve(rng.normal(0, 1, count), np.ones(40) / 40, "same") * 8
    for start in rng.integers(0, count - 50, 250):
        values[start : start + 40] += rng.uniform(5, 40) * np.exp(-0.5 * ((np.arange(40) - 20) / 7) ** 2)
    return values.astype(np.float32)


def _write_bigwig(path: Path, chrom: str, length: int, values: NDArray[np.float32], span: int, seed: int = 0) -> None:
    file = pyBigWig.open(str(path), "w")
    file.addHeader([(chrom, length)], maxZooms=10)
    file.addEntries(chrom, 0, values=values[: length // span], span=span, step=span)
    file.close()


def _ecoli_genes(folder: Path, genomes: Path) -> None:
    with gzip.open(genomes / f"{ECOLI}.gff.gz", "rb") as packed, (folder / "genes.gff").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    with gzip.open(genomes / f"{ECOLI}.fa.gz", "rb") as packed, (folder / "genome.fa").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    pysam.faidx(str(folder / "genome.fa"))
    with (folder / "genes.gff").open() as rows, (folder / "genes.bed").open("w") as bed:
        for row in rows:
            cells = row.rstrip("\n").split("\t")
            if len(cells) == 9 and cells[2] == "gene":
                found = re.search(r"(?:^|;)Name=([^;]+)", cells[8])
                start, end = int(cells[3]) - 1, int(cells[4])
                name = found[1] if found else "gene"
                fields = (cells[0], start, end, name, 0, cells[6], start, end, 0, 1, f"{end - start},", "0,")
                bed.write("\t".join(map(str, fields)) + "\n")


def _big_genes(path: Path, rng: np.random.Generator) -> None:
    """Write 20,000 genes of several exons."""
    with path.open("w") as bed:
        for number, start in enumerate(np.sort(rng.integers(0, BIG_LENGTH - 60_000, 20_000)).tolist()):
            exons = int(rng.integers(1, 12))
            starts = [k * 3000 for k in range(exons)]
            end, sizes = start + starts[-1] + 300, ",".join(["300"] * exons)
            strand, places = "+-"[number % 2], ",".join(map(str, starts))
            fields = (BIG, start, end, f"GENE{number}", 0, strand, start, end, 0, exons, sizes, places)
            bed.write("\t".join(map(str, fields)) + "\n")


def _sparse_genome(path: Path) -> None:
    """Write 12 chromosomes of 250 Mb; only the first 600 kb of chr1 take room on the disk."""
    letters = random.Random(3).choices("ACGT", k=600_000)
    with path.open("wb") as fasta, Path(f"{path}.fai").open("w") as index:
        for number in range(1, BIG_CHROMOSOMES + 1):
            fasta.write(f">chr{number}\n".encode())
            offset = fasta.tell()
            index.write(f"chr{number}\t{BIG_LENGTH}\t{offset}\t{LINE}\t{LINE + 1}\n")
            if number == 1:
                lines = ("".join(letters[k : k + LINE]) for k in range(0, len(letters), LINE))
                fasta.write(("\n".join(lines) + "\n").encode())
            fasta.seek(offset + BIG_LENGTH + -(-BIG_LENGTH // LINE) - 1)
            fasta.write(b"\n")


def _variants(folder: Path, chrom: str, length: int, count: int) -> Path:
    path = folder / "variants.vcf.gz"
    if not path.exists():
        rng = np.random.default_rng(1)
        plain = folder / "variants.vcf"
        with plain.open("w") as file:
            file.write(f"##fileformat=VCFv4.2\n##contig=<ID={chrom},length={length}>\n")
            file.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
            for place in np.unique(rng.integers(1, length - 10, count)).tolist():
                file.write(f"{chrom}\t{place}\t.\tA\tG\t50\tPASS\t.\n")
        pysam.tabix_index(str(plain), preset="vcf", force=True)
    return path


def _reads(folder: Path, chrom: str, length: int, count: int) -> Path:
    path = folder / "reads.bam"
    if not Path(f"{path}.bai").exists():
        rng = np.random.default_rng(2)
        header = pysam.AlignmentHeader.from_dict(
            {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": chrom, "LN": length}]}
        )
        with pysam.AlignmentFile(str(path), "wb", header=header) as file:
            for number, start in enumerate(np.sort(rng.integers(0, min(length, 600_000) - 200, count)).tolist()):
                file.write(_read(header, number, start))
        pysam.index(str(path))
    return path


def _read(header: pysam.AlignmentHeader, number: int, start: int) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    read.query_name, read.flag, read.reference_id, read.reference_start = f"read{number}", 16 * (number % 2), 0, start
    read.mapping_quality, read.cigartuples = 60, [(0, 100)]
    read.query_sequence = "ACGT" * 25
    read.query_qualities = pysam.qualitystring_to_array("I" * 100)
    return read
