import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.explain.transfer import to_bases
from gxview.measures.concentration import entropy, gini, normalised_entropy, split_entropy
from gxview.measures.ranking import auroc, mass_accuracy, rank_accuracy

QUANTUS = json.loads((Path(__file__).parent / "quantus_values.json").read_text())
"""What Quantus 0.6.0 says of random vectors (`evaluate_batch`, given what `abs` and `normalise` make)."""

some = st.lists(st.integers(-9, 9), min_size=1, max_size=30).filter(any)


def test_test_vectors_of_the_specification():
    assert gini((1, 2, 3, 4)) == pytest.approx(0.25)
    assert entropy((1, 2, 3, 4)) == pytest.approx(1.2799, abs=5e-5)
    assert normalised_entropy((1, 2, 3, 4)) == pytest.approx(1.2798542 / math.log(4))


@pytest.mark.parametrize("case", QUANTUS)
def test_agrees_with_quantus(case):
    """Quantus adds 1e-7 to every entry before its Gini index and 1e-12 before its logarithm."""
    values, mask = np.array(case["values"]), np.array(case["mask"], dtype=bool)
    assert gini(values) == pytest.approx(case["sparseness"], abs=2e-6)
    assert entropy(values) == pytest.approx(case["complexity"], abs=1e-9)
    assert mass_accuracy(values, mask) == pytest.approx(case["mass_positive"])
    assert mass_accuracy(values, mask, part="absolute") == pytest.approx(case["mass_absolute"])
    assert rank_accuracy(values, mask) == pytest.approx(case["rank"])
    assert auroc(values, mask) == pytest.approx(case["auc"])


@given(some)
def test_gini_agrees_with_its_other_form(values):
    v, n = np.sort(np.abs(values)), len(values)
    other = 1 - 2 * sum(v[k - 1] / v.sum() * (n - k + 0.5) / n for k in range(1, n + 1))
    assert gini(values) == pytest.approx(other, abs=1e-12)


@given(some, st.randoms())
def test_neither_order_nor_sign_nor_scale_counts(values, random):
    other = [3 * value * random.choice((-1, 1)) for value in values]
    random.shuffle(other)
    for measure in (gini, entropy):
        assert measure(values) == pytest.approx(measure(other), abs=1e-12)


@pytest.mark.parametrize("n", [2, 10, 120])
def test_extremes(n):
    one, same = np.eye(n)[0], np.ones(n)
    assert gini(one) == pytest.approx((n - 1) / n)
    assert entropy(one) == 0
    assert gini(same) == pytest.approx(0, abs=1e-12)
    assert normalised_entropy(same) == pytest.approx(1)


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 6)), min_size=1, max_size=20).filter(
        lambda t: any(v for v, _ in t)
    )
)
def test_a_uniform_split_adds_the_entropy_within_tokens(tokens):
    relevance, lengths = (np.array(part) for part in zip(*tokens, strict=True))
    ends = np.cumsum(lengths)
    bases = to_bases(relevance, np.stack([ends - lengths, ends], axis=1)).astype(float)
    assert split_entropy(relevance, lengths) == pytest.approx(entropy(bases), abs=1e-5)


def test_says_why_there_is_no_number():
    for measure in (gini, entropy, normalised_entropy):
        assert measure([0, 0, 0]).reason == "the relevance is zero everywhere"
        assert measure([np.nan]).reason == "no position has a value"
        assert not math.isnan(measure([1, np.nan, 2]))
    assert "one position" in normalised_entropy([2]).reason
    with pytest.raises(GxviewError, match="as many lengths"):
        split_entropy([1, 2], [3])
