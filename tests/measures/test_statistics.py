import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, mannwhitneyu
from scipy.stats import permutation_test as scipy_permutation_test

from gxview.errors import GxviewError
from gxview.measures.partial import partial_spearman
from gxview.measures.ranks import mean_ranks
from gxview.measures.statistics import (
    benjamini_hochberg,
    bootstrap_interval,
    cliffs_delta,
    paired_wilcoxon,
    permutation_test,
    rank_biserial,
    summary,
)

numbers = st.lists(st.integers(-6, 6), min_size=1, max_size=9)
pairs = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=9)


def sides(drawn):
    return tuple(np.array(part, dtype=float) for part in zip(*drawn, strict=True))


@settings(max_examples=40)
@given(st.lists(st.integers(-30, 30).filter(bool), min_size=1, max_size=9, unique_by=abs))
def test_wilcoxon_agrees_with_counting_all_signs(changes):
    """Distinct sizes: the two-sided exact p over all 2^n signs."""
    changes = np.array(changes, dtype=float)
    ranks = mean_ranks(np.abs(changes))
    total = ranks.sum()
    observed = abs(ranks[changes > 0].sum() - total / 2)
    sums = [
        sum(r for r, s in zip(ranks, signs, strict=True) if s) for signs in itertools.product((0, 1), repeat=len(ranks))
    ]
    exact = np.mean([abs(one - total / 2) >= observed - 1e-9 for one in sums])
    found = paired_wilcoxon(changes, np.zeros(len(changes)))
    assert found.p == pytest.approx(exact)
    assert found.n == len(changes)


def test_wilcoxon_without_any_difference_and_without_any_pair():
    same = paired_wilcoxon([1, 2], [1, 2])
    assert (same.p, same.effect, same.n, same.failures) == (1, 0, 2, 0)
    nothing = paired_wilcoxon([np.nan], [1])
    assert math.isnan(nothing.p)
    assert (nothing.n, nothing.failures, nothing.p.reason) == (0, 1, "no pair is complete")


@given(pairs)
def test_effect_of_pairs_by_hand(drawn):
    a, b = sides(drawn)
    changes = [x - y for x, y in zip(a, b, strict=True) if x != y]
    if not changes:
        assert rank_biserial(a, b) == 0
        return
    sizes = sorted(map(abs, changes))
    ranks = [np.mean([i + 1 for i, size in enumerate(sizes) if size == abs(c)]) for c in changes]
    up = sum(r for r, c in zip(ranks, changes, strict=True) if c > 0)
    assert rank_biserial(a, b) == pytest.approx((up - (sum(ranks) - up)) / sum(ranks))


@given(numbers, numbers)
def test_cliffs_delta_counts_ordered_pairs(first, second):
    wins = np.mean([np.sign(a - b) for a in first for b in second])
    assert cliffs_delta(first, second) == pytest.approx(wins)
    u = mannwhitneyu(first, second).statistic
    assert cliffs_delta(first, second) == pytest.approx(2 * u / (len(first) * len(second)) - 1)


@settings(max_examples=30)
@given(pairs)
def test_paired_permutation_counts_all_signs(drawn):
    a, b = sides(drawn)
    changes = a - b
    means = [np.mean(changes * signs) for signs in itertools.product((-1, 1), repeat=len(changes))]
    exact = np.mean([abs(mean) >= abs(changes.mean()) - 1e-9 for mean in means])
    assert permutation_test(a, b, np.random.default_rng(0)).p == pytest.approx(exact)


def test_drawn_permutations_agree_with_scipy():
    rng = np.random.default_rng(4)
    a, b = rng.normal(0.4, 1, 40), rng.normal(0, 1, 30)
    found = permutation_test(a, b, np.random.default_rng(0), paired=False)
    theirs = scipy_permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=9999, vectorized=True, rng=1
    )
    assert found.p == pytest.approx(theirs.pvalue, abs=0.015)
    paired = permutation_test(a[:30], b, np.random.default_rng(0))
    flipped = scipy_permutation_test(
        (a[:30] - b,),
        lambda x, axis: x.mean(axis),
        permutation_type="samples",
        n_resamples=9999,
        vectorized=True,
        rng=1,
    )
    assert paired.p == pytest.approx(flipped.pvalue, abs=0.015)


