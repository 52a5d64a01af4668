"""LayerNorm and the gated unit of one layer, forward and back by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gxview.explain.fast_memory import memory
from gxview.explain.fast_weights import back_weight
from gxview.explain.rules import TINY, Rules
from gxview.models.matmul import back, back_plus, back_times, linear


class LayerNorm:
    """One LayerNorm in one pass.

    Parameters
    ----------
    norm
        `gxview.models.dnabert2.LayerNorm`.
    rules
        Rules of the pass. Of LRP the standard deviation is a constant, and the gradient ``rstd * (g w - mean(g w))``:
        PyTorch's own for a normalised input of zero.
    zeros
        Zeros of the shape of the largest input.
    """

    def __init__(self, norm: Any, rules: Rules, zeros: Tensor) -> None:
        self.norm, self.zeros, self.is_lrp = norm, zeros, rules.method != "gradient_x_input"

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x (T, W)."""
        norm = self.norm
        normalised, mean, self.rstd = torch.native_layer_norm(x, norm.weight.shape, norm.weight, norm.bias, norm.eps)
        self.kept = None if self.is_lrp else (x, mean)
        return normalised

    def backward(self, gradient: Tensor) -> Tensor:
        """Return the gradient (T, W) at x."""
        weight, rows = self.norm.weight, len(gradient)
        x, mean = self.kept or (self.zeros[:rows], self.zeros.view(-1, 1)[:rows])
        result: Tensor = torch.ops.aten.native_layer_norm_backward(
            gradient, x, weight.shape, mean, self.rstd, weight, weight, [True, False, False]
        )[0]
        return result


class GatedUnit:
    """The gated unit ``gelu(u) v`` of one layer in one pass, from its input to the product and back.

    Two factors are kept for the way back. At the value the gradient is multiplied by ``gelu(u)``, in the epilogue of a
    matrix product; at the gate by the same times ``v / u`` under AttnLRP, and by ``v gelu'(u)`` for the plain gradient.

    Parameters
    ----------
    mlp
        `gxview.models.dnabert2.GatedMLP`.
    layer
        Number of the layer, for its memory.
    rules
        Rules of the pass.
    """

    def __init__(self, mlp: Any, layer: int, rules: Rules) -> None:
        self.weight, self.wo = mlp.gated_layers.weight, mlp.wo.weight
        self.size = len(self.weight) // 2
        self.layer, self.rules = layer, rules
        self.values_only = rules.method == "cplrp" or (rules.method == "attnlrp" and rules.glu == "cp")

    def forward(self, hidden: Tensor) -> Tensor:
        """Return the product (T, intermediate) for an input (T, W)."""
        # A gate of exactly 0 would make v / u infinite; TINY changes no other value.
        gate = linear(hidden, self.weight[: self.size], self.weight.new_full((self.size,), TINY))
        value = linear(hidden, self.weight[self.size :])
        self.gelu: Tensor = torch.ops.aten.gelu.out(gate, out=memory(f"gelu {self.layer}", gate.shape, gate))
        if not self.values_only:
            self.at_gate = memory(f"gate {self.layer}", gate.shape, gate)
            if self.rules.method == "attnlrp":
                torch.div(value, gate, out=self.at_gate)
            else:
                torch.ops.aten.gelu_backward.grad_input(value, gate, grad_input=self.at_gate)
        return value.mul_(self.gelu)

    def backward(self, gradient: Tensor) -> Tensor:
        """Return the gradient (T, W) at the input and at the residual beside it from one (T, W) behind ``wo``."""
        wo, to_value = back_weight(self.wo), back_weight(self.weight, self.size)
        if self.values_only:
            return back_plus(back_times(gradient, wo, self.gelu), to_value, gradient)
        if self.rules.method == "attnlrp":
            at_value = back_times(gradient * 0.5, wo, self.gelu)
            at_gate = self.at_gate.mul_(at_value)
        else:
            at_product = back(gradient, wo)
            at_value, at_gate = self.gelu.mul_(at_product), self.at_gate.mul_(at_product)
        gradient = back_plus(at_gate, back_weight(self.weight, 0, self.size), gradient)
        return back_plus(at_value, to_value, gradient)
