"""Comparisons against scipy, scikit-learn and hand-made formulas."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from gxview.assess.probe.data import Target
from gxview.assess.probe.metrics import measured, resampled
from gxview.assess.probe.statistics import Comparison, Side, bootstrap_test, corrected_t_test, wilcoxon_p, with_q
from gxview.assess.probe.verdict import sentence, verdicts

DIFFERENCES = np.array([0.01, 0.03, 0.02, 0.05, -0.01, 0.02])
CLASSES = Target("y", "classification", np.array([0.0, 1.0]), ("0", "1"))


def test_without_a_correction_the_t_test_is_that_of_scipy():
    found = corrected_t_test(DIFFERENCES, n_train=10**15, n_test=1)
    known = stats.ttest_1samp(DIFFERENCES, 0.0)
    interval = known.confidence_interval()
    assert found.p == pytest.approx(known.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_the_correction_is_that_of_nadeau_and_bengio():
    found = corrected_t_test(DIFFERENCES, n_train=90, n_test=10)
    t = DIFFERENCES.mean() / math.sqrt((1 / 6 + 10 / 90) * DIFFERENCES.var(ddof=1))
    assert found.p == pytest.approx(2 * stats.t.sf(t, 5))
    assert found.difference == pytest.approx(DIFFERENCES.mean())


def test_seeds_that_agree_to_the_digit_give_no_p():
    assert math.isnan(corrected_t_test(np.full(5, 0.1), 80, 20).p)
    assert corrected_t_test(np.zeros(5), 80, 20).p == 1
    assert corrected_t_test([0.1, math.nan, 0.2], 80, 20).n == 2


def test_a_spread_of_rounding_alone_is_none():
    assert np.var([0.1] * 3, ddof=1) > 0
    for values in ([0.1] * 3, [0.9 - 0.8, 0.8 - 0.7, 0.7 - 0.6], np.array([1, 1 + 1e-15, 1]) * 1e4):
        found = corrected_t_test(values, 80, 20)
        assert math.isnan(found.p)
        assert math.isnan(found.low)
    assert corrected_t_test([0.0, 0.0, 1e-17], 80, 20).p == 1
    assert corrected_t_test([0.1, 0.1, 0.1 + 1e-9], 80, 20).p < 1e-9


def test_wilcoxon_is_that_of_scipy():
    a = np.array([0.9, 0.8, 0.85, 0.95, 0.7, 0.99])
    b = np.array([0.7, 0.75, 0.88, 0.6, 0.69, 0.5])
    assert wilcoxon_p(a, b) == pytest.approx(stats.wilcoxon(a, b, method="exact").pvalue)
    rng = np.random.default_rng(5)
    many = rng.normal(size=30), rng.normal(size=30)
    assert wilcoxon_p(*many) == pytest.approx(stats.wilcoxon(*many, method="exact").pvalue)


def test_ties_do_not_make_wilcoxon_surer_than_five_pairs_can_be():
    assert wilcoxon_p(np.full(5, 0.9), np.full(5, 0.8)) == 2 / 32
    assert wilcoxon_p(np.full(5, 0.9), np.full(5, 0.9)) == 1


def test_resampled_auroc_is_that_of_scikit_learn_on_the_drawn_rows():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 80).astype(float)
    scores = np.round(rng.random(80), 1)  # with ties
    counts = rng.multinomial(80, np.full(80, 1 / 80), 20)
    found = resampled(CLASSES, labels, np.column_stack([1 - scores, scores]), counts)
    known = [roc_auc_score(np.repeat(labels, row), np.repeat(scores, row)) for row in counts]
    assert found == pytest.approx(known)


def test_resampled_correlation_is_that_of_scipy_on_the_drawn_rows():
    rng = np.random.default_rng(2)
    labels = rng.normal(size=60) + 100
    predictions = labels + rng.normal(size=60)
    counts = rng.multinomial(60, np.full(60, 1 / 60), 20)
    found = resampled(Target("y", "regression", labels), labels, predictions[:, None], counts)
    known = [stats.pearsonr(np.repeat(labels, row), np.repeat(predictions, row)).statistic for row in counts]
    assert found == pytest.approx(known)


def test_a_resampling_without_a_class_has_no_value():
    outputs = np.array([[0.6, 0.4], [0.2, 0.8]])
    assert np.isnan(resampled(CLASSES, np.array([0.0, 1.0]), outputs, np.array([[2, 0]]))).all()


def test_the_bootstrap_keeps_its_level_and_finds_a_difference():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(200):  # means of 40 differences without effect, resampled
        values = rng.normal(size=40)
        drawn = np.array([rng.choice(values, (500, 40)).mean(axis=1)])
        hits += bootstrap_test([values.mean()], drawn, rng).p < 0.05
    assert hits <= 24  # a level of 5 % gives 10, and more than 24 once in 10,000 times
    strong = 1 + 0.1 * rng.normal(size=(5, 500))
    found = bootstrap_test(strong.mean(axis=1), strong, rng)
    assert found.p == pytest.approx(2 / 501)
    assert 0.8 < found.low < found.difference < found.high < 1.2


def comparison(p: float, difference: float, q: float = math.nan, target: str = "y") -> Comparison:
    sides = Side("model mean", 2, "ridge"), Side("one-hot", None, "cnn")
    return Comparison(
        "best", "one-hot", "model", target, "auroc", 1.0, *sides, 5, difference, difference - 0.1, difference + 0.1, p,
        "corrected t", 0.0625, q,
    )  # fmt: skip


def test_q_values_are_those_of_scipy_for_each_target():
    first, second = [0.01, 0.04, 0.03], [0.2, 0.9]
    found = with_q(
        [*(comparison(p, 0.1, target="a") for p in first), *(comparison(p, 0.1, target="b") for p in second)]
    )
    known = [*stats.false_discovery_control(first), *stats.false_discovery_control(second)]
    assert [one.q for one in found] == pytest.approx(known)


@pytest.mark.parametrize(
    ("difference", "q", "said"),
    [(0.1, 0.01, "beat one-hot letters"), (-0.1, 0.01, "do worse than"), (0.1, 0.2, "not shown to differ")],
)
def test_the_verdict_follows_from_difference_and_q(difference, q, said):
    one = comparison(0.01, difference, q)
    assert said in sentence(one)
    assert verdicts([one]) == [sentence(one)]


@pytest.mark.parametrize(
    ("values", "why"),
    [([0.1], "one seed"), ([0.1] * 3, "3 seeds without any spread"), ([math.nan] * 2, "no seed has a value")],
)
def test_what_cannot_be_tested_says_so_instead_of_no_difference(values, why):
    tested = corrected_t_test(values, 80, 20)
    shape = replace(comparison(tested.p, tested.difference), n=tested.n, low=tested.low, high=tested.high)
    (one,) = with_q([shape])
    said = sentence(one)
    assert one.verdict == "not tested"
    assert said.startswith(f"y: the embeddings of model against one-hot letters could not be tested: {why} (")
    for wrong in ("differ from", "interval", "p =", "q =", "\N{EN DASH}"):
        assert wrong not in said


def test_constant_predictions_have_no_correlation():
    target = Target("y", "regression", np.array([1.0, 2.0, 3.0]))
    found = measured(target, target.values, np.full((3, 1), 2.0))
    assert math.isnan(found["pearson"])
    assert math.isnan(found["spearman"])
    assert found["r2"] == pytest.approx(0)


def test_a_resampling_without_one_class_is_left_out_and_its_seed_kept():
    drawn = 1 + 0.1 * np.random.default_rng(3).normal(size=(5, 500))
    drawn[2, 7] = math.nan
    found = bootstrap_test(drawn[:, :5].mean(axis=1), drawn, np.random.default_rng(4))
    assert found.n == 5
    assert found.p == pytest.approx(2 / 500)
    nothing = bootstrap_test(np.ones(5), np.full((5, 500), math.nan), np.random.default_rng(4))
    assert nothing.n == 0
    assert math.isnan(nothing.p)


def test_an_interval_without_0_beside_no_difference_is_explained():
    one = with_q([comparison(0.04, 0.2), *(comparison(0.9, 0.01) for _ in range(3))])[0]
    assert one.verdict == "no difference shown"
    assert one.low > 0
    said = sentence(one)
    assert "not shown to differ from one-hot letters once 4 comparisons are allowed for" in said
    assert "95 % interval of this comparison alone" in said
    assert "over 4 comparisons" in said


def test_comparisons_without_p_are_not_counted():
    assert [one.tests for one in with_q([comparison(0.04, 0.2), comparison(math.nan, 0.2)])] == [1, 1]
