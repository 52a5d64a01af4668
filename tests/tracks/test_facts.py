"""What files say about themselves, compared with the libraries of their formats."""

from __future__ import annotations

import numpy as np
import pyBigWig
import pysam
import pytest

from gxview.errors import GxviewError
from gxview.tracks import open_source
from gxview.tracks.facts import facts_of, number, size_of


def test_a_bigwig_tells_what_its_library_finds(tmp_path):
    path = tmp_path / "x.bw"
    values = np.random.default_rng(1).normal(3, 2, 5000).astype(np.float32)
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("chr1", 20_000), ("chr2", 50)])
        file.addEntries("chr1", 100, values=values.tolist(), span=1, step=1)
    facts = dict(facts_of(open_source(path)))
    assert facts["chromosomes"] == "2: chr1, chr2"
    assert facts["bases with a value"] == "5,000"
    low, high, mean, deviation = (float(f(values.astype(np.float64))) for f in (np.min, np.max, np.mean, np.std))
    expected = f"{number(low)} to {number(high)}, mean {number(mean)}, SD {number(deviation)}"
    assert facts["values of the file"] == expected
    assert facts["size"] == size_of(path.stat().st_size)


def test_a_bigbed_tells_its_features(shared):
    path = next((shared / "data/tracks").rglob("*.bb"))
    with pyBigWig.open(str(path)) as file:
        expected = sum(len(file.entries(name, 0, size) or ()) for name, size in file.chroms().items())
    assert dict(facts_of(open_source(path)))["features"] == f"{expected:,}"


def test_alignments_tell_reads_and_samples(tmp_path):
    path = tmp_path / "x.bam"
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chr1", "LN": 1000}],
        "RG": [{"ID": "a", "SM": "s1"}],
    }
    with pysam.AlignmentFile(str(path), "wb", header=header) as file:
        for start in (10, 20, 30):
            read = pysam.AlignedSegment(file.header)
            read.query_name, read.query_sequence, read.reference_id = f"r{start}", "ACGT", 0
            read.reference_start, read.cigarstring, read.mapping_quality = start, "4M", 60
            file.write(read)
    pysam.index(str(path))
    facts = dict(facts_of(open_source(path)))
    assert facts["reads"] == "3 aligned, 0 not"
    assert (facts["order"], facts["samples"]) == ("coordinate", "s1")


def test_features_variants_and_text_signals_are_counted(tmp_path):
    (tmp_path / "x.bed").write_text("chr1\t10\t20\ta\nchr1\t15\t40\tb\nchr2\t1\t3\tc\n")
    assert dict(facts_of(open_source(tmp_path / "x.bed")))["features"] == "3"
    (tmp_path / "x.vcf").write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\n"
        "chr1\t5\t.\tA\tC\t.\tPASS\t.\tGT\t0/1\n"
    )
    facts = dict(facts_of(open_source(tmp_path / "x.vcf")))
    assert (facts["variants"], facts["samples"]) == ("1", "1: one")
    (tmp_path / "x.bedgraph").write_text("chr1\t0\t10\t-2.5\nchr2\t5\t9\t7\n")
    assert dict(facts_of(open_source(tmp_path / "x.bedgraph")))["values of the file"] == "-2.5 to 7"


def test_a_file_that_is_gone_is_told_in_one_sentence(tmp_path):
    path = tmp_path / "x.sam"
    path.write_text("@SQ\tSN:chr1\tLN:100\nr\t0\tchr1\t5\t60\t4M\t*\t0\t0\tACGT\tIIII\n")
    source = open_source(path)
    path.unlink()
    with pytest.raises(GxviewError, match=r"x\.sam cannot be read"):
        facts_of(source)


@pytest.mark.parametrize(
    ("count", "text"), [(812, "812 bytes"), (2300, "2.3 kB"), (4_641_652, "4.64 MB"), (3e12, "3e+03 GB")]
)
def test_sizes_are_written_in_their_unit(count, text):
    assert size_of(int(count)) == text
