"""Layer-wise relevance propagation of the convolutional network by the hooks of zennit.

This module is the reference: `gxview.explain.cnn_pass` computes the same without hooks, several times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gxview.explain.cnn_chain import EPSILON, GAMMA, check_composite, merged_chain
from gxview.explain.zennit_rules import zennit_module
from gxview.models.cnn import CNN


def reference_lrp(
    network: CNN, one_hot: Tensor, weights: Tensor, composite: str, epsilon: float = EPSILON
) -> tuple[Tensor, Tensor]:
    """Return hypothetical relevance (N, 4, L) and logits (N, num_labels).

    Arguments as in `gxview.explain.cnn.relevance`, the target as weights (N, num_labels) of the logits.
    """
    check_composite(composite)
    chain = nn.Sequential(*merged_chain(network))
    inputs = one_hot.detach().clone().requires_grad_()
    with _hooks(chain, composite, epsilon), torch.enable_grad():
        logits = chain(inputs)
        (hypothetical,) = torch.autograd.grad(logits, inputs, logits.detach() * weights)
    return hypothetical, logits.detach()


def _hooks(chain: nn.Sequential, composite: str, epsilon: float) -> Any:
    """Return a context in which the backward pass of ``chain`` carries relevance instead of gradients.

    Max-pooling hands relevance to its winner, as its gradient does; the mean over positions is shared by contribution.
    """
    rules, core = zennit_module("rules"), zennit_module("core")
    convolution = {
        "epsilon": rules.Epsilon(epsilon=epsilon),
        "epsilon_plus": rules.ZPlus(stabilizer=epsilon),
        "gamma": rules.Gamma(gamma=GAMMA, stabilizer=epsilon),
    }[composite]
    by_type = {
        nn.Conv1d: convolution,
        nn.Linear: rules.Epsilon(epsilon=epsilon),
        nn.ReLU: rules.Pass(),
        nn.AdaptiveAvgPool1d: rules.Norm(stabilizer=epsilon),
    }

    def rule_of(_context: dict[str, Any], name: str, module: nn.Module) -> Any:
        return _per_base(convolution) if name == "0" else by_type.get(type(module))

    return core.Composite(module_map=rule_of).context(chain)


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
