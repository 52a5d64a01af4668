"""Explaining loose sequences."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.explain import attnlrp as attnlrp_rules
from gxview.explain import cnn as cnn_rules
from gxview.explain import explain
from gxview.explain.transfer import to_bases, to_tokens
from gxview.models.loading import load_model

RNG = np.random.default_rng(5)
SEQUENCES = ["".join(RNG.choice(list("ACGT"), size)) for size in (80, 33, 400, 61, 33, 1500, 80)]


def close(left: np.ndarray, right: np.ndarray, tolerance: float = 1e-5) -> bool:
    return float(np.abs(left - right).max()) <= tolerance * float(np.abs(right).max())


def test_every_sequence_comes_back_whole_and_in_order(model):
    found = explain(model, SEQUENCES)
    assert [one.sequence for one in found] == SEQUENCES
    for one, logits in zip(found, model.logits(SEQUENCES), strict=True):
        assert one.values.shape == (len(one.sequence),)
        assert one.values.dtype == one.token_relevance.dtype == one.logits.dtype == np.float32
        np.testing.assert_allclose(one.logits, logits, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("method", [None, "gradient_x_input"])
def test_alone_and_in_company_a_sequence_has_the_same_values(model, method):
    # The epsilon rule divides by sums that may lie near zero, which makes rounding felt.
    tolerance = 1e-3 if model.kind == "cnn" and method is None else 1e-5
    for one in explain(model, SEQUENCES, method):
        (alone,) = explain(model, [one.sequence], method)
        assert close(one.values, alone.values, tolerance)
        assert close(one.token_relevance, alone.token_relevance, tolerance)


def test_tokens_partition_the_sequence_and_spread_over_its_bases(dnabert2):
    for one in explain(dnabert2, SEQUENCES):
        assert one.token_spans[0, 0] == 0
        assert one.token_spans[-1, 1] == len(one.sequence)
        np.testing.assert_array_equal(one.token_spans[1:, 0], one.token_spans[:-1, 1])
        np.testing.assert_array_equal(one.values, to_bases(one.token_relevance, one.token_spans))
        np.testing.assert_allclose(to_tokens(one.values, one.token_spans), one.token_relevance, rtol=1e-5, atol=1e-7)


def test_a_base_is_its_own_token_for_a_cnn(cnn):
    (one,) = explain(cnn, [SEQUENCES[0]])
    np.testing.assert_array_equal(one.token_relevance, one.values)
    np.testing.assert_array_equal(one.token_spans, [[at, at + 1] for at in range(80)])
    assert one.special_relevance == 0
    for base, column in zip(one.sequence, one.hypothetical.T, strict=True):
        assert column["ACGT".index(base)] in one.values


def test_special_tokens_are_apart_and_their_share_is_told(dnabert2):
    (one,) = explain(dnabert2, [SEQUENCES[0]])
    details = one.diagnostics
    special = details["relevance_sum"] - one.token_relevance.sum(dtype=np.float64)
    assert one.special_relevance == pytest.approx(special, abs=1e-5)
    assert details["special_share"] == pytest.approx(details["cls_share"] + details["sep_share"])
    assert 0 < details["special_share"] < 1


def test_remainder_is_what_the_relevance_does_not_reach(model):
    (one,) = explain(model, [SEQUENCES[0]])
    details = one.diagnostics
    assert details["explained"] == pytest.approx(float(one.logits[-1]))
    assert details["remainder"] == pytest.approx(details["explained"] - details["relevance_sum"], abs=1e-6)


def test_full_diagnostics_close(dnabert2):
    for one in explain(dnabert2, SEQUENCES[:3], diagnostics="full"):
        details = one.diagnostics
        parts = ("softmax_leak", "alibi", "bias_linear", "bias_layer_norm", "token_type")
        total = sum(details[name] for name in parts)
        assert total == pytest.approx(details["remainder"], rel=1e-4, abs=1e-4)


def test_targets_by_default_index_name_and_contrast(dnabert2):
    def values(target: int | str | None) -> np.ndarray:
        return explain(dnabert2, SEQUENCES[:1], target=target)[0].values

    positive, background = values(None), values(0)
    np.testing.assert_array_equal(values(1), positive)
    np.testing.assert_array_equal(values(np.int64(1)), positive)
    np.testing.assert_array_equal(values("1"), positive)
    np.testing.assert_array_equal(values("promoter"), positive)
    np.testing.assert_array_equal(values("background"), background)
    assert not close(background, positive, 0.01)
    assert close(values("contrast"), positive - background, 1e-4)
    (one,) = explain(dnabert2, SEQUENCES[:1], target="contrast")
    assert one.diagnostics["explained"] == pytest.approx(float(one.logits[1] - one.logits[0]), rel=1e-6)
    assert one.provenance["target"] == {"index": "contrast", "name": "promoter - background"}


@pytest.mark.parametrize("target", [2, -1, True, "enhancer", "-1", "7"])
def test_a_target_that_does_not_exist_names_those_that_do(dnabert2, target):
    with pytest.raises(UsageError, match=r"0 \(background\), 1 \(promoter\), contrast"):
        explain(dnabert2, SEQUENCES[:1], target=target)


def test_one_logit_has_no_contrast_and_no_second_index(cnn):
    np.testing.assert_array_equal(
        explain(cnn, SEQUENCES[:1])[0].values, explain(cnn, SEQUENCES[:1], target=0)[0].values
    )
    with pytest.raises(UsageError, match="two"):
        explain(cnn, SEQUENCES[:1], target="contrast")
    with pytest.raises(UsageError, match=r"0 \(promoter\)"):
        explain(cnn, SEQUENCES[:1], target=1)


@pytest.mark.parametrize("method", ["cplrp", "gradient_x_input"])
def test_methods_differ(dnabert2, method):
    default = explain(dnabert2, SEQUENCES[:1])[0]
    other = explain(dnabert2, SEQUENCES[:1], method)[0]
    assert default.provenance["method"] == "attnlrp"
    assert other.provenance["method"] == method
    assert not close(other.values, default.values, 0.01)


@pytest.mark.parametrize(
    ("option", "value"), [("alibi", "uniform"), ("alibi", "identity"), ("glu", "cp"), ("transfer", "copy")]
)
def test_options_of_attnlrp_change_the_values_and_are_told(dnabert2, option, value):
    default = explain(dnabert2, SEQUENCES[:1])[0]
    other = explain(dnabert2, SEQUENCES[:1], **{option: value})[0]
    told = {**other.provenance["options"], "transfer": other.provenance["transfer"]}
    assert told[option] == value
    assert not close(other.values, default.values, 1e-3)


@pytest.mark.parametrize(
    ("method", "composite"),
    [("lrp", "epsilon_plus"), ("lrp", "gamma"), ("corrected_saliency", None)],
)
def test_methods_and_composites_of_the_cnn_differ(cnn, method, composite):
    default = explain(cnn, SEQUENCES[:1])[0]
    other = explain(cnn, SEQUENCES[:1], method, composite=composite)[0]
    assert not close(other.values, default.values, 1e-3)


def test_an_unknown_choice_names_the_known(dnabert2, cnn):
    with pytest.raises(UsageError, match="attnlrp, cplrp, gradient_x_input"):
        explain(dnabert2, SEQUENCES[:1], "lrp")
    with pytest.raises(UsageError, match="epsilon or epsilon_plus or gamma"):
        explain(cnn, SEQUENCES[:1], composite="alpha")
    with pytest.raises(UsageError, match="basic or full"):
        explain(cnn, SEQUENCES[:1], diagnostics="all")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least one sequence"):
        explain(cnn, SEQUENCES[:1], batch_size=0)


def test_case_does_not_matter_and_n_is_allowed(model):
    upper, lower = explain(model, [SEQUENCES[0], SEQUENCES[0].lower()])
    assert lower.sequence == SEQUENCES[0].lower()
    np.testing.assert_array_equal(lower.values, upper.values)
    (unknown,) = explain(model, [SEQUENCES[0][:30] + "NNNRY" + SEQUENCES[0][30:]])
    assert np.isfinite(unknown.values).all()


def test_no_sequence_gives_no_explanation(model):
    assert explain(model, []) == []


@pytest.mark.parametrize(
    ("sequences", "said"),
    [
        (["ACGT" * 9, ""], "sequence 2 is empty"),
        (["ACGT" * 9, "ACGTP" * 9], "sequence 2 has the letter 'P' at position 5"),
        ("ACGT" * 9, "a list of sequences"),
    ],
)
def test_bad_sequences_are_named(model, sequences, said):
    with pytest.raises(GxviewError, match=said):
        explain(model, sequences)


def test_a_sequence_too_short_for_the_cnn_is_named(cnn):
    with pytest.raises(GxviewError, match="Sequence 3 has 1 bases, but tiny-cnn takes at least 2"):
        explain(cnn, ["ACGT" * 9, "ACGT" * 8, "A"])


def refuse_more_than(limit: int, function, error: Exception):
    def limited(network, inputs, *rest, **options):
        if len(inputs) > limit:
            raise error
        return function(network, inputs, *rest, **options)

    return limited


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory. Tried"), RuntimeError("can't allocate memory: you tried")]
)
def test_where_memory_is_short_the_batch_is_halved_and_the_work_goes_on(model, monkeypatch, error):
    sequences = SEQUENCES + [SEQUENCES[0]] * 10
    expected = explain(model, sequences)
    for module in (attnlrp_rules, cnn_rules):
        monkeypatch.setattr(module, "relevance", refuse_more_than(3, module.relevance, error))
    found = explain(model, sequences)
    assert [one.sequence for one in found] == sequences
    assert all(close(one.values, other.values, 1e-3) for one, other in zip(found, expected, strict=True))
    assert max(one.provenance["batch_size"] for one in found) <= 3


def test_a_sequence_that_never_fits_is_named(model, monkeypatch):
    for module in (attnlrp_rules, cnn_rules):
        monkeypatch.setattr(
            module, "relevance", refuse_more_than(0, module.relevance, torch.OutOfMemoryError("out of memory"))
        )
    with pytest.raises(GxviewError, match="Sequence 1 of 80 bases does not fit into the memory of cpu"):
        explain(model, SEQUENCES[:1])


def test_another_error_of_the_library_is_not_taken_for_a_full_memory(model, monkeypatch):
    for module in (attnlrp_rules, cnn_rules):
        monkeypatch.setattr(module, "relevance", refuse_more_than(0, module.relevance, RuntimeError("shape mismatch")))
    with pytest.raises(RuntimeError, match="shape mismatch"):
        explain(model, SEQUENCES[:1])


def test_nan_is_reported_with_the_number_of_the_sequence(tiny_cnn_folder):
    broken = load_model(tiny_cnn_folder)
    with torch.no_grad():
        broken.network.layers[0].weight[0] = torch.nan
    with pytest.raises(GxviewError, match="NaN or infinity for sequence 1"):
        explain(broken, SEQUENCES[:1], "gradient_x_input")


def test_progress_counts_sequences_and_cancelling_stops(model):
    calls: list[tuple[int, int]] = []
    explain(model, SEQUENCES, batch_size=2, progress=lambda done, total: calls.append((done, total)))
    assert calls == sorted(calls)
    assert calls[-1] == (7, 7)
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        explain(model, SEQUENCES, batch_size=2, cancelled=lambda: next(answers))


def test_provenance_can_be_written_and_is_the_same_twice(model):
    first, second = (json.dumps(explain(model, SEQUENCES[:1])[0].provenance) for _ in range(2))
    assert first == second
    content = json.loads(first)
    assert content["model"]["content_hash"] == model.content_hash
    assert content["versions"]["torch"] == torch.__version__
    assert content["device"] == "cpu"


def test_explaining_and_predicting_at_once_give_the_numbers_of_each_alone(model):
    logits, values = model.logits(SEQUENCES), [one.values for one in explain(model, SEQUENCES)]
    wrong: list[str] = []

    def predict() -> None:
        for _ in range(5):
            if not np.array_equal(model.logits(SEQUENCES), logits):
                wrong.append("logits")

    def justify() -> None:
        for _ in range(5):
            found = explain(model, SEQUENCES)
            if not all(np.array_equal(one.values, other) for one, other in zip(found, values, strict=True)):
                wrong.append("values")

    threads = [threading.Thread(target=work) for work in (predict, justify, justify)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("method", ["attnlrp", "cplrp"])
def test_agrees_with_the_official_implementation(shared, method, target, together):
    folder = shared / "parity" / "dnabert2-tiny"
    expected = np.load(folder / "expected.npz")
    sequences = (folder / "sequences.txt").read_text().split()
    parity = load_model(folder)
    if together:
        found = explain(parity, sequences, method, target)
    else:
        found = [explain(parity, [sequence], method, target)[0] for sequence in sequences]
    for row, one in enumerate(found):
        np.testing.assert_allclose(one.logits, expected["logits"][row], rtol=1e-5, atol=1e-5)
        relevance = expected[method][target, row]
        relevance = relevance[np.isfinite(relevance)]
        assert close(one.token_relevance, relevance[1:-1], 1e-4)
        offsets = expected["offsets"][row][1 : 1 + len(one.token_spans)]
        np.testing.assert_array_equal(one.token_spans, offsets)
