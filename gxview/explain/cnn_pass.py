"""Layer-wise relevance propagation of the convolutional network by hand: one pass forward, one pass back.

The same numbers as the hooks of zennit (`gxview.explain.cnn_reference`), which compute every layer at least twice. What
depends on the network and the rule alone is prepared once and kept as long as the network. Channels lie last in memory,
where convolutions and pooling on a CPU are up to twice as fast.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from gxview.explain.cnn_chain import check_composite, merged_chain
from gxview.explain.cnn_products import explained, product_of
from gxview.models.cnn import CNN


class Step(Protocol):
    """One layer; it holds nothing of a pass, so that threads may share it."""

    def forward(self, x: Tensor) -> tuple[Tensor, Any]:
        """Return the output, and what `backward` needs."""
        ...

    def backward(self, relevance: Tensor, kept: Any) -> Tensor:
        """Return the relevance of the inputs from that of the outputs."""
        ...


@dataclass(frozen=True, slots=True)
class MaxPool:
    """Maximum over neighbouring positions, ``width`` of them or (0) all: the winner takes the relevance."""

    width: int

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """See `Step`."""
        if self.width:
            out, winners = functional.max_pool2d(x, (1, self.width), return_indices=True)
        else:
            out, winners = functional.adaptive_max_pool2d(x, 1, return_indices=True)
        return out, (x, winners)

    def backward(self, relevance: Tensor, kept: tuple[Tensor, Tensor]) -> Tensor:
        """See `Step`."""
        x, winners = kept
        relevance = relevance.contiguous(memory_format=torch.channels_last)
        if not self.width:
            result: Tensor = torch.ops.aten.adaptive_max_pool2d_backward(relevance, x, winners)
            return result
        width = [1, self.width]
        result = torch.ops.aten.max_pool2d_with_indices_backward(
            relevance, x, width, width, [0, 0], [1, 1], False, winners
        )
        return result


@dataclass(frozen=True, slots=True)
class MeanPool:
    """Mean over all positions, which share its relevance by contribution."""

    epsilon: float

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """See `Step`."""
        out = x.mean(dim=-1, keepdim=True)
        return out, (x, out)

    def backward(self, relevance: Tensor, kept: tuple[Tensor, Tensor]) -> Tensor:
        """See `Step`."""
        x, out = kept
        stabilised = torch.where(out < 0, out - self.epsilon, out + self.epsilon)
        return x * (relevance / stabilised / x.shape[-1])


@dataclass(frozen=True, slots=True)
class Flatten:
    """From (N, C, 1, L) to (N, C L)."""

    def forward(self, x: Tensor) -> tuple[Tensor, torch.Size]:
        """See `Step`."""
        return x.flatten(1), x.shape

    def backward(self, relevance: Tensor, kept: torch.Size) -> Tensor:
        """See `Step`."""
        return relevance.view(kept).contiguous(memory_format=torch.channels_last)


Chain = tuple[Step, ...]


def lrp(network: CNN, one_hot: Tensor, weights: Tensor, composite: str, epsilon: float) -> tuple[Tensor, Tensor]:
    """Return hypothetical relevance (N, 4, L) and logits (N, num_labels).

    Parameters
    ----------
    network
        In evaluation mode.
    one_hot
        (N, 4, L), in the precision and on the device of the network; no value below 0.
    weights
        (N, num_labels); the relevance of a logit starts as weight times logit.
    composite, epsilon
        See `gxview.explain.cnn.relevance`.

    Raises
    ------
    GxviewError, UsageError
        For an exponential activation, and for an unknown composite.
    """
    with torch.inference_mode():
        steps, tape = _prepared(network, composite, epsilon), []
        x = one_hot.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        for step in steps:
            x, kept = step.forward(x)
            tape.append(kept)
        relevance = x * weights
        for step in reversed(steps):
            relevance = step.backward(relevance, tape.pop())
        return relevance.squeeze(2).contiguous(), x


_KEPT: WeakKeyDictionary[CNN, dict[str, tuple[object, Chain]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def _prepared(network: CNN, composite: str, epsilon: float) -> Chain:
    """Return the steps of a network, made anew only where its weights changed."""
    check_composite(composite)
    stamp = (epsilon, *map(_stamp, network.state_dict(keep_vars=True).values()))
    with _LOCK:
        kept = _KEPT.setdefault(network, {})
        if composite not in kept or kept[composite][0] != stamp:
            kept[composite] = stamp, tuple(_steps(merged_chain(network), composite, epsilon))
        return kept[composite][1]


def _stamp(weight: Tensor) -> tuple[object, ...]:
    """Return what changes with the values of a weight; something new each time where PyTorch does not keep count."""
    return weight.data_ptr(), object() if weight.is_inference() else weight._version


def _steps(layers: list[nn.Module], composite: str, epsilon: float) -> Iterator[Step]:
    """Yield the steps of a chain; ReLU is part of the layer before it, and dropout is none."""
    from_zero = True  # no one-hot column is below zero, nor is what comes from ReLU
    for number, layer in enumerate(layers):
        if isinstance(layer, nn.Conv1d | nn.Linear):
            rule = composite if isinstance(layer, nn.Conv1d) else "epsilon"
            rectified = isinstance(layers[number + 1], nn.ReLU) if number + 1 < len(layers) else False
            options = {"rectified": rectified, "from_zero": from_zero, "per_unit": number == 0}
            yield explained(product_of(layer), rule, epsilon, **options)
            from_zero = rectified
        elif isinstance(layer, nn.MaxPool1d):
            assert isinstance(layer.kernel_size, int)
            yield MaxPool(layer.kernel_size)
        elif isinstance(layer, nn.AdaptiveMaxPool1d):
            yield MaxPool(0)
        elif isinstance(layer, nn.AdaptiveAvgPool1d):
            yield MeanPool(epsilon)
        elif isinstance(layer, nn.Flatten):
            yield Flatten()
