"""DNABERT-2 against the official implementation's outputs, parameter names and sizes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from gxview.errors import GxviewError
from gxview.models.alibi import alibi_bias, alibi_slopes, attention_bias
from gxview.models.dnabert2 import (
    DNABert2Config,
    DNABert2ForMaskedLM,
    DNABert2ForSequenceClassification,
)

LAYER_SHAPES = {
    "attention.self.Wqkv.weight": (2304, 768),
    "attention.self.Wqkv.bias": (2304,),
    "attention.output.dense.weight": (768, 768),
    "attention.output.dense.bias": (768,),
    "attention.output.LayerNorm.weight": (768,),
    "attention.output.LayerNorm.bias": (768,),
    "mlp.gated_layers.weight": (6144, 768),
    "mlp.wo.weight": (768, 3072),
    "mlp.wo.bias": (768,),
    "mlp.layernorm.weight": (768,),
    "mlp.layernorm.bias": (768,),
}
EMBEDDING_SHAPES = {
    "bert.embeddings.word_embeddings.weight": (4096, 768),
    "bert.embeddings.token_type_embeddings.weight": (2, 768),
    "bert.embeddings.LayerNorm.weight": (768,),
    "bert.embeddings.LayerNorm.bias": (768,),
}
CLASSIFIER_SHAPES = {
    "bert.pooler.dense.weight": (768, 768),
    "bert.pooler.dense.bias": (768,),
    "classifier.weight": (2, 768),
    "classifier.bias": (2,),
}
MASKED_LM_SHAPES = {
    "cls.predictions.transform.dense.weight": (768, 768),
    "cls.predictions.transform.dense.bias": (768,),
    "cls.predictions.transform.LayerNorm.weight": (768,),
    "cls.predictions.transform.LayerNorm.bias": (768,),
    "cls.predictions.decoder.weight": (4096, 768),
    "cls.predictions.decoder.bias": (4096,),
}


def official_shapes(head: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    layers = {f"bert.encoder.layer.{n}.{key}": shape for n in range(12) for key, shape in LAYER_SHAPES.items()}
    return {**EMBEDDING_SHAPES, **layers, **head}


def small(**changes: object) -> DNABert2Config:
    sizes = dict(vocab_size=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32)
    return DNABert2Config(**{**sizes, "initializer_range": 0.4, **changes})


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "parity" / "dnabert2-tiny"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, np.ndarray]:
    return dict(np.load(folder / "expected.npz"))


@pytest.fixture(scope="module")
def tokens(expected: dict[str, np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(expected["input_ids"]).long(), torch.from_numpy(expected["attention_mask"]).long()


@pytest.fixture(scope="module")
def classifier(folder: Path) -> DNABert2ForSequenceClassification:
    return DNABert2ForSequenceClassification.from_pretrained(folder).eval()


@torch.inference_mode()
def test_logits_and_hidden_states_equal_the_official_ones(classifier, tokens, expected):
    ids, mask = tokens
    assert np.abs(classifier(ids, mask).logits.numpy() - expected["logits"]).max() < 1e-5
    hidden = classifier.bert(ids, mask).last_hidden_state.numpy()
    real = mask.numpy() > 0
    assert np.abs(hidden[real] - expected["last_hidden_state"][real]).max() < 2e-5
    assert np.isnan(expected["last_hidden_state"][~real]).all()


@torch.inference_mode()
def test_single_sequences_give_the_official_logits(classifier, tokens, expected):
    for ids, mask, logits in zip(*tokens, expected["logits"], strict=True):
        alone = classifier(ids[None, : int(mask.sum())]).logits[0].numpy()
        assert np.abs(alone - logits).max() < 1e-5


@torch.inference_mode()
def test_masked_lm_logits_equal_the_official_ones(folder, tokens, expected):
    network = DNABert2ForMaskedLM.from_pretrained(folder).eval()
    ids, mask = (part[1:2] for part in tokens)
    logits = network(ids, mask).logits[0, : int(mask.sum())].numpy()
    official = expected["mlm_logits_first"]
    assert np.abs(logits - official).max() / np.abs(official).max() < 1e-6


@torch.inference_mode()
def test_double_precision_has_no_error_left(folder, tokens, expected):
    network = DNABert2ForSequenceClassification.from_pretrained(folder, dtype=torch.float64).eval()
    assert np.abs(network(*tokens).logits.numpy() - expected["logits"]).max() < 1e-12


@pytest.mark.parametrize(
    ("network", "head", "count"),
    [
        (DNABert2ForSequenceClassification, CLASSIFIER_SHAPES, 117_070_082),
        (DNABert2ForMaskedLM, MASKED_LM_SHAPES, 117_074_176),
    ],
)
def test_full_size_has_the_official_names_shapes_and_number_of_weights(network, head, count):
    with torch.device("meta"):
        full = network(DNABert2Config(num_labels=2))
    assert {key: tuple(value.shape) for key, value in full.state_dict().items()} == official_shapes(head)
    assert sum(weight.numel() for weight in full.parameters()) == count


@pytest.mark.parametrize("network", [DNABert2ForSequenceClassification, DNABert2ForMaskedLM])
def test_saved_network_comes_back_equal(network, tmp_path):
    torch.manual_seed(0)
    before = network(small(num_labels=3)).eval()
    before.save_pretrained(tmp_path)
    after = network.from_pretrained(tmp_path).eval()
    ids = torch.tensor([[1, 7, 9, 30, 2]])
    with torch.inference_mode():
        assert torch.equal(before(ids).logits, after(ids).logits)
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "dnabert2"


def test_decoder_is_the_word_embedding(tmp_path):
    torch.manual_seed(0)
    DNABert2ForMaskedLM(small()).save_pretrained(tmp_path)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert "cls.predictions.decoder.weight" not in file.keys()  # noqa: SIM118  # not a dict
    network = DNABert2ForMaskedLM.from_pretrained(tmp_path)
    assert network.cls.predictions.decoder.weight is network.bert.embeddings.word_embeddings.weight


def test_slopes_of_twelve_heads_are_the_published_ones():
    published = [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625]
    published += [0.7071068, 0.3535534, 0.1767767, 0.0883883]
    assert alibi_slopes(12) == pytest.approx(published, abs=1e-7)
    assert alibi_slopes(8) == published[:8]
    assert alibi_slopes(1) == [2**-8]


def test_alibi_falls_off_with_distance_on_both_sides():
    bias = alibi_bias(3, 5, device=torch.device("cpu"), dtype=torch.float64)
    slopes = alibi_slopes(3)
    brute = [[[-slopes[h] * abs(i - j) for j in range(5)] for i in range(5)] for h in range(3)]
    assert torch.equal(bias, torch.tensor(brute, dtype=torch.float64))


def test_only_padded_columns_are_masked():
    like = torch.zeros(1)
    bias = attention_bias(2, 3, torch.tensor([[1, 1, 0], [1, 1, 1]]), like)
    plain = attention_bias(2, 3, None, like)
    assert plain.shape == (1, 2, 3, 3)
    assert torch.equal(bias[1], plain[0])
    assert torch.equal(bias[0, :, :, :2], plain[0, :, :, :2])
    assert (bias[0, :, :, 2] < -9_000).all()


@torch.inference_mode()
def test_sequences_longer_than_the_table_of_the_official_code():
    torch.manual_seed(0)
    network = DNABert2ForSequenceClassification(small(num_labels=1)).eval()
    ids = torch.randint(5, 40, (1, 700))
    padded = torch.cat((ids, torch.full((1, 60), 3)), dim=1)
    mask = (torch.arange(760) < 700).long()[None]
    assert network(ids).logits.shape == (1, 1)
    assert torch.allclose(network(ids).logits, network(padded, mask).logits, atol=1e-5)


@torch.inference_mode()
def test_gate_and_value_halves_are_not_interchangeable(classifier, tokens):
    swapped = DNABert2ForSequenceClassification(classifier.config).eval()
    swapped.load_state_dict(classifier.state_dict())
    for layer in swapped.bert.encoder.layer:
        weight = layer.mlp.gated_layers.weight
        weight.copy_(torch.cat(weight.chunk(2)[::-1]))
    assert (swapped(*tokens).logits - classifier(*tokens).logits).abs().max() > 1e-2


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    network = DNABert2ForSequenceClassification(small(num_labels=2))
    ids = torch.randint(5, 40, (2, 9))
    network.train()
    assert not torch.equal(network(ids).logits, network(ids).logits)
    network.eval()
    assert torch.equal(network(ids).logits, network(ids).logits)


def test_every_weight_that_takes_part_gets_a_gradient():
    torch.manual_seed(0)
    network = DNABert2ForSequenceClassification(small(num_labels=2)).train()
    nn.functional.cross_entropy(network(torch.arange(40).view(4, 10)).logits, torch.tensor([0, 1, 1, 0])).backward()
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in network.parameters())


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"num_attention_heads": 5}, "hidden_size 24"), ({"hidden_act": "relu"}, "'relu'")],
)
def test_impossible_configuration_is_named(changes, words):
    with pytest.raises(GxviewError, match=words):
        DNABert2ForSequenceClassification(small(**changes))
