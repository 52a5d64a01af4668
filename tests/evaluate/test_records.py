import math

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.evaluate.agreement import concentration_records, on_one_level, similarity_records
from gxview.evaluate.localisation import localisation_records, signal_records
from gxview.evaluate.records import COLUMNS, Record, choices, detail, failure, record
from gxview.explain import explain
from gxview.measures.number import missing
from gxview.measures.similarity import continuous_jaccard
from tests.evaluate.fakes import explanation, random_sequences


def test_a_record_is_a_row_of_the_table():
    row = record("aopc", 0.25, detail={"replacement": "random", "budget": 0.1}, sequence="s1", model="m").as_dict()
    assert tuple(row) == COLUMNS
    assert (row["value"], row["set"], row["detail"]) == (0.25, "real", "replacement=random budget=0.1")
    assert choices(row["detail"]) == {"replacement": "random", "budget": "0.1"}
    assert choices(detail({"against": "my file.bw"})) == {"against": "my_file.bw"}
    assert choices(detail({})) == {}


def test_a_missing_value_has_a_reason_and_a_value_has_none():
    assert record("gini", missing("nothing there")).reason == "nothing there"
    assert record("gini", math.inf).failed
    assert math.isnan(record("gini", math.inf).value)
    assert failure("gini", GxviewError("The model is gone.")).reason == "The model is gone."
    assert failure("gini", ValueError()).reason == "ValueError"
    with pytest.raises(GxviewError, match="if, and only if"):
        Record("gini", math.nan)
    with pytest.raises(GxviewError, match="no metric 'ginny'"):
        record("ginny", 1)


# Explanations on one level


def test_a_model_on_bases_is_collected_in_the_tokens_of_the_other():
    tokens = explanation("ACGTAC", [1, 1, 1, -2, -2, 3], [[0, 3], [3, 5], [5, 6]])
    bases = explanation("acgtac", [1, 2, 3, 4, 5, 6])
    for first, second in ((tokens, bases), (bases, tokens)):
        a, b = on_one_level(first, second, "token")
        assert sorted([a.tolist(), b.tolist()]) == [[3, -4, 3], [6, 9, 6]]
    a, b = on_one_level(tokens, bases, "base")
    assert (len(a), len(b)) == (6, 6)
    with pytest.raises(GxviewError, match="no level 'pair'"):
        on_one_level(tokens, bases, "pair")


def test_explanations_of_different_lengths_are_refused():
    with pytest.raises(GxviewError, match=r"different sequences \(4 and 5 bases\)"):
        on_one_level(explanation("ACGT", [1, 2, 3, 4]), explanation("ACGTA", [1, 2, 3, 4, 5]), "base")


def test_similarities_of_two_real_models(dnabert2, cnn):
    (sequence,) = random_sequences(1, 60)
    (first,), (second,) = explain(dnabert2, [sequence]), explain(cnn, [sequence])
    records = similarity_records(first, second, "token", np.random.default_rng(0), model="a", other_model="b")
    assert [one.metric for one in records[:4]] == ["jaccard", "jaccard_unsigned", "spearman", "top_overlap"]
    assert records[0].value == continuous_jaccard(*on_one_level(first, second, "token"))
    assert [one.detail for one in records[4:]] == ["chance=permuted"] * 4
    assert {one.level for one in records} == {"token"}
    assert abs(records[4].value) < 0.3


def test_similarity_of_an_empty_explanation_says_why():
    records = similarity_records(explanation("ACG", [0, 0, 0]), explanation("ACG", [1, 2, 3]), "base")
    assert all(one.failed for one in records)


def test_concentration_at_bases_and_at_tokens(dnabert2, cnn):
    (sequence,) = random_sequences(1, 60)
    (tokens,), (bases,) = explain(dnabert2, [sequence]), explain(cnn, [sequence])
    assert [one.level for one in concentration_records(tokens)] == ["base"] * 3 + ["token"] * 3
    assert [one.level for one in concentration_records(bases)] == ["base"] * 3


# Localisation


def test_localisation_of_one_sequence():
    values, mask = np.array([3.0, 2.0, -1.0, 0.0]), np.array([True, False, True, False])
    found = {
        one.metric: one.value
        for one in localisation_records(values, mask, np.random.default_rng(0), against="planted", sequence="s")
    }
    assert found["mass_accuracy"] == pytest.approx(0.6)
    assert found["rank_accuracy"] == 0.5
    assert found["chance"] == 0.5
    assert found["auprc"] == pytest.approx((1 + 0.5) / 2)
    assert found["auprc_chance"] == pytest.approx(0.65, abs=0.1)
    enriched = {"enrichment", "enrichment_p"}
    assert set(found) == {"mass_accuracy", "rank_accuracy", "auprc", "auprc_chance", "auroc", "chance"} | enriched


def test_a_mask_of_one_class_is_a_failure_with_a_reason():
    records = localisation_records([1.0, 2.0], [False, False], np.random.default_rng(0), against="planted")
    assert all(one.failed for one in records if one.metric != "chance")


def test_a_measured_signal_is_compared_where_it_was_measured():
    signal = np.array([np.nan, 0.1, 0.2, 0.9, 0.3, 0.8])
    values = np.array([100.0, 1, 2, 9, 3, -8])
    records = signal_records(values, signal, against="footprint", share=0.4)
    found = {(one.metric, choices(one.detail)["part"]): one.value for one in records}
    assert found["signal_spearman", "size"] == pytest.approx(1)
    assert found["signal_spearman", "signed"] < 0.5
    assert found["signal_auprc", "size"] == 1
    assert found["signal_auprc", "signed"] == pytest.approx((1 + 2 / 5) / 2)
    assert found["chance", "top"] == pytest.approx(0.4)
    assert 0.4 < found["signal_auprc_chance", "size"] < 0.75
    nothing = signal_records(values, np.full(6, np.nan), against="footprint")
    assert all(one.failed for one in nothing)
