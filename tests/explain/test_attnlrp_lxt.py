"""A second opinion: DNABERT-2 written once more from its weights, with the explicit rules of lxt.

Nothing of gxview takes part here but the comparison. ``lxt.explicit`` propagates relevance itself, operation by
operation, where `gxview` multiplies a changed gradient by the input once at the end.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as functional
from lxt.explicit.functional import add2, layer_norm_grad_fn, linear_epsilon, matmul, mul2, softmax
from safetensors.torch import load_file

from gxview.explain.attnlrp import relevance
from gxview.models.dnabert2 import DNABert2ForSequenceClassification

EPSILON = 1e-12


class Identity(torch.autograd.Function):
    """An element-wise function whose relevance goes to its input unchanged."""

    @staticmethod
    def forward(ctx, function, x):
        return function(x)

    @staticmethod
    def backward(ctx, out):
        return None, out


class Explicit:
    """The classifier for one sequence, from the tensors of the file, in float64."""

    def __init__(self, folder: Path) -> None:
        self.weights = {key: value.double() for key, value in load_file(folder / "model.safetensors").items()}
        self.config = json.loads((folder / "config.json").read_text())

    def linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return linear_epsilon(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"), EPSILON)

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return layer_norm_grad_fn.apply(x, weight, bias, self.config["layer_norm_eps"], EPSILON)

    def alibi(self, length: int) -> torch.Tensor:
        """Slopes as in the paper's code: of the next lower power of two, then every second one of the next higher."""
        heads = self.config["num_attention_heads"]
        power = 1 << (heads.bit_length() - 1)
        start = [2 ** (-8 / power * (k + 1)) for k in range(power)]
        more = [2 ** (-8 / (2 * power) * (k + 1)) for k in range(2 * power)][0::2]
        slopes = torch.tensor((start + more)[:heads], dtype=torch.float64)
        position = torch.arange(length, dtype=torch.float64)
        return -slopes[:, None, None] * (position[None] - position[:, None]).abs()

    def attention(self, x: torch.Tensor, layer: str) -> torch.Tensor:
        length, heads = len(x), self.config["num_attention_heads"]
        query, key, value = self.linear(x, f"{layer}.attention.self.Wqkv").view(length, 3, heads, -1).unbind(1)
        query, key, value = (part.transpose(0, 1) for part in (query, key, value))
        products = matmul(query, key.transpose(1, 2), False, EPSILON)
        scores = mul2(products, torch.tensor(1 / math.sqrt(query.shape[-1]), dtype=torch.float64))
        weights = softmax(add2(scores, self.alibi(length), False, EPSILON), -1)
        context = matmul(weights, value, False, EPSILON).transpose(0, 1).reshape(length, -1)
        return self.linear(context, f"{layer}.attention.output.dense")

    def mlp(self, x: torch.Tensor, layer: str) -> torch.Tensor:
        gate, value = self.linear(x, f"{layer}.mlp.gated_layers").chunk(2, dim=-1)
        return self.linear(mul2(Identity.apply(functional.gelu, gate), value), f"{layer}.mlp.wo")

    def logits(self, words: torch.Tensor) -> torch.Tensor:
        token_type = self.weights["bert.embeddings.token_type_embeddings.weight"][0].expand_as(words)
        x = self.norm(add2(words, token_type, False, EPSILON), "bert.embeddings.LayerNorm")
        for number in range(self.config["num_hidden_layers"]):
            layer = f"bert.encoder.layer.{number}"
            x = self.norm(add2(self.attention(x, layer), x, False, EPSILON), f"{layer}.attention.output.LayerNorm")
            x = self.norm(add2(self.mlp(x, layer), x, False, EPSILON), f"{layer}.mlp.layernorm")
        return self.linear(Identity.apply(torch.tanh, self.linear(x[:1], "bert.pooler.dense")), "classifier")[0]

    def relevance(self, ids: torch.Tensor, target: int) -> np.ndarray:
        words = self.weights["bert.embeddings.word_embeddings.weight"][ids].requires_grad_()
        logit = self.logits(words)[target]
        (result,) = torch.autograd.grad(logit, words, logit.detach())
        return result.sum(-1).numpy()


@pytest.mark.parametrize("target", [0, 1])
def test_lxt_explicit_rules_find_the_same_relevance(shared, target):
    folder = shared / "parity" / "dnabert2-tiny"
    saved = np.load(folder / "expected.npz")
    network = DNABert2ForSequenceClassification.from_pretrained(folder)
    ids, mask = (torch.from_numpy(saved[name]).long() for name in ("input_ids", "attention_mask"))
    ours = relevance(network, ids, mask, target=target).relevance
    for row in range(len(ids)):
        length = int(mask[row].sum())
        theirs = Explicit(folder).relevance(ids[row, :length], target)
        assert np.abs(ours[row, :length] - theirs).max() / np.abs(theirs).max() < 1e-4
