"""Letters as pixels: each over its base, as tall as its value, upside down below zero, in its colour."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import BaseValues, BinnedValues, Letters, Scale, View, paint_relevance, paint_sequence
from gxview.letter_outlines import OUTLINES

RECT = QRectF(0, 0, 800, 100)


def relevance(style, text, values, start=0, scale=None, letters=None, width=800.0, span=None):
    view = View.of("c", start, start + (span or len(text)), width)
    data = BaseValues(start, np.array(values, np.float32))
    known = letters if letters is not None else Letters(start, text)
    return lambda p: paint_relevance(p, RECT, view, data, known, scale or Scale(-1, 1), style)


@pytest.mark.parametrize("start", [0, 365_528, 239_999_940])
def test_each_letter_stands_over_its_base_in_its_colour(draw, style, start):
    picture = draw(relevance(style, "ACGTN", [1, 1, 1, 1, 1], start), 800, 100)
    for k, color in enumerate(style.theme.bases):
        columns = np.flatnonzero(picture.near(color, 3)[:50].any(axis=0))
        assert 160 * k <= columns.min() <= 160 * k + 8
        assert 160 * (k + 1) - 9 <= columns.max() < 160 * (k + 1)


@pytest.mark.parametrize("value", [1.0, 0.5, 0.2, -0.2, -0.5, -1.0])
def test_a_letter_is_as_tall_as_its_value(draw, style, value):
    picture = draw(relevance(style, "T", [value]), 800, 100)
    rows = np.flatnonzero(picture.near(style.theme.bases[3], 3).any(axis=1))
    top, bottom = (50 - 50 * value, 49) if value > 0 else (50, 49 - 50 * value)
    assert (rows.min(), rows.max()) == pytest.approx((top, bottom), abs=1)


def test_negative_letters_hang_upside_down(draw, style):
    up = draw(relevance(style, "ATG", [0.8, 0.8, 0.8]), 800, 100).pixels
    down = draw(relevance(style, "ATG", [-0.8, -0.8, -0.8]), 800, 100).pixels
    mirrored = down[::-1]
    same = np.abs(up.astype(int) - mirrored) < 60
    assert same[:49].mean() > 0.99
    red = np.abs(down.astype(int) - [int(style.theme.bases[3][i : i + 2], 16) for i in (1, 3, 5)]).max(axis=2) < 4
    assert red[88, 270:530].mean() > 0.9, "the bar of T is at the bottom"
    assert red[60, 270:530].mean() < 0.45, "its stem at the zero line"


def test_a_letter_without_value_leaves_a_hatched_gap(draw, style):
    picture = draw(relevance(style, "AAAA", [1, np.nan, 0, 1]), 800, 100)
    green = picture.near(style.theme.bases[0], 3)
    ink = picture.ink()[5:45]
    assert not green[:, 200:600].any()
    assert 0.05 < ink[:, 202:398].mean() < 0.6
    assert not ink[:, 402:598].any()


def test_letters_fade_into_bars_as_bases_get_narrower(draw, style):
    for zoom, letters, bars in ((8, True, False), (4, True, False), (1.9, False, True)):
        width = 100 * zoom
        picture = draw(relevance(style, "T" * 100, [0.9] * 100, width=width), 800, 100)
        assert picture.near(style.theme.bases[3], 3).any() == letters
        assert picture.near(style.theme.positive, 3).any() == bars


def test_in_the_fade_letters_and_bars_mix(draw, style):
    share = []
    for zoom in (2.2, 3.0, 3.8):
        picture = draw(relevance(style, "C" * 100, [0.9] * 100, width=100 * zoom), 800, 100)
        inside = picture.pixels[10:45, 10 : int(100 * zoom) - 10].reshape(-1, 3).mean(axis=0)
        share.append(np.abs(inside - [int(style.theme.positive[i : i + 2], 16) for i in (1, 3, 5)]).sum())
    assert share[0] < share[1] < share[2], "away from the colour of bars"


def test_bases_without_a_letter_stay_bars(draw, style):
    picture = draw(relevance(style, "ARAA", [0.9, 0.9, 0.9, 0.9], letters=Letters(0, "ARA")), 800, 100)
    bars = picture.near(style.theme.positive, 3)[30]
    assert bars[205:395].all(), "R has no glyph"
    assert bars[605:795].all(), "beyond the letters"
    assert not bars[:199].any()
    assert not bars[402:598].any()


def test_letters_may_begin_before_and_after_the_values(draw, style):
    for offset in (-3, 3):
        text = "GGGTTTGGGTTT"
        letters = Letters(100 + offset, text)
        view = View.of("c", 100, 108, 800)
        data = BaseValues(100, np.ones(8, np.float32))
        picture = draw(lambda p, d=data, n=letters, v=view: paint_relevance(p, RECT, v, d, n, Scale(0, 1), style))
        for k in range(max(0, offset), 8):
            letter = text[k - offset]
            color = style.theme.bases[2 if letter == "G" else 3]
            assert picture.near(color, 3)[:, 100 * k + 20 : 100 * k + 80].any(), (offset, k)


def test_zoomed_out_both_signs_stay_visible(draw, style):
    bins = np.full(400, 1.0)
    data = BinnedValues.even(0, 400_000, -0.5 * bins, 0.75 * bins, 0.0 * bins)
    view = View.of("c", 0, 400_000, 800)
    picture = draw(lambda p: paint_relevance(p, RECT, view, data, None, Scale(-1, 1), style), 800, 100)
    ink = picture.ink()[:, :600]
    assert ink[14:75].all()
    assert not ink[:12].any()
    assert not ink[76:].any()
    assert (picture.pixels[30, 100] != picture.pixels[60, 100]).any()


def test_letters_are_paths_in_svg_and_nothing_is_a_picture(svg, style):
    found = svg(relevance(style, "ACGTNACGTN", [1, 0.5, -1, 0.3, 0.1, -0.2, 0.4, 0.9, 0.6, -0.7]))
    assert not found.tags("image")
    colors = {c.lower() for c in style.theme.bases}
    letters = [(fill, matrix) for fill, matrix in found.fills() if fill.lower() in colors]
    assert len(letters) == 10
    curves = [e.get("d") for e in found.tags("path")]
    assert sum("C" in d for d in curves) == 4, "C and G keep their curves"
    down = {round(m[4] / 80) for _, m in letters if m[3] > 0}
    assert down == {2, 5, 9}, "negative letters are mirrored"
    assert all(m[5] == 50 for _, m in letters), "all stand on the zero line"


def test_each_base_of_the_sequence_row_has_its_colour(draw, style):
    text = "ACGTN" * 4
    rect = QRectF(0, 0, 800, 20)
    for start in (0, 239_999_980):
        view = View.of("c", start, start + 20, 800)
        picture = draw(lambda p, v=view, s=start: paint_sequence(p, rect, v, Letters(s, text), style), 800, 20)
        for k, letter in enumerate(text):
            color = style.theme.bases["ACGTN".index(letter)]
            own = picture.near(color, 3)
            assert own[:, 40 * k : 40 * k + 40].any()
            assert not (own[:, 40 * k : 40 * k + 40].any(axis=0)[[0, -1]]).any(), "with air between"


def test_soft_masked_letters_are_paler(draw, style):
    rect = QRectF(0, 0, 800, 20)
    view = View.of("c", 0, 20, 800)
    upper, lower = (
        draw(lambda p, t=t: paint_sequence(p, rect, view, Letters(0, t), style), 800, 20) for t in ("A" * 20, "a" * 20)
    )
    canvas = upper.pixels[0, 0].astype(int)
    strong = np.abs(upper.pixels.astype(int) - canvas).sum()
    pale = np.abs(lower.pixels.astype(int) - canvas).sum()
    assert 0.3 < pale / strong < 0.7
    assert (upper.ink() == lower.ink()).mean() > 0.98, "the same letters"


def test_narrow_bases_become_blocks_of_the_same_colours(draw, style):
    text = "ACGTacgtNN" * 40
    view = View.of("c", 0, 400, 800)
    picture = draw(lambda p: paint_sequence(p, QRectF(0, 0, 800, 20), view, Letters(0, text), style), 800, 20)
    row = picture.pixels[10]
    for k in range(4):
        assert (row[2 * k] == row[2 * k + 1]).all()
        assert picture.near(style.theme.bases[k], 1)[10, 2 * k]
        assert not picture.near(style.theme.bases[k], 10)[10, 8 + 2 * k], "soft-masked"


def test_iupac_codes_are_written_as_they_are(svg, style):
    view = View.of("c", 0, 20, 800)
    found = svg(lambda p: paint_sequence(p, QRectF(0, 0, 800, 20), view, Letters(0, "ACRYAC" + "A" * 14), style))
    assert [(round(x // 40), t) for x, _, t in found.texts()] == [(2, "R"), (3, "Y")]


def test_far_out_the_sequence_says_how_to_see_it(svg, style):
    view = View.of("c", 0, 100_000, 800)
    found = svg(lambda p: paint_sequence(p, QRectF(0, 0, 800, 20), view, None, style))
    assert [t for _, _, t in found.texts()] == ["Zoom in below 1,000 bp to see the sequence"]


def test_outlines_are_carried_for_every_letter_of_a_model():
    assert set(OUTLINES) == set("ACGTN")


def test_letters_beyond_the_scale_are_marked_at_the_edge(draw, style):
    marks = draw(relevance(style, "ACGT", [3.0, 1.0, -0.4, -2.0]), 800, 100).near(style.theme.warning, 2)
    assert marks[0, 10:190].all()
    assert marks[99, 610:790].all()
    assert not marks[:, 210:590].any()
