"""AttnLRP, CP-LRP and gradient x input of DNABERT-2 on a GPU: by hand, without a graph of autograd.

The numbers of `gxview.explain.rules`, as `gxview.explain.fast` gives them on a CPU; here the steps between products are
single kernels, products may have a lower precision than the residual stream, and nothing waits for the host, so that a
pass can be captured as a CUDA graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from gxview.explain import fused
from gxview.explain.device_attention import Attention, Shape, explicit
from gxview.explain.device_weights import DeviceWeights, LayerWeights
from gxview.explain.fast_cls import ClsAttention
from gxview.models.alibi import MASKED_LOGIT

MakeAttention = Callable[[Shape, bool], Attention]


@dataclass(slots=True)
class _Norm:
    """What the way back through a LayerNorm needs; total and mean only for the ordinary gradient."""

    rstd: Tensor
    total: Tensor | None
    mean: Tensor | None


@dataclass(slots=True)
class _Trace:
    """What the way back through one layer needs."""

    attention: Attention | ClsAttention
    attention_norm: _Norm
    halves: Tensor
    mlp_norm: _Norm


def device_pass(
    weights: DeviceWeights,
    input_ids: Tensor,
    lengths: Tensor,
    target: Tensor,
    steps: fused.Steps = fused,
    make_attention: MakeAttention = explicit,
) -> tuple[Tensor, Tensor]:
    """Explain a padded batch.

    Parameters
    ----------
    weights
        The network for the rules.
    input_ids
        (B, S) token ids, padding on the right.
    lengths
        (B,) number of real tokens.
    target
        (B, num_labels) weights of the logits.
    steps
        What stands between products: `gxview.explain.fused` or `gxview.explain.kernels`.
    make_attention
        Makes the attention of a layer, see `gxview.explain.device_attention`.

    Returns
    -------
    relevance, logits
        (B, S) and (B, num_labels) in the precision of the network's weights; relevance is 0 at padding.
    """
    with torch.inference_mode(False), torch.no_grad():
        one = _Pass(weights, input_ids, lengths, steps, make_attention)
        logits = one.forward()
        return one.backward(target), logits


class _Pass:
    """One pass; arguments as in `device_pass`."""

    def __init__(
        self, weights: DeviceWeights, ids: Tensor, lengths: Tensor, steps: fused.Steps, make_attention: MakeAttention
    ) -> None:
        self.weights, self.network, self.steps, self.make_attention = weights, weights.network, steps, make_attention
        self.shape = (*ids.shape, len(weights.slopes))
        self.words = functional.embedding(ids.flatten(), self.network.bert.embeddings.word_embeddings.weight)
        self.bias = self._bias(lengths)
        self.keep = weights.rules.method == "gradient_x_input"
        self.traces: list[_Trace] = []

    def _bias(self, lengths: Tensor) -> Tensor:
        """ALiBi and padding, (B, H, S, S)."""
        places = torch.arange(self.shape[1], device=lengths.device)
        distance = (places[:, None] - places).abs().to(self.words.dtype)
        padding = (places >= lengths[:, None]).to(self.words.dtype) * MASKED_LOGIT
        bias = padding[:, None, None, :] - self.weights.slopes[:, None, None] * distance
        return bias.to(self.weights.dtype)

    def forward(self) -> Tensor:
        """Return the logits (B, num_labels) and keep what `backward` needs."""
        embeddings = self.network.bert.embeddings
        zeros = torch.zeros_like(self.words)
        type_zero = embeddings.token_type_embeddings.weight[0]
        hidden, low, self.word_norm = self._add_norm(self.words, type_zero, zeros, embeddings.LayerNorm)
        for index, layer in enumerate(self.weights.layers):
            hidden, low = self._layer(index, layer, hidden, low)
        dense, classifier = self.network.bert.pooler.dense, self.network.classifier
        self.pooler_input = functional.linear(hidden, dense.weight, dense.bias)
        self.pooled = self.pooler_input.tanh()
        return functional.linear(self.pooled, classifier.weight, classifier.bias)

    def backward(self, target: Tensor) -> Tensor:
        """Return the relevance (B, S) for a target (B, num_labels)."""
        at_pooled = target @ self.network.classifier.weight
        branch, residual = (at_pooled * self._pooler_slope()) @ self.network.bert.pooler.dense.weight, None
        for layer in reversed(self.weights.layers):
            branch, residual = self._layer_back(layer, self.traces.pop(), branch, residual)
        norm = self.network.bert.embeddings.LayerNorm
        gradient, _ = self._norm_back(branch, residual, norm, self.word_norm)
        return (gradient * self.words).sum(-1).view(self.shape[:2])

    def _pooler_slope(self) -> Tensor:
        if self.weights.rules.method == "gradient_x_input":
            return 1 - self.pooled.square()
        zero = self.pooler_input == 0
        return torch.where(zero, 1.0, self.pooled / torch.where(zero, 1.0, self.pooler_input))

    def _layer(self, index: int, layer: LayerWeights, hidden: Tensor, low: Tensor) -> tuple[Tensor, Tensor]:
        """Run one layer: (T, W) to the same; the last one to (B, W)."""
        attended: Attention | ClsAttention
        if index == len(self.weights.layers) - 1:
            attended = cls = ClsAttention(layer.attention, self.shape[2], self.weights.rules)
            context, hidden = cls.forward(hidden.view(*self.shape[:2], -1), self.bias)
        else:
            attended = full = self.make_attention(self.shape, self.weights.values_only)
            context = full.forward(functional.linear(low, layer.qkv, layer.qkv_bias), self.bias)
        branch = functional.linear(context.to(low.dtype), layer.dense)
        hidden, low, attention_norm = self._add_norm(branch, layer.dense_bias, hidden, layer.dense_norm)
        halves = functional.linear(low, layer.gated)
        branch = functional.linear(self.steps.gate(halves), layer.wo)
        hidden, low, mlp_norm = self._add_norm(branch, layer.wo_bias, hidden, layer.wo_norm)
        self.traces.append(_Trace(attended, attention_norm, halves, mlp_norm))
        return hidden, low

    def _layer_back(
        self, layer: LayerWeights, trace: _Trace, branch: Tensor, residual: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Take a gradient, the sum of two parts, back through one layer."""
        rule, factor = self.weights.gate_rule, self.weights.gate_factor
        gradient, low = self._norm_back(branch, residual, layer.wo_norm, trace.mlp_norm)
        at_halves = self.steps.gate_back(low @ layer.wo, trace.halves, rule, factor)
        branch = at_halves @ layer.gated_back
        gradient, low = self._norm_back(branch, gradient, layer.dense_norm, trace.attention_norm)
        at_context = low @ layer.dense
        if isinstance(trace.attention, ClsAttention):
            at_hidden = trace.attention.backward(at_context.to(gradient.dtype), gradient)
            return at_hidden.view(-1, at_hidden.shape[-1]), None
        return trace.attention.backward(at_context) @ layer.qkv_back, gradient

    def _add_norm(self, branch: Tensor, bias: Tensor, residual: Tensor, norm: Any) -> tuple[Tensor, Tensor, _Norm]:
        dtype = self.weights.dtype
        normal, low, rstd, total, mean = self.steps.add_norm(branch, bias, residual, norm, dtype, self.keep)
        return normal, low, _Norm(rstd, total, mean)

    def _norm_back(self, branch: Tensor, residual: Tensor | None, norm: Any, kept: _Norm) -> tuple[Tensor, Tensor]:
        place = (kept.rstd, kept.total, kept.mean)
        return self.steps.norm_back(branch.contiguous(), residual, norm.weight, *place, self.weights.dtype)
