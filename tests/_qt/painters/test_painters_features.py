"""Features: the right pixels, names that can be read, and a density where there are too many."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qtpy.QtCore import QRectF

from gxview._qt.painters import BinnedCounts, View, paint_density, paint_features
from gxview._qt.painters.density import count_features
from gxview._qt.painters.features import FeatureLook, _Lanes, feature_color
from gxview._qt.painters.shapes import text_width
from gxview.tracks import pack_rows
from gxview.tracks.base import Feature
from gxview.viewer.data.blocks import rows_of

RECT = QRectF(0, 0, 800, 100)


def gene(start, end, name="", strand="+", **more):
    return Feature("c", start, end, name, strand, **more)


def painted(features, view, style, rows=None, rect=RECT, **more):
    return lambda p: paint_features(p, rect, view, features, rows or [0] * len(features), style, **more)


@pytest.mark.parametrize("start", [0, 239_999_000])
def test_a_box_covers_its_bases_exactly(draw, style, start):
    view = View.of("c", start, start + 100, 800)
    for strand, full in ("+", range(80, 156)), ("-", range(84, 160)), (".", range(80, 160)):
        ink = draw(painted([gene(start + 10, start + 20, strand=strand)], view, style)).ink()
        assert np.flatnonzero(ink.any(axis=0)).tolist() == list(range(80, 160)), "the tip reaches the last base exactly"
        assert np.flatnonzero(ink[1:14].all(axis=0)).tolist() == list(full)


def test_exons_introns_and_the_coding_part(draw, style):
    view = View.of("c", 0, 800, 800)
    mrna = gene(100, 700, strand="-", blocks=((100, 300), (500, 700)), thick=(200, 600))
    picture = draw(painted([mrna], view, style))
    height = picture.near(style.theme.reverse, 3)[:16].sum(axis=0)
    assert (height[110:190] == 7).all(), "untranslated"
    assert np.median(height[210:290]) == 13, "coding, with chevrons cut out"
    assert 1 <= np.median(height[310:490]) <= 2, "intron line"
    assert (height[610:690] == 7).all()
    assert height[100] < height[104] == 7, "the tip of the minus strand"
    assert height[:99].sum() == height[701:].sum() == 0


def test_chevrons_point_along_the_strand(draw, style):
    view = View.of("c", 0, 800, 800)
    forward, reverse, none = (
        draw(painted([gene(100, 700, strand=s, color="#808080")], view, style)).pixels.astype(int) for s in "+-."
    )
    assert (np.abs(forward - none).sum(axis=2) > 0).any()
    mirrored = reverse[:, 100:700][:, ::-1]
    assert np.abs(forward[:, 100:700] - mirrored).max() < 40
    assert (forward != reverse).any()


def test_own_colour_goes_before_the_strand(style):
    assert feature_color(gene(0, 1, color="#12ab34"), style).name() == "#12ab34"
    assert feature_color(gene(0, 1, strand="-"), style).name() == style.theme.reverse
    assert feature_color(gene(0, 1, strand="."), style).name() == style.theme.unstranded


def test_a_gene_narrower_than_a_pixel_is_still_seen(draw, style):
    view = View.of("c", 0, 80_000, 800)
    assert draw(painted([gene(40_000, 40_010)], view, style)).near(style.theme.forward, 3)[5, 400]


def test_the_name_of_a_long_gene_slides_with_the_view(svg, style):
    long_gene = gene(0, 1_000_000, "dystrophin")
    for start in (0, 1_000, 500_000, 998_800):
        found = svg(painted([long_gene], View.of("c", start, start + 1_000, 800), style)).texts()
        [(x, _, text)] = found
        assert text == "dystrophin"
        assert 0 <= x <= 800 - text_width(style, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    genes=st.lists(
        st.tuples(st.integers(-500, 1500), st.integers(1, 900), st.integers(1, 14), st.integers(0, 2)),
        min_size=1,
        max_size=40,
    )
)
def test_names_never_overlap_and_are_never_cut(svg, style, genes):
    features = [gene(s, s + n, "geneXYZabcdefg"[:k]) for s, n, k, _ in genes]
    rows = [row for *_, row in genes]
    texts = svg(painted(features, View.of("c", 0, 1000, 800), style, rows)).texts()
    spans = sorted((y, x, x + text_width(style, t)) for x, y, t in texts)
    for (y, left, right), (other, next_left, _) in itertools.pairwise(spans):
        assert left >= 0
        assert right <= 800
        assert other > y or next_left >= right + 2
    assert all(right <= 800 for _, _, right in spans)


def test_low_rows_squeeze_until_all_fit_and_then_count_the_rest(draw, svg, style):
    view = View.of("c", 0, 800, 800)
    features = [gene(100, 700, "name") for _ in range(40)]
    rect = QRectF(0, 0, 800, 68)
    for count, names in ((2, 2), (3, 3), (6, 1)):
        paint = painted(features[:count], view, style, list(range(count)), rect)
        boxes = draw(paint, 800, 100).near(style.theme.forward, 3)[:, 101]
        assert np.count_nonzero(np.diff(boxes.astype(int)) == 1) + int(boxes[0]) == count
        texts = svg(paint).texts()
        assert len(texts) == names, "low rows name the transcripts of a gene once"
        assert all(y + style.text_px * 0.25 <= 68 for _, y, _ in texts), "descenders included"
    for count, words in ((40, "+31 more rows"), (10, "+1 more row")):
        found = svg(painted(features[:count], view, style, list(range(count)), rect)).texts()
        [(x, y, text)] = [one for one in found if one[2] != "name"]
        assert text == words
        assert 55 < y < 68, "at the bottom"
        assert x > 700


def test_hidden_rows_are_not_drawn(draw, style):
    view = View.of("c", 0, 800, 800)
    assert not draw(painted([gene(100, 700, "name")], view, style, [-1])).ink().any()


def test_chevrons_and_density_move_with_the_genome(draw, style):
    gene_of_interest = [gene(-5_000, 5_000, color="#808080", strand="-")]
    many = [gene(30 * i, 30 * i + 20) for i in range(-4000, 4000)]
    for features, zoom in ((gene_of_interest, 1.0), (many, 60.0)):
        first, moved = (
            draw(painted(features, View.at("c", start, zoom, 800), style), 800, 100).pixels
            for start in (-20_000 if zoom > 1 else 0, (-20_000 if zoom > 1 else 0) + 5 * zoom)
        )
        assert (first[:, 105:680] == moved[:, 100:675]).all(), "but for the axis at the left edge"


def test_too_many_features_become_a_density_by_strand(draw, svg, style):
    rng = np.random.default_rng(0)
    starts = np.concatenate([rng.integers(0, 500_000, 900), rng.integers(500_000, 1_000_000, 300)])
    features = [gene(int(s), int(s) + 900, "x", "+" if i < 900 else "-") for i, s in enumerate(starts)]
    paint = painted(features, View.of("c", 0, 1_000_000, 800), style)
    picture = draw(paint, 800, 100)
    up, down = picture.near(style.theme.forward, 3), picture.near(style.theme.reverse, 3)
    assert up[:50, :400].any()
    assert not up[51:].any()
    assert not up[:, 402:].any()
    assert down[51:, 402:].any()
    assert not down[:50].any()
    texts = [t for _, _, t in svg(paint).texts()]
    assert "density, square root" in texts
    highest = max(count_features(features, View.of("c", 0, 1_000_000, 800)).forward)
    assert any(t.startswith(f"{highest} in ") for t in texts), "the axis names the highest count"


def test_counts_without_strand_stand_on_the_bottom(draw, style):
    counts = np.array([0, 4, 2, 1])
    data = BinnedCounts(np.array([0, 200, 400, 600, 800]), counts)
    picture = draw(lambda p: paint_density(p, RECT, View.of("c", 0, 800, 800), data, style), 800, 100)
    heights = picture.near(style.theme.unstranded, 3)[:, [100, 300, 500, 700]].sum(axis=0)
    assert heights.tolist() == [0, 97, 69, 49], "the square root of 0, 4, 2, 1 quarters"


def test_in_low_rows_a_name_stands_in_the_widest_intron_and_hides_no_exon(draw, svg, style):
    view = View.of("c", 0, 800, 800)
    exons = ((10, 60), (100, 200), (600, 700), (740, 790))
    transcripts = [gene(10, 790, "APP", blocks=exons) for _ in range(8)]
    paint = painted(transcripts, view, style, list(range(8)), QRectF(0, 0, 800, 60))
    [(x, _, text)] = svg(paint).texts()
    assert text == "APP"
    assert 200 < x < 600
    boxes = draw(paint, 800, 60).near(style.theme.forward, 3)
    for start, end in exons:
        assert boxes[:56, start + 1 : end - 1].any(axis=1).sum() == boxes[:56, 15:55].any(axis=1).sum()


def test_black_from_a_file_is_seen_on_a_dark_canvas(style):
    canvas, black = style.color("canvas"), feature_color(gene(0, 1, color="#000000"), style)
    assert abs(black.lightnessF() - canvas.lightnessF()) > 0.15
    assert feature_color(gene(0, 1), style, "#12ab34").name() == "#12ab34", "the colour of the track"
    assert feature_color(gene(0, 1, color="#c0ffee"), style, "#12ab34") != feature_color(gene(0, 1), style, "#12ab34")


def test_without_labels_no_name_is_written_and_rows_are_closer(draw, svg, style):
    view = View.of("c", 0, 800, 800)
    features = [gene(100, 700, "name") for _ in range(5)]
    paint = painted(features, view, style, list(range(5)), look=FeatureLook(labels=False))
    assert svg(paint).texts() == []
    boxes = draw(paint, 800, 100).near(style.theme.forward, 3)[:, 105]
    assert np.flatnonzero(boxes).max() < 90


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    genes=st.lists(
        st.tuples(st.integers(-400, 900), st.integers(20, 900), st.integers(0, 3), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    height=st.sampled_from([30, 60, 100]),
)
def test_names_cover_no_box_and_no_other_name(svg, style, genes, height):
    def blocks(start, end, spliced):
        third = (end - start) // 3
        return ((start, start + third), (end - third, end)) if spliced and third else ((start, end),)

    features = [gene(s, s + n, f"gene{k}", blocks=blocks(s, s + n, spliced)) for s, n, k, spliced in genes]
    rows = pack_rows([(f.start, f.end) for f in features]).tolist()
    view, rect = View.of("c", 0, 1000, 800), QRectF(0, 0, 800, height)
    texts = [t for t in svg(painted(features, view, style, rows, rect)).texts() if t[2].startswith("gene")]
    count = max((row for f, row in zip(features, rows, strict=True) if f.end > 0 and f.start < 1000), default=0) + 1
    lanes = _Lanes.of(rect, count, style, FeatureLook())
    whole = {f.name for f in features if len(f.blocks) == 1}
    for x, y, text in texts:
        name = QRectF(x, y - style.text_px * 0.6, text_width(style, text, scale=0.9), style.text_px * 0.6)
        for feature, row in zip(features, rows, strict=True):
            own = feature.name == text and feature.name in whole
            if own or row >= lanes.fitting:
                continue
            for start, end in feature.blocks:
                box = QRectF(view.x(start), lanes.top + row * lanes.pitch, view.x(end) - view.x(start), lanes.box)
                assert not box.intersects(name), (text, feature)
    for (x, y, a), (other_x, other_y, b) in itertools.combinations(texts, 2):
        apart = abs(y - other_y) >= style.text_px * 0.7
        assert apart or x + text_width(style, a, scale=0.9) < other_x or other_x + text_width(style, b, scale=0.9) < x


def test_in_low_rows_a_gene_without_room_for_its_name_has_it_beside(svg, style):
    view = View.of("c", 0, 800, 800)
    short = [gene(300, 320, "BRCA1") for _ in range(9)]
    [(x, _, text)] = svg(painted(short, view, style, list(range(9)), QRectF(0, 0, 800, 68))).texts()
    assert text == "BRCA1"
    assert 320 <= x <= 330
    late = [gene(770, 790, "BRCA1") for _ in range(9)]
    [(x, _, text)] = svg(painted(late, view, style, list(range(9)), QRectF(0, 0, 800, 68))).texts()
    assert x + text_width(style, text, scale=0.9) <= 770


@pytest.mark.parametrize("width", [800, 133, 57])
def test_the_bars_of_a_density_fill_the_width(draw, style, width):
    features = [gene(100 * k, 100 * k + 90) for k in range(20_000)]
    counts = np.full(1_000, 20)
    for data in (
        BinnedCounts(np.arange(0, 2_000_001, 2_000), counts),
        count_features(features, View.of("c", 0, 2_000_000, width)),
    ):
        view, rect = View.of("c", 0, 2_000_000, width), QRectF(0, 0, width, 100)
        picture = draw(lambda p: paint_density(p, rect, view, data, style), width, 100)  # noqa: B023
        filled = picture.near(style.theme.unstranded, 3) | picture.near(style.theme.forward, 3)
        assert filled.any(axis=0)[:-1].all()


def test_among_many_transcripts_each_gene_is_named(svg, style):
    genes = {"GART": (0, 240), "SON": (260, 420), "CRYZL1": (440, 690), "DONSON": (400, 470)}
    transcripts = []
    for name, (start, end) in genes.items():
        for k in range(6):
            # exons too close for a name between them
            exons = tuple((at, at + 8) for at in range(start + k, end - k - 8, 20))
            transcripts.append(gene(exons[0][0], exons[-1][1], name, blocks=exons))
    transcripts.sort(key=lambda one: one.start)
    rows = rows_of(transcripts, 1.0)
    assert max(rows) > 3
    view, rect = View.of("c", 0, 800, 800), QRectF(0, 0, 800, 92)
    names = [text for _, _, text in svg(painted(transcripts, view, style, rows, rect)).texts()]
    assert sorted(names) == sorted(genes)
