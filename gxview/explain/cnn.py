"""Explaining the convolutional network: layer-wise relevance propagation and two gradient methods."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from gxview.errors import GxviewError, UsageError
from gxview.explain.attnlrp import Target, target_vectors
from gxview.explain.precision import arithmetic
from gxview.explain.zennit_rules import zennit_module
from gxview.models.cnn import CNN, Exponential

METHODS = ("lrp", "gradient_x_input", "corrected_saliency")
COMPOSITES = ("epsilon", "epsilon_plus", "gamma")

EPSILON = 1e-6
GAMMA = 0.25


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
        hypothetical, logits = _lrp(network, one_hot, weights, composite, epsilon)
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


def _lrp(network: CNN, one_hot: Tensor, weights: Tensor, composite: str, epsilon: float) -> tuple[Tensor, Tensor]:
    """Return hypothetical relevance (N, 4, L) and logits; the relevance of a logit starts as weight times logit."""
    chain = merged_chain(network)
    inputs = one_hot.detach().clone().requires_grad_()
    with _hooks(chain, composite, epsilon), torch.enable_grad():
        logits = chain(inputs)
        (hypothetical,) = torch.autograd.grad(logits, inputs, logits.detach() * weights)
    return hypothetical, logits.detach()


def merged_chain(network: CNN) -> nn.Sequential:
    """Return a copy of the network's layers with batch normalisation merged into the layer before it.

    Raises
    ------
    GxviewError
        When an activation is exponential, for which LRP has no rule.
    """
    if any(isinstance(layer, Exponential) for layer in network.layers):
        raise GxviewError(
            "LRP has no rule for exponential activations; explain this CNN with gradient_x_input or corrected_saliency."
        )
    return nn.Sequential(*_merged(list(network.layers)))


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


def _hooks(chain: nn.Sequential, composite: str, epsilon: float) -> Any:
    """Return a context in which the backward pass of ``chain`` carries relevance instead of gradients.

    Max-pooling hands relevance to its winner, as its gradient does; the mean over positions is shared by contribution.
    """
    rules, core = zennit_module("rules"), zennit_module("core")
    by_type = {
        nn.Conv1d: _convolution_rule(rules, composite, epsilon),
        nn.Linear: rules.Epsilon(epsilon=epsilon),
        nn.ReLU: rules.Pass(),
        nn.AdaptiveAvgPool1d: rules.Norm(stabilizer=epsilon),
    }

    def rule_of(_context: dict[str, Any], name: str, module: nn.Module) -> Any:
        return _per_base(by_type[nn.Conv1d]) if name == "0" else by_type.get(type(module))

    return core.Composite(module_map=rule_of).context(chain)


def _convolution_rule(rules: Any, composite: str, epsilon: float) -> Any:
    if composite == "epsilon":
        return rules.Epsilon(epsilon=epsilon)
    if composite == "epsilon_plus":
        return rules.ZPlus(stabilizer=epsilon)
    if composite == "gamma":
        return rules.Gamma(gamma=GAMMA, stabilizer=epsilon)
    raise UsageError(f"There is no composite {composite!r}; choose one of {', '.join(COMPOSITES)}.")


def _per_base(rule: Any) -> Any:
    """Return a rule for the first layer whose result is the relevance of each base if it were the one present.

    A rule reduces its modified inputs and their gradients to relevance, linearly in the inputs; with inputs of 1
    instead of the one-hot columns it gives the relevance per unit of each base, the hypothetical contribution.
    """
    hypothetical = rule.copy()

    def reduce(inputs: Sequence[Tensor], gradients: Sequence[Tensor]) -> Tensor:
        ones = [modify(torch.ones_like(value)) for modify, value in zip(rule.input_modifiers, inputs, strict=True)]
        result: Tensor = rule.reducer(ones, gradients)
        return result

    hypothetical.reducer = reduce
    return hypothetical


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.asarray(values.detach().float().cpu().numpy(), dtype=np.float32)
