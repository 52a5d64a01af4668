"""Integrated gradients and SmoothGrad against captum, completeness, and a loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

from gxview.explain import explain
from gxview.explain.attribution.work import generator

SEQUENCE = "ACGTTGCATATAAAAGGCGCGTTACGATCGGATCTATCTATCGACACTTGGTTATCGATC"


def words_of(model, sequence):
    """Word embeddings (1, S, hidden), which of them stand for DNA, and the network on them."""
    tokens = model.tokenize([sequence])
    words = model.network.bert.embeddings.word_embeddings(tokens.input_ids)
    return words, tokens.dna[..., None], lambda inputs: model.network(inputs_embeds=inputs).logits


@pytest.mark.parametrize(("target", "column"), [(0, 0), ("contrast", None)])
def test_integrated_gradients_of_tokens_are_captum_s(dnabert2, target, column):
    words, dna, network = words_of(dnabert2, SEQUENCE)
    mask = dnabert2.network.bert.embeddings.word_embeddings.weight[dnabert2.tokenizer.mask_id]
    baseline = torch.where(dna, mask, words)

    def explained(inputs):
        logits = network(inputs)
        return logits[:, 1] - logits[:, 0] if column is None else logits[:, column]

    expected = IntegratedGradients(explained).attribute(words, baseline, n_steps=50).sum(-1)[0].detach().numpy()
    (found,) = explain(dnabert2, [SEQUENCE], "integrated_gradients", target)
    assert np.allclose(found.token_relevance, expected[1:-1], rtol=1e-4, atol=1e-5)
    assert found.special_relevance == 0
    before, after = (float(explained(inputs)[0]) for inputs in (baseline, words))
    assert found.diagnostics["baseline"] == pytest.approx(before, abs=1e-5)
    assert found.diagnostics["relevance_sum"] == pytest.approx(after - before, abs=0.02 * abs(after - before) + 1e-3)


def test_integrated_gradients_of_bases_are_captum_s_and_complete(cnn):
    sequence = SEQUENCE[:20] + "NNN" + SEQUENCE[23:]
    one_hot = cnn.one_hot([sequence])
    expected = IntegratedGradients(cnn.network).attribute(one_hot, 0 * one_hot, target=0, n_steps=50)[0]
    (found,) = explain(cnn, [sequence], "integrated_gradients")
    assert np.allclose(found.values, expected.sum(0).detach().numpy(), rtol=1e-4, atol=1e-6)
    nothing = cnn.logits(["N" * 60])[0, 0]
    assert found.diagnostics["baseline"] == pytest.approx(nothing, abs=1e-5)
    # the way crosses kinks, so that 50 points do not integrate exactly
    assert found.values.sum() == pytest.approx(found.logits[0] - nothing, rel=0.05)
    averaged = IntegratedGradients(cnn.network, multiply_by_inputs=False)
    gradient = averaged.attribute(one_hot, 0 * one_hot, target=0, n_steps=50)[0].detach().numpy()
    assert np.allclose(found.hypothetical, gradient, rtol=1e-4, atol=1e-6)


def test_smoothgrad_of_tokens_is_a_mean_over_noisy_copies(dnabert2):
    words, dna, network = words_of(dnabert2, SEQUENCE)
    known = words[0, 1:-1]
    noise = torch.from_numpy(generator(SEQUENCE, "smoothgrad").standard_normal((25, *words.shape[1:]), np.float32))
    scale = 0.15 * (known.max(0).values - known.min(0).values)
    total = torch.zeros_like(words)
    for one in noise:
        inputs = (words + torch.where(dna, one * scale, torch.zeros(()))).detach().requires_grad_()
        total += torch.autograd.grad(network(inputs)[0, 1], inputs)[0] / 25
    expected = (total * words).sum(-1)[0].detach().numpy()
    (found,) = explain(dnabert2, [SEQUENCE], "smoothgrad")
    assert np.allclose(found.token_relevance, expected[1:-1], rtol=1e-3, atol=1e-5)
    assert found.special_relevance == pytest.approx(expected[0] + expected[-1], abs=1e-4)


def test_smoothgrad_of_bases_is_a_mean_over_noisy_copies(cnn):
    sequence = SEQUENCE[:20] + "NNN" + SEQUENCE[23:]
    one_hot = cnn.one_hot([sequence])
    noise = torch.from_numpy(generator(sequence, "smoothgrad").standard_normal((25, 4, 60), np.float32))
    total = torch.zeros_like(one_hot)
    for one in noise:
        inputs = (one_hot + 0.15 * one * one_hot.sum(1)).detach().requires_grad_()
        total += torch.autograd.grad(cnn.network(inputs)[0, 0], inputs)[0] / 25
    (found,) = explain(cnn, [sequence], "smoothgrad")
    assert np.allclose(found.hypothetical, total[0].numpy(), rtol=1e-3, atol=1e-6)
    assert np.allclose(found.values, (total * one_hot)[0].sum(0).numpy(), rtol=1e-3, atol=1e-6)


def test_a_single_token_has_no_noise(dnabert2):
    smooth, plain = (explain(dnabert2, ["A"], method)[0] for method in ("smoothgrad", "gradient_x_input"))
    assert np.allclose(smooth.token_relevance, plain.token_relevance, rtol=1e-3, atol=1e-6)
