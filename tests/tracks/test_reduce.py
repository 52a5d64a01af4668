"""Summaries against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.genome import Region
from gxview.tracks.reduce import Accumulator, bin_edges, per_base_summary


def brute(values, bins):
    """Extremes and mean of each bin, one bin at a time."""
    rows = []
    for number in range(bins):
        start, end = number * len(values) // bins, (number + 1) * len(values) // bins
        known = [v for v in values[start : max(end, start + 1)].astype(float) if not np.isnan(v)]
        rows.append((min(known), max(known), sum(known) / len(known)) if known else (np.nan,) * 3)
    return np.array(rows, dtype=np.float64).T


def assert_equal(summary, expected):
    np.testing.assert_array_equal(summary.min, expected[0].astype(np.float32))
    np.testing.assert_array_equal(summary.max, expected[1].astype(np.float32))
    np.testing.assert_allclose(summary.mean, expected[2], rtol=1e-5, atol=1e-6)
    for part in (summary.min, summary.max, summary.mean):
        assert part.dtype == np.float32


numbers = st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6, width=32))


@given(st.lists(numbers, min_size=1, max_size=60), st.integers(1, 80), st.integers(0, 1000))
def test_values_in_any_number_of_bins(values, bins, start):
    array = np.array(values, dtype=np.float32)
    summary = per_base_summary(array, Region("c", start, start + len(array)), bins)
    assert len(summary.mean) == bins
    assert_equal(summary, brute(array, bins))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 30), numbers), max_size=20),
    st.integers(0, 100),
    st.integers(1, 200),
    st.integers(1, 40),
)
def test_stretches_equal_their_bases(pieces, start, length, bins):
    bins = min(bins, length)
    base, position, starts, ends, values = np.full(1000, np.nan, np.float32), 0, [], [], []
    for gap, size, value in pieces:
        position += gap
        starts.append(position)
        ends.append(position + size)
        values.append(value)
        base[position : position + size] = value
        position += size
    region = Region("c", start, start + length)
    accumulator = Accumulator.empty(bin_edges(region, bins))
    accumulator.add_intervals(np.array(starts, np.int64), np.array(ends, np.int64), np.array(values, np.float32))
    assert_equal(accumulator.result(), brute(base[start : start + length], bins))


def test_pieces_added_in_any_order_give_the_same():
    region, values = Region("c", 10, 110), np.arange(100, dtype=np.float32)
    values[30:50] = np.nan
    accumulator = Accumulator.empty(bin_edges(region, 7))
    for left in (60, 0, 30):
        accumulator.add_values(10 + left, values[left : left + (40 if left == 60 else 30)])
    assert_equal(accumulator.result(), brute(values, 7))
