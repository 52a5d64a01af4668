"""A base lies at the same place in every track, exactly, up to the end of the longest chromosome."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qtpy.QtCore import QRectF

from gxview._qt.painters import Scale, View

positions = st.integers(0, 300_000_000)
zooms = st.floats(1 / 64, 200_000, allow_nan=False)


@given(start=positions, offset=st.floats(0, 1, exclude_max=True), zoom=zooms, ahead=st.integers(-5_000, 5_000))
def test_x_is_exact_far_out_on_a_chromosome(start, offset, zoom, ahead):
    view = View("chr1", start, offset, zoom, 1000)
    exact = (Fraction(ahead) - Fraction(offset)) / Fraction(zoom)
    assert view.x(start + ahead) == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


@given(start=positions, zoom=zooms, ahead=st.lists(st.integers(0, 10_000), min_size=1))
def test_xs_is_x_for_many(start, zoom, ahead):
    view = View.at("chr1", start + 0.25, zoom, 1000)
    many = view.xs(start + np.array(ahead))
    assert many.tolist() == [view.x(start + a) for a in ahead]


@given(start=positions, zoom=st.floats(1 / 64, 1), ahead=st.integers(0, 5_000), within=st.floats(0.05, 0.95))
def test_the_base_under_a_pixel_is_the_one_drawn_there(start, zoom, ahead, within):
    view = View("chr1", start, 0.5, zoom, 1000)
    x = view.x(start + ahead) + within * view.pixels_per_base
    assert view.base(x) == start + ahead


@given(start=positions, length=st.integers(1, 5_000_000), width=st.integers(50, 4000))
def test_of_shows_exactly_these_bases(start, length, width):
    view = View.of("chr1", start, start + length, width)
    assert view.x(start) == 0
    assert view.x(start + length) == pytest.approx(width)
    assert view.first == start
    assert view.last - (start + length) in (0, 1)  # one more only through rounding of the zoom


def test_floats_of_single_precision_would_be_sixteen_bases_off():
    view = View.of("chr1", 240_000_003, 240_000_103, 1000)
    assert [view.x(240_000_003 + k) for k in range(3)] == [0, 10, 20]


@given(low=st.floats(-1e6, 0), high=st.floats(0, 1e6), signed=st.booleans())
def test_a_fitted_scale_holds_its_values_and_zero(low, high, signed):
    scale = Scale.fit(low, high, signed)
    assert scale.low < scale.high
    assert scale.low <= low <= high <= scale.high
    assert scale.low <= 0 <= scale.high
    if signed:
        assert scale.low == -scale.high


def test_a_scale_of_nothing_is_still_a_scale():
    assert Scale.fit(np.nan, np.nan) == Scale(0, 1)
    assert Scale.fit(np.nan, np.nan, signed=True) == Scale(-1, 1)
    assert Scale.fit(0.0, 0.0) == Scale(0, 1)


def test_values_beyond_the_scale_stay_in_the_row():
    rect, scale = QRectF(0, 10, 100, 50), Scale(-1, 1)
    assert [scale.y(v, rect) for v in (-9, -1, 0, 1, 9)] == [60, 60, 35, 10, 10]
    assert scale.ys(np.array([-9, 0, np.nan, 9]), rect).tolist()[:2] == [60, 35]
