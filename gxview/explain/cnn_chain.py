"""What layer-wise relevance propagation explains of a convolutional network: its layers, and the composites."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from gxview.errors import GxviewError, UsageError
from gxview.models.cnn import CNN, Exponential

COMPOSITES = ("epsilon", "epsilon_plus", "gamma")

EPSILON = 1e-6
GAMMA = 0.25


def merged_chain(network: CNN) -> list[nn.Module]:
    """Return copies of the network's layers, with batch normalisation merged into the layer before it.

    Raises
    ------
    GxviewError
        When an activation is exponential, for which LRP has no rule.
    """
    if any(isinstance(layer, Exponential) for layer in network.layers):
        raise GxviewError(
            "LRP has no rule for exponential activations; explain this CNN with gradient_x_input or corrected_saliency."
        )
    return list(_merged(list(network.layers)))


def check_composite(composite: str) -> None:
    """Raise :class:`~gxview.errors.UsageError` when there is no such composite."""
    if composite not in COMPOSITES:
        raise UsageError(f"There is no composite {composite!r}; choose one of {', '.join(COMPOSITES)}.")


def _merged(layers: list[nn.Module]) -> Iterator[nn.Module]:
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, nn.BatchNorm1d):
            continue
        if not isinstance(following, nn.BatchNorm1d):
            yield copy.deepcopy(layer)
        elif isinstance(layer, nn.Conv1d):
            yield fuse_conv_bn_eval(layer, following)
        elif isinstance(layer, nn.Linear):
            yield fuse_linear_bn_eval(layer, following)
