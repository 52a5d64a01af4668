"""AttnLRP and CP-LRP of DNABERT-2 by hand: one pass forward, one pass back, no graph of autograd.

The same numbers as the operations of `gxview.explain.rules`, with less arithmetic and fewer passes over memory:

- Only the input is differentiated, never a weight; everything is flattened to (tokens, features).
- With a constant standard deviation the gradient of LayerNorm is ``rstd * (g w - mean(g w))``. PyTorch's fused kernel
  computes that when it is told that the normalised input was zero.
- The gated unit needs ``gelu(u)`` for the gradient of the value v, and for that of the gate u the same times ``v / u``:
  two stored factors, the first of them multiplied in the epilogue of a matrix product.
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
from gxview.explain.fast_memory import memory
from gxview.explain.rules import TINY, Rules
from gxview.models.alibi import attention_bias
from gxview.models.matmul import back, back_plus, back_times, linear, linear_plus

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
        ``attnlrp`` with the ALiBi rule ``epsilon`` or ``uniform``, or ``cplrp``.

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
    """What the way back through one layer needs."""

    attention: Attention | ClsAttention
    attention_rstd: Tensor
    gelu: Tensor
    ratio: Tensor | None
    mlp_rstd: Tensor


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
        self.traces: list[_Layer] = []
        self.zeros = torch.zeros_like(self.words)

    def forward(self) -> Tensor:
        """Return the logits (B, num_labels) and keep what `backward` needs."""
        embeddings = self.network.bert.embeddings
        words = self.words + embeddings.token_type_embeddings.weight[0]
        hidden, self.word_rstd = _layer_norm(words, embeddings.LayerNorm)
        for index, layer in enumerate(self.layers):
            hidden = self._layer(index, layer, hidden)
        dense, classifier = self.network.bert.pooler.dense, self.network.classifier
        self.pooler_input = linear(hidden, dense.weight, dense.bias)
        self.pooled = self.pooler_input.tanh()
        return linear(self.pooled, classifier.weight, classifier.bias)

    def backward(self, target: Tensor) -> Tensor:
        """Return the relevance (B, S) for a target (B, num_labels)."""
        gradient = target @ self.network.classifier.weight
        zero = self.pooler_input == 0
        gradient = gradient * torch.where(zero, 1.0, self.pooled / torch.where(zero, 1.0, self.pooler_input))
        gradient = gradient @ self.network.bert.pooler.dense.weight
        for layer in reversed(self.layers):
            gradient = self._layer_back(layer, self.traces.pop(), gradient)
        gradient = self._layer_norm_back(gradient, self.word_rstd, self.network.bert.embeddings.LayerNorm.weight)
        return (gradient * self.words).sum(-1).view(self.shape[:2])

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
        hidden = linear_plus(context, *_parameters(output.dense), hidden)
        hidden, attention_rstd = _layer_norm(hidden, output.LayerNorm)
        gelu, ratio, product = self._gated(index, hidden, mlp.gated_layers.weight)
        hidden, mlp_rstd = _layer_norm(linear_plus(product, *_parameters(mlp.wo), hidden), mlp.layernorm)
        self.traces.append(_Layer(attended, attention_rstd, gelu, ratio, mlp_rstd))
        return hidden

    def _layer_back(self, layer: Any, trace: _Layer, gradient: Tensor) -> Tensor:
        """Take a gradient back through one layer."""
        output, mlp = layer.attention.output, layer.mlp
        gradient = self._layer_norm_back(gradient, trace.mlp_rstd, mlp.layernorm.weight)
        gradient = self._gated_back(gradient, trace, mlp)
        gradient = self._layer_norm_back(gradient, trace.attention_rstd, output.LayerNorm.weight)
        at_context = back(gradient, output.dense.weight)
        if isinstance(trace.attention, ClsAttention):
            return trace.attention.backward(at_context, gradient).view(-1, self.width)
        at_qkv = trace.attention.backward(at_context)
        return back_plus(at_qkv, layer.attention.self.Wqkv.weight[-at_qkv.shape[1] :], gradient)

    def _gated(self, index: int, hidden: Tensor, weight: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return ``gelu(u)``, ``v / u`` (only where the gate is relevant) and ``gelu(u) v``, each (T, intermediate)."""
        size = weight.shape[0] // 2
        # A gate of exactly 0 would make v / u infinite; TINY changes no other value.
        gate = linear(hidden, weight[:size], torch.full((size,), TINY, dtype=weight.dtype, device=weight.device))
        value = linear(hidden, weight[size:])
        shape = (len(hidden), size)
        gelu: Tensor = torch.ops.aten.gelu.out(gate, out=memory(f"gelu {index}", shape, gate))
        product = gelu * value
        if self.rules.method == "cplrp" or self.rules.glu == "cp":
            return gelu, None, product
        return gelu, torch.div(value, gate, out=memory(f"ratio {index}", shape, gate)), product

    def _gated_back(self, gradient: Tensor, trace: _Layer, mlp: Any) -> Tensor:
        """Take a gradient (T, hidden) back through the gated unit and its residual."""
        weight, size = mlp.gated_layers.weight, trace.gelu.shape[1]
        if trace.ratio is None:
            return back_plus(back_times(gradient, mlp.wo.weight, trace.gelu), weight[size:], gradient)
        at_value = back_times(gradient * 0.5, mlp.wo.weight, trace.gelu)
        at_gate = trace.ratio.mul_(at_value)
        return back_plus(at_value, weight[size:], back_plus(at_gate, weight[:size], gradient))

    def _layer_norm_back(self, gradient: Tensor, rstd: Tensor, weight: Tensor) -> Tensor:
        """``rstd * (g w - mean(g w))``: PyTorch's gradient for a normalised input of zero."""
        zeros = self.zeros[: len(gradient)]
        result: Tensor = torch.ops.aten.native_layer_norm_backward(
            gradient, zeros, [self.width], zeros[:, :1].contiguous(), rstd, weight, weight, [True, False, False]
        )[0]
        return result


def _parameters(layer: Any) -> tuple[Tensor, Tensor]:
    return layer.weight, layer.bias


def _layer_norm(x: Tensor, norm: Any) -> tuple[Tensor, Tensor]:
    """Return the normalised rows and 1 / std of each."""
    normalised, _, rstd = torch.native_layer_norm(x, norm.weight.shape, norm.weight, norm.bias, norm.eps)
    return normalised, rstd
