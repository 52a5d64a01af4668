"""Self-attention of one layer, forward and back by hand."""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as functional
from torch import Tensor

from gxview.explain.fast_memory import memory
from gxview.explain.rules import Rules

_LONGEST_EXPLICIT = 512  # tokens up to which all attention weights are kept, 48 kB for each row of twelve heads


class Attention(Protocol):
    """The attention of one layer in one pass; tokens are flattened to T = B S."""

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """Return the context (T, W) from queries, keys and values (T, 3 W) and a bias (1 or B, H, S, S)."""
        ...

    def backward(self, at_context: Tensor) -> Tensor:
        """Return the gradient (T, 3 W), or (T, W) at the values alone, from that at the context (T, W)."""
        ...


def attention(shape: tuple[int, int, int], rules: Rules, layer: int, like: Tensor) -> Attention:
    """Return the attention of a layer for a shape (B, S, H).

    Explicit attention is faster on a CPU, and CP-LRP needs its weights; a fused kernel saves memory.
    """
    if rules.method == "cplrp" or (like.device.type == "cpu" and shape[1] <= _LONGEST_EXPLICIT):
        return ExplicitAttention(shape, rules, layer)
    return FusedAttention(shape, rules)


class ExplicitAttention:
    """Attention whose weights are kept.

    Parameters
    ----------
    shape
        Batch B, tokens S, heads H.
    rules
        Rules of the pass.
    layer
        Number of the layer, for its memory.
    """

    def __init__(self, shape: tuple[int, int, int], rules: Rules, layer: int) -> None:
        self.shape, self.rules, self.layer = shape, rules, layer

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        size = qkv.shape[1] // (3 * heads)
        self.scale, square = size**-0.5, (batch * heads, length, length)
        self.parts = memory(f"query key value {self.layer}", (3, batch * heads, length, size), qkv)
        self._by_head(self.parts).copy_(qkv.view(batch, length, 3, heads, size).permute(2, 0, 3, 1, 4))
        query, key, value = self.parts
        scores = torch.bmm(query, key.transpose(1, 2), out=memory("scores", square, qkv))
        logits = scores.view(batch, heads, length, length)
        torch.add(bias, logits, alpha=self.scale, out=logits)
        self.weights = torch.softmax(scores, dim=-1, out=memory(f"weights {self.layer}", square, qkv))
        return self._flat(torch.bmm(self.weights, value, out=memory("context", tuple(value.shape), qkv))[None])

    def backward(self, at_context: Tensor) -> Tensor:
        """See `Attention`."""
        query, key, value = self.parts
        batch, length, heads = self.shape
        incoming = memory("context", tuple(value.shape), value)
        self._by_head(incoming[None]).copy_(at_context.view(batch, length, 1, heads, -1).permute(2, 0, 3, 1, 4))
        if self.rules.method == "cplrp":
            return self._flat(torch.bmm(self.weights.transpose(1, 2), incoming)[None])
        at_weights = torch.bmm(incoming, value.transpose(1, 2), out=memory("scores", tuple(self.weights.shape), value))
        at_scores = torch._softmax_backward_data(at_weights, self.weights, -1, value.dtype, grad_input=at_weights)
        result = memory("at query key value", tuple(self.parts.shape), value)
        factor = self.rules.score_factor * self.scale
        torch.bmm(at_scores, key, out=result[0]).mul_(factor)
        torch.bmm(at_scores.transpose(1, 2), query, out=result[1]).mul_(factor)
        torch.bmm(self.weights.transpose(1, 2), incoming, out=result[2]).mul_(self.rules.value_factor)
        return self._flat(result)

    def _by_head(self, parts: Tensor) -> Tensor:
        """(P, B H, S, D) to (P, B, H, S, D)."""
        batch, _, heads = self.shape
        return parts.view(len(parts), batch, heads, *parts.shape[2:])

    def _flat(self, parts: Tensor) -> Tensor:
        """(P, B H, S, D) to (B S, P H D)."""
        batch, length, _ = self.shape
        return self._by_head(parts).permute(1, 3, 0, 2, 4).reshape(batch * length, -1)


class FusedAttention:
    """Attention by PyTorch's fused kernel: AttnLRP is its gradient of query, key and value, times 1/4, 1/4 and 1/2.

    Parameters
    ----------
    shape
        Batch B, tokens S, heads H.
    rules
        Rules of the pass.
    """

    def __init__(self, shape: tuple[int, int, int], rules: Rules) -> None:
        self.shape, self.rules = shape, rules

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        parts = qkv.view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        self.parts = query, key, value = [part.detach().requires_grad_() for part in parts]
        with torch.enable_grad():
            self.context = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        return self.context.detach().transpose(1, 2).reshape(batch * length, -1)

    def backward(self, at_context: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        incoming = at_context.view(batch, length, heads, -1).transpose(1, 2)
        gradients = torch.autograd.grad(self.context, self.parts, incoming)
        result = at_context.new_empty(batch, length, 3, heads, at_context.shape[1] // heads)
        factors = (self.rules.score_factor, self.rules.score_factor, self.rules.value_factor)
        for gradient, factor, place in zip(gradients, factors, result.permute(2, 0, 3, 1, 4), strict=True):
            torch.mul(gradient, factor, out=place)
        return result.view(batch * length, -1)
