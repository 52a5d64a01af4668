import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from gxview.errors import GxviewError
from gxview.measures.ranking import (
    auroc,
    average_precision,
    chance_precision,
    enrichment,
    mass_accuracy,
    random_stretches,
    rank_accuracy,
    shift_p,
    shift_precision,
    top_mask,
)


@st.composite
def cases(draw):
    length = draw(st.integers(3, 30))
    mask = np.array(draw(st.lists(st.booleans(), min_size=length, max_size=length)))
    mask[0], mask[1] = True, False
    return np.array(draw(st.lists(st.integers(-4, 4), min_size=length, max_size=length)), dtype=float), mask


@given(cases())
def test_areas_agree_with_scikit_learn(case):
    values, mask = case
    assert average_precision(values, mask) == pytest.approx(average_precision_score(mask, values))
    assert auroc(values, mask) == pytest.approx(roc_auc_score(mask, values))


@settings(max_examples=15)
@given(cases())
def test_rank_accuracy_is_the_mean_over_all_orders_of_ties(case):
    values, mask = case
    draws = []
    for seed in range(400):
        order = np.lexsort((np.random.default_rng(seed).random(len(values)), -values))[: mask.sum()]
        draws.append(mask[order].mean())
    assert rank_accuracy(values, mask) == pytest.approx(np.mean(draws), abs=0.15)


def test_relevance_mass_by_hand():
    values, mask = np.array([3.0, -2.0, 1.0, -4.0]), np.array([True, True, False, False])
    assert mass_accuracy(values, mask) == pytest.approx(3 / 4)
    assert mass_accuracy(values, mask, part="absolute") == pytest.approx(5 / 10)


def test_random_masks_keep_their_stretches_and_every_placement_is_equally_likely():
    mask = np.array([0, 1, 1, 0, 0, 1, 0], dtype=bool)
    starts, lengths = random_stretches(mask, np.random.default_rng(0), 20_000)
    assert set(map(tuple, np.sort(lengths, axis=1))) == {(1, 2)}
    counts: dict[tuple[int, ...], int] = {}
    for first, size in zip(starts, lengths, strict=True):
        covered = [p for at, n in zip(first, size, strict=True) for p in range(at, at + n)]
        assert len(set(covered)) == 3
        assert min(covered) >= 0
        assert max(covered) < 7
        key = tuple(sorted(zip(first.tolist(), size.tolist(), strict=True)))
        counts[key] = counts.get(key, 0) + 1
    places = [(a, b) for a, b in itertools.product(range(6), range(7)) if b not in (a, a + 1)]
    assert len(counts) == len(places)
    assert max(counts.values()) / min(counts.values()) < 1.4


def test_enrichment_finds_a_peak_and_not_noise():
    rng = np.random.default_rng(3)
    mask = np.zeros(100, dtype=bool)
    mask[40:46] = True
    flat = enrichment(np.ones(100), mask, rng)
    assert flat.ratio == pytest.approx(1)
    assert flat.p == 1
    values = mask + 0.01 * rng.random(100)
    peak = enrichment(values, mask, rng)
    assert peak.ratio > 10
    assert peak.p < 0.02
    assert peak.observed == pytest.approx(mass_accuracy(values, mask))


def test_one_class_masks_and_missing_relevance_have_reasons():
    values = np.array([1.0, -1.0, 2.0])
    for mask in (np.zeros(3, dtype=bool), np.ones(3, dtype=bool)):
        for measure in (mass_accuracy, rank_accuracy, average_precision, auroc):
            assert "no position or all" in measure(values, mask).reason
        assert math.isnan(enrichment(values, mask, np.random.default_rng(0)).ratio)
    mask = np.array([True, False, False])
    assert "positive relevance" in mass_accuracy([-1, -2, 0], mask).reason
    assert auroc([np.nan, 1, 2], mask).reason
    with pytest.raises(GxviewError, match="not of one length"):
        auroc([1, 2], mask)


def test_the_top_of_a_signal_is_a_mask():
    signal = np.array([0.1, np.nan, 0.9, 0.3, 0.8, 0.2])
    assert top_mask(signal, share=0.4).tolist() == [False, False, True, False, True, False]
    assert not top_mask(np.full(3, np.nan)).any()


def test_shifts_around_a_circle_by_hand():
    rng = np.random.default_rng(5)
    values, signal = rng.standard_normal(20), rng.standard_normal(20)
    rhos = [spearmanr(np.roll(values, -shift), signal).statistic for shift in range(20)]
    assert shift_p(values, signal) == pytest.approx(np.mean(np.array(rhos) >= rhos[0] - 1e-9))
    assert shift_p(signal, signal) == pytest.approx(1 / 20)
    with_gap, measured = np.append(values, 5.0), np.append(signal, np.nan)
    assert shift_p(with_gap, measured) == shift_p(values, signal)


def test_a_smooth_vector_is_not_remarkable_for_being_smooth():
    """Neighbours resemble each other in both: permuted positions would call many pairs significant, shifts do not."""
    noise = np.fft.fft(np.random.default_rng(0).standard_normal((2, 100, 160)))
    first, second = np.real(np.fft.ifft(noise * np.fft.fft(np.ones(20), 160)))
    p = [shift_p(a, b) for a, b in zip(first, second, strict=True)]
    assert np.mean(np.array(p) <= 0.05) < 0.12
    assert np.mean([spearmanr(a, b).pvalue / 2 <= 0.05 for a, b in zip(first, second, strict=True)]) > 0.3


def test_shifts_say_why_not():
    assert "three positions" in shift_p([1, 2], [1, 2]).reason
    assert "same everywhere" in shift_p([1, 1, 1], [1, 2, 3]).reason
    with pytest.raises(GxviewError, match="not of one length"):
        shift_p([1, 2, 3], [1, 2])


def test_average_precision_by_chance_is_more_than_the_share_of_few_positions():
    """For single positions and no ties: (1/n)((m-1)/(n-1) (n - H_n) + H_n) with the harmonic number H_n."""
    rng = np.random.default_rng(2)
    mask = np.zeros(60, dtype=bool)
    mask[::10] = True
    n, m, harmonic = 60, 6, sum(1 / k for k in range(1, 61))
    expected = ((m - 1) / (n - 1) * (n - harmonic) + harmonic) / n
    assert expected > 1.5 * m / n
    assert chance_precision(rng.standard_normal(60), mask, rng, draws=20_000) == pytest.approx(expected, rel=0.02)


def test_chance_keeps_blocks_and_stretches():
    rng = np.random.default_rng(3)
    mask = np.array([0, 1, 1, 0, 0, 1, 0, 0], dtype=bool)
    values = np.repeat(rng.standard_normal(4), 2)
    starts, lengths = random_stretches(mask, np.random.default_rng(4), 300)
    by_hand = []
    for first, size in zip(starts, lengths, strict=True):
        moved = np.zeros(8, dtype=bool)
        for at, count in zip(first, size, strict=True):
            moved[at : at + count] = True
        by_hand.append(average_precision_score(moved, values))
    assert chance_precision(values, mask, np.random.default_rng(4), draws=300) == pytest.approx(np.mean(by_hand))


def test_average_precision_over_a_circle_by_hand():
    rng = np.random.default_rng(5)
    values, mask = rng.integers(0, 5, 15).astype(float), rng.random(15) < 0.3
    expected = np.mean([average_precision_score(np.roll(mask, shift), values) for shift in range(15)])
    assert shift_precision(values, mask) == pytest.approx(expected)
    assert shift_precision(values, np.ones(15, dtype=bool)).reason
    assert chance_precision(values, np.ones(15, dtype=bool), rng).reason
