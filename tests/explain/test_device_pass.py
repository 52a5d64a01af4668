"""The pass of a GPU, on the CPU, against the operations built on the rules of lxt."""

from __future__ import annotations

import pytest
import torch

from gxview.explain.attnlrp import reference_pass
from gxview.explain.device_pass import device_pass
from gxview.explain.device_weights import device_weights
from gxview.explain.rules import Rules, reference_ops
from tests.explain.networks import padded_batch, small_network

RULES = [
    Rules(),
    Rules(alibi="uniform"),
    Rules(glu="cp"),
    Rules("cplrp"),
    Rules("gradient_x_input"),
]


def relative(ours, theirs) -> float:
    return float((ours.double() - theirs.double()).abs().max() / theirs.abs().max())


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_double_precision_agrees_to_the_last_digits(rules, layers):
    network, (ids, mask) = small_network(layers=layers), padded_batch([7, 16, 3, 1])
    target = torch.tensor([-1.0, 1.0], dtype=torch.float64).expand(4, 2)
    theirs, logits, _ = reference_pass(network, ids, mask, target, reference_ops(rules))
    ours, our_logits = device_pass(device_weights(network, rules, torch.float64), ids.int(), mask.sum(1), target)
    assert relative(ours * mask, theirs * mask) < 1e-12
    assert relative(our_logits, logits) < 1e-12
    assert not ours[mask == 0].any()


@pytest.mark.parametrize("rules", RULES[:4], ids=str)
def test_products_in_bf16_leave_the_numbers_recognisable(rules):
    network, (ids, mask) = small_network(dtype=torch.float32, scale=0.2), padded_batch([16, 16, 12])
    target = torch.ones(3, 2)
    exact, _ = device_pass(device_weights(network, rules, torch.float32), ids.int(), mask.sum(1), target)
    low, _ = device_pass(device_weights(network, rules, torch.bfloat16), ids.int(), mask.sum(1), target)
    assert low.dtype == torch.float32
    assert 1e-5 < relative(low, exact) < 0.1
