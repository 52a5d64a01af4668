"""Lines, points, shades and skylines: right column, right height, nothing lost, gaps stay gaps."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import (
    BaseValues,
    BinnedValues,
    Letters,
    Scale,
    SignalLook,
    View,
    paint_relevance,
    paint_signal,
)
from gxview._qt.painters.columns import columns
from gxview._qt.painters.marks import paint_outline
from gxview._qt.painters.shapes import inside

RECT = QRectF(0, 0, 800, 100)
POSITIONS = [0, 365_528, 239_999_940]


def signal(view, data, scale, style, mark):
    return lambda p: paint_signal(p, RECT, view, data, scale, style, SignalLook(mark=mark))


@pytest.mark.parametrize("start", POSITIONS)
def test_a_point_lies_in_the_middle_of_its_base_at_its_value(draw, style, start):
    data = np.full(80, np.nan, np.float32)
    data[40] = 0.5
    picture = draw(signal(View.of("c", start, start + 80, 800), BaseValues(start, data), Scale(0, 1), style, "points"))
    rows, cols = np.nonzero(picture.near(style.theme.signal))
    assert (cols.min() + cols.max() + 1) / 2 == pytest.approx(405, abs=0.5)
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(50, abs=0.5)


def test_points_of_a_summary_are_its_extremes(draw, style):
    data = BinnedValues.even(0, 8000, *(np.full(800, value) for value in (0.2, 0.9, 0.5)))
    picture = draw(signal(View.of("c", 0, 8000, 800), data, Scale(0, 1), style, "points"))
    rows = np.flatnonzero(picture.near(style.theme.signal)[:, 300])
    assert set(rows.tolist()) == {9, 10, 79, 80}


@pytest.mark.parametrize("start", POSITIONS)
def test_a_line_goes_through_the_middle_of_every_base(draw, style, start):
    values = np.array([0.2, 0.8, 0.5, 0.5, np.nan, 0.9, 0.9, 0.9], np.float32)
    picture = draw(signal(View.of("c", start, start + 8, 800), BaseValues(start, values), Scale(0, 1), style, "line"))
    line = np.abs(picture.pixels.astype(int) - picture.pixels[95, 395].astype(int)).sum(axis=2) > 60
    for base, row in ((0, 80), (1, 20), (2, 50), (3, 50), (5, 10), (7, 10)):
        assert line[row - 2 : row + 3, 100 * base + 50].any(), base
    assert not picture.near(style.theme.signal, 40)[:, 410:540].any(), "a gap is no line"


def test_a_line_far_out_shows_the_mean_within_its_band(draw, style):
    data = BinnedValues.even(0, 80_000, *(np.full(800, value) for value in (-0.5, 0.9, 0.25)))
    picture = draw(signal(View.of("c", 0, 80_000, 800), data, Scale(-1, 1), style, "line"))
    full = picture.near(style.theme.signal)[:, 300]
    assert np.flatnonzero(full).tolist() in ([37], [38])
    ink = np.flatnonzero(picture.ink()[:, 300])
    assert (ink.min(), ink.max()) == (5, 74)


def test_a_lone_peak_keeps_its_full_shade_in_a_heatmap(draw, style):
    data = np.full(100_000, 0.01, np.float32)
    data[54_321] = -1.0
    picture = draw(signal(View.of("c", 0, 100_000, 800), BaseValues(0, data), Scale(-1, 1), style, "heatmap"), 800, 100)
    down = picture.near(style.theme.signal_negative, 2)
    assert np.flatnonzero(down[60]).tolist() == [54_321 // 125]
    assert down[20:, 54_321 // 125].all(), "over the whole height"


def test_shades_grow_with_the_value_and_zero_is_empty(draw, style):
    data = np.array([0.0, 0.25, 0.5, 1.0, np.nan], np.float32)
    picture = draw(signal(View.of("c", 0, 5, 800), BaseValues(0, data), Scale(0, 1), style, "heatmap"))
    canvas = np.array(style.color("canvas").getRgb()[:3])
    away = [np.abs(picture.pixels[50, 160 * k + 80].astype(int) - canvas).sum() for k in range(4)]
    assert away[0] == 0
    assert away == sorted(away)
    assert len(set(away)) == 4


@pytest.mark.parametrize("start", POSITIONS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_skyline_stands_at_the_ends_of_its_base(draw, style, start, sign):
    values = np.zeros(80, np.float32)
    values[40] = 0.8 * sign
    view = View.of("c", start, start + 80, 800)
    color = style.color("accent")

    def paint(painter):
        with inside(painter, RECT):
            paint_outline(painter, RECT, columns(view, BaseValues(start, values)), Scale(-1, 1), color)

    picture = draw(paint)
    rows, cols = np.nonzero(picture.near(color.name(), 1))
    assert (cols.min(), cols.max()) == (400, 410), "the right side stands on the first pixel of the next base"
    assert (rows.min() if sign > 0 else rows.max()) == (10 if sign > 0 else 90)
    assert not picture.near(color.name(), 1)[15:45, 402:408].any(), "not filled"


@pytest.mark.parametrize("mark", ["bars", "line", "points", "heatmap"])
@pytest.mark.parametrize("zoom", [1.7, 40.0, 3000.0])
def test_every_peak_of_one_base_is_seen_at_every_zoom(draw, style, mark, zoom):
    rng = np.random.default_rng(5)
    size = int(800 * zoom)
    data = np.zeros(size, np.float32)
    peaks = np.sort(rng.choice(size, 40, replace=False))
    data[peaks] = rng.uniform(0.5, 1.0, 40).astype(np.float32)
    view = View("c", 0, 0.0, zoom, 800)
    picture = draw(signal(view, BaseValues(0, data), Scale(0, 1), style, mark))
    # brute force: the highest value in each pixel column
    column = np.minimum(799, np.floor((np.arange(size) + 0.5) / zoom).astype(int))
    highest = np.zeros(800)
    np.maximum.at(highest, column, data)
    ink, highest = picture.ink()[:, 200:600], highest[200:600]  # beside the badge
    for x in np.flatnonzero(highest).tolist():
        row = min(98, round(100 - 100 * highest[x]))
        assert ink[max(0, row - 1) : row + 2, x].any(), (x, highest[x])
    if mark == "bars" and zoom > 2:
        seen = ink[:97].any(axis=0)
        assert (np.flatnonzero(seen) == np.flatnonzero(highest)).all(), "and nothing else is"


@pytest.mark.parametrize("start", POSITIONS)
def test_the_spread_is_a_whisker_in_the_middle_of_its_letter(draw, style, start):
    values, spread = np.zeros(20, np.float32), np.full(20, np.nan, np.float32)
    values[7], spread[7] = 0.5, 0.2
    view, letters = View.of("c", start, start + 20, 800), Letters(start, "A" * 20)

    for known in (letters, None):
        changed = spread_pixels(draw, style, view, values, spread, known)
        rows, cols = np.nonzero(changed)
        assert set(cols.tolist()) == {300}
        assert (rows.min(), rows.max()) == (30, 69)


def spread_pixels(draw, style, view, values, spread, letters=None):
    """Return which pixels are others with a spread than without."""
    ends = tuple(BaseValues(view.first, values + sign * spread) for sign in (-1, 1))

    def paint(painter, ends=ends):
        paint_relevance(painter, RECT, view, BaseValues(view.first, values), letters, Scale(0, 1), style, ends=ends)

    with_it, without = draw(paint, 800, 100), draw(lambda p: paint(p, None), 800, 100)
    return (with_it.pixels != without.pixels).any(axis=2)


@pytest.mark.parametrize("zoom", [0.6, 1.7, 40.0])
@pytest.mark.parametrize("start", POSITIONS)
def test_the_spread_is_a_band_behind_bars_as_wide_as_the_widest_base_of_a_pixel(draw, style, start, zoom):
    rng = np.random.default_rng(4)
    size = int(800 * zoom)
    values, spread = (rng.uniform(0.1, 0.4, size).astype(np.float32) for _ in range(2))
    view = View("c", start, 0.0, zoom, 800)
    changed = spread_pixels(draw, style, view, values, spread)
    # brute force: a pixel shows the bases whose middle lies in it, or the one that lies under its own
    column = np.minimum(799, np.floor((np.arange(size) + 0.5) / zoom).astype(int))
    highest, bars = np.zeros(800), np.zeros(800)
    under = np.minimum(size - 1, np.floor((np.arange(800) + 0.5) * zoom).astype(int))
    if zoom < 1:
        highest, bars = (values + spread)[under], values[under]
    else:
        np.maximum.at(highest, column, values + spread)
        np.maximum.at(bars, column, values)
    tops = np.where(changed.any(axis=0), changed.argmax(axis=0), 100)[1:600]  # beside the badge
    np.testing.assert_allclose(tops, 100 - 100 * highest[1:600], atol=1)
    bottoms = 100 - changed[::-1].argmax(axis=0)[1:600]
    np.testing.assert_allclose(bottoms, 100 - 100 * bars[1:600], atol=1, err_msg="behind the bars")


def test_the_badge_gives_way_to_a_peak(svg, style):
    low = np.zeros(800)

    def texts(peaks):
        high = np.zeros(800)
        high[peaks] = 1.0
        data = BinnedValues.even(0, 80_000, low, high, high)
        return svg(signal(View.of("c", 0, 80_000, 800), data, Scale(0, 1), style, "bars")).texts()

    for peaks, on_the_left in (([], False), ([10], False), ([780], True), ([10, 780], False)):
        [(x, _, text)] = texts(peaks)
        assert text == "summary: 100 bp per bin"
        assert (x < 400) == on_the_left, peaks
