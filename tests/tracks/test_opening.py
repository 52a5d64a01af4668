"""Opening any file that somebody may drop on the window."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import AlignmentSource, FeatureSource, ReadOptions, SignalSource, VariantSource, open_source
from gxview.tracks.text import read_lines

KINDS = (SignalSource, FeatureSource, VariantSource, AlignmentSource)
BAM, VCF = gzip.compress(b"BAM\x01" + b"\xff" * 20), b"##fileformat=VCFv4.2\n"


FOLDERS = [
    "CoolBox",
    "bbi-js",
    "bigtools",
    "ensembl-vep",
    "figeno",
    "genome-spy",
    "genomepy",
    "gffutils",
    "igv",
    "igv.js",
    "jbrowse",
    "pyGenomeTracks",
    "pysam",
    "tangermeme",
]


def opened_or_refused(path):
    """Open a file, or return the sentence that refuses it; any other error fails the test."""
    try:
        return open_source(path)
    except GxviewError as error:
        return str(error)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_opens_or_is_refused_with_one_sentence(shared, folder):
    files = [file for file in sorted((shared / "data/tracks" / folder).rglob("*")) if file.is_file()]
    assert files
    for file in files:
        found = opened_or_refused(file)
        if isinstance(found, str):
            assert str(file) in found
            assert "\n" not in found
        else:
            assert sum(isinstance(found, kind) for kind in KINDS) == 1
            use(found)


def use(source):
    region = Region("chr1", 0, 1_000_000)
    if isinstance(source, SignalSource):
        summary = source.summary(region, 50)
        known = ~np.isnan(summary.mean)
        assert (summary.min[known] <= summary.mean[known]).all()
        assert (summary.mean[known] <= summary.max[known]).all()
    elif isinstance(source, VariantSource):
        assert (source.count(region) == 0) == (source.variants(region) == [])
    elif isinstance(source, AlignmentSource):
        assert source.pileup(region, ReadOptions(), 100.0).total <= source.reads_per_bin(region, 1)[0] * 10
    else:
        found = source.features(region)
        assert all(f.overlaps(region) or f.chrom != "chr1" for f in found)
        assert (source.density(region, 1)[0] == 0) == (found == [])
        assert all(f.name for f in source.search("a"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"chr1\t1\t5\tx\t0\t+\n", FeatureSource),
        ("a.txt", b"chr1\t1\t5\t0.5\n", SignalSource),
        ("a.bed", b"chr1\t1\t5\t0.5\n", FeatureSource),
        ("a.bed", b"track type=bedGraph\nchr1\t1\t5\t0.5\n", SignalSource),
        ("a.txt", b"##gff-version 3\nc\ts\tgene\t1\t5\t.\t+\t.\tID=g\n", FeatureSource),
        ("a.txt", b'c\ts\texon\t1\t5\t.\t+\t.\tgene_id "g"; transcript_id "t";\n', FeatureSource),
        ("a", gzip.compress(b"chr1 1 5\n"), FeatureSource),
        ("a.bed", b"track name=none\n", FeatureSource),
        ("a.bed", b"c\ts\tgene\t1\t5\t.\t+\t.\tID=g\n", FeatureSource),
        ("a.gff", b"chr1\t1\t5\tx\t0\t+\n", FeatureSource),
        ("a.gff", b"chr1 1 5 x 0 + 1 5 0 1 4, 0,\n", FeatureSource),
        ("a.bedgraph", b"chr1\t1\t5\tx\t0\t+\n", FeatureSource),
        ("a.bed", b"fixedStep chrom=c start=1 step=1\n1\n", SignalSource),
        ("a.wig", b"chr1\t1\t5\t0.5\n", SignalSource),
        ("a.bed", gzip.compress(b"chr1\t1\t5\n"), FeatureSource),
        ("a.bed.gz", b"chr1\t1\t5\n", FeatureSource),
        ("a.txt", b"\xef\xbb\xbfbrowser hide all\r\ntrack name=x\r\nchr1  1  5  y  0  -\r\n", FeatureSource),
        ("a.txt", b"#" + b"x" * 100_000 + b"\nchr1\t1\t5\ty\n", FeatureSource),
        ("a.txt", b"chr1\t1\t5\tp\t0\t.\t1.5\t2.5\t3.5\t2\n", FeatureSource),
        ("a.bed", b"chr1\t1\t5\tchr2\t7\t9\n", FeatureSource),
        ("a.txt", b"chr1\t1\t5\tx\t0\t+", FeatureSource),
    ],
)
def test_content_decides(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert isinstance(open_source(path), kind)


def test_a_file_without_features_says_so(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text("track name=none\n")
    assert "holds no features" in open_source(path).notes[0]


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.bed", b"", "is empty"),
        ("a.bam", BAM, "no proper header"),
        ("a.bed", BAM, "no proper header"),
        ("a.vcf", VCF, "ends within its header"),
        ("a.vcf.gz", gzip.compress(VCF), "ends within its header"),
        ("a.sam", b"@SQ\tSN:c\tLN:9\nr\t0\n", "no proper line of SAM"),
        ("a.cram", b"CRAM\x03", "no proper header"),
        ("a.fa", b">c\nACGT\n", "open it as the genome"),
        ("a.bw", b"\x26\xfc\x8f\x88" + bytes(60), "a.bw"),
        ("a.2bit", b"\x43\x27\x41\x1a" + bytes(9), "twoBitToFa"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "picture"),
        ("a.exe", b"MZ\x00\x00", "binary file of an unknown kind"),
        ("a.zip", b"PK\x03\x04", "zip archive; unpack it"),
        ("a.tdf", b"TDF4\x00", "tdftobedgraph"),
        ("a.mcool", b"\x89HDF\r\n\x1a\n", "HDF5"),
        ("a.fa.gz.gzi", bytes(8), "index of a bgzip file"),
        ("a.cram.crai", gzip.compress(b"0\t1\t2\t3\t4\t5\n"), "index of a CRAM file"),
        ("a.txt", b"some words\nand more\n", "unknown kind"),
        ("a.gff", b"some words\nand more\n", "line 1: 2 columns"),
        ("a.bed.gz", b"\x1f\x8b\x08broken", "gzip"),
        ("a.gb", b"LOCUS       NC_1  9 bp\n", "GenBank"),
        ("a.psl", b"9\t0\t0\t0\t0\t0\t0\t0\t+\tq\t9\t0\t9\tc\t99\t1\t10\t1\t9,\t0,\t1,\n", "PSL"),
        ("chrom.sizes", b"chr1\t100\nchr2\t50\n", "names and sizes"),
        ("a.tsv", b"gene\tvalue\nx\t5\n", "unknown kind"),
        ("a.bw", b"<!DOCTYPE html><html>", "web page"),
        ("a.xml", b"<?xml version='1.0'?>", "XML"),
        ("a.json", b'{"a": 1}', "JSON"),
        ("a.bedpe", b"c 1 2 d 3\n", "line 1: 5 columns; pairs"),
        ("a.bed", b"track type=gcnv\nc 1 2\n", "type 'gcnv'"),
    ],
)
def test_what_is_not_shown_is_refused_with_words(tmp_path, name, content, part):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(GxviewError, match=part) as caught:
        open_source(path)
    assert name in str(caught.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(GxviewError, match="There is no file"):
        open_source(tmp_path / "nowhere.bed")
    with pytest.raises(GxviewError, match="is a folder"):
        open_source(tmp_path)
    with pytest.raises(GxviewError, match="File name too long"):
        open_source("a" * 5000)
    with pytest.raises(GxviewError, match="cannot be read: embedded null byte"):
        open_source("a\0b")


def test_what_is_no_file_is_refused():
    with pytest.raises(GxviewError, match="/dev/zero is a pipe or a device"):
        open_source("/dev/zero")


@pytest.mark.parametrize("name", ["a.txt", "a.bed", "a"])
def test_binary_files_are_known_by_their_content(shared, tmp_path, name):
    for original, kind in (("tangermeme/test.bw", SignalSource), ("bbi-js/transcripts.bb", FeatureSource)):
        path = tmp_path / name
        path.write_bytes((shared / "data/tracks" / original).read_bytes())
        assert isinstance(open_source(path), kind)


def test_the_lines_of_a_file_in_many_dresses_are_the_same(tmp_path):
    plain = "c\t5\t9\tone\t1\t+\nc\t20\t30\ttwo\t2\t-\n"
    dresses = {
        "a.bed": plain,
        "crlf.bed": plain.replace("\n", "\r\n"),
        "mac.bed": plain.replace("\n", "\r"),
        "blanks.bed": plain.replace("\t", "   "),
        "bom.bed": "\ufeff" + plain,
        "open-ended.bed": plain.rstrip("\n"),
        "headed.bed": "browser hide all\n# comment\ntrack name=x\nchrom\tchromStart\tchromEnd\tname\n" + plain,
        "gaps.bed": plain.replace("\nc", "\n\n\nc"),
    }
    for name, text in dresses.items():
        (tmp_path / name).write_bytes(text.encode())
        found = open_source(tmp_path / name).features(Region("c", 0, 50))
        assert [(f.start, f.end, f.name, f.strand) for f in found] == [(5, 9, "one", "+"), (20, 30, "two", "-")], name


def test_names_that_match_nothing_are_told(tmp_path):
    fasta, bed = tmp_path / "g.fa", tmp_path / "a.bed"
    fasta.write_text(">chr1\nACGT\n")
    bed.write_text("scaffold_7\t1\t2\n")
    source = open_source(bed, Reference(fasta, cache_dir=tmp_path))
    assert source.notes == (
        "No chromosome of a.bed (scaffold_7) is in the reference (chr1); "
        "a table of aliases can tell which are the same.",
    )


def test_annotation_whose_chromosomes_alternate_is_read_all_the_same(tmp_path):
    rows = [(chrom, kind, own) for kind, own in (("mRNA", "ID"), ("exon", "Parent")) for chrom in ("c", "d")]
    path = tmp_path / "a.gff3"
    path.write_text("".join(f"{chrom}\ts\t{kind}\t1\t9\t.\t+\t.\t{own}=t\n" for chrom, kind, own in rows))
    source = open_source(path)
    for chrom in ("c", "d"):
        (transcript,) = source.features(Region(chrom, 0, 10))
        assert transcript.kind == "mRNA"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["", ""], "\r\n", 1, False)
@given(st.lists(st.text("ab \té", max_size=6)), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 9), st.booleans())
def test_lines_are_the_same_however_they_end_and_are_cut(tmp_path, monkeypatch, lines, end, size, marked):
    monkeypatch.setattr("gxview.tracks.text._CHUNK", size)
    path = tmp_path / "text"
    path.write_bytes(b"\xef\xbb\xbf" * marked + end.join(lines).encode())
    expected = lines[:-1] if lines and not lines[-1] else lines
    assert list(read_lines(path)) == list(enumerate(expected, start=1))


def test_a_line_without_end_is_no_track(tmp_path, monkeypatch):
    monkeypatch.setattr("gxview.tracks.text._LONGEST", 1 << 20)
    path = tmp_path / "a.bed"
    path.write_bytes(b"c\t1\t2\n" + b"x" * (1 << 21))
    with pytest.raises(GxviewError, match="a line of more than 1 MB"):
        open_source(path)
