"""The products of linear layers against PyTorch's own, values and gradients."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as functional

from gxview.models.matmul import back, back_plus, back_times, differentiable_linear, linear, linear_plus

DTYPES = [torch.float32, torch.float64]


def tensors(dtype: torch.dtype, rows: tuple[int, ...] = (3, 5), width: int = 24) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(0)
    shapes = ((*rows, 16), (width, 16), (width,), (*rows, width))
    x, weight, bias, other = (torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes)
    return x, weight, bias, other


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_without_gradient(dtype):
    x, weight, bias, other = tensors(dtype)
    tolerance = {"rtol": 1e-5, "atol": 1e-5}
    with torch.inference_mode():
        torch.testing.assert_close(linear(x, weight, bias), x @ weight.T + bias, **tolerance)
        torch.testing.assert_close(linear_plus(x, weight, bias, other), x @ weight.T + bias + other, **tolerance)


@pytest.mark.parametrize("width", [24, 768, 2000])
@pytest.mark.parametrize("dtype", DTYPES)
def test_way_back(dtype, width):
    x, weight, _, gradient = tensors(dtype, rows=(7,), width=width)
    kept = x.clone()
    tolerance = {"rtol": 1e-5, "atol": 1e-4}
    with torch.no_grad():
        torch.testing.assert_close(back(gradient, weight), gradient @ weight, **tolerance)
        torch.testing.assert_close(back_plus(gradient, weight, x), gradient @ weight + x, **tolerance)
        torch.testing.assert_close(back_times(gradient, weight, x), (gradient @ weight) * x, **tolerance)
    assert torch.equal(x, kept)


@pytest.mark.parametrize("expanded", [True, False])
@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
def test_gradients_are_the_ordinary_ones(dtype, with_bias, expanded):
    x, weight, bias, other = tensors(dtype)
    leaves = [x, weight, bias] if with_bias else [x, weight]
    results = []
    for function in (differentiable_linear, functional.linear):
        inputs = [leaf.clone().requires_grad_() for leaf in leaves]
        output = function(*inputs)
        loss = output.sum() if expanded else (output * other).sum()
        results.append([output, *torch.autograd.grad(loss, inputs)])
    for ours, ordinary in zip(*results, strict=True):
        torch.testing.assert_close(ours, ordinary, rtol=1e-5, atol=1e-5)


def test_frozen_weights_get_no_gradient():
    x, weight, bias, _ = tensors(torch.float32)
    differentiable_linear(x.requires_grad_(), weight, bias).sum().backward()
    assert x.grad is not None
    assert weight.grad is None
    assert bias.grad is None
