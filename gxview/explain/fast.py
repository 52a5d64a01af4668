"""AttnLRP and CP-LRP of DNABERT-2 by hand: one pass forward, one pass back, no graph of autograd.

The same numbers as the operations of `gxview.explain.rules`, with less arithmetic and fewer passes over memory:

- Only the input is differentiated, never a weight; everything is flattened to (tokens, features).
- The halvings of query, key and value (1/4, 1/4, 1/2) make any fused attention kernel an AttnLRP kernel.
- With a constant standard deviation the gradient of LayerNorm is ``rstd * (g w - mean(g w))``. PyTorch's fused kernel
  computes that when it is told that the normalised input was zero.
- The gated unit needs ``gelu(u)`` for the gradient of the value v, and for that of the gate u the same times ``v / u``:
  two stored factors, the first of them multiplied in the epilogue of a matrix product.
- Of the last layer only the [CLS] row is read (`gxview.explain.fast_cls`).
- A batch is cut into pieces that stay in the processor's cache; a piece carries no more padding than it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from gxview.explain.fast_cls import ClsAttention
from gxview.explain.rules import TINY, Rules
from gxview.models.alibi import attention_bias
from gxview.models.matmul import linear, linear_plus, linear_times

_PIECE_TOKENS = 128  # enough rows for a matrix product to be efficient


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
        workspace: dict[str, Tensor] = {}
        for piece, length, mask in _pieces(input_ids, attention_mask):
            one = _Pass(network, input_ids[piece, :length], mask, rules, workspace)
            logits[piece] = one.forward()
            relevance[piece, :length] = one.backward(target[piece])
        return relevance, logits


def _pieces(input_ids: Tensor, attention_mask: Tensor | None) -> Iterator[tuple[slice, int, Tensor | None]]:
    """Cut a batch: the sequences of a piece, its length without common padding, its mask where it is still padded."""
    batch, longest = input_ids.shape
    lengths = [longest] * batch if attention_mask is None else [int(n) for n in attention_mask.sum(1).tolist()]
    start = 0
    while start < batch:
        stop = start + 1
        while stop < batch and (input_ids.is_cuda or (stop - start) * longest < _PIECE_TOKENS):
            stop += 1
        inside = lengths[start:stop]
        piece, length = slice(start, stop), max(inside)
        padded = attention_mask is not None and min(inside) < length
        yield piece, length, attention_mask[piece, :length] if attention_mask is not None and padded else None
        start = stop


@dataclass(slots=True)
class _Attention:
    """One layer's attention, kept for the way back."""

    query: Tensor
    key: Tensor
    value: Tensor
    context: Tensor


@dataclass(slots=True)
class _Layer:
    """What the way back through one layer needs."""

    attention: _Attention | ClsAttention
    attention_rstd: Tensor
    gelu: Tensor
    ratio: Tensor | None
    mlp_rstd: Tensor


