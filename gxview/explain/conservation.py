"""Where relevance stays on the way from a logit to the tokens.

AttnLRP does not conserve at the softmax, a bias absorbs what it adds, and the ALiBi part of an attention logit is
dropped. Explicit attention and an observer at every such place split the remainder ``logit - sum of relevance``:

``explained = relevance_sum + softmax_leak + alibi + bias_linear + bias_layer_norm + token_type``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gxview.explain.rules import AttnLRPOps, CPLRPOps, Rules

Observer = Callable[[Tensor], None]


@dataclass(frozen=True, slots=True, eq=False)
class Absorbed:
    """Relevance that never reaches a token; float64 tensors.

    Attributes
    ----------
    bias_linear
        (B,) share of the biases of linear layers.
    bias_layer_norm
        (B,) share of the LayerNorms' shifts.
    softmax_leak
        (B, layers, heads): ``E_A[gA] - Cov_A(x, gA)`` summed over queries; none under CP-LRP.
    alibi
        (B, layers, heads): relevance of the attention logits that does not go on to the scores.
    """

    bias_linear: Tensor
    bias_layer_norm: Tensor
    softmax_leak: Tensor
    alibi: Tensor

    def shares(self) -> dict[str, Tensor]:
        """Return the sum of every kind, each (B,)."""
        return {
            "softmax_leak": self.softmax_leak.sum((1, 2)),
            "alibi": self.alibi.sum((1, 2)),
            "bias_linear": self.bias_linear,
            "bias_layer_norm": self.bias_layer_norm,
        }


class Ledger:
    """Takes down the relevance of intermediate tensors while the gradient passes them."""

    def __init__(self) -> None:
        self.bias_linear: list[Tensor] = []
        self.bias_layer_norm: list[Tensor] = []
        self.softmax: list[dict[str, Tensor]] = []

    def bias(self, entries: list[Tensor], output: Tensor, bias: Tensor | None) -> Tensor:
        """Note ``sum(bias * gradient)`` of each sequence at an output (B, ..., N)."""
        if bias is not None and output.requires_grad:
            shift = bias.detach().double()
            output.register_hook(lambda gradient: entries.append((gradient.double() * shift).flatten(1).sum(1)))  # type: ignore[no-untyped-call]
        return output

    def attention(self, scores: Tensor, logits: Tensor, weights: Tensor) -> None:
        """Note the relevance of each head at three places of one layer's softmax."""
        entry: dict[str, Tensor] = {}
        self.softmax.append(entry)
        for name, tensor in (("scores", scores), ("logits", logits), ("weights", weights)):
            tensor.register_hook(_head_relevance(entry, name, tensor.detach()))  # type: ignore[no-untyped-call]

    def close(self, batch: int, like: Tensor) -> Absorbed:
        """Sum up after the backward pass."""
        nothing = torch.zeros(batch, dtype=torch.float64, device=like.device)
        leak = [entry["weights"] - entry["logits"] for entry in self.softmax]
        alibi = [entry["logits"] - entry["scores"] for entry in self.softmax]
        empty = nothing[:, None, None]
        return Absorbed(
            bias_linear=torch.stack([nothing, *self.bias_linear]).sum(0),
            bias_layer_norm=torch.stack([nothing, *self.bias_layer_norm]).sum(0),
            softmax_leak=torch.stack(leak, dim=1) if leak else empty,
            alibi=torch.stack(alibi, dim=1) if alibi else empty,
        )


def _head_relevance(entry: dict[str, Tensor], name: str, value: Tensor) -> Observer:
    def note(gradient: Tensor) -> None:
        entry[name] = (gradient.double() * value.double()).sum((2, 3))

    return note


class ObservedAttnLRPOps(AttnLRPOps):
    """AttnLRP that keeps a ledger; one instance belongs to one call."""

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self.ledger = Ledger()

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """``x @ weight.T + bias``."""
        return self.ledger.bias(self.ledger.bias_linear, super().linear(x, weight, bias), bias)

    def layer_norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        """Normalise the last axis by a standard deviation that is a constant."""
        return self.ledger.bias(self.ledger.bias_layer_norm, super().layer_norm(x, weight, bias, eps), bias)

    def weights(self, scores: Tensor, bias: Tensor) -> Tensor:
        """Attention weights from scores and bias, (B, H, S, S)."""
        scores = scores.view_as(scores)  # a node of its own, where the gradient has passed the ALiBi rule
        logits = self.alibi(scores, bias) + bias
        weights = torch.softmax(logits, dim=-1)
        self.ledger.attention(scores, logits, weights)
        return weights


class ObservedCPLRPOps(ObservedAttnLRPOps, CPLRPOps):
    """CP-LRP that keeps a ledger; its constant attention neither leaks nor sees ALiBi."""


def observed_ops(rules: Rules) -> ObservedAttnLRPOps:
    """Return the reference operations with a ledger."""
    return ObservedCPLRPOps(rules) if rules.method == "cplrp" else ObservedAttnLRPOps(rules)
