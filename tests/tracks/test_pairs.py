"""Pairs of places: BEDPE, arcs, interact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks import open_source
from gxview.tracks.pairs import parse_pairs


def parse(text, kind="pairs"):
    lines = enumerate(text.splitlines(), start=1)
    return parse_pairs(lines, lambda number: f"file, line {number}", kind=kind)


def test_two_anchors_on_one_chromosome_are_one_feature():
    (pair,) = parse("c\t10\t20\tc\t90\t99\tloop\t5.5\t+\t-\textra=1;more\n").features
    assert (pair.chrom, pair.start, pair.end, pair.blocks) == ("c", 10, 99, ((10, 20), (90, 99)))
    assert (pair.name, pair.score, pair.kind) == ("loop", 5.5, "pair")
    assert pair.details() == {"strand1": "+", "strand2": "-", "column_11": "extra=1;more"}


def test_two_anchors_on_two_chromosomes_are_two_features_that_name_each_other():
    first, second = parse("c\t10\t20\td\t90\t99\tt\n").features
    assert (first.chrom, first.start, first.end, first.details()["mate"]) == ("c", 10, 20, "d:91-99")
    assert (second.chrom, second.start, second.end, second.details()["mate"]) == ("d", 90, 99, "c:11-20")


def test_an_unknown_anchor_is_left_out():
    features = parse("c\t10\t20\t.\t-1\t-1\n.\t-1\t-1\tc\t5\t9\n").features
    assert [(f.start, f.end) for f in features] == [(10, 20), (5, 9)]


spans = st.tuples(st.integers(0, 500), st.integers(1, 100))


@given(st.lists(st.tuples(spans, spans), max_size=10))
def test_blocks_are_the_anchors(pairs):
    text = "".join(f"c\t{a}\t{a + m}\tc\t{b}\t{b + n}\n" for (a, m), (b, n) in pairs)
    for feature, ((a, m), (b, n)) in zip(parse(text).features, pairs, strict=True):
        covered = {*range(a, a + m), *range(b, b + n)}
        assert {base for start, end in feature.blocks for base in range(start, end)} == covered
        assert (feature.start, feature.end) == (min(covered), max(covered) + 1)


def test_colours_and_names_of_columns(shared):
    folder = shared / "data/tracks/igv.js/bedpe"
    colored = open_source(folder / "bedpe_with_colors.bedpe").features(Region("chr13", 34_000_000, 35_000_000))
    assert "#ffa500" in {feature.color for feature in colored}
    assert all("thickness" in feature.details() for feature in colored)
    (loop, *_) = open_source(folder / "hiccups_loops.bedpe").features(Region("9", 130_700_000, 130_710_000))
    assert loop.color == "#00ffff"
    assert loop.details()["observed"] == "33"
    assert loop.name == ""


def test_interact_and_arcs(shared):
    (link, *_) = open_source(shared / "data/tracks/igv.js/bed/ucsc_interact_1.bed").features(
        Region("chr12", 40_572_000, 40_573_000)
    )
    assert link.name == "rs7974522/LRRK2/muscleSkeletal"
    assert (link.score, link.color) == (0.624, "#7a67ee")
    assert len(link.blocks) == 2
    arcs = open_source(shared / "data/tracks/pyGenomeTracks/short_long.arcs")
    assert arcs.features(Region("chr11", 44_400_062, 44_400_063))[-1].score == pytest.approx(1.04, abs=0.01)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("c\t1\t2\tc\t5\n", "line 1: 5 columns; pairs of places have at least 6"),
        ("c\t1\t2\tc\t5\t9\nc\t1\tx\tc\t5\t9\n", "line 2: the end1 'x' is no whole number"),
        ("c\t5\t2\tc\t5\t9\n", "line 1: the end 2 lies before the start 5"),
        ("c\t1\t2\tc\t5\t9\tn\thigh\n", "line 1: the score 'high' is no number"),
    ],
)
def test_malformed_lines_are_named(text, part):
    with pytest.raises(GxviewError, match=part):
        parse(text)
