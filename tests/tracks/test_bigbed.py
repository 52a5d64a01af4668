"""bigBed against a second library, brute force and damaged bytes."""

from __future__ import annotations

import random
import threading
from itertools import pairwise

import numpy as np
import pybigtools
import pyBigWig
import pytest

from gxview.errors import GxviewError
from gxview.genome import Aliases, Reference, Region
from gxview.tracks import FeatureSource, open_source
from gxview.tracks.bigbed import BigBedFeatures

REAL = [
    "bbi-js/chr22_with_name_and_geneName_index.bb",
    "bbi-js/hg18.bb",
    "bbi-js/transcripts.bb",
    "bigtools/bigBedExample.bb",
    "igv/bb/chr21.refseq.bb",
    "igv/bed/Unigene.sample.nolong.bigbed",
    "igv.js/bb/cytoBandMapped.bb",
    "igv.js/bb/GCA_009914755.4.chromAlias.bb",
    "jbrowse/hg19_bigbed.bb",
    "jbrowse/human_bigbed/gencode.bb",
]
GENES = "bbi-js/chr22_with_name_and_geneName_index.bb"
BED4 = 'table b "b" ( string chrom; "" uint chromStart; "" uint chromEnd; "" string name; "" )'
SCHEMA = """table genes "A test"
(
string chrom; "c"
uint chromStart; "s"
uint chromEnd; "e"
string name; "n"
uint score; "s"
char[1] strand; "+ or -"
uint thickStart; "t"
uint thickEnd; "t"
uint reserved; "colour"
int blockCount; "n"
int[blockCount] blockSizes; "s"
int[blockCount] chromStarts; "s"
string geneName; "gene; with a semicolon"
lstring note; "free text"
)
"""


def write(path, rows, size=1_000_000, schema=SCHEMA):
    pybigtools._rust_open(str(path), "w").write({"a": 10, "c": size}, iter(rows), autosql=schema)
    return path


def spans(count, size, seed=0):
    choose = random.Random(seed)
    found = []
    for number in range(count):
        start = choose.randrange(size - 1000)
        found.append((start, start + choose.choice([1, 50, 900]), f"f{number}"))
    return sorted(found)


