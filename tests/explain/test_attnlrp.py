"""Relevance of tokens against the official model's explanation in float64, and who may ask for it when."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as functional

from gxview.errors import GxviewError, UsageError
from gxview.explain.attnlrp import TokenRelevance, relevance
from gxview.models.dnabert2 import DNABert2ForMaskedLM, DNABert2ForSequenceClassification
from tests.explain.networks import padded_batch, small_network

METHODS = ["attnlrp", "cplrp"]


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, np.ndarray]:
    return dict(np.load(shared / "parity" / "dnabert2-tiny" / "expected.npz"))


@pytest.fixture(scope="module")
def official(shared: Path) -> DNABert2ForSequenceClassification:
    return DNABert2ForSequenceClassification.from_pretrained(shared / "parity" / "dnabert2-tiny").eval()


@pytest.fixture(scope="module")
def tokens(expected: dict[str, np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(expected["input_ids"]).long(), torch.from_numpy(expected["attention_mask"]).long()


def distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference, relative to the largest expected value; NaN must be in the same places."""
    assert np.array_equal(np.isnan(ours), np.isnan(theirs))
    return float(np.nanmax(np.abs(ours - theirs)) / np.nanmax(np.abs(theirs)))


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("method", METHODS)
def test_padded_batch_equals_the_official_explanation(official, tokens, expected, method, target):
    ours = relevance(official, *tokens, method=method, target=target)
    assert ours.relevance.dtype == np.float32
    assert distance(ours.relevance, expected[method][target]) < 5e-6
    assert np.abs(ours.logits - expected["logits"]).max() < 1e-5


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("method", METHODS)
def test_single_sequences_equal_the_official_explanation(official, tokens, expected, method, target):
    for ids, mask, theirs in zip(*tokens, expected[method][target], strict=True):
        length = int(mask.sum())
        ours = relevance(official, ids[None, :length], method=method, target=target).relevance[0]
        assert distance(ours, theirs[:length]) < 5e-6


@pytest.mark.parametrize("target", [0, 1])
def test_full_diagnostics_explain_the_same(official, tokens, expected, target):
    ours = relevance(official, *tokens, method="attnlrp", target=target, diagnostics="full")
    assert distance(ours.relevance, expected["attnlrp"][target]) < 5e-6


