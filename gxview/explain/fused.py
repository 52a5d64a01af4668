"""Element-wise steps of an explaining pass: what stands between its matrix products.

Here each is a few operations of PyTorch; `gxview.explain.kernels` has each as one kernel of Triton, and both are
`Steps`. Sums and normalisation are done in float32 (or the precision of the residual) in any case; only what enters a
matrix product has the precision of the products.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import torch
import torch.nn.functional as functional
from torch import Tensor

TO_VALUE, SHARED, DERIVATIVE = 0, 1, 2


class Steps(Protocol):
    """The steps of this module, as one of the two modules has them."""

    def gate(self, halves: Tensor) -> Tensor:
        """See `gate`."""
        ...

    def gate_back(self, at_product: Tensor, halves: Tensor, rule: int, factor: float) -> Tensor:
        """See `gate_back`."""
        ...

    def add_norm(
        self, branch: Tensor, bias: Tensor, residual: Tensor, norm: Any, dtype: torch.dtype, keep: bool
    ) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
        """See `add_norm`."""
        ...

    def norm_back(
        self,
        branch: Tensor,
        residual: Tensor | None,
        weight: Tensor,
        rstd: Tensor,
        total: Tensor | None,
        mean: Tensor | None,
        dtype: torch.dtype,
    ) -> tuple[Tensor, Tensor]:
        """See `norm_back`."""
        ...


def gate(halves: Tensor) -> Tensor:
    """Return ``gelu(u) v`` (T, I) of gate and value side by side (T, 2 I)."""
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
    gradient = branch.to(weight.dtype) if residual is None else branch.to(weight.dtype) + residual
    scaled = gradient * weight
    result = scaled - scaled.mean(1, keepdim=True)
    if total is not None and mean is not None:
        unit = (total - mean[:, None]) * rstd[:, None]
        result = result - unit * (scaled * unit).mean(1, keepdim=True)
    result = result * rstd[:, None]
    return result, result.to(dtype)
