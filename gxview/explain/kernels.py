"""Element-wise work of an explaining pass on a GPU, each step as one kernel of Triton.

Between matrix products a pass adds, normalises and gates. As PyTorch's separate operations these read and write the
same rows again and again, which costs more than the products themselves in low precision. `gxview.explain.fused` holds
the same formulas in PyTorch; a test on a GPU compares the two.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

_BLOCK = 1024


@triton.jit
def _cdf(x: Any) -> Any:
    return 0.5 * (1.0 + tl.erf(x * 0.7071067811865476))


@triton.jit
def _gate_kernel(halves: Any, product: Any, columns: Any, BLOCK: tl.constexpr) -> None:
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < columns
    gate = tl.load(halves + row * 2 * columns + column, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(halves + row * 2 * columns + columns + column, mask=inside, other=0.0).to(tl.float32)
    tl.store(product + row * columns + column, gate * _cdf(gate) * value, mask=inside)


@triton.jit
def _gate_back_kernel(
    at_product: Any,
    halves: Any,
    result: Any,
    columns: Any,
    FACTOR: tl.constexpr,
    RULE: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < columns
    at = tl.load(at_product + row * columns + column, mask=inside, other=0.0).to(tl.float32) * FACTOR
    gate = tl.load(halves + row * 2 * columns + column, mask=inside, other=0.0).to(tl.float32)
    share = _cdf(gate)
    if RULE == 0:  # all to the value
        tl.store(result + row * columns + column, at * gate * share, mask=inside)
    else:
        value = tl.load(halves + row * 2 * columns + columns + column, mask=inside, other=0.0).to(tl.float32)
        slope = share
        if RULE == 2:  # the ordinary derivative
            slope = share + gate * 0.3989422804014327 * tl.exp(-0.5 * gate * gate)
        tl.store(result + row * 2 * columns + column, at * value * slope, mask=inside)
        tl.store(result + row * 2 * columns + columns + column, at * gate * share, mask=inside)


@triton.jit
def _norm_kernel(
    branch: Any,
    residual: Any,
    bias: Any,
    weight: Any,
    shift: Any,
    total: Any,
    mean: Any,
    rstd: Any,
    normal: Any,
    low: Any,
    columns: Any,
    eps: Any,
    KEEP: tl.constexpr,
    LOW: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, BLOCK)
    inside = column < columns
    place = row * columns + column
    x = tl.load(branch + place, mask=inside, other=0.0).to(tl.float32)
    x += tl.load(bias + column, mask=inside, other=0.0)
    x += tl.load(residual + place, mask=inside, other=0.0)
    centre = tl.sum(x, axis=0) / columns
    apart = tl.where(inside, x - centre, 0.0)
    scale = 1.0 / tl.sqrt(tl.sum(apart * apart, axis=0) / columns + eps)
    y = apart * scale * tl.load(weight + column, mask=inside, other=0.0)
    y += tl.load(shift + column, mask=inside, other=0.0)
    tl.store(rstd + row, scale)
    tl.store(normal + place, y, mask=inside)
    if LOW:
        tl.store(low + place, y, mask=inside)
    if KEEP:
        tl.store(mean + row, centre)
        tl.store(total + place, x, mask=inside)


@triton.jit
def _norm_back_kernel(
    branch: Any,
    residual: Any,
    weight: Any,
    total: Any,
    mean: Any,
    rstd: Any,
    result: Any,
    low: Any,
    columns: Any,
    FULL: tl.constexpr,
    ADD: tl.constexpr,
    LOW: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, BLOCK)
    inside = column < columns
    place = row * columns + column
    g = tl.load(branch + place, mask=inside, other=0.0).to(tl.float32)
    if ADD:
        g += tl.load(residual + place, mask=inside, other=0.0)
    g *= tl.load(weight + column, mask=inside, other=0.0)
    scale = tl.load(rstd + row)
    d = g - tl.sum(g, axis=0) / columns
    if FULL:
        x = tl.load(total + place, mask=inside, other=0.0)
        unit = tl.where(inside, (x - tl.load(mean + row)) * scale, 0.0)
        d -= unit * (tl.sum(g * unit, axis=0) / columns)
    d *= scale
    tl.store(result + place, d, mask=inside)
    if LOW:
        tl.store(low + place, d, mask=inside)


def gate(halves: Tensor) -> Tensor:
    """See `gxview.explain.fused.gate`."""
    rows, columns = len(halves), halves.shape[1] // 2
    product = halves.new_empty(rows, columns)
    _gate_kernel[(rows, triton.cdiv(columns, _BLOCK))](halves, product, columns, BLOCK=_BLOCK)
    return product


def gate_back(at_product: Tensor, halves: Tensor, rule: int, factor: float) -> Tensor:
    """See `gxview.explain.fused.gate_back`."""
    rows, columns = at_product.shape
    result = at_product.new_empty(rows, columns if rule == 0 else 2 * columns)
    grid = (rows, triton.cdiv(columns, _BLOCK))
    _gate_back_kernel[grid](at_product, halves, result, columns, FACTOR=factor, RULE=rule, BLOCK=_BLOCK)
    return result


def add_norm(
    branch: Tensor, bias: Tensor, residual: Tensor, norm: Any, dtype: torch.dtype, keep: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    """See `gxview.explain.fused.add_norm`."""
    rows, columns = residual.shape
    normal, rstd = torch.empty_like(residual), residual.new_empty(rows)
    low = normal if dtype == normal.dtype else torch.empty_like(residual, dtype=dtype)
    total, mean = (torch.empty_like(residual), residual.new_empty(rows)) if keep else (None, None)
    _norm_kernel[(rows,)](
        branch, residual, bias, norm.weight, norm.bias, normal if total is None else total,
        rstd if mean is None else mean, rstd, normal, low, columns, norm.eps, KEEP=keep, LOW=low is not normal,
        BLOCK=triton.next_power_of_2(columns),
    )  # fmt: skip
    return normal, low, rstd, total, mean


def norm_back(
    branch: Tensor, residual: Tensor | None, weight: Tensor, rstd: Tensor, total: Tensor | None, mean: Tensor | None,
    dtype: torch.dtype,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """See `gxview.explain.fused.norm_back`."""
    rows, columns = branch.shape
    result = branch.new_empty(rows, columns, dtype=weight.dtype)
    low = result if dtype == result.dtype else torch.empty_like(result, dtype=dtype)
    _norm_back_kernel[(rows,)](
        branch, branch if residual is None else residual, weight, rstd if total is None else total,
        rstd if mean is None else mean, rstd, result, low, columns, FULL=total is not None, ADD=residual is not None,
        LOW=low is not result, BLOCK=triton.next_power_of_2(columns),
    )  # fmt: skip
    return result, low
