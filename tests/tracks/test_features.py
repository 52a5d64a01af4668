"""Finding features by place and by name."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.genome import Aliases, Reference, Region
from gxview.tracks import Feature, open_source
from gxview.tracks.features import FeatureTable, Parsed

spans = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 250)), max_size=30)


def table(features, reference=None):
    parsed = Parsed()
    for feature in features:
        parsed.add(feature, (feature.name,))
    return FeatureTable(Path("test.bed"), parsed, reference)


@given(spans, st.integers(0, 320), st.integers(1, 400))
def test_features_of_a_region_are_those_that_share_a_base(spans, start, length):
    features = [Feature("c", a, a + n, name=f"f{i}") for i, (a, n) in enumerate(spans)]
    region = Region("c", start, start + length)
    found = table([*features, Feature("d", 0, 1000)]).features(region)
    assert sorted(f.name for f in found) == sorted(f.name for f in features if f.overlaps(region))
    assert found == sorted(found, key=lambda f: f.start)


@given(spans, st.integers(0, 320), st.integers(1, 400), st.integers(1, 50))
def test_density_counts_the_features_of_each_bin(spans, start, length, bins):
    source = table([Feature("c", a, a + n) for a, n in spans])
    counts = source.density(Region("c", start, start + length), bins)
    edges = [start + i * length // bins for i in range(bins + 1)]
    expected = [sum(x < b and x + n > a for x, n in spans) if b > a else 0 for a, b in pairwise(edges)]
    assert counts.tolist() == expected


def test_an_outline_tells_where_the_features_of_a_region_lie():
    source = table([Feature("c", k, k + 30, f"f{k}", "+-."[k % 3]) for k in (50, 10, 20, 400, 31)])
    for region in (Region("c", 0, 500), Region("c", 35, 45), Region("c", 100, 300), Region("d", 0, 500)):
        starts, ends, strands = source.outline(region)
        found = sorted(zip(starts.tolist(), ends.tolist(), strands.tolist(), strict=True))
        number = {"-": -1, ".": 0, "+": 1}
        assert found == sorted((f.start, f.end, number[f.strand]) for f in source.features(region))


def test_search_gives_the_same_name_then_beginnings_then_the_rest():
    names = ["lacZ", "LACZ-like", "lacI", "placZ", "thrA", "lacZ2"]
    source = table([Feature("c", i * 10, i * 10 + 5, name=name) for i, name in enumerate(names)])
    assert [f.name for f in source.search("lacz")] == ["lacZ", "lacZ2", "LACZ-like", "placZ"]
    assert [f.name for f in source.search(" LAC ")] == ["lacI", "lacZ", "lacZ2", "LACZ-like", "placZ"]
    assert [f.name for f in source.search("lac", limit=2)] == ["lacI", "lacZ"]
    assert source.search("") == []
    assert source.search("nothing") == []


def test_search_gives_a_gene_once_and_its_namesake_elsewhere_too():
    transcripts = [Feature("c", 0, 50, name="MYC"), Feature("c", 0, 80, name="MYC"), Feature("c", 500, 600, name="MYC")]
    found = table(transcripts).search("myc")
    assert [(f.start, f.end) for f in found] == [(500, 600), (0, 80)]


@given(st.lists(st.text(min_size=1, max_size=5), max_size=10), st.text(max_size=3))
def test_search_finds_whatever_holds_the_text(names, text):
    source = table([Feature("c", i * 10, i * 10 + 5, name=name) for i, name in enumerate(names)])
    wanted = text.strip().casefold()
    expected = [name for name in names if wanted and wanted in name.casefold()]
    assert sorted(f.name for f in source.search(text, limit=100)) == sorted(expected)


places = st.integers(0, 1 << 39)
texts = st.text(max_size=8)


@st.composite
def any_feature(draw):
    edges = sorted(draw(st.sets(places, min_size=2, max_size=8)))
    blocks = tuple(zip(edges[0::2], edges[1::2], strict=False))
    start, end = blocks[0][0], blocks[-1][1]
    return Feature(
        chrom=draw(st.sampled_from("abc")), start=start, end=end, name=draw(texts), strand=draw(st.sampled_from("+-.")),
        kind=draw(texts), blocks=blocks, thick=draw(st.sampled_from([None, (start, end)])),
        score=draw(st.none() | st.floats(allow_nan=False)), color=draw(st.none() | st.just("#123456")),
        attributes=draw(texts),
    )  # fmt: skip


@given(st.lists(any_feature(), max_size=8))
def test_columns_return_what_was_put_in(features):
    source = table(features)
    assert list(source._columns) == features
    for chrom in {feature.chrom for feature in features}:
        found = source.features(Region(chrom, 0, 1 << 40))
        assert sorted(found, key=repr) == sorted((f for f in features if f.chrom == chrom), key=repr)
    assert source.sizes == {c: max(f.end for f in features if f.chrom == c) for c in {f.chrom for f in features}}


@pytest.fixture
def reference(tmp_path):
    fasta = tmp_path / "genome.fa"
    fasta.write_text(f">I\n{'A' * 400}\n>II\n{'C' * 500}\n>NC_9.1\n{'G' * 90}\n")
    return Reference(fasta, aliases=Aliases([("NC_9.1", "plasmid")]), cache_dir=tmp_path)


def test_names_of_the_file_become_those_of_the_reference(reference):
    features = [Feature("chrI", 10, 20, "a"), Feature("2", 0, 9, "b"), Feature("plasmid", 5, 9, "c")]
    source = table(features, reference)
    assert source.notes == ()
    for chrom, name in (("I", "a"), ("chr1", "a"), ("II", "b"), ("NC_9.1", "c"), ("plasmid", "c")):
        found = source.features(Region(chrom, 0, 400))
        assert [f.name for f in found] == [name]
        assert found[0].chrom in reference.names
    assert source.search("c")[0].chrom == "NC_9.1"
    assert source.density(Region("chrI", 0, 20), 2).tolist() == [0, 1]


def test_a_file_of_another_genome_says_so_with_both_names(reference):
    source = table([Feature("scaffold_7", 1, 2)], reference)
    (note,) = source.notes
    assert "scaffold_7" in note
    assert "I, II, NC_9.1" in note
    assert source.features(Region("I", 0, 400)) == []
    partly = table([Feature("scaffold_7", 1, 2), Feature("I", 1, 2)], reference)
    assert "1 of 2 chromosomes" in partly.notes[0]


def test_features_beyond_the_end_are_told(reference):
    (note,) = table([Feature("chrI", 390, 405)], reference).notes
    assert "chrI:405" in note
    assert "another assembly" in note


def test_yeast_annotation_meets_the_genome(shared):
    genome = Reference(shared / "data/genomes/yeast/Saccharomyces_cerevisiae.R64-1-1.fa.gz")
    bed = open_source(shared / "data/genomes/yeast/sacCer3.ensGene.bed12.gz", genome)
    gtf = open_source(shared / "data/genomes/yeast/sacCer3.ensGene.chrIV.gtf.gz", genome)
    assert bed.notes == gtf.notes == ()
    whole = Region("IV", 0, genome.sizes["IV"])
    ours = {(f.start, f.end, f.strand, f.blocks, f.thick) for f in gtf.features(whole)}
    theirs = {(f.start, f.end, f.strand, f.blocks, f.thick) for f in bed.features(whole)}
    assert len(ours) == 885
    coding = {row for row in ours if row[4] is not None}
    # the BED of the same annotation marks every transcript as coding from end to end or not at all
    assert {row[:4] for row in ours} == {row[:4] for row in theirs}
    assert len(coding) > 800
    # every start codon reads ATG on its strand, with very few exceptions of the annotation
    starts = [
        genome.fetch(Region("IV", f.thick[0], f.thick[0] + 3, "+") if f.strand == "+"
                     else Region("IV", f.thick[1] - 3, f.thick[1], "-"))
        for f in gtf.features(whole) if f.thick is not None
    ]  # fmt: skip
    assert sum(codon == "ATG" for codon in starts) / len(starts) > 0.95


def test_long_and_alike_names_are_sorted_too():
    names = [f"{'same-beginning-of-thirty-two-letters'}{i}" for i in (3, 1, 2, 1)] + ["same", "zz", ""]
    source = table([Feature("c", i * 10, i * 10 + 5 + (i == 3), name=name) for i, name in enumerate(names)])
    found = source.search("same-beginning")
    assert [(f.name[-1], f.start) for f in found] == [("1", 30), ("1", 10), ("2", 20), ("3", 0)]
