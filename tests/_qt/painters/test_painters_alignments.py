"""Where coverage and reads are drawn, to the pixel."""

from __future__ import annotations

import numpy as np
import pysam
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import Scale, View
from gxview._qt.painters.alignments import BODY, DEPTH, WEAK, coverage_data, paint_coverage, paint_reads, read_at
from gxview.genome import Region
from gxview.tracks import Pileup, ReadOptions
from gxview.tracks.pileup import pile_up
from gxview.tracks.read_table import ReadTable

RECT = QRectF(0, 0, 800, 200)
PLACES = [0, 1_000_003, 239_999_950]
"""Where the stretch of 100 bases begins."""
HEADER = pysam.AlignmentHeader.from_dict({"SQ": [{"SN": "c", "LN": 248_000_000}]})


def read(start, cigar, letters, flag=0, quality=60, name="r"):
    made = pysam.AlignedSegment(HEADER)
    made.query_name, made.query_sequence, made.flag = name, letters, flag
    made.reference_id, made.reference_start, made.mapping_quality, made.cigarstring = 0, start, quality, cigar
    return made


def piled(start, reads, letters="A" * 100, clips=False) -> Pileup:
    region = Region("c", start, start + 100)
    return pile_up(ReadTable.of(reads), region, letters, ReadOptions(soft_clips=clips), bases_per_pixel=1 / 8)


def view_of(start) -> View:
    return View.of("c", start, start + 100, 800)


