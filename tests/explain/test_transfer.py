"""Relevance between tokens and bases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gxview.errors import GxviewError, UsageError
from gxview.explain.transfer import AGGREGATIONS, to_bases, to_tokens

numbers = st.floats(-1e3, 1e3, width=32)


@st.composite
def tokenisations(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    lengths = draw(st.lists(st.integers(1, 32), min_size=1, max_size=20))
    relevance = draw(hnp.arrays(np.float32, len(lengths), elements=numbers))
    return relevance, spans_of(lengths)


def spans_of(lengths: list[int]) -> np.ndarray:
    ends = np.cumsum(lengths)
    return np.stack([ends - lengths, ends], axis=1)


def entropy(relevance: np.ndarray) -> float:
    share = np.abs(relevance.astype(np.float64))
    share = share[share > 0] / share.sum()
    return float(-(share * np.log(share)).sum())


@given(tokenisations())
def test_uniform_split_and_sum_undo_each_other_and_keep_the_sum(case):
    relevance, spans = case
    bases = to_bases(relevance, spans)
    assert bases.dtype == np.float32
    assert len(bases) == spans[-1, 1]
    assert bases.sum(dtype=np.float64) == pytest.approx(relevance.sum(dtype=np.float64), rel=1e-5, abs=1e-2)
    np.testing.assert_allclose(to_tokens(bases, spans), relevance, rtol=1e-5, atol=1e-6)


@given(tokenisations())
def test_copy_is_undone_by_mean_max_abs_and_max(case):
    relevance, spans = case
    bases = to_bases(relevance, spans, "copy")
    for rule in ("mean", "max_abs", "max"):
        np.testing.assert_allclose(to_tokens(bases, spans, rule), relevance, rtol=1e-6)


@given(tokenisations())
def test_entropy_of_bases_is_that_of_tokens_plus_the_mean_log_length(case):
    relevance, spans = case
    relevance = np.where(np.abs(relevance) < 1e-3, 1, relevance)
    share = np.abs(relevance) / np.abs(relevance).sum()
    lengths = spans[:, 1] - spans[:, 0]
    expected = entropy(relevance) + float((share * np.log(lengths)).sum())
    assert entropy(to_bases(relevance, spans)) == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(tokenisations(), st.randoms(use_true_random=False))
def test_guided_split_keeps_the_sum_of_every_token(case, random):
    relevance, spans = case
    weights = np.array([random.choice([0.0, 0.5, 2.0]) for _ in range(spans[-1, 1])])
    bases = to_bases(relevance, spans, "guided", weights)
    np.testing.assert_allclose(to_tokens(bases, spans), relevance, rtol=1e-5, atol=1e-6)
    for value, (start, end) in zip(relevance, spans, strict=True):
        total = weights[start:end].sum()
        expected = value * weights[start:end] / total if total else np.full(end - start, value / (end - start))
        np.testing.assert_allclose(bases[start:end], expected, rtol=1e-5, atol=1e-6)


@given(tokenisations(), st.sampled_from(AGGREGATIONS), st.randoms(use_true_random=False))
def test_aggregations_equal_a_loop(case, rule, random):
    _, spans = case
    bases = np.array([random.uniform(-1, 1) for _ in range(spans[-1, 1])], dtype=np.float32)
    loop = {
        "sum": np.sum,
        "mean": np.mean,
        "max": np.max,
        "max_abs": lambda part: part[np.argmax(np.abs(part))],
    }[rule]
    expected = [loop(bases[start:end].astype(np.float64)) for start, end in spans]
    np.testing.assert_allclose(to_tokens(bases, spans, rule), expected, rtol=1e-5, atol=1e-6)


def test_largest_size_keeps_its_sign_and_the_first_of_equals_wins():
    values = to_tokens([1.0, -3.0, 2.0, -2.0, 2.0], spans_of([3, 2]), "max_abs")
    assert values.tolist() == [-3.0, -2.0]


def test_no_token_gives_no_base():
    empty = np.zeros((0, 2), dtype=np.int64)
    assert to_bases([], empty).shape == (0,)
    assert to_tokens([], empty).shape == (0,)


@pytest.mark.parametrize("spans", [[[0, 3], [4, 5]], [[1, 5]], [[0, 3], [3, 3]], [[0, 3], [2, 5]]])
def test_spans_that_do_not_partition_are_refused(spans):
    with pytest.raises(GxviewError, match="partition"):
        to_bases([1.0] * len(spans), spans)


def test_wrong_counts_are_refused():
    with pytest.raises(GxviewError, match="1 relevance values for 2 tokens"):
        to_bases([1.0], spans_of([2, 2]))
    with pytest.raises(GxviewError, match="cover 4 bases, but there are 3"):
        to_tokens([1.0, 2.0, 3.0], spans_of([2, 2]))


def test_unknown_rules_name_the_known_ones():
    with pytest.raises(UsageError, match="uniform, copy, guided"):
        to_bases([1.0], spans_of([2]), "share")
    with pytest.raises(UsageError, match="sum, mean, max_abs, max"):
        to_tokens([1.0, 1.0], spans_of([2]), "median")


@pytest.mark.parametrize("weights", [None, [1.0], [1.0, -1.0], [1.0, np.nan]])
def test_guided_split_refuses_bad_weights(weights):
    with pytest.raises(UsageError, match="weights"):
        to_bases([1.0], spans_of([2]), "guided", weights)