@pytest.mark.parametrize("statistic", ["mean", "median"])
@pytest.mark.parametrize(("ours", "theirs"), [("bca", "BCa"), ("percentile", "percentile")])
@pytest.mark.parametrize("n", [20, 21])
def test_bootstrap_intervals_agree_with_scipy(statistic, ours, theirs, n):
    values = np.random.default_rng(7).exponential(1, n)  # skewed, so that the correction of BCa shows
    low, high = bootstrap_interval(
        values, np.random.default_rng(0), statistic=statistic, interval=ours, resamples=20_000
    )
    reference = bootstrap(
        (values,), getattr(np, statistic), method=theirs, n_resamples=20_000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert low == pytest.approx(reference.low, abs=0.03)
    assert high == pytest.approx(reference.high, abs=0.03)


def test_a_summary_counts_its_failures():
    found = summary([1, 2, np.nan, 3, np.inf], np.random.default_rng(0))
    assert (found.n, found.failures, found.mean, found.median) == (3, 2, 2, 2)
    assert found.low < 2 < found.high
    nothing = summary([np.nan], np.random.default_rng(0))
    assert (nothing.n, nothing.failures) == (0, 1)
    assert nothing.mean.reason
    assert bootstrap_interval([5, 5, 5], np.random.default_rng(0)) == (5, 5)
    assert bootstrap_interval([5], np.random.default_rng(0))[0].reason == "an interval needs two values"


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(1).random(30)
    first, second = (bootstrap_interval(values, np.random.default_rng(5)) for _ in range(2))
    assert first == second


@given(st.lists(st.one_of(st.floats(0, 1), st.none()), min_size=1, max_size=12))
def test_false_discovery_rate_by_hand(drawn):
    p = np.array([np.nan if value is None else value for value in drawn])
    known = [value for value in p if not math.isnan(value)]
    found = benjamini_hochberg(p)
    for value, q in zip(p, found, strict=True):
        if math.isnan(value):
            assert math.isnan(q)
            continue
        rivals = [min(1, len(known) * other / sum(one <= other for one in known)) for other in known if other >= value]
        assert q == pytest.approx(min(rivals))


def test_no_p_value_outside_its_range():
    with pytest.raises(GxviewError, match="between 0 and 1"):
        benjamini_hochberg([0.1, 1.2])


def test_partial_correlation_takes_out_what_both_share():
    rng = np.random.default_rng(2)
    gc = rng.random(400)
    a, b = gc + 0.05 * rng.random(400), gc + 0.05 * rng.random(400)
    assert abs(partial_spearman(a, b, gc)) < 0.15  # all they share is gc
    c = rng.random(400)
    assert partial_spearman(gc + c, c, gc) > 0.9
    ranks = [mean_ranks(v) for v in (a, b, gc)]
    design = np.stack([np.ones(400), ranks[2]], axis=1)
    rest = [r - design @ np.linalg.lstsq(design, r, rcond=None)[0] for r in ranks[:2]]
    assert partial_spearman(a, b, gc) == pytest.approx(np.corrcoef(*rest)[0, 1])


def test_partial_correlation_says_why_not():
    assert "four positions" in partial_spearman([1, 2, 3], [1, 2, 3], [1, 2, 3]).reason
    assert "nothing is left" in partial_spearman([1, 2, 3, 4], [1, 3, 2, 4], [1, 2, 3, 4]).reason
    assert "same everywhere" in partial_spearman([1, 1, 1, 1], [1, 3, 2, 4], [1, 2, 3, 4]).reason
    assert partial_spearman([1, 2, 3, 4], [1, 3, 2, 4], [5, 5, 5, 5]) == pytest.approx(0.8)