def columns_of(mask: np.ndarray) -> list[int]:
    """Columns of 8 pixels with something in them."""
    return sorted({int(x) // 8 for x in np.flatnonzero(mask.any(axis=0))})


@pytest.mark.parametrize("start", PLACES)
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_differing_base_fills_its_own_column(draw, style, start, ratio):
    """Base 37 of the view is C instead of A in both reads, on either strand, wherever the view lies."""
    letters = "A" * 7 + "C" + "A" * 12
    found = piled(start, [read(start + 30, "20M", letters), read(start + 30, "20M", letters, 16)])
    picture = draw(lambda p: paint_reads(p, RECT, view_of(start), found.reads, style), ratio=ratio)
    blue = picture.near(style.theme.bases[1])
    assert columns_of(blue[:, :: int(ratio)]) == [37]
    assert blue[: int(14 * ratio)].any()
    assert blue[int(14 * ratio) : int(28 * ratio)].any()
    edges = np.flatnonzero(blue.any(axis=0))
    assert (edges[0], edges[-1] + 1) == (37 * 8 * ratio, 38 * 8 * ratio)


@pytest.mark.parametrize("start", PLACES)
def test_coverage_of_a_base_fills_its_own_column(draw, style, start):
    found = piled(start, [read(start + 10, "5M5D1M", "AAAAAA")])
    scale = Scale.fit(0, 2)
    picture = draw(lambda p: paint_coverage(p, RECT, view_of(start), found.coverage, scale, style))
    bars = picture.near(style.color("unstranded", DEPTH).name())[:190]
    assert columns_of(bars) == [10, 11, 12, 13, 14, 20]


@pytest.mark.parametrize("start", PLACES)
def test_coverage_is_stacked_where_many_reads_differ(draw, style, start):
    """Of 10 reads 6 have a T at base 50, 1 a G at base 60: only base 50 is coloured, 60 % red."""
    reads = [
        read(
            start + 40,
            "30M",
            "A" * 10 + ("T" if n < 6 else "A") + "A" * 9 + ("G" if n < 1 else "A") + "A" * 9,
            name=str(n),
        )
        for n in range(10)
    ]
    found = piled(start, reads)
    picture = draw(lambda p: paint_coverage(p, RECT, view_of(start), found.coverage, Scale(0, 10), style))
    red, green, orange = (picture.near(style.theme.bases[code]) for code in (3, 0, 2))
    assert columns_of(red) == columns_of(green) == [50]
    assert not orange.any()
    assert red[:, 404].sum() == pytest.approx(120, abs=2)
    assert green[:, 404].sum() == pytest.approx(80, abs=2)


def test_strand_and_quality_have_their_colours(draw, style):
    reads = [read(0, "20M", "A" * 20), read(30, "20M", "A" * 20, 16), read(60, "20M", "A" * 20, 0, 0)]
    picture = draw(lambda p: paint_reads(p, RECT, view_of(0), piled(0, reads).reads, style))
    for role, strength, first in (("forward", BODY, 0), ("reverse", BODY, 30), ("forward", WEAK, 60)):
        assert columns_of(picture.near(style.color(role, strength).name(), 2)) == list(range(first, first + 20))


def test_reads_end_in_a_tip_along_their_strand(draw, style):
    reads = [read(0, "20M", "A" * 20), read(30, "20M", "A" * 20, 16)]
    ink = draw(lambda p: paint_reads(p, RECT, view_of(0), piled(0, reads).reads, style)).ink()
    heights = ink.sum(axis=0)
    assert heights[0] == heights[80] == heights[380] == 12
    assert heights[159] < heights[157] < 12
    assert heights[240] < heights[242] < 12
    assert heights[399] == 12


def test_gaps_and_insertions(draw, style):
    reads = [read(10, "10M10D10M20N10M3I10M", "A" * 43)]
    picture = draw(lambda p: paint_reads(p, RECT, view_of(0), piled(0, reads).reads, style))
    body = picture.near(style.color("forward", BODY).name(), 2)
    assert set(range(21, 29)).isdisjoint(columns_of(body[:5]))
    assert columns_of(picture.near(style.color("text", 0.8).name(), 2)) == list(range(20, 30))
    assert columns_of(picture.near(style.color("muted", 0.7).name(), 2)) == list(range(40, 60))
    mark = np.flatnonzero(picture.near(style.theme.accent).any(axis=0))
    assert mark[0] < 70 * 8 < mark[-1]


def test_soft_clips_show_when_asked_for(draw, style):
    reads = [read(20, "5S10M5S", "C" * 5 + "A" * 10 + "G" * 5)]
    for clips in (False, True):
        found = piled(0, reads, clips=clips)
        picture = draw(lambda p, f=found: paint_reads(p, RECT, view_of(0), f.reads, style))
        assert columns_of(picture.near(style.theme.bases[1])) == (list(range(15, 20)) if clips else [])
        assert columns_of(picture.near(style.theme.bases[2])) == (list(range(30, 35)) if clips else [])


def test_it_is_told_where_fewer_reads_are_drawn_than_there_are(svg, style):
    reads = [read(10, "50M", "A" * 50, name=str(n)) for n in range(100)]
    found = piled(0, reads)
    texts = [
        t
        for _, _, t in svg(lambda p: paint_reads(p, RECT, view_of(0), found.reads, style, found.count(0, 100))).texts()
    ]
    shown = int(199 / 10)
    assert texts == [f"showing {shown} of 100 reads"]


def test_the_read_under_the_pointer_is_the_one_drawn_there(draw, style):
    reads = [
        read(10, "20M", "A" * 20, name="one"),
        read(15, "20M", "A" * 20, name="two"),
        read(60, "9M", "A" * 9, name="three"),
    ]
    found = piled(0, reads).reads
    names = {(base, y): read_at(RECT, view_of(0), found, base, y) for base in (12, 20, 62) for y in (5, 18, 30)}
    named = {place: found.names[n] for place, n in names.items() if n is not None}
    assert named == {(12, 5): "one", (20, 5): "one", (20, 18): "two", (62, 5): "three"}


def test_a_picture_of_very_many_reads_has_a_bounded_number_of_parts(svg, style):
    """A thousand noisy long reads: every base differs; the picture says so instead of drawing each."""
    rng = np.random.default_rng(0)
    reads = [read(int(at), "2000M", "C" * 2000, name=str(at)) for at in rng.integers(0, 8000, 1000)]
    region = Region("c", 0, 10_000)
    found = pile_up(ReadTable.of(reads), region, "A" * 10_000, ReadOptions(), bases_per_pixel=10)
    view = View.of("c", 0, 10_000, 800)
    picture = svg(lambda p: paint_reads(p, RECT, view, found.reads, style, found.total))
    assert len(picture.tags("rect")) + len(picture.tags("path")) < 5000
    assert any("zoom in for differing bases" in text for _, _, text in picture.texts())


def test_coverage_of_long_regions_is_a_summary(draw, style):
    reads = [read(at, "50M", "A" * 50, name=str(at)) for at in range(0, 400_000, 1000)]
    region = Region("c", 0, 400_000)
    found = pile_up(ReadTable.of(reads), region, None, ReadOptions(), bases_per_pixel=500)
    data = coverage_data(found.coverage)
    assert len(data.edges) == 801
    view = View.of("c", 0, 400_000, 800)
    picture = draw(lambda p: paint_coverage(p, RECT, view, found.coverage, Scale(0, 1), style))
    assert picture.ink()[:100].any()
