"""Explaining the convolutional network: layer-wise relevance propagation and two gradient methods."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.errors import UsageError
from gxview.explain.cnn_chain import EPSILON
from gxview.explain.cnn_pass import lrp
from gxview.explain.precision import arithmetic
from gxview.explain.targets import Target, target_vectors
from gxview.models.cnn import CNN

METHODS = ("lrp", "gradient_x_input", "corrected_saliency")


class CNNRelevance(NamedTuple):
    """Explanations of a batch.

    Attributes
    ----------
    values
        Relevance of the base that is there, float32 (N, L); 0 at N.
    hypothetical
        What each base would contribute in its place if the network stayed as it is, float32 (N, 4, L) in the order
        A, C, G, T; ``values`` is its entry at the base that is there.
    logits
        float32 (N, num_labels).
    """

    values: NDArray[np.float32]
    hypothetical: NDArray[np.float32]
    logits: NDArray[np.float32]


def relevance(
    network: nn.Module,
    one_hot: Tensor,
    *,
    method: str,
    target: Target,
    composite: str = "epsilon",
    epsilon: float = EPSILON,
    precision: str = "float32",
) -> CNNRelevance:
    """Explain a weighted sum of logits.

    The network's own modules get no hook and no changed weight, so that other threads may use it at the same time.

    Parameters
    ----------
    network
        A :class:`~gxview.models.cnn.CNN` in evaluation mode.
    one_hot
        (N, 4, L) columns in the order A, C, G, T; zeros for N.
    method
        ``lrp``; ``gradient_x_input`` (Shrikumar et al. 2016); or ``corrected_saliency``, the gradient minus its mean
        over the four bases (Tang et al. 2025, page 24; Majdandzic et al. 2023).
    target
        Index of a logit; ``'contrast'`` for logit 1 minus logit 0 of two; or the weight of each logit, (num_labels,).
    composite
        Of ``lrp``: ``epsilon`` everywhere (Bach et al. 2015); ``epsilon_plus``, where convolutions follow the z+ rule;
        ``gamma``, where they follow the gamma rule with 0.25 (Montavon et al. 2019).
    epsilon
        Stabiliser of the epsilon rule.
    precision
        Of the convolutions on a GPU, see `gxview.explain.precision`.

    Raises
    ------
    UsageError
        For an unknown method, composite or target.
    GxviewError
        When LRP meets an exponential activation.
    """
    with arithmetic(precision, one_hot.device):
        found = relevance_tensors(network, one_hot, method=method, target=target, composite=composite, epsilon=epsilon)
    return CNNRelevance(*map(_array, found))


def relevance_tensors(
    network: nn.Module,
    one_hot: Tensor,
    *,
    method: str,
    target: Target,
    composite: str = "epsilon",
    epsilon: float = EPSILON,
) -> tuple[Tensor, Tensor, Tensor]:
    """Do the same as `relevance` without leaving the device: values, hypothetical and logits."""
    assert isinstance(network, CNN)
    output = network.layers[-1]
    assert isinstance(output, nn.Linear)
    one_hot = one_hot.to(output.weight)
    weights = target_vectors(target, len(one_hot), output.weight)
    if method == "lrp":
        hypothetical, logits = lrp(network, one_hot, weights, composite, epsilon)
    elif method in METHODS:
        hypothetical, logits = _gradient(network, one_hot, weights)
        if method == "corrected_saliency":
            hypothetical = hypothetical - hypothetical.mean(dim=1, keepdim=True)
    else:
        raise UsageError(f"There is no method {method!r} for a CNN; choose one of {', '.join(METHODS)}.")
    return (hypothetical * one_hot).sum(dim=1), hypothetical, logits


def _gradient(network: CNN, one_hot: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    inputs = one_hot.detach().clone().requires_grad_()
    with torch.enable_grad():
        logits = network(inputs)
    (gradient,) = torch.autograd.grad(logits, inputs, weights)
    return gradient, logits.detach()


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.asarray(values.detach().float().cpu().numpy(), dtype=np.float32)