class _Pass:
    """One pass over one piece of a batch.

    Parameters
    ----------
    network, input_ids, mask, rules
        As in `fast_pass`, of one piece.
    workspace
        Memory handed from piece to piece, since fresh memory costs a page fault for every 4 kB.
    """

    def __init__(
        self, network: Any, input_ids: Tensor, mask: Tensor | None, rules: Rules, workspace: dict[str, Tensor]
    ) -> None:
        self.network, self.rules, self.workspace = network, rules, workspace
        self.batch, self.length = input_ids.shape
        self.heads = network.config.num_attention_heads
        self.words = functional.embedding(input_ids.flatten(), network.bert.embeddings.word_embeddings.weight)
        self.width = self.words.shape[1]
        self.bias = attention_bias(self.heads, self.length, mask, self.words)
        self.layers = list(network.bert.encoder.layer)
        self.traces: list[_Layer] = []
        self.zeros = torch.zeros_like(self.words)

    def forward(self) -> Tensor:
        """Return the logits (B, num_labels) and keep what `backward` needs."""
        embeddings = self.network.bert.embeddings
        hidden, self.word_rstd = _layer_norm(
            self.words + embeddings.token_type_embeddings.weight[0], embeddings.LayerNorm
        )
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
        return (gradient * self.words).sum(-1).view(self.batch, self.length)

    def _layer(self, index: int, layer: Any, hidden: Tensor) -> Tensor:
        """Run one layer: (T, hidden) to the same; the last one to (B, hidden)."""
        if index == len(self.layers) - 1:
            attention: _Attention | ClsAttention
            attention = cls = ClsAttention(layer.attention.self, self.heads, self.rules)
            context, hidden = cls.forward(hidden.view(self.batch, self.length, -1), self.bias)
        else:
            attention, context = self._attend(linear(hidden, *_parameters(layer.attention.self.Wqkv)))
        output, mlp = layer.attention.output, layer.mlp
        hidden, attention_rstd = _layer_norm(linear_plus(context, *_parameters(output.dense), hidden), output.LayerNorm)
        gelu, ratio, product = self._gated(index, hidden, mlp.gated_layers.weight)
        hidden, mlp_rstd = _layer_norm(linear_plus(product, *_parameters(mlp.wo), hidden), mlp.layernorm)
        self.traces.append(_Layer(attention, attention_rstd, gelu, ratio, mlp_rstd))
        return hidden

    def _layer_back(self, layer: Any, trace: _Layer, gradient: Tensor) -> Tensor:
        """Take a gradient back through one layer."""
        output, mlp = layer.attention.output, layer.mlp
        gradient = self._layer_norm_back(gradient, trace.mlp_rstd, mlp.layernorm.weight)
        gradient = self._gated_back(gradient, trace, mlp)
        gradient = self._layer_norm_back(gradient, trace.attention_rstd, output.LayerNorm.weight)
        at_context = linear(gradient, output.dense.weight.t())
        if isinstance(trace.attention, ClsAttention):
            return trace.attention.backward(at_context, gradient).view(-1, self.width)
        at_qkv = self._attend_back(trace.attention, at_context)
        return linear_plus(at_qkv, layer.attention.self.Wqkv.weight[-at_qkv.shape[1] :].t(), None, gradient)

    def _attend(self, qkv: Tensor) -> tuple[_Attention, Tensor]:
        """Attend: (T, 3 hidden) to the context (T, hidden)."""
        heads = qkv.view(self.batch, self.length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = heads.unbind(0)
        if self.rules.method == "cplrp":
            scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
            query = torch.softmax(scores + self.bias, dim=-1)  # the constant weights are all that is needed
            context = query @ value
        else:
            query, key, value = (part.detach().requires_grad_() for part in (query, key, value))
            with torch.enable_grad():
                context = functional.scaled_dot_product_attention(query, key, value, attn_mask=self.bias)
        flat = context.detach().transpose(1, 2).reshape(-1, self.width)
        return _Attention(query, key, value, context), flat

    def _attend_back(self, attention: _Attention, gradient: Tensor) -> Tensor:
        """Gradient (T, 3 hidden) at query, key and value; under CP-LRP (T, hidden) at the value."""
        at_context = gradient.view(self.batch, self.length, self.heads, -1).transpose(1, 2)
        if self.rules.method == "cplrp":
            at_value = attention.query.transpose(-1, -2) @ at_context
            return at_value.transpose(1, 2).reshape(-1, self.width)
        parts = torch.autograd.grad(attention.context, (attention.query, attention.key, attention.value), at_context)
        result = gradient.new_empty(self.batch, self.length, 3, self.heads, self.width // self.heads)
        score = self.rules.score_factor
        for part, factor, place in zip(parts, (score, score, 0.5), result.permute(2, 0, 3, 1, 4), strict=True):
            torch.mul(part, factor, out=place)
        return result.view(-1, 3 * self.width)

    def _gated(self, index: int, hidden: Tensor, weight: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return ``gelu(u)``, ``v / u`` (only where the gate is relevant) and ``gelu(u) v``, each (T, intermediate)."""
        size = weight.shape[0] // 2
        # A gate of exactly 0 would make v / u infinite; TINY changes no other value.
        gate = linear(hidden, weight[:size], torch.full((size,), TINY, dtype=weight.dtype, device=weight.device))
        value = linear(hidden, weight[size:])
        gelu = torch.ops.aten.gelu.out(gate, out=self._memory(f"gelu {index}", gate))
        product = gelu * value
        if self.rules.method == "cplrp" or self.rules.glu == "cp":
            return gelu, None, product
        return gelu, torch.div(value, gate, out=self._memory(f"ratio {index}", gate)), product

    def _gated_back(self, gradient: Tensor, trace: _Layer, mlp: Any) -> Tensor:
        """Take a gradient (T, hidden) back through the gated unit and its residual."""
        weight, size = mlp.gated_layers.weight, trace.gelu.shape[1]
        if trace.ratio is None:
            at_value = linear_times(gradient, mlp.wo.weight.t(), trace.gelu)
            return linear_plus(at_value, weight[size:].t(), None, gradient)
        at_value = linear_times(gradient * 0.5, mlp.wo.weight.t(), trace.gelu)
        at_gate = trace.ratio.mul_(at_value)
        gradient = linear_plus(at_gate, weight[:size].t(), None, gradient)
        return linear_plus(at_value, weight[size:].t(), None, gradient)

    def _layer_norm_back(self, gradient: Tensor, rstd: Tensor, weight: Tensor) -> Tensor:
        """``rstd * (g w - mean(g w))``: PyTorch's gradient for a normalised input of zero."""
        zeros = self.zeros[: len(gradient)]
        result: Tensor = torch.ops.aten.native_layer_norm_backward(
            gradient, zeros, [self.width], zeros[:, :1].contiguous(), rstd, weight, weight, [True, False, False]
        )[0]
        return result

    def _memory(self, name: str, like: Tensor) -> Tensor:
        """Return memory of the shape of ``like`` that the previous piece has done with."""
        held = self.workspace.get(name)
        if held is None or held.numel() < like.numel():
            held = self.workspace[name] = torch.empty_like(like).flatten()
        return held[: like.numel()].view_as(like)


def _parameters(layer: Any) -> tuple[Tensor, Tensor]:
    return layer.weight, layer.bias


def _layer_norm(x: Tensor, norm: Any) -> tuple[Tensor, Tensor]:
    """Return the normalised rows and 1 / std of each."""
    normalised, _, rstd = torch.native_layer_norm(x, norm.weight.shape, norm.weight, norm.bias, norm.eps)
    return normalised, rstd