def test_gradient_x_input_is_that(official, tokens):
    ids, mask = tokens
    words = official.bert.embeddings.word_embeddings(ids).detach().requires_grad_()
    official(inputs_embeds=words, attention_mask=mask).logits[:, 1].sum().backward()
    by_hand = (words * words.grad).sum(-1).detach().numpy()
    official.zero_grad()
    ours = relevance(official, ids, mask, method="gradient_x_input", target=1)
    real = mask.numpy() > 0
    np.testing.assert_allclose(ours.relevance[real], by_hand[real], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("method", [*METHODS, "gradient_x_input"])
def test_contrast_is_the_difference_of_two_explanations(method):
    network, (ids, mask) = small_network(), padded_batch([9, 5])
    zero, one, contrast, vector = (
        relevance(network, ids, mask, method=method, target=target) for target in (0, 1, "contrast", [-1.0, 1.0])
    )
    np.testing.assert_allclose(contrast.relevance, one.relevance - zero.relevance, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(contrast.relevance, vector.relevance)
    difference = (one.logits[:, 1] - one.logits[:, 0]).astype(float)
    total = contrast.diagnostics["relevance_sum"] + contrast.diagnostics["remainder"]
    np.testing.assert_allclose(total, difference, rtol=1e-5)


def test_every_sequence_may_have_its_own_target():
    network, (ids, mask) = small_network(labels=3), padded_batch([9, 5, 9])
    mixed = relevance(network, ids, mask, target=np.eye(3)[[2, 0, 1]])
    for row, target in enumerate((2, 0, 1)):
        one = relevance(network, ids, mask, target=target)
        np.testing.assert_allclose(mixed.relevance[row], one.relevance[row], rtol=1e-6)


def test_shares_of_the_special_tokens():
    network, (ids, mask) = small_network(), padded_batch([9, 5])
    result = relevance(network, ids, mask, target=1)
    for row, length in enumerate((9, 5)):
        part = np.abs(result.relevance[row, :length])
        assert result.diagnostics["cls_share"][row] == pytest.approx(part[0] / part.sum(), rel=1e-5)
        assert result.diagnostics["sep_share"][row] == pytest.approx(part[-1] / part.sum(), rel=1e-5)
        assert result.diagnostics["relevance_sum"][row] == pytest.approx(
            np.nansum(result.relevance[row], dtype=float), rel=1e-5, abs=1e-6
        )


@pytest.mark.parametrize("diagnostics", ["basic", "full"])
def test_neither_training_nor_the_callers_mode_matter(diagnostics):
    network, (ids, mask) = small_network(dtype=torch.float32), padded_batch([9, 5])
    ask = lambda: relevance(network, ids, mask, target=1, diagnostics=diagnostics).relevance  # noqa: E731
    evaluated = ask()
    network.train()
    np.testing.assert_array_equal(ask(), evaluated)
    assert network.training
    with torch.inference_mode():
        np.testing.assert_array_equal(ask(), evaluated)
    with torch.no_grad():
        np.testing.assert_array_equal(ask(), evaluated)
    network.requires_grad_(False)
    np.testing.assert_array_equal(ask(), evaluated)


@pytest.mark.parametrize("method", [*METHODS, "gradient_x_input"])
def test_training_goes_on_as_if_nothing_had_been_explained(method):
    def steps(explaining: bool) -> list[torch.Tensor]:
        network, (ids, mask) = small_network(dtype=torch.float32).train(), padded_batch([9, 5])
        optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
        torch.manual_seed(0)
        for _ in range(3):
            optimiser.zero_grad()
            loss = functional.cross_entropy(network(ids, mask).logits, torch.tensor([0, 1]))
            if explaining:
                relevance(network, ids, mask, method=method, target=1, diagnostics="basic")
            loss.backward()
            optimiser.step()
        return [weight.detach() for weight in network.parameters()]

    for alone, disturbed in zip(steps(False), steps(True), strict=True):
        assert torch.equal(alone, disturbed)


def test_explaining_accumulates_no_gradient():
    network, (ids, mask) = small_network(), padded_batch([9, 5])
    for method, diagnostics in (("attnlrp", "basic"), ("attnlrp", "full"), ("gradient_x_input", "basic")):
        relevance(network, ids, mask, method=method, target=1, diagnostics=diagnostics)
    assert all(weight.grad is None for weight in network.parameters())


def test_explaining_and_predicting_at_once_change_nothing(official, tokens):
    def explain(diagnostics: str) -> TokenRelevance:
        return relevance(official, *tokens, target=1, diagnostics=diagnostics)

    @torch.inference_mode()
    def predict() -> np.ndarray:
        return official(*tokens).logits.numpy()

    alone = [explain("basic").relevance, explain("full").relevance, predict()]
    jobs = [lambda: explain("basic").relevance, lambda: explain("full").relevance, predict]
    together: list[list[np.ndarray]] = [[] for _ in jobs]
    start = threading.Barrier(len(jobs))

    def work(number: int) -> None:
        start.wait()
        for _ in range(5):
            together[number].append(jobs[number]())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for before, results in zip(alone, together, strict=True):
        assert len(results) == 5
        for result in results:
            np.testing.assert_array_equal(result, before)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"target": 2}, "no logit 2"),
        ({"target": -1}, "no logit -1"),
        ({"target": [1.0, 0.0, 0.0]}, "vector over 2 logits"),
        ({"target": "positive"}, "'positive' is not known"),
        ({"target": 1, "method": "lrp"}, "method 'lrp' is not known"),
        ({"target": 1, "alibi": "none"}, "alibi 'none' is not known"),
        ({"target": 1, "glu": "half"}, "glu 'half' is not known"),
        ({"target": 1, "diagnostics": "all"}, "choose basic or full"),
        ({"target": 1, "method": "gradient_x_input", "diagnostics": "full"}, "choose basic, or the method"),
    ],
)
def test_impossible_requests_are_refused_in_one_sentence(choice, words):
    with pytest.raises(UsageError, match=words):
        relevance(small_network(layers=1), *padded_batch([5]), **choice)


def test_contrast_needs_two_logits():
    with pytest.raises(UsageError, match="the network has 1"):
        relevance(small_network(labels=1), *padded_batch([5]), target="contrast")


def test_a_network_without_classifier_is_refused():
    network = DNABert2ForMaskedLM(small_network().config)
    with pytest.raises(GxviewError, match="not a DNABert2ForMaskedLM"):
        relevance(network, *padded_batch([5]), target=0)
