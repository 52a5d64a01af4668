"""Matrix products by the faster of PyTorch's two CPU libraries.

PyTorch's ordinary float32 products on a CPU go through MKL, which keeps to AVX2 on AMD processors; its oneDNN uses
AVX-512 there and is about twice as fast, and it adds a residual while the product is still in cache. It is reached by
an operator without autograd, so that `Linear` brings the gradient. Elsewhere (CUDA, float64, builds without oneDNN) the
ordinary operators do the same.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor
from torch.autograd.function import once_differentiable

_POINTWISE: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)  # None in a build without oneDNN
_PART = 768
_PACKED_ROWS = 512  # rows of a typical product, a hint for the layout; any number of rows may come


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias`` for x (..., K) and weight (N, K), without a gradient."""
    if _by_onednn(x):
        result: Tensor = _POINTWISE(x, weight, bias, "none", [], "")
        return result
    return functional.linear(x, weight, bias)


def linear_plus(x: Tensor, weight: Tensor, bias: Tensor, other: Tensor) -> Tensor:
    """``x @ weight.T + bias + other``, without a gradient."""
    if _by_onednn(x):
        result: Tensor = _POINTWISE.binary(x, other, weight, bias, "add")
        return result
    return functional.linear(x, weight, bias).add_(other)


def packed(weight: Tensor) -> Tensor:
    """Return ``weight.T`` in the layout that oneDNN reads fastest, for `back`, `back_plus` and `back_times`.

    Where oneDNN does not multiply, that is the weight itself. Later changes of the weight do not reach the copy.
    """
    if not _by_onednn(weight):
        return weight
    result: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.detach().t(), _PACKED_ROWS)
    return result


def back(gradient: Tensor, weight: Tensor) -> Tensor:
    """``gradient @ weight``: from the output (..., N) of `linear` to its input (..., K).

    The weight is (N, K), or what `packed` made of it.
    """
    return linear(gradient, _turned(weight))


def back_plus(gradient: Tensor, weight: Tensor, other: Tensor) -> Tensor:
    """``gradient @ weight + other``; the weight as for `back`."""
    if not _by_onednn(gradient):
        return torch.addmm(other, gradient, weight)
    if weight.is_mkldnn:
        result: Tensor = _POINTWISE.binary(gradient, other, weight, None, "add")
        return result
    # Summed in parts that stay in cache, since oneDNN reads the rows of a transposed view again and again.
    for start in range(0, len(weight), _PART):
        part, rows = gradient[..., start : start + _PART], weight[start : start + _PART]
        other = _POINTWISE.binary(part, other, rows.t(), None, "add")
    return other


def back_times(gradient: Tensor, weight: Tensor, other: Tensor) -> Tensor:
    """``(gradient @ weight) * other``; the weight as for `back`."""
    if _by_onednn(gradient):
        result: Tensor = _POINTWISE.binary(gradient, other, _turned(weight), None, "mul")
        return result
    return (gradient @ weight).mul_(other)


def _turned(weight: Tensor) -> Tensor:
    return weight if weight.is_mkldnn else weight.t()


def differentiable_linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias`` with the ordinary gradient, in training and out of it."""
    if not torch.is_grad_enabled():
        return linear(x, weight, bias)
    if not _by_onednn(x):
        return functional.linear(x, weight, bias)
    result: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return result


class _Linear(torch.autograd.Function):
    """The three products of a linear layer in training, all by oneDNN."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return linear(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        rows = gradient.flatten(0, -2)
        at_x, at_weight, at_bias = ctx.needs_input_grad
        return (
            linear(gradient, weight.t()) if at_x else None,
            linear(rows.t(), x.flatten(0, -2).t()) if at_weight else None,
            rows.sum(0) if at_bias else None,
        )


def _by_onednn(x: Tensor) -> bool:
    alone = x.dtype == torch.float32 and x.device.type == "cpu" and x.numel() > 0
    # Mixed precision changes what enters PyTorch's own products only.
    return _POINTWISE is not None and alone and not torch.is_autocast_enabled("cpu")
