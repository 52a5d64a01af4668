"""Matrix products of a pass without autograd, by the faster of PyTorch's two CPU libraries.

PyTorch's ordinary CPU products go through MKL, which keeps to AVX2 on AMD processors; its oneDNN uses AVX-512 there and
is about twice as fast, as fast as MKL elsewhere, and adds a residual while the product is still in cache. It is reached
by an operator without autograd; elsewhere (CUDA, float64, builds without oneDNN) the ordinary operators do the same.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

_POINTWISE: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)  # None in a build without oneDNN


def _by_onednn(x: Tensor) -> bool:
    return _POINTWISE is not None and x.dtype == torch.float32 and x.device.type == "cpu" and x.numel() > 0


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias`` for x (..., K) and weight (N, K)."""
    if _by_onednn(x):
        result: Tensor = _POINTWISE(x, weight, bias, "none", [], "")
        return result
    return functional.linear(x, weight, bias)


def linear_plus(x: Tensor, weight: Tensor, bias: Tensor | None, other: Tensor) -> Tensor:
    """``x @ weight.T + bias + other``."""
    if _by_onednn(x):
        result: Tensor = _POINTWISE.binary(x, other, weight, bias, "add")
        return result
    return functional.linear(x, weight, bias).add_(other)


def linear_times(x: Tensor, weight: Tensor, other: Tensor) -> Tensor:
    """``(x @ weight.T) * other``."""
    if _by_onednn(x):
        result: Tensor = _POINTWISE.binary(x, other, weight, None, "mul")
        return result
    return functional.linear(x, weight).mul_(other)
