"""No value is lost on its way to a pixel column, and none turns up in two places."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gxview._qt.painters import BaseValues, BinnedValues, View
from gxview._qt.painters.columns import columns

values = hnp.arrays(
    np.float32,
    st.integers(1, 300),
    elements=st.one_of(st.just(float("nan")), st.floats(-100, 100, width=32)),
)


@given(
    data=values,
    start=st.sampled_from([0, 1_000, 240_000_000]),
    shift=st.integers(-400, 100),
    offset=st.floats(0, 1, exclude_max=True),
    zoom=st.floats(1 / 30, 40),
    ratio=st.sampled_from([1.0, 1.5, 2.0]),
)
def test_the_extremes_on_screen_are_those_of_the_bases_in_view(data, start, shift, offset, zoom, ratio):
    view = View("chr1", start + shift, offset, zoom, 97)
    found = columns(view, BaseValues(start, data), ratio)
    middle = np.array([view.x(start + i) + view.pixels_per_base / 2 for i in range(len(data))])
    inside = data[(middle > 1e-6) & (middle < 97 - 1e-6)]
    touching = data[(middle > -view.pixels_per_base - 1) & (middle < 98 + view.pixels_per_base)]
    for reduce, shown in ((np.fmax.reduce, found.high), (np.fmin.reduce, found.low)):
        extreme, bound = reduce(inside, initial=np.nan), reduce(touching, initial=np.nan)
        got = reduce(shown, initial=np.nan)
        if not np.isnan(extreme):
            assert got in (extreme, bound) or min(extreme, bound) <= got <= max(extreme, bound)
    assert np.isin(found.high[~np.isnan(found.high)], data.astype(np.float64)).all()
    assert np.isin(found.low[~np.isnan(found.low)], data.astype(np.float64)).all()


@given(data=values, zoom=st.floats(1 / 40, 1 / 1.01), offset=st.floats(0, 1, exclude_max=True))
def test_a_wide_base_has_one_column_at_its_own_place(data, zoom, offset):
    view = View("chr1", 240_000_000, offset, zoom, 500)
    found = columns(view, BaseValues(240_000_000, data))
    assert found.single.all()
    assert found.depth == 1
    for left, right, value in zip(found.left, found.right, found.mean, strict=True):
        k = view.base((left + right) / 2)
        assert abs(left - max(0, view.x(k))) <= 0.5 + 1e-6
        assert abs(right - min(500, view.x(k + 1))) <= 0.5 + 1e-6
        np.testing.assert_equal(value, np.float64(data[k - 240_000_000]))


@given(data=values, zoom=st.floats(1 / 40, 40), ratio=st.sampled_from([1.0, 2.0]))
def test_columns_touch_without_gap_or_overlap(data, zoom, ratio):
    view = View("chr1", 5, 0.3, zoom, 200)
    found = columns(view, BaseValues(0, data), ratio)
    assert (found.right > found.left).all()
    assert (found.left[1:] == found.right[:-1]).all()
    assert ((found.left * ratio) % 1 == 0).all()
    assert len(found.left) <= 200 * ratio


def test_brute_force_of_a_zoomed_out_view():
    rng = np.random.default_rng(4)
    data = rng.normal(size=10_000).astype(np.float32)
    data[rng.random(10_000) < 0.3] = np.nan
    view = View("chr1", 0, 0.0, 25.0, 400)
    found = columns(view, BaseValues(0, data))
    blocks = data.astype(np.float64).reshape(400, 25)
    np.testing.assert_array_equal(found.high, np.nanmax(blocks, axis=1))
    np.testing.assert_array_equal(found.low, np.nanmin(blocks, axis=1))
    np.testing.assert_allclose(found.mean, np.nanmean(blocks, axis=1))
    assert found.depth == 25


def test_a_column_of_missing_values_only_is_missing():
    data = np.full(1000, np.nan, np.float32)
    data[:500] = 1
    found = columns(View("chr1", 0, 0.0, 10.0, 100), BaseValues(0, data))
    assert np.isnan(found.mean[50:]).all()
    assert (found.mean[:50] == 1).all()


def test_bins_of_a_file_wider_than_a_pixel_keep_their_edges():
    data = BinnedValues(np.array([100, 110, 130, 140]), *(np.array([v, v + 1.0, np.nan]) for v in (-1.0, 3.0, 1.0)))
    found = columns(View.of("chr1", 90, 150, 600), data)
    assert found.left.tolist() == [100, 200, 400]
    assert found.right.tolist() == [200, 400, 500]
    assert found.low.tolist()[:2] == [-1, 0]
    assert found.high.tolist()[:2] == [3, 4]
    assert np.isnan(found.mean[2])
    assert not found.single.any()
    assert found.depth == 40 / 3


def test_bins_narrower_than_a_pixel_are_joined():
    bins = 64
    low, high, mean = np.arange(bins) * -1.0, np.arange(bins) * 2.0, np.ones(bins)
    found = columns(View.of("chr1", 0, 6400, 16), BinnedValues.even(0, 6400, low, high, mean))
    assert found.high.tolist() == [2.0 * (4 * i + 3) for i in range(16)]
    assert found.low.tolist() == [-1.0 * (4 * i + 3) for i in range(16)]


def test_data_outside_the_view_gives_nothing():
    view = View.of("chr1", 1000, 1100, 500)
    for start in (0, 5000):
        assert len(columns(view, BaseValues(start, np.ones(100, np.float32))).left) == 0
    assert len(columns(view, BaseValues(1000, np.empty(0, np.float32))).left) == 0
    empty = BinnedValues(np.array([0]), np.empty(0), np.empty(0), np.empty(0))
    assert len(columns(view, empty).left) == 0
