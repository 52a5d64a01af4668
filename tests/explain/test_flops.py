"""Counted operations against PyTorch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gxview.explain.device_pass import device_pass
from gxview.explain.device_weights import device_weights
from gxview.explain.flops import forward_flops, pass_flops, utilisation
from gxview.explain.rules import Rules
from gxview.models.ops import PlainOps
from tests.explain.networks import padded_batch, small_network


def counted(work) -> int:
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


class ExplicitAttention(PlainOps):
    """Attention that the counter sees: it does not know the fused one of a CPU."""

    def attention(self, query, key, value, bias, dropout):
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5 + bias
        return scores.softmax(-1) @ value


def test_a_forward_pass():
    network, (ids, mask) = small_network(layers=3), padded_batch([12, 12, 12, 12])
    assert counted(lambda: network(ids, mask, ops=ExplicitAttention())) == forward_flops(network.config, 4, 12)


@pytest.mark.parametrize("rules", [Rules(), Rules(glu="cp"), Rules("cplrp"), Rules("gradient_x_input")], ids=str)
@pytest.mark.parametrize("layers", [1, 3])
def test_an_explaining_pass(rules, layers):
    network, (ids, _) = small_network(layers=layers), padded_batch([12, 12, 12, 12])
    weights = device_weights(network, rules, torch.float64)
    lengths, target = torch.full((4,), 12), torch.ones(4, 2, dtype=torch.float64)
    assert counted(lambda: device_pass(weights, ids, lengths, target)) == pass_flops(network.config, rules, 4, 12)


def test_utilisation_is_told_of_known_devices():
    assert utilisation(989_400_000_000, 0.01, "NVIDIA H200", "bf16") == pytest.approx(0.1)
    assert utilisation(1, 1, "some device", "bf16") is None
