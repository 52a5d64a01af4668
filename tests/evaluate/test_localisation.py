import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.evaluate import localisation, separation


def brute_average_precision(mask, values):
    """Walk down the distinct values; precision counts everything at least as relevant."""
    total, previous = 0.0, 0.0
    for threshold in sorted(set(values), reverse=True):
        chosen = values >= threshold
        recall = (mask & chosen).sum() / mask.sum()
        total += (recall - previous) * (mask & chosen).sum() / chosen.sum()
        previous = recall
    return total


@st.composite
def cases(draw):
    length = draw(st.integers(3, 30))
    mask = np.zeros(length, dtype=bool)
    mask[draw(st.lists(st.integers(0, length - 2), min_size=1, max_size=length - 1))] = True
    values = draw(st.lists(st.integers(-4, 4), min_size=length, max_size=length))
    return np.array(values, dtype=np.float32), mask


@given(st.lists(cases(), min_size=1, max_size=5))
def test_agrees_with_counting_by_hand(sequences):
    found = localisation([values for values, _ in sequences], [mask for _, mask in sequences])
    one_by_one = [brute_average_precision(mask, values) for values, mask in sequences]
    pooled = brute_average_precision(
        np.concatenate([mask for _, mask in sequences]), np.concatenate([values for values, _ in sequences])
    )
    assert found.auprc == pytest.approx(np.mean(one_by_one))
    assert found.auprc_pooled == pytest.approx(pooled)
    assert found.share == pytest.approx(np.mean([mask.mean() for _, mask in sequences]))
    assert found.sequences == len(sequences)


def test_worked_example():
    found = localisation([np.array([3.0, 2.0, 1.0, 0.0])], [np.array([True, False, True, False])])
    assert found.auprc == pytest.approx((1 + 2 / 3) / 2)
    assert found.auroc == pytest.approx(3 / 4)


def test_sign_counts():
    """Strong negative relevance at the known bases is the worst answer, not the best."""
    mask = np.array([False] * 8 + [True] * 2)
    values = np.where(mask, -5.0, 0.1)
    found = localisation([values], [mask])
    assert found.auroc == 0.0
    assert found.auprc == pytest.approx(found.share)


def test_pooling_needs_a_common_scale_and_the_mean_does_not():
    mask = np.array([True, False, False, False])
    values = np.array([1.0, 0.5, 0.2, 0.1])
    found = localisation([values, 100 * values], [mask, mask])
    assert found.auprc == 1.0
    assert found.auprc_pooled < 1.0


@pytest.mark.parametrize(
    ("values", "mask", "words"),
    [
        ([], [], "as many"),
        ([np.zeros(3)], [np.zeros(3, dtype=bool)], "mask must hold some"),
        ([np.zeros(3)], [np.ones(3, dtype=bool)], "mask must hold some"),
        ([np.zeros(3)], [np.array([True, False])], "one length"),
        ([np.array([np.nan, 1.0])], [np.array([True, False])], "not finite"),
    ],
)
def test_says_what_is_wrong(values, mask, words):
    with pytest.raises(GxviewError, match=words):
        localisation(values, mask)


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=20),
    st.lists(st.integers(-5, 5), min_size=1, max_size=20),
)
def test_separation_counts_ordered_pairs(positives, negatives):
    wins = [(p > n) + 0.5 * (p == n) for p in positives for n in negatives]
    found = separation(np.array(positives, dtype=float), np.array(negatives, dtype=float))
    assert found == pytest.approx(np.mean(wins))


def test_separation_needs_both_sides_and_finite_scores():
    with pytest.raises(GxviewError, match="both classes"):
        separation(np.zeros(0), np.zeros(2))
    with pytest.raises(GxviewError, match="finite"):
        separation(np.array([np.inf]), np.zeros(2))
