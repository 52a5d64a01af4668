"""BED and peaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks import open_source
from gxview.tracks.bed import parse_bed
from gxview.tracks.text import read_color


def parse(text, **options):
    return parse_bed(list(enumerate(text.splitlines(), start=1)), lambda n: f"x.bed, line {n}", **options)


def test_all_twelve_columns():
    (gene,) = parse("c\t100\t200\tgene 1\t960\t-\t110\t190\t255,0,10\t2\t30,40,\t0,60,\n").features
    assert (gene.chrom, gene.start, gene.end, gene.name, gene.strand) == ("c", 100, 200, "gene 1", "-")
    assert gene.blocks == ((100, 130), (160, 200))
    assert (gene.thick, gene.score, gene.color) == ((110, 190), 960, "#ff000a")


def test_three_columns_separated_by_blanks():
    (feature,) = parse("c 5 9\n").features
    assert (feature.start, feature.end, feature.name, feature.strand, feature.blocks) == (5, 9, "", ".", ((5, 9),))


columns = st.integers(3, 9)
rows = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(1, 10**6), st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True),
              st.integers(0, 1000), st.sampled_from("+-.")), min_size=1, max_size=8)  # fmt: skip


@given(columns, rows, st.sampled_from(["\t", " "]))
def test_what_was_written_is_read(columns, rows, separator):
    lines = [
        separator.join(["c", str(a), str(a + n), name, str(score), strand, str(a), str(a + n), "0,0,255"][:columns])
        for a, n, name, score, strand in rows
    ]
    for feature, (a, n, name, score, strand) in zip(parse("\n".join(lines)).features, rows, strict=True):
        assert (feature.start, feature.end) == (a, a + n)
        assert feature.name == ("" if columns < 4 or name == "." else name)
        assert feature.score == (score if columns > 4 else None)
        assert feature.strand == (strand if columns > 5 else ".")
        assert feature.thick == ((a, a + n) if columns > 7 else None)
        assert feature.color == ("#0000ff" if columns > 8 else None)


def test_header_comments_and_track_lines():
    text = 'browser hide all\ntrack name="Mine" color=0,128,0\n#c\nchrom start end\n\nc 1 2\nc 3 4\n'
    parsed = parse(text)
    assert (parsed.name, parsed.color, len(parsed.features)) == ("Mine", "#008000", 2)


def test_a_feature_without_length_is_shown_as_one_base_and_told():
    parsed = parse("c 5 5\nc 7 9\n")
    assert (parsed.features[0].start, parsed.features[0].end) == (5, 6)
    assert "1 features without length" in parsed.notes[0]


def test_further_columns_are_kept_as_details():
    (feature,) = parse("c\t5\t9\tn\t1\t+\tvery\tgood\n").features
    assert feature.thick is None
    assert feature.details() == {"column_7": "very", "column_8": "good"}


def test_gff_tags_in_the_name_column():
    (feature,) = parse("#gffTags\nc\t5\t9\tID=1;Name=BRD4;Title=a%20b\t1\t+\n").features
    assert feature.name == "BRD4"
    assert feature.details() == {"ID": "1", "Name": "BRD4", "Title": "a b"}


def test_narrow_peaks_have_their_signal_as_score():
    (peak,) = parse("c\t5\t99\tp1\t567\t.\t13.5\t58.9\t56.7\t15\n", peaks=True).features
    assert (peak.kind, peak.score, peak.thick) == ("peak", 13.5, None)
    assert peak.details() == {"signalValue": "13.5", "pValue": "58.9", "qValue": "56.7", "peak": "15"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("c 1\n", "line 1: 2 columns"),
        ("c 1 5\nc 9 5\n", "line 2: the end 5 lies before the start 9"),
        ("c 1 5\nc x 5\n", "line 2: the start 'x' is no whole number"),
        ("a b c\nd e f\n", "line 2: the start 'e' is no whole number"),
        ("c 1 5\nc -3 5\n", "line 2: the start -3 is negative"),
        ("c 1 5 n 7\nc 1 5 n x\n", "line 2: the score 'x' is no number"),
        ("c 1 5 n 0 + 2 4\nc 1 5 n 0 + a 4\n", "line 2: the thickStart 'a'"),
        ("c 1 5 n 0 + 2 9\n", "line 1: the thick part 2-9 reaches beyond"),
        ("c 1 9 n 0 + 1 9 0 2 3,3 0\n", "line 1: 2 blocks are announced, but 2 sizes and 1 starts"),
        ("c 1 9 n 0 + 1 9 0 2 3,3 0,7\n", "line 1: its blocks reach to 11, beyond its end 9"),
        ("c 1 9 n 0 + 1 9 0 1 3 0\nc 1 9 n 0 + 1 9\n", "line 2: 8 columns, but earlier lines have 12"),
    ],
)
def test_malformed_lines_are_named(text, part):
    with pytest.raises(GxviewError, match=part):
        parse(text)


@given(st.lists(st.text(st.sampled_from('c 019\t-+.,ab"#='), max_size=30), max_size=6))
def test_any_text_is_parsed_or_refused(lines):
    try:
        parsed = parse("\n".join(lines))
    except GxviewError:
        return
    assert all(0 <= f.start < f.end for f in parsed.features)


def test_real_peaks(shared):
    path = shared / "data/tracks/pyGenomeTracks/test.narrowPeak"
    source = open_source(path)
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    found = source.features(Region("chrX", 0, 10**9))
    assert sorted((f.start, f.end, f.name, f.score) for f in found) == sorted(
        (int(line[1]), int(line[2]), line[3], float(line[6])) for line in lines if line[0] == "X"
    )


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("invalid_score.bed", "line 1: column 5 ('a') holds no scores; what does not fit BED is shown as text"),
        (
            "invalid_CDScoo.bed",
            "line 1: columns 7 and 8 ('a', '17500') hold no thick parts; what does not fit BED is shown as text",
        ),
        (
            "invalid_blocks.bed",
            "line 1: columns 10 to 12 ('1', 'a,', '0,') hold no blocks; what does not fit BED is shown as text",
        ),
        ("hoxd_genes_rgb.bed.gz", ""),
    ],
)
def test_columns_that_do_not_fit_are_shown_as_text_and_told(shared, name, part):
    source = open_source(shared / "data/tracks/pyGenomeTracks" / name)
    assert (part in source.notes[0]) if part else source.notes == ()


@pytest.mark.parametrize(
    ("text", "color"),
    [("255, 0,10", "#ff000a"), ("\x1c55,0,1", "#370001"), ("#FF0000", "#ff0000"), ("0,0,0", None), ("0", None),
     ("256,0,0", None), ("1,2", None), ("a,b,c", None), ("", None), (None, None)],
)  # fmt: skip
def test_colours(text, color):
    assert read_color(text) == color
