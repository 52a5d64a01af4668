"""A signal as pixels: right column, right colour, gaps told from zeros, nothing lost when zoomed out."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import BaseValues, BinnedValues, Scale, SignalLook, View, paint_signal

RECT = QRectF(0, 0, 800, 100)


@pytest.mark.parametrize("start", [0, 365_528, 239_999_940])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_bar_of_a_base_fills_its_pixels_and_no_others(draw, style, start, ratio):
    data = np.zeros(80, np.float32)
    data[[7, 40, 79]] = 1.0
    view = View.of("chr1", start, start + 80, 800)
    picture = draw(lambda p: paint_signal(p, RECT, view, BaseValues(start, data), Scale(0, 1), style), 800, 100, ratio)
    row = picture.near(style.theme.signal)[round(50 * ratio)]
    air = 1  # bars this wide stand a device pixel apart
    expected = np.zeros_like(row)
    for k in (7, 40, 79):
        expected[round(10 * k * ratio) : round(10 * (k + 1) * ratio) - air] = True
    assert (row == expected).all()


def test_positive_stands_on_the_zero_line_and_negative_hangs_in_its_own_colour(draw, style):
    data = BaseValues(0, np.array([1.0, -0.5], np.float32))
    picture = draw(lambda p: paint_signal(p, RECT, View.of("c", 0, 2, 800), data, Scale(-1, 1), style), 800, 100)
    up, down = picture.near(style.theme.signal), picture.near(style.theme.signal_negative)
    assert up[:50, :399].all()
    assert not up[50:].any()
    assert down[50:75, 400:799].all()
    assert not down[76:].any()
    assert not down[:50].any()


def test_own_colour_of_a_track(draw, style):
    data = BaseValues(0, np.ones(2, np.float32))
    picture = draw(
        lambda p: paint_signal(p, RECT, View.of("c", 0, 2, 800), data, Scale(0, 1), style, SignalLook("#123456"))
    )
    assert picture.near("#123456", 0)[10, 100]


def test_a_gap_is_hatched_and_a_zero_is_not(draw, style):
    data = np.ones(8, np.float32)
    data[2], data[5] = np.nan, 0.0
    view = View.of("c", 0, 8, 800)
    picture = draw(lambda p: paint_signal(p, RECT, view, BaseValues(0, data), Scale(0, 1), style), 800, 100)
    ink = picture.ink()[5:90]
    assert 0.05 < ink[:, 200:300].mean() < 0.6, "hatched"
    assert not ink[:, 500:600].any(), "zero is empty"
    assert not picture.near(style.theme.signal)[:, 200:300].any()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_lone_peak_among_opposite_signs_is_seen_from_far(draw, style, sign):
    rng = np.random.default_rng(1)
    data = (-sign * rng.uniform(0.1, 1, 100_000)).astype(np.float32)
    data[54_321] = sign * 1.0
    view = View.of("c", 0, 100_000, 800)
    picture = draw(lambda p: paint_signal(p, RECT, view, BaseValues(0, data), Scale(-1, 1), style), 800, 100)
    side = picture.ink()[0:48] if sign > 0 else picture.ink()[52:100]
    column = int(54_321 / 125)
    assert side[:, column].mean() > 0.9, "the whole height of the peak"
    assert not side[20:30, column - 60 : column - 1].any()
    assert not side[20:30, column + 2 : column + 60].any()


def test_the_smallest_value_still_has_a_pixel_on_its_side(draw, style):
    data = np.zeros(8, np.float32)
    data[1], data[3] = 1e-6, -1e-6
    view = View.of("c", 0, 8, 800)
    picture = draw(lambda p: paint_signal(p, RECT, view, BaseValues(0, data), Scale(-1, 1), style), 800, 100)
    assert picture.near(style.theme.signal)[49, 110:190].all()
    assert picture.near(style.theme.signal_negative)[50, 310:390].all()


def test_a_summary_shows_its_band_its_mean_and_says_so(draw, style, svg):
    ones = np.ones(10)
    data = BinnedValues.even(0, 1000, 0.2 * ones, 0.8 * ones, 0.5 * ones)
    view = View.of("c", 0, 1000, 800)

    def paint(painter):
        paint_signal(painter, RECT, view, data, Scale(0, 1), style)

    picture = draw(paint, 800, 100)
    column = picture.pixels[:, 300]
    full = picture.near(style.theme.signal)[:, 300]
    assert full.sum() == 1, "the mean is one line"
    assert np.flatnonzero(full)[0] == 50
    ink = picture.ink()[:, 300]
    assert not ink[:19].any()
    assert ink[21:].all()
    assert (column[30] != column[90]).any(), "band and fill differ"
    assert [t for _, _, t in svg(paint).texts()] == ["summary: 100 bp per bin"]


def test_values_per_base_are_no_summary(style, svg):
    data = BaseValues(0, np.ones(100, np.float32))
    for zoom, expected in ((0.5, False), (3.0, True)):
        found = svg(lambda p, z=zoom: paint_signal(p, RECT, View("c", 0, 0.0, z, 800), data, Scale(0, 1), style))
        assert ("summary: 3 bp per pixel" in [t for _, _, t in found.texts()]) == expected


def test_one_base_per_pixel_and_a_little_more_look_alike(draw, style):
    data = BaseValues(0, np.random.default_rng(2).uniform(0.4, 0.9, 2000).astype(np.float32))
    near, far = (
        draw(lambda p, z=z: paint_signal(p, RECT, View("c", 0, 0.0, z, 700), data, Scale(0, 1), style))
        for z in (1, 1.02)
    )
    assert np.abs(near.pixels[80, :600].astype(int) - far.pixels[80, :600]).max() < 12


def test_nothing_is_drawn_outside_the_rect(draw, style):
    data = BaseValues(0, np.full(300, 50, np.float32))
    rect = QRectF(100, 40, 200, 60)
    picture = draw(lambda p: paint_signal(p, rect, View.of("c", 10, 110, 200), data, Scale(-1, 1), style))
    ink = picture.ink()
    assert ink[40:100, 100:300].any()
    ink[40:100, 100:300] = False
    assert not ink.any()


@pytest.mark.parametrize("mark", ["bars", "line"])
def test_values_beyond_the_scale_are_marked_at_the_edge(draw, style, mark):
    values = np.zeros(80, np.float32)
    values[10], values[20], values[30] = 5, 1, -9
    view = View.of("chr1", 0, 80, 800)

    def paint(p):
        paint_signal(
            p, QRectF(0, 20, 800, 100), view, BaseValues(0, values), Scale(-1, 1), style, SignalLook(mark=mark)
        )

    marks = draw(paint).near(style.theme.warning, 2)
    assert np.flatnonzero(marks[20]).tolist() == list(range(100, 110)), "above, not where the value just fits"
    assert np.flatnonzero(marks[119]).tolist() == list(range(300, 310))
    assert not marks[22:118].any()
