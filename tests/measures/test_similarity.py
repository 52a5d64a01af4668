import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import pearsonr, rankdata, spearmanr

from gxview.errors import GxviewError
from gxview.measures.number import Number, missing
from gxview.measures.ranks import mean_ranks
from gxview.measures.similarity import (
    chance_level,
    continuous_jaccard,
    continuous_jaccards,
    correlation,
    spearman,
    spearmans,
    top_overlap,
    top_overlaps,
)

values = st.integers(-5, 5).map(float)
vectors = st.integers(2, 25).flatmap(
    lambda n: st.tuples(arrays(float, n, elements=values), arrays(float, n, elements=values))
)


def jaccard_by_hand(a, b, signed):
    a, b = a / np.abs(a).sum(), b / np.abs(b).sum()
    shared = total = 0.0
    for x, y in zip(a, b, strict=True):
        sign = np.sign(x) * np.sign(y) if signed else 1
        shared += min(abs(x), abs(y)) * sign
        total += max(abs(x), abs(y))
    return shared / total


def test_test_vector_of_the_technical_note():
    """Without scaling 2/7; each divided by its L1 norm 1/3."""
    assert continuous_jaccard((1, -2, 0), (2, -1, 3), scale="none") == pytest.approx(2 / 7)
    assert continuous_jaccard((1, -2, 0), (2, -1, 3)) == pytest.approx(1 / 3)
    assert continuous_jaccard((1, -2, 0), (2, -1, 3), scale="max_abs") == pytest.approx((1 / 2 + 1 / 3) / (2 / 3 + 2))


@given(vectors, st.booleans())
def test_jaccard_agrees_with_the_formula(pair, signed):
    a, b = pair
    found = continuous_jaccard(a, b, signed=signed)
    if not a.any() or not b.any():
        assert math.isnan(found)
        assert found.reason == "the relevance is zero everywhere"
    else:
        assert found == pytest.approx(jaccard_by_hand(a, b, signed))
        assert (-1 if signed else 0) - 1e-12 <= found <= 1 + 1e-12


@given(vectors, st.floats(0.1, 10))
def test_jaccard_is_symmetric_and_knows_no_scale(pair, factor):
    a, b = pair
    if a.any() and b.any():
        assert continuous_jaccard(a, b) == pytest.approx(continuous_jaccard(b, factor * a))
        assert continuous_jaccard(a, factor * a) == pytest.approx(1)
        assert continuous_jaccard(a, -factor * a) == pytest.approx(-1)


@given(vectors)
def test_spearman_and_pearson_agree_with_scipy(pair):
    a, b = pair
    if np.ptp(a) and np.ptp(b):
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)
        assert correlation(a, b) == pytest.approx(pearsonr(a, b).statistic)
    else:
        assert math.isnan(spearman(a, b))
        assert "same everywhere" in spearman(a, b).reason


@given(arrays(float, (3, 12), elements=values))
def test_ranks_agree_with_scipy(rows):
    assert np.array_equal(mean_ranks(rows), rankdata(rows, axis=-1))


def test_positions_without_a_value_take_no_part():
    a, b = np.array([1.0, np.nan, -2.0, 5.0, 0.5]), np.array([2.0, 3.0, np.nan, 1.0, 4.0])
    known = [0, 3, 4]
    for measure in (continuous_jaccard, spearman, correlation, top_overlap):
        assert measure(a, b) == pytest.approx(measure(a[known], b[known]))
    assert np.allclose(spearmans([a, a], [b, b]), spearman(a, b))
    assert continuous_jaccard([1, np.nan], [np.nan, 1]).reason == "no position has a value"


def test_a_constant_vector_far_from_zero_ranks_nothing():
    constant = np.full(7, 0.1) + 1e6
    assert math.isnan(correlation(constant, np.arange(7.0)))


def test_top_overlap_counts_shared_positions():
    a, b = np.array([5.0, 4, 3, 2, 1, 0, -1, -2, -3, -4]), np.array([5.0, -4, 3, 2, 1, 0, -1, -2, -3, 4])
    assert top_overlap(a, b, share=0.1) == 1
    assert top_overlap(a, b, share=0.2) == 0.5


@given(vectors, st.sampled_from([0.1, 0.3, 0.5]))
def test_top_overlap_is_one_with_itself_and_blind_to_the_order_of_ties(pair, share):
    a, b = pair
    if not np.ptp(a) or not np.ptp(b):
        return
    assert top_overlap(a, a, share=share) == pytest.approx(1)
    order = np.random.default_rng(0).permutation(len(a))
    assert top_overlap(a, b, share=share) == pytest.approx(top_overlap(a[order], b[order], share=share))
    assert -1e-12 <= top_overlap(a, b, share=share) <= 1 + 1e-12


def test_chance_level_is_what_permuted_positions_give():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal(60), rng.standard_normal(60)
    assert abs(chance_level(continuous_jaccards, a, a, rng, 400)) < 0.05
    assert abs(chance_level(spearmans, a, b, rng, 400)) < 0.05
    assert chance_level(top_overlaps, a, b, rng, 400) == pytest.approx(0.1, abs=0.03)
    unsigned = chance_level(lambda x, y: continuous_jaccards(x, y, signed=False), a, a, rng, 400)
    assert 0.3 < unsigned < 0.6  # sizes agree by chance: an unsigned similarity needs its chance level beside it


def test_different_lengths_are_refused():
    with pytest.raises(GxviewError, match="3 and 2 positions cannot be compared"):
        continuous_jaccard([1, 2, 3], [1, 2])


def test_a_missing_number_keeps_its_reason():
    kept = pickle.loads(pickle.dumps(missing("because")))
    assert (math.isnan(kept), kept.reason) == (True, "because")
    assert Number(0.5).reason == ""
    assert Number(float("nan")).reason
