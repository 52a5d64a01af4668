import math

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate.sanity import cascade_records, other_model_records, verdict, verdict_record
from gxview.explain import explain
from gxview.models.randomised import blocks_of
from tests.evaluate.fakes import explanation, random_sequences


def test_explanations_of_a_randomised_model_differ(model):
    sequences = random_sequences(3, 60)
    made = explain(model, sequences)
    records = cascade_records(explain, model, made, ["a", "b", "c"], seed=5, method="default")
    count = len(blocks_of(model))
    details = [f"blocks={step}/{count}" for step in range(1, count + 1)] + ["blocks=head"]
    assert [one.detail for one in records] == [detail for detail in details for _ in "abc"]
    assert all(0 <= one.value < 0.999 for one in records)
    assert {one.model for one in records} == {model.name}
    assert all("#randomised-5" in one.other_model for one in records)


def test_an_explanation_that_never_asks_the_model_fails_visibly(model):
    """As edge detectors do: the same picture whatever the network learned."""

    def by_letters(_model, sequences):
        return [explanation(one, [("ACGT".index(base) - 1.4) for base in one]) for one in sequences]

    sequences = random_sequences(3, 60)
    records = cascade_records(by_letters, model, by_letters(model, sequences), ["a", "b", "c"])
    found = verdict([one.value for one in records], model.name, "edges")
    assert not found.passed
    assert found.similarity == pytest.approx(1)
    assert found.sentence.startswith("FAILED: edges of tiny-")
    assert verdict_record(found).value == 0


def test_an_explanation_that_only_turns_its_sign_has_not_changed():
    values = np.random.default_rng(0).standard_normal(30)
    own, turned = [explanation("A" * 30, values)], [explanation("A" * 30, -values)]
    (record,) = other_model_records("randomised_similarity", own, turned, ["a"])
    assert record.value == pytest.approx(1)
    (signed,) = other_model_records("seed_similarity", own, turned, ["a"])
    assert signed.value == pytest.approx(-1)
    assert not verdict([-0.9, -0.95], "m", "method").passed


def test_the_limit_is_a_part_of_the_ceiling():
    similarities = [0.3, 0.4, 0.35]
    assert verdict(similarities, "m", "lrp").passed
    strict = verdict(similarities, "m", "lrp", ceiling=0.6)
    assert not strict.passed
    assert strict.limit == pytest.approx(0.3)
    assert "similarity 0.35 over 3 sequences, at most 0.30 allowed" in strict.sentence


def test_what_could_not_be_compared_is_counted_and_never_passes():
    some = verdict([0.1, math.nan], "m", "lrp")
    assert (some.passed, some.n, some.failures) == (True, 1, 1)
    nothing = verdict([math.nan], "m", "lrp")
    assert (nothing.passed, nothing.n, nothing.failures) == (False, 0, 1)
    assert "was not passed" in nothing.sentence


def test_a_model_on_permuted_labels_takes_the_same_way():
    sequences = random_sequences(2, 20)
    rng = np.random.default_rng(1)
    own, other = ([explanation(one, rng.standard_normal(20)) for one in sequences] for _ in range(2))
    records = other_model_records(
        "permuted_labels_similarity", own, other, ["a", "b"], model="m", other_model="permuted"
    )
    assert [one.metric for one in records] == ["permuted_labels_similarity"] * 2
    with pytest.raises(GxviewError, match="2 explanations cannot be compared with 1"):
        other_model_records("seed_similarity", own, other[:1], ["a", "b"])
    with pytest.raises(GxviewError, match="different sequences"):
        other_model_records("seed_similarity", own, other[::-1], ["a", "b"])


def test_an_explanation_that_does_not_depend_on_the_head_fails():
    """Attention rollout ends below the classifier: its explanations are those of any head."""
    found = verdict([0.1, 0.2], "m", "rollout", head=[1.0, 1.0])
    assert not found.passed
    assert "FAILED: rollout of m stays the same when the head is random (similarity 1.00)" in found.sentence
    assert verdict([0.1, 0.2], "m", "attnlrp", head=[-0.7, 0.6, math.nan]).passed
    assert verdict([0.1, 0.2], "m", "attnlrp", head=[math.nan]).passed


def test_rollout_of_a_real_model_fails_by_its_head(dnabert2):
    def by_rollout(model, sequences):
        return explain(model, sequences, "rollout")

    made = by_rollout(dnabert2, random_sequences(3, 60))
    records = cascade_records(by_rollout, dnabert2, made, ["a", "b", "c"], seed=1, steps=[1])
    assert [one.value for one in records if one.detail == "blocks=head"] == pytest.approx([1, 1, 1])
