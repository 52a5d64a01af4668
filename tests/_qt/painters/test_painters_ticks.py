"""Ticks lie on round numbers, in order, inside the range, and say what they are."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gxview._qt.painters.ticks import (
    genome_label,
    genome_ticks,
    nice_step,
    span_label,
    value_label,
    value_ticks,
)


@given(st.floats(1e-12, 1e12))
def test_a_nice_step_is_one_two_or_five_and_the_next_above(rough):
    step = nice_step(rough)
    digit, exponent = f"{step:.12e}".split("e")
    assert float(digit) in (1, 2, 5)
    assert rough <= step <= rough * 2.5 * (1 + 1e-9)
    assert step == float(f"{float(digit):.0f}e{exponent}"), "exactly the decimal number"


@given(low=st.floats(-1e6, 1e6), size=st.floats(1e-6, 1e6), count=st.integers(1, 12))
def test_value_ticks_are_few_evenly_spaced_and_inside(low, size, count):
    high = low + size
    assume(high - low > abs(low) * 1e-6)
    ticks = value_ticks(low, high, count)
    assert len(ticks) <= count
    assert all(low - 1e-6 * size <= t <= high + 1e-6 * size for t in ticks)
    gaps = [b - a for a, b in itertools.pairwise(ticks)]
    assert all(g == pytest.approx(gaps[0], rel=1e-3) and g > 0 for g in gaps)


@given(low=st.floats(-1e6, 0), high=st.floats(0, 1e6), count=st.integers(1, 12))
def test_zero_is_always_a_tick_where_it_is_in_range(low, high, count):
    assume(high - low > 1e-6)
    assert 0.0 in value_ticks(low, high, count)


def test_ticks_have_no_dust_of_binary_fractions():
    assert value_ticks(0, 0.35, 5) == [0.0, 0.1, 0.2, 0.3]
    assert value_ticks(-0.17, 0.4, 6) == [-0.1, 0.0, 0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0, 0.1, "0"),
        (0.3, 0.1, "0.3"),
        (-0.05, 0.05, "−0.05"),
        (1200, 200, "1,200"),
        (-2, 1, "−2"),
        (1.5, 0.5, "1.5"),
        (2_000_000, 1_000_000, "2e6"),
        (2e-5, 1e-5, "2e−5"),
        (-1.5e-4, 5e-5, "−1.5e−4"),
    ],
)
def test_value_labels(value, step, text):
    assert value_label(value, step) == text


@given(low=st.floats(-1e4, 0), high=st.floats(0, 1e4), count=st.integers(2, 8))
def test_different_ticks_have_different_labels(low, high, count):
    assume(high - low > 1e-3)
    ticks = value_ticks(low, high, count)
    step = min((b - a for a, b in itertools.pairwise(ticks)), default=1.0)
    labels = [value_label(t, step) for t in ticks]
    assert len(set(labels)) == len(labels)


@given(first=st.integers(0, 10**8), size=st.integers(1, 2000), step=st.sampled_from([1, 2, 5, 10, 50, 100, 1000]))
def test_genome_ticks_are_the_visible_multiples_counted_from_one(first, size, step):
    visible = range(first + 1, first + size + 1)  # 1-based
    assert genome_ticks(first, first + size, step) == [p for p in visible if p % step == 0]


def test_there_is_no_position_zero():
    assert genome_ticks(0, 10, 5) == [5, 10]


@pytest.mark.parametrize(
    ("position", "step", "text"),
    [
        (365_600, 200, "365,600"),
        (1, 1, "1"),
        (366_000, 1_000, "366 kb"),
        (4_620_000, 20_000, "4,620 kb"),
        (4_600_000, 200_000, "4.6 Mb"),
        (4_000_000, 1_000_000, "4 Mb"),
        (240_000_000, 20_000_000, "240 Mb"),
    ],
)
def test_genome_labels(position, step, text):
    assert genome_label(position, step) == text


@given(exponent=st.integers(0, 7), digit=st.sampled_from([1, 2, 5]), index=st.integers(1, 500))
def test_neighbouring_genome_labels_differ_and_round_nothing(exponent, digit, index):
    step = digit * 10**exponent
    label = genome_label(index * step, step)
    number, _, unit = label.replace(",", "").partition(" ")
    size = {"": 1, "kb": 1_000, "Mb": 1_000_000}[unit]
    assert math.isclose(float(number) * size, index * step)


@pytest.mark.parametrize(
    ("bases", "text"),
    [(2.5, "2.5 bp"), (200, "200 bp"), (2000, "2,000 bp"), (50_000, "50.0 kb"), (4_641_652, "4.64 Mb")],
)
def test_span_labels(bases, text):
    assert span_label(bases) == text