@pytest.mark.parametrize("name", REAL)
def test_real_files_hold_what_a_second_library_reads(shared, name):
    path = shared / "data/tracks" / name
    source, second = open_source(path), pyBigWig.open(str(path))
    assert isinstance(source, FeatureSource)
    assert source.sizes == second.chroms()
    for chrom, size in list(second.chroms().items())[:3]:
        theirs = sorted(((a, b) for a, b, _ in second.entries(chrom, 0, size)), key=lambda span: (span[0], -span[1]))
        ours = source.features(Region(chrom, 0, size))
        assert [(f.start, f.end) for f in ours] == theirs
        middle = Region(chrom, theirs[len(theirs) // 2][0], theirs[len(theirs) // 2][0] + 5000)
        count = len(second.entries(chrom, middle.start, min(middle.end, size)) or ())
        assert len(source.features(middle)) == source.density(middle, 1)[0] == count


def test_standard_columns_are_read(tmp_path):
    rest = "T 1\t900\t-\t20\t80\t255,0,0\t2\t10,20,\t0,80,\tABC1\tfree text; 100%"
    (feature,) = BigBedFeatures(write(tmp_path / "a.bb", [("c", 10, 110, rest)])).features(Region("c", 0, 500))
    assert (feature.start, feature.end, feature.strand, feature.score) == (10, 110, "-", 900)
    assert (feature.name, feature.color, feature.thick) == ("ABC1", "#ff0000", (20, 80))
    assert feature.blocks == ((10, 20), (90, 110))
    assert feature.details() == {"name": "T 1", "geneName": "ABC1", "note": "free text; 100%"}


def test_empty_columns_and_blanks_within_columns_are_kept(tmp_path):
    rows = [("c", 5, 9, "\t7\t+\t5\t5\t0\t1\t4\t0\t\t"), ("c", 6, 9, "x y\t\t.\t6\t6\t.\t1\t3\t0\t.\tz")]
    first, second = BigBedFeatures(write(tmp_path / "a.bb", rows)).features(Region("c", 0, 50))
    assert (first.name, first.score, first.strand, first.details()) == ("", 7, "+", {})
    assert (second.name, second.score, second.strand, second.color) == ("x y", None, ".", None)


def test_without_a_description_the_columns_are_those_of_bed(shared):
    path = shared / "data/tracks/igv/bb/chr21.refseq.bb"
    (_, _, rest), *_ = pyBigWig.open(str(path)).entries("chr21", 9_928_613, 9_928_700)
    (feature, *_) = open_source(path).features(Region("chr21", 9_928_613, 9_928_700))
    columns = rest.split("\t")
    assert (feature.name, feature.strand) == (columns[0], columns[2])
    assert feature.thick == (int(columns[3]), int(columns[4]))
    assert len(feature.blocks) == int(columns[6])


def test_density_counts_and_far_out_estimates(tmp_path, monkeypatch):
    rows = spans(20_000, 1_000_000)
    source = BigBedFeatures(write(tmp_path / "a.bb", [("c", *row) for row in rows], schema=None))
    for region, bins in ((Region("c", 0, 1_000_000), 100), (Region("c", 1234, 5678), 7), (Region("c", 10, 15), 9)):
        edges = [region.start + n * region.length // bins for n in range(bins + 1)]
        expected = [sum(a < right and b > left for a, b, _ in rows) if right > left else 0
                    for left, right in pairwise(edges)]  # fmt: skip
        assert source.density(region, bins).tolist() == expected
    monkeypatch.setattr("gxview.tracks.bigbed._COUNTED", 0)
    guess = source.density(Region("c", 0, 1_000_000), 20)
    assert guess.sum() == pytest.approx(20_000, rel=0.01)
    counts = np.histogram([a for a, _, _ in rows], 20, (0, 1_000_000))[0]
    np.testing.assert_allclose(guess[:-1], counts[:-1], rtol=0.2)  # the last block of a file is never full


@pytest.mark.parametrize("indexed", [False, True])
def test_search_by_name_and_gene(shared, monkeypatch, indexed):
    if indexed:
        monkeypatch.setattr("gxview.tracks.bigbed._SEARCHED_INDEXED", 0)
    source = open_source(shared / "data/tracks" / GENES)
    gene = next(f for f in source.features(Region("chr22", 0, 51_000_000)) if f.name == "BID")
    for text in ("BID", "bid", " Bid "):
        found = source.search(text)
        assert found[0].name == "BID"
        assert found[0].overlaps(Region(gene.chrom, gene.start, gene.end))
    transcript = gene.details()["name"]
    assert source.search(transcript)[0].details()["name"] == transcript
    beginnings = source.search("MAPK", limit=5)
    assert 1 < len(beginnings) <= 5
    assert all(f.name.startswith("MAPK") for f in beginnings)
    assert source.search("") == source.search("no such gene") == []


def test_search_without_an_index_reads_small_files_and_says_so_of_large_ones(tmp_path, monkeypatch):
    path = write(tmp_path / "a.bb", [("c", *row) for row in spans(300, 100_000)], schema=BED4)
    assert [f.name for f in BigBedFeatures(path).search("F17", limit=2)] == ["f17", "f170"]
    monkeypatch.setattr("gxview.tracks.bigbed._SEARCHED", 0)
    source = BigBedFeatures(path)
    assert "no index of names" in source.notes[0]
    assert source.search("f17") == []


def test_names_of_the_reference(shared, tmp_path):
    fasta = tmp_path / "genome.fa"
    fasta.write_text(">NC_000022.10\nACGT\n")
    genome = Reference(fasta, aliases=Aliases([("NC_000022.10", "chr22")]), cache_dir=tmp_path)
    source = open_source(shared / "data/tracks" / GENES, genome)
    assert source.sizes == {"NC_000022.10": 51_304_566}
    found = source.features(Region("chr22", 17_000_000, 17_600_000))
    assert found
    assert {f.chrom for f in found} == {"NC_000022.10"}


def test_threads_share_a_source(shared):
    source = open_source(shared / "data/tracks" / GENES)
    region = Region("chr22", 20_000_000, 21_000_000)
    expected, wrong = source.features(region), []

    def read():
        for _ in range(10):
            if source.features(region) != expected or not source.search("BID"):
                wrong.append(1)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("name", ["bbi-js/transcripts.bb", "bbi-js/hg18.bb", "pyGenomeTracks/bigwig_chrx_2e6_5e6.bw"])
def test_damaged_bytes_give_a_sentence_and_nothing_else(shared, tmp_path, name):
    whole, choose = bytearray((shared / "data/tracks" / name).read_bytes()), random.Random(name)
    path, refused = tmp_path / "damaged.bb", 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(choose.choice([1, 8, 64])):
            data[choose.randrange(4, len(data) if choose.random() < 0.3 else 3000)] = choose.randrange(256)
        path.write_bytes(data)
        sentence = refusal(path)
        if sentence:
            refused += 1
            assert "damaged.bb" in sentence
            assert "\n" not in sentence
    assert 0 < refused < 150


def refusal(path):
    try:
        use(open_source(path))
    except GxviewError as error:
        return str(error)
    return ""


def use(source):
    for chrom, size in list(source.sizes.items())[:3]:
        region = Region(chrom, 0, min(size, 200_000_000))
        if isinstance(source, FeatureSource):
            source.features(region)
            source.density(region, 10)
            source.search("a")
        else:
            source.summary(region, 10)
            source.values(Region(chrom, 2_000_000, 2_100_000))


def test_cut_off_files_are_refused(shared, tmp_path):
    whole = (shared / "data/tracks/bbi-js/transcripts.bb").read_bytes()
    path = tmp_path / "cut.bb"
    for cut in (30, 100, 400, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(GxviewError, match=r"cut\.bb is (cut off|damaged)"):
            open_source(path)
    with pytest.raises(GxviewError, match="holds no data"):
        open_source(shared / "data/tracks/bbi-js/unipLocCytopl.bb")
    with pytest.raises(GxviewError, match=r"malformed\.bb"):
        open_source(shared / "data/tracks/jbrowse/malformed.bb")
