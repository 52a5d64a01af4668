"""DNABERT-2 explained by hand: one pass forward, one pass back, no graph of autograd.

The same numbers as the operations of `gxview.explain.rules`, with less arithmetic and fewer passes over memory:

- Only the input is differentiated, never a weight; everything is flattened to (tokens, features).
- LayerNorm and the gated unit go back by a fused kernel and by two kept factors (`gxview.explain.fast_layers`).
- Weights are laid out for the way back, too (`gxview.explain.fast_weights`).
- Of the last layer only the [CLS] row is read (`gxview.explain.fast_cls`).
- On a CPU a batch is cut into pieces, which bounds the memory; a piece carries no more padding than it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from gxview.explain.fast_attention import Attention, attention
from gxview.explain.fast_cls import ClsAttention
from gxview.explain.fast_layers import GatedUnit, LayerNorm
from gxview.explain.fast_weights import back_weight
from gxview.explain.rules import Rules
from gxview.models.alibi import attention_bias
from gxview.models.matmul import back, back_plus, linear, linear_plus

_PIECE_TOKENS = 512  # at the published size about 250 MB; larger pieces are no faster


def fast_pass(
    network: Any, input_ids: Tensor, attention_mask: Tensor | None, target: Tensor, rules: Rules
) -> tuple[Tensor, Tensor]:
    """Explain a padded batch.

    Parameters
    ----------
    network
        `DNABert2ForSequenceClassification`.
    input_ids, attention_mask
        (B, S), padding on the right; the mask may be None.
    target
        (B, num_labels) weights of the logits.
    rules
        ``attnlrp`` with the ALiBi rule ``epsilon`` or ``uniform``, ``cplrp``, or ``gradient_x_input``.

    Returns
    -------
    relevance, logits
        (B, S) and (B, num_labels), in the precision of the weights; relevance is 0 at padding.
    """
    with torch.inference_mode(False), torch.no_grad():
        relevance = torch.zeros(input_ids.shape, dtype=target.dtype, device=target.device)
        logits = torch.empty_like(target, memory_format=torch.contiguous_format)
        for piece, length, mask in _pieces(input_ids, attention_mask):
            one = _Pass(network, input_ids[piece, :length], mask, rules)
            logits[piece] = one.forward()
            relevance[piece, :length] = one.backward(target[piece])
        return relevance, logits


def fast_logits(network: Any, input_ids: Tensor) -> Tensor:
    """Return the logits (B, num_labels) of token ids (B, S) without padding, leaving out what [CLS] does not need."""
    with torch.inference_mode(False), torch.no_grad():
        return _Pass(network, input_ids, None, Rules("gradient_x_input")).forward()


def _pieces(input_ids: Tensor, attention_mask: Tensor | None) -> Iterator[tuple[slice, int, Tensor | None]]:
    """Cut a batch: the sequences of a piece, its length without common padding, its mask where it is still padded."""
    batch, longest = input_ids.shape
    lengths = [longest] * batch if attention_mask is None else [int(n) for n in attention_mask.sum(1).tolist()]
    size = max(1, _PIECE_TOKENS // longest) if input_ids.device.type == "cpu" else batch
    for start in range(0, batch, size):
        piece, inside = slice(start, start + size), lengths[start : start + size]
        length = max(inside)
        padded = attention_mask is not None and min(inside) < length
        yield piece, length, attention_mask[piece, :length] if attention_mask is not None and padded else None


@dataclass(slots=True)
class _Layer:
    """The parts of one layer in one pass, each with what its way back needs."""

    attention: Attention | ClsAttention
    attention_norm: LayerNorm
    gated: GatedUnit
    mlp_norm: LayerNorm


class _Pass:
    """One pass over one piece of a batch; arguments as in `fast_pass`."""

    def __init__(self, network: Any, input_ids: Tensor, mask: Tensor | None, rules: Rules) -> None:
        self.network, self.rules = network, rules
        batch, length = input_ids.shape
        self.shape = (batch, length, network.config.num_attention_heads)
        self.words = functional.embedding(input_ids.flatten(), network.bert.embeddings.word_embeddings.weight)
        self.width = self.words.shape[1]
        self.bias = attention_bias(self.shape[2], length, mask, self.words)
        self.layers = list(network.bert.encoder.layer)
        self.zeros = torch.zeros_like(self.words)
        self.word_norm = LayerNorm(network.bert.embeddings.LayerNorm, rules, self.zeros)
        self.traces: list[_Layer] = []

    def forward(self) -> Tensor:
        """Return the logits (B, num_labels) and keep what `backward` needs."""
        hidden = self.word_norm.forward(self.words + self.network.bert.embeddings.token_type_embeddings.weight[0])
        for index, layer in enumerate(self.layers):
            hidden = self._layer(index, layer, hidden)
        dense, classifier = self.network.bert.pooler.dense, self.network.classifier
        self.pooler_input = linear(hidden, dense.weight, dense.bias)
        self.pooled = self.pooler_input.tanh()
        return linear(self.pooled, classifier.weight, classifier.bias)

    def backward(self, target: Tensor) -> Tensor:
        """Return the relevance (B, S) for a target (B, num_labels)."""
        gradient = target @ self.network.classifier.weight * self._tanh_factor()
        gradient = gradient @ self.network.bert.pooler.dense.weight
        for layer in reversed(self.layers):
            gradient = self._layer_back(layer, self.traces.pop(), gradient)
        return (self.word_norm.backward(gradient) * self.words).sum(-1).view(self.shape[:2])

    def _tanh_factor(self) -> Tensor:
        """``tanh(x) / x`` by the identity rule, or the derivative of tanh, (B, W)."""
        if self.rules.method == "gradient_x_input":
            return 1.0 - self.pooled.square()
        zero = self.pooler_input == 0
        return torch.where(zero, 1.0, self.pooled / torch.where(zero, 1.0, self.pooler_input))

    def _layer(self, index: int, layer: Any, hidden: Tensor) -> Tensor:
        """Run one layer: (T, hidden) to the same; the last one to (B, hidden)."""
        attended: Attention | ClsAttention
        if index == len(self.layers) - 1:
            attended = cls = ClsAttention(layer.attention.self, self.shape[2], self.rules)
            context, hidden = cls.forward(hidden.view(*self.shape[:2], -1), self.bias)
        else:
            attended = full = attention(self.shape, self.rules, index, hidden)
            context = full.forward(linear(hidden, *_parameters(layer.attention.self.Wqkv)), self.bias)
        output, mlp = layer.attention.output, layer.mlp
        norms = [LayerNorm(norm, self.rules, self.zeros) for norm in (output.LayerNorm, mlp.layernorm)]
        trace = _Layer(attended, norms[0], GatedUnit(mlp, index, self.rules), norms[1])
        self.traces.append(trace)
        hidden = trace.attention_norm.forward(linear_plus(context, *_parameters(output.dense), hidden))
        return trace.mlp_norm.forward(linear_plus(trace.gated.forward(hidden), *_parameters(mlp.wo), hidden))

    def _layer_back(self, layer: Any, trace: _Layer, gradient: Tensor) -> Tensor:
        """Take a gradient back through one layer."""
        gradient = trace.gated.backward(trace.mlp_norm.backward(gradient))
        gradient = trace.attention_norm.backward(gradient)
        at_context = back(gradient, back_weight(layer.attention.output.dense.weight))
        if isinstance(trace.attention, ClsAttention):
            return trace.attention.backward(at_context, gradient).view(-1, self.width)
        at_qkv, weight = trace.attention.backward(at_context), layer.attention.self.Wqkv.weight
        return back_plus(at_qkv, back_weight(weight, len(weight) - at_qkv.shape[1]), gradient)


def _parameters(layer: Any) -> tuple[Tensor, Tensor]:
    return layer.weight, layer.bias
