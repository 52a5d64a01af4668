"""The operations from which DNABERT-2 is put together, as an argument of the call.

A pass that explains differs from a pass that predicts only in these operations' gradients. Handing them over with the
call keeps the rules out of the process, of the classes and of the weights.
"""

from __future__ import annotations

from typing import Protocol

import torch.nn.functional as functional
from torch import Tensor

from gxview.models.matmul import differentiable_linear


class Ops(Protocol):
    """What DNABERT-2 asks for; shapes as in PyTorch unless said."""

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """``x @ weight.T + bias``."""
        ...

    def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        """Normalise the last axis, then scale and shift."""
        ...

    def gelu(self, x: Tensor) -> Tensor:
        """GELU in the exact (erf) form."""
        ...

    def tanh(self, x: Tensor) -> Tensor:
        """Hyperbolic tangent."""
        ...

    def gated(self, gate: Tensor, value: Tensor) -> Tensor:
        """``gelu(gate) * value``, the gated linear unit."""
        ...

    def attention(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """Attention of (B, H, S, D) tensors with an additive bias (1 or B, H, S, S); dropout 0 outside training."""
        ...

    def dropout(self, x: Tensor, probability: float, training: bool) -> Tensor:
        """Dropout in training, the identity otherwise."""
        ...


class PlainOps:
    """The ordinary operations with their ordinary gradients."""

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """``x @ weight.T + bias``."""
        return differentiable_linear(x, weight, bias)

    def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        """Normalise the last axis, then scale and shift."""
        return functional.layer_norm(x, weight.shape, weight, bias, eps)

    def gelu(self, x: Tensor) -> Tensor:
        """GELU in the exact (erf) form."""
        return functional.gelu(x)

    def tanh(self, x: Tensor) -> Tensor:
        """Hyperbolic tangent."""
        return x.tanh()

    def gated(self, gate: Tensor, value: Tensor) -> Tensor:
        """``gelu(gate) * value``."""
        return functional.gelu(gate) * value

    def attention(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """Fused scaled dot-product attention."""
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=dropout)

    def dropout(self, x: Tensor, probability: float, training: bool) -> Tensor:
        """Dropout in training, the identity otherwise."""
        return functional.dropout(x, probability, training)


PLAIN: Ops = PlainOps()
