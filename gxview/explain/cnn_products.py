"""The linear layers of a convolutional network under the rules of layer-wise relevance propagation.

Every rule has one form. A layer's outputs are explained in shares: each divides the relevance of some outputs by a sum
of products of parts of the input with changed weights, and takes the quotient back through the same weights:

===================  =========================================================================
epsilon              all outputs, by ``W x + b``
epsilon_plus (z+)    all outputs, by ``W+ x+ + b+  +  W- x-``
gamma                outputs above 0, by ``(W + g W+) x+ + b + g b+  +  (W + g W-) x-``;
                     those below 0, by ``(W + g W-) x+ + b + g b-  +  (W + g W+) x-``
===================  =========================================================================

(+ and - are parts above and below zero.) Inputs that are never below zero have no x-. Behind an activation ReLU an
output at or below zero carries no relevance, so only what is above zero has to be explained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from gxview.explain.cnn_chain import GAMMA

Sign = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """``W x + b`` of a dense layer or of a convolution of stride 1, and ``W' y``.

    Attributes
    ----------
    weight, bias
        (out, in), or (out, in, 1, K) with the channels last in memory; the bias may be None.
    turned
        The weight for the way back: of a convolution with inputs and outputs exchanged and positions reversed.
    padding, dilation
        Of the convolution.
    """

    weight: Tensor
    bias: Tensor | None
    turned: Tensor
    padding: int = 0
    dilation: int = 1

    def forward(self, x: Tensor) -> Tensor:
        """Return ``W x + b``."""
        if self.weight.ndim == 2:
            return functional.linear(x, self.weight, self.bias)
        return functional.conv2d(x, self.weight, self.bias, padding=(0, self.padding), dilation=(1, self.dilation))

    def back(self, y: Tensor) -> Tensor:
        """Return ``W' y``."""
        if self.weight.ndim == 2:
            return functional.linear(y, self.turned)
        padding = self.dilation * (self.weight.shape[-1] - 1) - self.padding
        return functional.conv2d(y, self.turned, padding=(0, padding), dilation=(1, self.dilation))

    def changed(self, weight: Tensor, bias: Tensor | None) -> Product:
        """Return the product with another weight of the same shape."""
        if weight.ndim == 2:
            return replace(self, weight=weight, bias=bias, turned=weight.t())
        weight = weight.contiguous(memory_format=torch.channels_last)
        turned = weight.flip(3).transpose(0, 1).contiguous(memory_format=torch.channels_last)
        return replace(self, weight=weight, bias=bias, turned=turned)


def product_of(layer: nn.Conv1d | nn.Linear) -> Product:
    """Return the product of a layer."""
    weight, bias = layer.weight.detach(), None if layer.bias is None else layer.bias.detach()
    if isinstance(layer, nn.Linear):
        return Product(weight, bias, weight.t())
    dilation, kernel = layer.dilation[0], layer.kernel_size[0]
    padding = dilation * (kernel - 1) // 2 if layer.padding == "same" else 0
    return Product(weight, bias, weight, padding, dilation).changed(weight.unsqueeze(2), bias)


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """One product of a share, with all of the input (0) or its part above (1) or below zero (-1)."""

    product: Product
    inputs: Sign

    def part(self, x: Tensor) -> Tensor:
        if self.inputs == 0:
            return x
        return x.clamp(min=0) if self.inputs > 0 else x.clamp(max=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """The products by which all outputs (0), those above (1) or those below zero (-1) are explained."""

    terms: tuple[_Term, ...]
    outputs: Sign = 0


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A linear layer, with the activation ReLU if one follows, and how its relevance is shared among its inputs.

    Attributes
    ----------
    product
        The layer.
    shares
        The rule.
    epsilon
        Stabiliser of the quotient.
    rectified
        Whether ReLU follows.
    per_unit
        Whether the result is the relevance of each input if it were 1, instead of as it is.
    """

    product: Product
    shares: tuple[_Share, ...]
    epsilon: float
    rectified: bool
    per_unit: bool

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the output, and what `backward` needs."""
        out = self.product.forward(x)
        if self.rectified:
            out = out.relu_()
        return out, (x, out)

    def backward(self, relevance: Tensor, kept: tuple[Tensor, Tensor]) -> Tensor:
        """Return the relevance of the inputs from that of the outputs."""
        x, out = kept
        parts = [part for share in self.shares for part in self._shared(share, relevance, x, out)]
        return sum(parts[1:], start=parts[0])

    def _shared(self, share: _Share, relevance: Tensor, x: Tensor, out: Tensor) -> list[Tensor]:
        parts = [term.part(x) for term in share.terms]
        quotient = relevance / self._denominator(share, parts, out)
        if share.outputs:
            quotient = quotient * (out > 0 if share.outputs > 0 else out < 0)
        backs = [term.product.back(quotient) for term in share.terms]
        if self.per_unit:
            return [back for term, back in zip(share.terms, backs, strict=True) if term.inputs >= 0]
        return [part.mul(back) for part, back in zip(parts, backs, strict=True)]

    def _denominator(self, share: _Share, parts: list[Tensor], out: Tensor) -> Tensor:
        if share.terms[0].product is self.product:
            total = out
        else:
            products = [term.product.forward(part) for term, part in zip(share.terms, parts, strict=True)]
            total = sum(products[1:], start=products[0])
        if total is out and self.rectified:
            return total + self.epsilon
        return torch.where(total < 0, total - self.epsilon, total + self.epsilon)


def explained(
    product: Product, rule: str, epsilon: float, *, rectified: bool, from_zero: bool, per_unit: bool = False
) -> Explained:
    """Return a layer under a rule, without the products that are known to give nothing.

    Parameters
    ----------
    product
        The layer.
    rule
        ``epsilon``, ``epsilon_plus`` or ``gamma``.
    epsilon, rectified, per_unit
        See `Explained`.
    from_zero
        Whether no input is ever below zero.
    """
    shares = {"epsilon": _epsilon, "epsilon_plus": _z_plus, "gamma": _gamma}[rule](product)
    if from_zero:
        shares = tuple(
            replace(share, terms=tuple(_Term(term.product, 0) for term in share.terms if term.inputs >= 0))
            for share in shares
        )
    if rectified:
        shares = tuple(share for share in shares if share.outputs >= 0)
    return Explained(product, shares, epsilon, rectified, per_unit)


def _epsilon(product: Product) -> tuple[_Share, ...]:
    return (_Share((_Term(product, 0),)),)


def _z_plus(product: Product) -> tuple[_Share, ...]:
    weight, bias = product.weight, product.bias
    above = product.changed(weight.clamp(min=0), None if bias is None else bias.clamp(min=0))
    return (_Share((_Term(above, 1), _Term(product.changed(weight.clamp(max=0), None), -1))),)


def _gamma(product: Product) -> tuple[_Share, ...]:
    weight, bias = product.weight, product.bias
    above, below = (weight + GAMMA * part for part in (weight.clamp(min=0), weight.clamp(max=0)))
    offsets = [None, None] if bias is None else [bias + GAMMA * bias.clamp(min=0), bias + GAMMA * bias.clamp(max=0)]
    return (
        _Share((_Term(product.changed(above, offsets[0]), 1), _Term(product.changed(below, None), -1)), 1),
        _Share((_Term(product.changed(below, offsets[1]), 1), _Term(product.changed(above, None), -1)), -1),
    )
