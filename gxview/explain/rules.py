"""AttnLRP and CP-LRP as operations with a changed gradient.

With these operations an ordinary backward pass from one logit gives a gradient whose product with the input is the
relevance (Achtibat et al. 2024, arXiv 2402.05602; Arras et al. 2025, arXiv 2502.15886). This module is the readable
reference, built on the three rules of ``lxt``; `gxview.explain.fast` computes the same with fewer passes over memory.

==================  ============================================  ==============================
operation           rule (equation or proposition of AttnLRP)     change to the gradient
==================  ============================================  ==============================
linear, sums        epsilon with epsilon -> 0 (Eq. 8)             none
GELU, tanh          identity (Eq. 9)                              f'(x) becomes f(x) / x
gate * value        uniform (Prop. 3.2)                           halved
matrix products     epsilon, then uniform (Prop. 3.3)             halved
softmax             Taylor with bias (Prop. 3.1)                  none
LayerNorm           identity on 1/std (Prop. 3.4)                 std is a constant
==================  ============================================  ==============================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as functional
from torch import Tensor

from gxview.errors import UsageError
from gxview.explain.lxt_rules import lxt_rules
from gxview.models.ops import PlainOps

TINY = 1e-30  # in place of lxt's 1e-10, which is felt at gates near zero; too small to change any number but 0

_METHODS = ("attnlrp", "cplrp", "gradient_x_input")
_ALIBI = ("epsilon", "uniform", "identity")
_GLU = ("uniform", "cp")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules a pass follows.

    Attributes
    ----------
    method
        ``attnlrp``; ``cplrp`` (Ali et al. 2022: attention weights and gates are constants, nothing is halved; ``alibi``
        and ``glu`` have no meaning); ``gradient_x_input`` (the ordinary gradient; the same holds).
    alibi
        Where relevance goes at ``score + ALiBi``: ``epsilon``, to both in proportion, the bias' part being dropped;
        ``uniform``, half of the scores' gradient again (Arras et al. 2025); ``identity``, all of it to the score
        (divides by scores, so that one near zero costs float32 several digits).
    glu
        ``uniform``, half to gate and half to value; ``cp``, all to the value.
    """

    method: Literal["attnlrp", "cplrp", "gradient_x_input"] = "attnlrp"
    alibi: Literal["epsilon", "uniform", "identity"] = "epsilon"
    glu: Literal["uniform", "cp"] = "uniform"

    def __post_init__(self) -> None:
        choices = {"method": _METHODS, "alibi": _ALIBI, "glu": _GLU}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise UsageError(
                    f"{name} {getattr(self, name)!r} is not known for DNABERT-2; choose one of {', '.join(known)}."
                )

    @property
    def score_factor(self) -> float:
        """What becomes of the gradient of query and key: a half at ``A V``, at ``q k``, and by ALiBi's rule uniform."""
        if self.method == "gradient_x_input":
            return 1.0
        return 0.125 if self.alibi == "uniform" else 0.25

    @property
    def value_factor(self) -> float:
        """What becomes of the gradient of the values: a half at ``A V``, unless the weights A are constants."""
        return 0.5 if self.method == "attnlrp" else 1.0


def identity_rule(function: Any, x: Tensor) -> Tensor:
    """Apply an element-wise function whose relevance passes through unchanged (Eq. 9)."""
    result: Tensor = lxt_rules().identity_rule_implicit_fn.apply(function, x, TINY)
    return result


def uniform_rule(product: Tensor) -> Tensor:
    """Halve the gradient behind a product of two relevant factors (Eq. 7)."""
    result: Tensor = lxt_rules().divide_gradient(product, 2)
    return result


def constant(x: Tensor) -> Tensor:
    """Take x as a constant that carries no relevance."""
    result: Tensor = lxt_rules().stop_gradient(x)
    return result


def scale_gradient(x: Tensor, factor: Tensor) -> Tensor:
    """Return x unchanged, with its gradient multiplied by ``factor``."""
    result: Tensor = _ScaledGradient.apply(x, factor)  # type: ignore[no-untyped-call]
    return result


class _ScaledGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, factor: Tensor) -> Tensor:
        ctx.save_for_backward(factor)
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (factor,) = ctx.saved_tensors
        return gradient * factor, None


class AttnLRPOps(PlainOps):
    """The operations of DNABERT-2 under AttnLRP; one instance belongs to one call."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        """Normalise the last axis by a standard deviation that is a constant."""
        centred = x - x.mean(-1, keepdim=True)
        std = (centred.square().mean(-1, keepdim=True) + eps).sqrt()
        return centred / constant(std) * weight + bias

    def gelu(self, x: Tensor) -> Tensor:
        """GELU by the identity rule."""
        return identity_rule(functional.gelu, x)

    def tanh(self, x: Tensor) -> Tensor:
        """Hyperbolic tangent by the identity rule."""
        return identity_rule(torch.tanh, x)

    def gated(self, gate: Tensor, value: Tensor) -> Tensor:
        """Share a gated product between gate and value, or give it all to the value."""
        if self.rules.glu == "cp":
            return constant(functional.gelu(gate)) * value
        return uniform_rule(self.gelu(gate) * value)

    def attention(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """Explicit attention; there is no dropout in a pass that explains."""
        scores = uniform_rule(query @ key.transpose(-1, -2)) * query.shape[-1] ** -0.5
        return uniform_rule(self.weights(scores, bias) @ value)

    def weights(self, scores: Tensor, bias: Tensor) -> Tensor:
        """Attention weights from scores and bias, (B, H, S, S)."""
        return torch.softmax(self.alibi(scores, bias) + bias, dim=-1)

    def alibi(self, scores: Tensor, bias: Tensor) -> Tensor:
        """Return the scores with the gradient that the ALiBi rule gives them."""
        if self.rules.alibi == "uniform":
            return uniform_rule(scores)
        if self.rules.alibi == "identity":
            return scale_gradient(scores, (scores + bias) / away_from_zero(scores))
        return scores

    def dropout(self, x: Tensor, probability: float, training: bool) -> Tensor:
        """Drop nothing, even of a network that is being trained."""
        return x


class CPLRPOps(AttnLRPOps):
    """The operations of DNABERT-2 under CP-LRP (Ali et al. 2022)."""

    def gated(self, gate: Tensor, value: Tensor) -> Tensor:
        """Give all relevance to the value."""
        return constant(functional.gelu(gate)) * value

    def attention(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """Attention whose weights are constants."""
        scores = constant(query) @ constant(key).transpose(-1, -2) * query.shape[-1] ** -0.5
        return torch.softmax(scores + bias, dim=-1) @ value


class GradientOps(PlainOps):
    """The ordinary operations without dropout."""

    def dropout(self, x: Tensor, probability: float, training: bool) -> Tensor:
        """Drop nothing, even of a network that is being trained."""
        return x


def away_from_zero(x: Tensor, distance: float = 1e-6) -> Tensor:
    """Move values by ``distance`` away from zero, so that they can be divided by."""
    return x.detach() + distance * torch.where(x < 0, -1.0, 1.0).to(x.dtype)


def reference_ops(rules: Rules) -> PlainOps:
    """Return the reference operations for the rules."""
    if rules.method == "gradient_x_input":
        return GradientOps()
    return CPLRPOps(rules) if rules.method == "cplrp" else AttnLRPOps(rules)
