"""Opening any file that somebody may drop on the window."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks import AlignmentSource, FeatureSource, ReadOptions, SignalSource, VariantSource, open_source

ENDINGS = (".gff", ".gff3", ".gtf", ".bed", ".narrowpeak", ".gappedpeak", ".bedgraph", ".bdg", ".bw", ".bigwig")
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


REFUSED = {
    "igv/bed/bad_file.bed",
    "igv.js/bed/chromosomes.bedgraph",
    "igv.js/gcnv/gcnv_track_example_data.chr22.bed",
    "gffutils/unsanitized.gff",
    "jbrowse/base_pairing/XdecoderStructure.gff",
    "pyGenomeTracks/empty.bed",
    "pyGenomeTracks/empty.bedgraph",
    "pyGenomeTracks/invalid_CDScoo2.bed",
    "pyGenomeTracks/invalid_CDScoo3.bed",
    "pyGenomeTracks/invalid_bedgraph.bdg",
    "pyGenomeTracks/invalid_bedgraph4.bdg",
    "pyGenomeTracks/invalid_blocks3.bed",
    "pyGenomeTracks/invalid_score2.bed",
}


def test_of_the_supported_kinds_only_what_is_broken_is_refused(shared):
    tracks = shared / "data/tracks"
    fitting = [file for file in sorted(tracks.rglob("*")) if file.name.lower().removesuffix(".gz").endswith(ENDINGS)]
    refused = {str(file.relative_to(tracks)) for file in fitting if isinstance(opened_or_refused(file), str)}
    assert refused == REFUSED


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
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "unknown kind"),
        ("a.txt", b"some words\nand more\n", "unknown kind"),
        ("a.gff", b"some words\nand more\n", "line 1: 2 columns"),
        ("a.bed.gz", b"\x1f\x8b\x08broken", "gzip"),
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
