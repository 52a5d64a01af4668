"""The last layer's attention as far as the classifier sees it: one query, [CLS], and no projection of other rows.

With one query q per head, ``q . (W_k h_j) = (W_k' q) . h_j`` and ``sum_j a_j W_v h_j = W_v sum_j a_j h_j``: to project
the query and the mixture instead of every key and value is the same product in another order, at little cost. The
biases of the keys cancel in the softmax and in its gradient.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gxview.explain.rules import Rules
from gxview.models.matmul import back, linear


class ClsAttention:
    """Attention of the [CLS] row in one pass.

    Parameters
    ----------
    attention
        `gxview.models.dnabert2.SelfAttention` of the last layer.
    heads
        Number of heads H.
    rules
        Rules of the pass.
    """

    def __init__(self, attention: Any, heads: int, rules: Rules) -> None:
        width = attention.Wqkv.weight.shape[1]
        self.rules, self.heads, self.width = rules, heads, width
        self.scale = (width // heads) ** -0.5
        query, key, value = attention.Wqkv.weight.split(width)
        self.query_weight = query
        self.query_bias, _, self.value_bias = attention.Wqkv.bias.split(width)
        self.key_weight, self.value_weight = (part.view(heads, -1, width) for part in (key, value))

    def forward(self, hidden: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Return context and residual of the [CLS] row, each (B, W).

        ``hidden`` is (B, S, W), the bias of the attention logits (1 or B, H, S, S).
        """
        self.hidden, cls = hidden, hidden[:, 0].contiguous()
        query = linear(cls, self.query_weight, self.query_bias)
        self.probe = _by_head(query, self.heads) @ self.key_weight * self.scale  # (H, B, W)
        scores = self.probe.transpose(0, 1) @ hidden.transpose(1, 2) + bias[:, :, 0]
        self.weights = torch.softmax(scores, dim=-1)  # (B, H, S)
        mixed = (self.weights @ hidden).transpose(0, 1)  # (H, B, W)
        return _flat(mixed @ self.value_weight.transpose(1, 2)) + self.value_bias, cls

    def backward(self, at_context: Tensor, at_residual: Tensor) -> Tensor:
        """Return the gradient (B, S, W) at the layer's input from those at context and residual, each (B, W)."""
        at_mixed = (_by_head(at_context, self.heads) @ self.value_weight).transpose(0, 1)  # (B, H, W)
        if self.rules.method == "cplrp":
            values_only: Tensor = self.weights.transpose(1, 2) @ at_mixed
            values_only[:, 0] += at_residual
            return values_only
        at_weights = at_mixed @ self.hidden.transpose(1, 2)
        at_scores = self.weights * (at_weights - (self.weights * at_weights).sum(-1, keepdim=True))
        factor = self.rules.score_factor
        left = torch.cat((self.weights, at_scores), dim=1).transpose(1, 2)
        right = torch.cat((at_mixed * self.rules.value_factor, self.probe.transpose(0, 1) * factor), dim=1)
        gradient: Tensor = left @ right
        moved = (at_scores @ self.hidden).transpose(0, 1)  # (H, B, W)
        at_query = _flat(moved @ self.key_weight.transpose(1, 2)) * (self.scale * factor)
        gradient[:, 0] += at_residual + back(at_query, self.query_weight)
        return gradient


def _by_head(rows: Tensor, heads: int) -> Tensor:
    """(B, W) to (H, B, W / H)."""
    return rows.view(len(rows), heads, -1).transpose(0, 1)


def _flat(rows: Tensor) -> Tensor:
    """(H, B, D) to (B, H D)."""
    return rows.transpose(0, 1).reshape(rows.shape[1], -1)
