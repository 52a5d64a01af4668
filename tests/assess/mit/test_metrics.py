import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from gxview.assess.mit import metrics
from gxview.assess.mit.metrics import compensation, correlation, effect_of, effect_size, joint_draws, share_of
from gxview.assess.mit.published import PUBLISHED

floats = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))


def shares(wins, n):
    return share_of(np.r_[np.ones(wins), np.zeros(n - wins)], np.full(n, 0.5), 1)


def test_ties_count_as_no():
    found = share_of(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 4.0, 3.0]), 1)
    assert (found.value, found.n, found.ties, found.missing) == (0.5, 4, 1, 0)
    tied = share_of(np.ones(100), np.ones(100), 1)
    assert (tied.value, tied.low, tied.high, tied.ties, tied.p) == (0.0, 0.0, 0.0, 100, 1.0)


def test_a_missing_score_takes_out_its_pair_and_is_counted():
    found = share_of(np.array([1.0, np.nan, 3.0, 1.0]), np.array([0.0, 0.0, np.nan, 2.0]), 1)
    assert (found.value, found.n, found.missing) == (0.5, 2, 2)
    nothing = share_of(np.array([np.nan]), np.array([0.0]), 1)
    assert np.isnan([nothing.value, nothing.low, nothing.p, nothing.p_z]).all()
    assert (nothing.n, nothing.missing) == (0, 1)


@pytest.mark.parametrize("row", [row for row in PUBLISHED if row.p is not None], ids=lambda row: row.model)
def test_the_published_p_values_come_from_their_shares(row):
    assert shares(round(100 * row.css), 100).p == pytest.approx(row.p, abs=6e-4)


@given(st.integers(1, 99))
def test_p_values_are_those_of_scipy(wins):
    values = np.r_[np.ones(wins), np.zeros(100 - wins)]
    assert metrics.p_of_t(values) == pytest.approx(stats.ttest_1samp(values, 0.5, alternative="greater").pvalue)
    assert metrics.p_of_z(values) == pytest.approx(stats.norm.sf((wins / 100 - 0.5) / 0.05))


def test_without_spread_the_t_test_says_all_or_nothing():
    assert (shares(100, 100).p, shares(0, 100).p) == (0.0, 1.0)
    assert np.isnan(shares(1, 1).p)


def test_intervals_are_percentiles_of_a_thousand_resamples():
    found = shares(63, 100)
    # the paper has .53 to .73 for .63 of 100
    assert (found.low, found.high) == (pytest.approx(0.53, abs=0.02), pytest.approx(0.73, abs=0.02))
    assert shares(63, 100) == found


@given(arrays(float, 8, elements=floats), arrays(float, 5, elements=floats))
def test_effect_sizes_are_cohens_d_clipped(first, second):
    pooled = np.sqrt((7 * first.var(ddof=1) + 4 * second.var(ddof=1)) / 11)
    difference = first.mean() - second.mean()
    if np.ptp(first) or np.ptp(second):
        assert effect_size(first, second) == pytest.approx(np.clip(difference / pooled, -10, 10), abs=1e-9)
    else:
        assert effect_size(first, second) == 10 * np.sign(first[0] - second[0])


@pytest.mark.parametrize(("other", "expected"), [(0.1, 10.0), (0.5, -10.0), (0.3, 0.0)])
def test_groups_without_spread_have_the_largest_effect_or_none(other, expected):
    # 0.3 added up 100 times and divided is not 0.3: rounding must not look like spread
    found = effect_of(np.full(100, 0.3), np.full(100, other), 1)
    assert (found.value, found.low, found.high) == (expected, expected, expected)


def test_an_effect_has_an_interval_around_it_and_needs_two_values():
    rng = np.random.default_rng(2)
    first, second = rng.normal(1, 1, 100), rng.normal(0, 1, 100)
    found = effect_of(first, second, 1)
    assert found.low < found.value < found.high
    # standard error of d = 1 with 100 each is about .15
    assert found.high - found.low == pytest.approx(4 * 0.15, abs=0.15)
    assert np.isnan(effect_of(first[:1], second, 1).value)
    assert effect_size(np.r_[first, np.nan], second) == effect_size(first, second)


def test_compensation_is_the_part_made_good():
    assert compensation(np.array([3.0, 5.0]), np.array([0.0, 2.0]), np.array([2.0, 3.0])) == pytest.approx(1.5 / 3)
    assert np.isnan(compensation(np.ones(2), np.ones(2), np.zeros(2)))
    assert np.isnan(compensation(np.empty(0), np.ones(2), np.zeros(2)))


def test_correlation_is_pearsons_r_of_each_row():
    rng = np.random.default_rng(3)
    x, rows = rng.random(18), rng.random((4, 18))
    rows[3] = 1.0
    found = correlation(x, rows)
    assert found[:3] == pytest.approx([stats.pearsonr(x, row).statistic for row in rows[:3]])
    assert np.isnan(found[3])


def test_joint_resamples_keep_backgrounds_together():
    rows = np.random.default_rng(4).normal(0, 5, (1, 50)) + np.array([[0.0], [2.0]])
    draws = joint_draws(rows, 1)
    assert draws.shape == (1000, 2)
    assert draws[:, 1] - draws[:, 0] == pytest.approx(np.full(1000, 2.0))
    assert draws[:, 0].std() == pytest.approx(rows[0].std() / np.sqrt(50), rel=0.15)
