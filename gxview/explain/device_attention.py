"""Self-attention of one layer in a pass on a GPU: the same bits in every run, without synchronisation.

Queries come scaled, and the factors of the rules stand in the weights that a gradient meets next
(`gxview.explain.device_weights`), so that attention itself is the ordinary one and its ordinary gradient.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

Shape = tuple[int, int, int]


class Attention(Protocol):
    """The attention of one layer in one pass over B sequences of S tokens with H heads, flattened to T = B S."""

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """Return the context (T, W) from queries, keys and values (T, 3 W) and a bias (B, H, S, S)."""
        ...

    def backward(self, at_context: Tensor) -> Tensor:
        """Return the gradient (T, 3 W), or (T, W) at the values alone, from that at the context (T, W)."""
        ...


def explicit(shape: Shape, values_only: bool) -> Attention:
    """Return attention of ordinary operations, which every device has."""
    return ExplicitAttention(shape, values_only)


def efficient(shape: Shape, values_only: bool) -> Attention:
    """Return attention of a GPU's fused kernels, or explicit one where only values are explained, from its weights."""
    return ExplicitAttention(shape, values_only) if values_only else EfficientAttention(shape)


class ExplicitAttention:
    """Attention whose weights are kept."""

    def __init__(self, shape: Shape, values_only: bool = False) -> None:
        self.shape, self.values_only = shape, values_only

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        parts = qkv.view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
        self.parts = query, key, value = parts.reshape(3, batch * heads, length, -1).unbind(0)
        scores = torch.baddbmm(bias.reshape(batch * heads, length, length), query, key.transpose(1, 2))
        self.weights = torch.softmax(scores, dim=-1)
        return self._flat([torch.bmm(self.weights, value)])

    def backward(self, at_context: Tensor) -> Tensor:
        """See `Attention`."""
        query, key, value = self.parts
        batch, length, heads = self.shape
        incoming = at_context.view(batch, length, heads, -1).transpose(1, 2).reshape(batch * heads, length, -1)
        at_value = torch.bmm(self.weights.transpose(1, 2), incoming)
        if self.values_only:
            return self._flat([at_value])
        at_weights = torch.bmm(incoming, value.transpose(1, 2))
        at_scores = torch._softmax_backward_data(at_weights, self.weights, -1, value.dtype)
        return self._flat([torch.bmm(at_scores, key), torch.bmm(at_scores.transpose(1, 2), query), at_value])

    def _flat(self, parts: list[Tensor]) -> Tensor:
        """P times (B H, S, D) to (B S, P H D)."""
        batch, length, heads = self.shape
        stacked = torch.stack(parts).view(len(parts), batch, heads, length, -1)
        return stacked.permute(1, 3, 0, 2, 4).reshape(batch * length, -1)


class EfficientAttention:
    """Attention by PyTorch's memory-efficient kernels, told not to split keys: split sums are added in any order."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def forward(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        self.parts = qkv.view(batch, length, 3, heads, -1).unbind(2)
        self.bias = bias
        run = torch.ops.aten._efficient_attention_forward
        self.context, self.state, self.seed, self.offset, *_ = run(
            *self.parts, bias, None, None, None, None, 0.0, 0, True, scale=1.0
        )
        flat: Tensor = self.context.view(batch * length, -1)
        return flat

    def backward(self, at_context: Tensor) -> Tensor:
        """See `Attention`."""
        batch, length, heads = self.shape
        run = torch.ops.aten._efficient_attention_backward
        at_query, *_ = run(
            at_context.view(batch, length, heads, -1), *self.parts, self.bias, self.context, None, None, length, length,
            self.state, 0.0, self.seed, self.offset, 0, False, scale=1.0, num_splits_key=1, shared_storage_dqdkdv=True,
        )  # fmt: skip
        width = 3 * at_context.shape[1]
        # The three gradients lie beside each other in one tensor (B, S, 3, H, D), of which this is the first.
        result: Tensor = at_query.as_strided((batch * length, width), (width, 1))
        return result
