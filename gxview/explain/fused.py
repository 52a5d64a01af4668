"""Element-wise steps of an explaining pass: what stands between its matrix products.

Each is one kernel where the device and the installation have Triton (`gxview.explain.kernels`), and a few operations
of PyTorch elsewhere. Sums and normalisation are done in float32 (or the precision of the residual) in any case; only
what enters a matrix product has the precision of the products.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

TO_VALUE, SHARED, DERIVATIVE = 0, 1, 2


@cache
def _kernels() -> Any:
    from gxview.explain import kernels

    return kernels


def _by_kernel(x: Tensor) -> bool:
    return x.is_cuda and find_spec("triton") is not None


def gate(halves: Tensor) -> Tensor:
    """Return ``gelu(u) v`` (T, I) of gate and value side by side (T, 2 I)."""
    if _by_kernel(halves):
        return _kernels().gate(halves)  # type: ignore[no-any-return]
    u, v = halves.chunk(2, dim=1)
    return functional.gelu(u) * v


def gate_back(at_product: Tensor, halves: Tensor, rule: int, factor: float) -> Tensor:
    """Take a gradient (T, I) at the product back to gate and value.

    Parameters
    ----------
    at_product, halves
        The gradient, and what `gate` was given.
    rule
        `TO_VALUE`: to the value alone, (T, I). `SHARED`: to both, (T, 2 I), the gate by the identity rule, whose
        ``gelu(u) / u`` is the normal distribution function. `DERIVATIVE`: to both by the ordinary derivative.
    factor
        What everything is multiplied with.
    """
    if _by_kernel(halves):
        return _kernels().gate_back(at_product, halves, rule, factor)  # type: ignore[no-any-return]
    u, v = halves.chunk(2, dim=1)
    at = at_product * factor
    if rule == TO_VALUE:
        return at * functional.gelu(u)
    slope = 0.5 * (1 + torch.erf(u * math.sqrt(0.5)))
    if rule == DERIVATIVE:
        slope = slope + u * torch.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)
    return torch.cat((at * v * slope, at * functional.gelu(u)), dim=1)


def add_norm(
    branch: Tensor, bias: Tensor, residual: Tensor, norm: Any, dtype: torch.dtype, keep: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    """Normalise ``branch + bias + residual``, (T, W).

    Returns
    -------
    normal, low, rstd, total, mean
        The normalised rows, the same in ``dtype``, 1 / std (T,); and, with ``keep``, what was normalised and its
        mean (T,).
    """
    if _by_kernel(residual):
        return _kernels().add_norm(branch, bias, residual, norm, dtype, keep)  # type: ignore[no-any-return]
    total = branch.to(residual.dtype) + bias + residual
    normal, mean, rstd = torch.native_layer_norm(total, norm.weight.shape, norm.weight, norm.bias, norm.eps)
    kept = (total, mean[:, 0]) if keep else (None, None)
    return normal, normal.to(dtype), rstd[:, 0], *kept


def norm_back(
    branch: Tensor,
    residual: Tensor | None,
    weight: Tensor,
    rstd: Tensor,
    total: Tensor | None,
    mean: Tensor | None,
    dtype: torch.dtype,
) -> tuple[Tensor, Tensor]:
    """Take the gradient ``branch + residual`` (T, W) back through a LayerNorm.

    With ``total`` and ``mean`` it is the ordinary gradient, without them that of a constant standard deviation.

    Returns
    -------
    result, low
        The gradient (T, W), and the same in ``dtype``.
    """
    if _by_kernel(branch):
        return _kernels().norm_back(branch, residual, weight, rstd, total, mean, dtype)  # type: ignore[no-any-return]
    gradient = branch.to(weight.dtype) if residual is None else branch.to(weight.dtype) + residual
    scaled = gradient * weight
    result = scaled - scaled.mean(1, keepdim=True)
    if total is not None and mean is not None:
        unit = (total - mean[:, None]) * rstd[:, None]
        result = result - unit * (scaled * unit).mean(1, keepdim=True)
    result = result * rstd[:, None]
    return result, result.to(dtype)
