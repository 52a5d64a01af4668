"""The grid of windows, its phases, and how windows become one value per base."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import UsageError
from gxview.explain.phases import combine, phase_offsets
from gxview.explain.stitching import STITCHINGS, Stitcher
from gxview.explain.windows import WindowGrid


@st.composite
def grids(draw: st.DrawFn) -> WindowGrid:
    window = draw(st.integers(1, 40))
    stride = draw(st.integers(1, window))
    return WindowGrid(draw(st.integers(0, 300)), window, stride, draw(st.integers(0, stride - 1)))


def starts(grid: WindowGrid) -> list[int]:
    return [grid.start(index) for index in range(len(grid))]


def test_windows_lie_at_multiples_of_the_stride_and_the_last_is_flush():
    assert starts(WindowGrid(500, 150, 75)) == [0, 75, 150, 225, 300, 350]
    assert starts(WindowGrid(450, 150, 75)) == [0, 75, 150, 225, 300]
    assert starts(WindowGrid(150, 150, 75)) == [0]


def test_a_shifted_grid_is_flush_at_both_ends():
    assert starts(WindowGrid(500, 150, 75, 25)) == [0, 25, 100, 175, 250, 325, 350]
    assert starts(WindowGrid(160, 150, 75, 25)) == [0, 10]
    assert starts(WindowGrid(150, 150, 75, 25)) == [0]


def test_a_sequence_shorter_than_the_window_has_no_window():
    grid = WindowGrid(149, 150, 75)
    assert len(grid) == 0
    assert list(grid.touching(0, 149)) == []


@given(grids())
def test_every_base_is_covered_by_ascending_windows_inside_the_sequence(grid):
    positions = starts(grid)
    assert positions == sorted(set(positions))
    covered = np.zeros(grid.length, dtype=bool)
    for start in positions:
        assert 0 <= start <= grid.length - grid.window
        covered[start : start + grid.window] = True
    assert covered.all() == (grid.length >= grid.window or grid.length == 0)


@given(grids(), st.data())
def test_touching_windows_are_those_that_share_a_base(grid, data):
    start = data.draw(st.integers(0, max(0, grid.length - 1)))
    end = data.draw(st.integers(start + 1, grid.length + 1))
    expected = [k for k, s in enumerate(starts(grid)) if s < end and s + grid.window > start]
    assert list(grid.touching(start, end)) == expected


@given(grids())
def test_zones_hold_each_base_once_and_belong_to_the_nearest_centre(grid):
    owner = np.full(grid.length, -1)
    for index in range(len(grid)):
        start, end = grid.zone(index)
        assert (owner[start:end] == -1).all()
        owner[start:end] = index
    for base in range(grid.length if len(grid) else 0):
        distance = [abs(2 * base + 1 - 2 * start - grid.window) for start in starts(grid)]
        assert owner[base] == int(np.argmin(distance))


@pytest.mark.parametrize(("window", "stride", "offset"), [(0, 1, 0), (10, 0, 0), (10, 11, 0), (10, 5, 5), (10, 5, -1)])
def test_impossible_grids_are_refused(window, stride, offset):
    with pytest.raises(UsageError):
        WindowGrid(100, window, stride, offset)


def test_a_window_beyond_the_grid_does_not_exist():
    with pytest.raises(IndexError):
        WindowGrid(500, 150, 75).start(6)


def test_phases_are_spread_evenly_over_the_stride():
    assert phase_offsets(75, 1) == (0,)
    assert phase_offsets(75, 3) == (0, 25, 50)
    assert phase_offsets(4, 4) == (0, 1, 2, 3)
    for phases in (0, 5):
        with pytest.raises(UsageError, match="between 1 and the stride"):
            phase_offsets(4, phases)


def test_phases_are_averaged_and_their_spread_kept():
    mean, spread = combine([np.float32([1, np.nan, np.nan]), np.float32([3, 5, np.nan])])
    np.testing.assert_array_equal(mean, np.float32([2, 5, np.nan]))
    np.testing.assert_array_equal(spread, np.float32([1, 0, np.nan]))
    assert combine([np.float32([1])])[1] is None


def brute_force(grid: WindowGrid, windows: list[np.ndarray], scores: list[float], rule: str) -> np.ndarray:
    result = np.full(grid.length, np.nan, dtype=np.float32)
    for base in range(grid.length):
        here = [k for k, s in enumerate(starts(grid)) if s <= base < s + grid.window]
        if not here:
            continue
        values = np.array([windows[k][base - grid.start(k)] for k in here], dtype=np.float64)
        weights = np.array([scores[k] for k in here])
        distance = [abs(2 * base + 1 - 2 * grid.start(k) - grid.window) for k in here]
        result[base] = {
            "mean": values.mean(),
            "centre": values[np.argmin(distance)],
            "max_abs": values[np.argmax(np.abs(values))],
            "score": (values * weights).sum() / weights.sum() if weights.sum() else values.mean(),
        }[rule]
    return result


@given(grids(), st.sampled_from(STITCHINGS), st.integers(0, 2**32 - 1), st.data())
def test_stitching_equals_a_loop_over_bases_and_no_stretch_changes_a_value(grid, rule, seed, data):
    random = np.random.default_rng(seed)
    windows = [random.normal(size=grid.window).astype(np.float32) for _ in range(len(grid))]
    scores = [float(random.choice([0.0, 0.3, 0.9])) for _ in windows]

    def stitched(start: int, end: int) -> np.ndarray:
        stitcher = Stitcher(start, end, rule)
        for index in grid.touching(start, end):
            stitcher.add(grid.start(index), windows[index], scores[index])
        return stitcher.result()[0]

    whole = stitched(0, grid.length)
    np.testing.assert_allclose(whole, brute_force(grid, windows, scores, rule), rtol=1e-6)
    start = data.draw(st.integers(0, grid.length))
    end = data.draw(st.integers(start, grid.length))
    np.testing.assert_array_equal(stitched(start, end), whole[start:end])


def test_a_base_without_window_is_missing_not_zero():
    stitcher = Stitcher(0, 4)
    stitcher.add(2, np.float32([1, 1]))
    np.testing.assert_array_equal(stitcher.result()[0], np.float32([np.nan, np.nan, 1, 1]))


def test_unknown_stitching_names_the_known():
    with pytest.raises(UsageError, match="mean, centre, max_abs, score"):
        Stitcher(0, 1, "median")
