"""Every file of the data folder opens as what it is, or is refused with the words of a table beside this file.

The table, ``expected_files.tsv``, has one row for each file. What a library of the format's own can read must open.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pyBigWig
import pysam
import pytest

TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("expected_files.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LIMIT = 300
"""Seconds after which a hang is sure: all files together take five."""


def run_check(arguments, folder, cache):
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "gxview", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT)


@pytest.fixture(scope="module")
def checked(shared, tmp_path_factory):
    """Findings of one process that opened all files, by name."""
    folder = shared / "data/tracks"
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    done = run_check(["--json", *files], folder, tmp_path_factory.mktemp("cache"))
    assert done.returncode == 1
    assert done.stderr == ""
    return {finding["file"]: finding for finding in json.loads(done.stdout)}


def test_the_table_lists_every_file(checked):
    assert [row[0] for row in TABLE] == sorted(checked)


@pytest.mark.parametrize(("file", "kind", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_each_file_is_what_the_table_says(checked, file, kind, expected):
    found = checked[file]
    assert found["kind"] == kind
    if kind == "refused":
        assert expected in found["error"]
        assert file in found["error"]
        assert "\n" not in found["error"]
    else:
        assert found["count"] == int(expected)
        assert bool(found["count"]) or found["notes"] or kind == "signal"


@pytest.mark.parametrize(("file", "kind", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_what_its_own_library_reads_opens_with_content(shared, checked, file, kind, expected):
    records = records_of(shared / "data/tracks" / file)
    if records:
        assert checked[file]["count"] > 0, checked[file]
    if kind == "refused":
        assert not records, f"{file} is refused, but holds {records} records: {expected}"


def test_exit_codes_and_lines(shared, tmp_path):
    folder = shared / "data/tracks"
    good = run_check(["tangermeme/test.bed", "tangermeme/test.bw"], folder, tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    first, second = good.stdout.splitlines()
    assert first == "tangermeme/test.bed: features, 2 chromosomes, 5 features; first chr1:11-30"
    assert second.startswith("tangermeme/test.bw: signal, 6 chromosomes; values from 0.00101641 to 3.1733")
    genome = ["--genome", "tangermeme/test.fa", "igv/bed/chr1-2_peaks.bed", "pyGenomeTracks/empty.bed", "nowhere.bw"]
    bad = run_check(genome, folder, tmp_path)
    assert (bad.returncode, bad.stderr) == (1, "")
    fitting, empty, missing = bad.stdout.splitlines()
    assert "may belong to another assembly" in fitting
    assert empty == "pyGenomeTracks/empty.bed: refused: pyGenomeTracks/empty.bed is empty."
    assert missing == "nowhere.bw: refused: There is no file nowhere.bw."


# --- what other readers find in a file: the number of its records, 0 where they refuse it or know nothing of it


def records_of(path):
    head = inflated(path)[:4]
    if head in (b"\x26\xfc\x8f\x88", b"\xeb\xf2\x89\x87"):
        return by_pybigwig(path)
    if head == b"BAM\x01" or path.name.endswith((".sam", ".sam.gz")):
        return by_pysam(pysam.AlignmentFile, path, lambda read: not read.is_unmapped)
    if path.name.endswith((".vcf", ".vcf.gz")):
        return by_pysam(pysam.VariantFile, path, lambda _variant: True)
    if path.name.endswith((".fa", ".fasta", ".fa.gz")):
        return by_faidx(path)
    name = path.name.lower().removesuffix(".gz")
    readers = {("gff", "gff3", "gtf"): gff_line, ("bed", "narrowpeak", "gappedpeak"): bed_line,
               ("bedgraph", "bdg"): bedgraph_line}  # fmt: skip
    line_reader = next((reader for ends, reader in readers.items() if name.rpartition(".")[2] in ends), None)
    return by_line(path, line_reader) if line_reader else 0


def inflated(path):
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def by_pybigwig(path):
    if path.stat().st_size < 64:
        return 0
    try:
        with pyBigWig.open(str(path)) as file:
            read = file.entries if file.isBigBed() else file.intervals
            return sum(len(read(chrom, 0, size) or ()) for chrom, size in file.chroms().items())
    except RuntimeError:
        return 0


def by_pysam(kind, path, counts):
    before = pysam.set_verbosity(0)
    try:
        with kind(str(path)) as file:
            reads = file.fetch(until_eof=True) if kind is pysam.AlignmentFile else file
            return sum(1 for read in reads if counts(read))
    except (OSError, ValueError):
        return 0
    finally:
        pysam.set_verbosity(before)


def by_faidx(path):
    if path.name.endswith(".gz"):
        return 0  # plain gzip, which has no index
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(line.startswith(">") for line in lines) if is_even(lines) else 0


def is_even(lines):
    """Whether all lines of a sequence but the last are equally long, without which there is no index."""
    runs, run = [], []
    for line in [*lines, ">"]:
        if line.startswith(">"):
            runs.append(run)
            run = []
        elif line:
            run.append(len(line))
    return all(len(set(run[:-1])) <= 1 and (len(run) < 2 or run[-1] <= run[0]) for run in runs)


def by_line(path, read):
    lines = inflated(path).decode("utf-8-sig", "replace").splitlines()
    data = [line for line in lines if line.strip() and not line.startswith(("#", "track", "browser", ">"))]
    if any("type=gcnv" in line for line in lines[:5]):
        return 0  # a matrix of many samples, which is no BED
    try:
        return sum(read(line.split("\t") if "\t" in line else line.split()) for line in data)
    except (ValueError, IndexError):
        return 0


def bed_line(fields):
    if not 0 <= int(fields[1]) <= int(fields[2]):
        raise ValueError
    if len(fields) > 7 and len(fields) != 10:
        int(fields[6]), int(fields[7]), float(fields[4])
    if len(fields) >= 12 and len(fields[10].strip(",").split(",")) != int(fields[9]):
        raise ValueError
    return 1


def gff_line(fields):
    if not 1 <= int(fields[3]) <= int(fields[4]):
        raise ValueError
    return len(fields[8]) > 0


def bedgraph_line(fields):
    if fields[3] != "NA":
        float(fields[3])
    return 0 <= int(fields[1]) < int(fields[2])
