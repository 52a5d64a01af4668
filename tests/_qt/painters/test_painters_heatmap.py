"""Cells of substitutions and lollipops of variants: right place, right colour, nothing lost, gaps hatched."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.look.theme import mix
from gxview._qt.painters import Letters, Scale, View
from gxview._qt.painters.base import BaseValues
from gxview._qt.painters.columns import columns
from gxview._qt.painters.heatmap import (
    SHADES,
    Cells,
    around_zero,
    paint_heat_axis,
    paint_heatmap,
    row_at,
    row_rects,
    shades,
)
from gxview._qt.painters.lollipops import FAINTEST, Lollipops, nearest, paint_lollipops, strengths

RECT = QRectF(0, 0, 800, 80)
SCALE = Scale(-1.0, 1.0)
START = 239_999_940


def cells(values) -> Cells:
    values = np.asarray(values, np.float32)
    return Cells(START + np.arange(values.shape[1] + 1), values)


def heat(data, style, letters=None, view=None, scale=SCALE, rect=RECT):
    view = view or View.of("c", START, START + data.values.shape[1], rect.width())
    return lambda p: paint_heatmap(p, rect, view, data, letters, scale, style)


def test_each_cell_stands_in_its_row_and_column_with_the_colour_of_its_sign(draw, style):
    values = np.zeros((4, 8))
    values[1, 2], values[3, 5] = 1.0, -1.0
    picture = draw(heat(cells(values), style))
    rows, cols = np.nonzero(picture.near(style.theme.positive))
    assert (rows.min(), rows.max() + 2) == (20, 40)
    assert (cols.min(), cols.max() + 2) == (200, 300)
    rows, cols = np.nonzero(picture.near(style.theme.negative))
    assert (rows.min(), rows.max() + 1) == (60, 80)
    assert (cols.min(), cols.max() + 2) == (500, 600)


def test_half_an_effect_has_half_the_colour_and_none_has_none(draw, style):
    picture = draw(heat(cells([[0.5, 0.0], [0, 0], [0, 0], [0, 0]]), style))
    half = mix(style.theme.canvas, style.theme.positive, 0.5).name()
    assert picture.near(half, 2)[10, 100]
    assert not picture.ink()[:, 401:].any()


def test_missing_cells_are_hatched_also_those_of_unknown_letters(draw, style):
    values = np.full((4, 8), 0.5)
    picture = draw(heat(cells(values), style, Letters(START, "ACGTNNAC")))
    assert picture.near(mix(style.theme.canvas, style.theme.line, 0.6).name(), 30)[:, 405:595].any()
    assert not picture.near(mix(style.theme.canvas, style.theme.positive, 0.5).name(), 2)[:, 405:595].any()


def test_the_letter_that_is_there_stands_in_its_cell(draw, style):
    picture = draw(heat(cells(np.zeros((4, 8))), style, Letters(START, "ACGTacgt")))
    for base, color in enumerate(style.theme.bases[:4]):
        _, cols = np.nonzero(picture.near(color, 2)[20 * base : 20 * base + 20])
        assert {int(col) // 100 for col in cols} == {base, base + 4}


def test_a_lone_effect_is_not_lost_when_zoomed_out(draw, style):
    values = np.zeros((4, 80_000))
    values[2, 12_345] = -1.0
    picture = draw(heat(cells(values), style))
    rows, cols = np.nonzero(picture.near(style.theme.negative)[:, :600])
    assert set(cols.tolist()) == {123}
    assert 40 <= rows.min() <= rows.max() < 60


def test_shades_grow_with_the_effect_and_never_vanish():
    view = View.of("c", START, START + 5, 500)
    values = np.array([1e-6, 0.5, 1.0, 7.0, -0.25], np.float32)
    found = shades(columns(view, BaseValues(START, values)), SCALE)
    assert found.tolist() == [1, SHADES / 2, SHADES, SHADES, -SHADES / 4]


def test_the_scale_reaches_as_far_below_zero_as_above():
    assert around_zero(Scale(-0.5, 2.0)) == Scale(-2.0, 2.0)


def test_rows_lie_on_whole_pixels_and_are_found_under_the_pointer():
    rect = QRectF(10, 7, 100, 83)
    rows = row_rects(rect)
    assert all(row.top().is_integer() for row in rows)
    assert [row_at(rect, row.center().y()) for row in rows] == [0, 1, 2, 3]
    assert row_at(rect, 6) is None
    assert row_at(rect, 91) is None


def test_the_legend_has_both_colours_the_letters_and_the_ends(draw, style):
    picture = draw(lambda p: paint_heat_axis(p, QRectF(0, 0, 52, 80), SCALE, style))
    assert picture.near(style.theme.positive, 12)[:8].any()
    assert picture.near(style.theme.negative, 12)[72:80].any()
    for base, color in enumerate(style.theme.bases[:4]):
        assert picture.near(color, 40)[20 * base : 20 * base + 20, 38:52].any()


def test_svg_of_cells_has_no_picture_in_it(svg, style):
    data = cells(np.random.default_rng(1).normal(size=(4, 50)))
    found = svg(heat(data, style, Letters(START, "ACGTA" * 10)))
    assert not found.tags("image")
    assert len(found.tags("path")) > 50


# -- variants


def alleles(places, values, **more) -> Lollipops:
    count = len(places)
    plain = {
        "middles": START + np.array(places, np.float64),
        "values": np.array(values, np.float64),
        "spreads": np.full(count, 0.1),
        "answered": np.ones(count, np.bool_),
        "passed": np.ones(count, np.bool_),
        "shown": np.zeros(count, np.bool_),
        "labels": [""] * count,
    }
    return Lollipops(**{**plain, **more})


ROW = QRectF(0, -4, 800, 88)
"""A row whose scale spans the pixels from 0 to 80."""
VIEW = View.of("c", START, START + 80, 800)


def lollipops(data, style, rect=ROW, view=VIEW):
    return lambda p: paint_lollipops(p, rect, view, data, SCALE, style)


def test_an_allele_stands_as_high_as_its_effect(draw, style):
    picture = draw(lollipops(alleles([20.5, 60.5], [0.75, -0.5]), style))
    strong = [mix(style.theme.canvas, getattr(style.theme, role), float(share)).name() for role, share in zip(
        ("positive", "negative"), strengths(np.array([0.75, -0.5]), SCALE), strict=True)]  # fmt: skip
    rows, cols = np.nonzero(picture.near(strong[0], 3))
    assert abs(cols.mean() - 205) < 1.5
    assert abs(rows.min() - (10 - 3.5)) <= 1.5
    rows, cols = np.nonzero(picture.near(strong[1], 3))
    assert abs(cols.mean() - 605) < 1.5
    assert abs(rows.max() - (60 + 3.5)) <= 1.5


def test_what_is_not_known_is_muted_and_on_the_line_of_zero(draw, style):
    data = alleles([20.5, 60.5], [np.nan, np.nan], answered=np.array([False, True]))
    picture = draw(lollipops(data, style))
    for col in (205, 605):
        rows = np.flatnonzero(picture.near(style.theme.muted, 60)[:, col - 5 : col + 6].any(axis=1))
        assert abs(rows.mean() - 40) < 1.5
    assert not picture.near(style.theme.positive, 40).any()


def test_the_strongest_effects_survive_where_alleles_are_dense(draw, style):
    places = np.linspace(0, 80, 5000)
    values = np.full(5000, 0.01)
    values[2500], values[1250] = 1.0, -1.0
    picture = draw(lollipops(alleles(places, values), style))
    assert picture.near(style.theme.positive)[2, 396:404].any()
    assert picture.near(style.theme.negative)[78, 196:204].any()


def test_alleles_without_a_number_are_ticks_where_they_are_dense(draw, style):
    data = alleles(np.linspace(0, 80, 5000), np.full(5000, np.nan), answered=np.zeros(5000, np.bool_))
    picture = draw(lollipops(data, style))
    assert picture.near(style.theme.muted, 3)[40, 10:790].all()
    assert not picture.near(style.theme.muted, 3)[30].any()


def test_a_low_row_has_coloured_marks(draw, style):
    rect = QRectF(0, 0, 800, 32)
    picture = draw(lollipops(alleles([20.5], [1.0]), style, rect))
    rows, cols = np.nonzero(picture.near(style.theme.positive))
    assert rows.max() - rows.min() >= 20
    assert 200 <= cols.min() <= cols.max() < 212


def test_the_nearest_allele_is_meant():
    data = alleles([20.5, 20.5, 60.5], [0.75, -0.75, 0.2])
    assert nearest(ROW, VIEW, data, SCALE, 207, 12) == 0
    assert nearest(ROW, VIEW, data, SCALE, 203, 68) == 1
    assert nearest(ROW, VIEW, data, SCALE, 607, 38) == 2
    assert nearest(ROW, VIEW, data, SCALE, 400, 40) is None
    assert nearest(ROW, VIEW, data, SCALE, 605, 5) is None


def test_the_smallest_effect_can_still_be_seen():
    found = strengths(np.array([0.0, 1.0, np.nan]), SCALE)
    assert found[:2].tolist() == pytest.approx([FAINTEST, 1.0])
    assert np.isnan(found[2])
