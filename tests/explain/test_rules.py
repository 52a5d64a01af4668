"""Each rule by itself: values untouched, gradients as the papers have them."""

from __future__ import annotations

import sys

import pytest
import torch
import torch.nn.functional as functional

from gxview.errors import GxviewError
from gxview.explain import lxt_rules as lxt_module
from gxview.explain.rules import (
    AttnLRPOps,
    CPLRPOps,
    GradientOps,
    Rules,
    identity_rule,
    scale_gradient,
    uniform_rule,
)
from gxview.models.ops import PLAIN
from tests.explain.networks import padded_batch, small_network

ALL_OPS = [AttnLRPOps(Rules(alibi=a)) for a in ("epsilon", "uniform", "identity")]
ALL_OPS += [AttnLRPOps(Rules(glu="cp")), CPLRPOps(Rules("cplrp")), GradientOps()]


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).requires_grad_()


def test_rules_of_lxt_load_without_its_models():
    rules = lxt_module.lxt_rules()
    assert {"identity_rule_implicit", "divide_gradient", "stop_gradient"} <= set(vars(rules))
    assert "lxt.efficient" not in sys.modules
    assert "torchvision" not in sys.modules


def test_missing_lxt_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setattr(lxt_module, "find_spec", lambda name: None)
    with pytest.raises(GxviewError, match="pip install"):
        lxt_module.lxt_rules.__wrapped__()


@pytest.mark.parametrize("ops", ALL_OPS, ids=lambda ops: f"{type(ops).__name__} {getattr(ops, 'rules', '')}")
def test_rules_leave_predictions_alone(ops):
    network, (ids, mask) = small_network(), padded_batch([9, 5])
    torch.testing.assert_close(network(ids, mask, ops=ops).logits, network(ids, mask, ops=PLAIN).logits)


def test_identity_rule_gives_gelu_the_slope_of_a_line_through_zero():
    x = random(50)
    (gradient,) = torch.autograd.grad(identity_rule(functional.gelu, x).sum(), x)
    normal = torch.distributions.Normal(0.0, 1.0)
    torch.testing.assert_close(gradient, normal.cdf(x.detach()), rtol=1e-12, atol=0)


def test_uniform_rule_halves_the_gradient_exactly():
    x = random(7)
    halved = uniform_rule(x)
    assert torch.equal(halved, x)
    (gradient,) = torch.autograd.grad((halved * x.detach()).sum(), x)
    assert torch.equal(gradient, x.detach() / 2)


def test_scaled_gradient():
    x, factor = random(7), random(7, seed=1).detach()
    scaled = scale_gradient(x, factor)
    assert torch.equal(scaled, x)
    assert torch.equal(torch.autograd.grad(scaled.sum(), x)[0], factor)


def test_layer_norm_has_a_constant_standard_deviation():
    x, weight, bias, seed = random(4, 6), random(6, seed=1), random(6, seed=2), random(4, 6, seed=3).detach()
    output = AttnLRPOps(Rules()).layer_norm(x, weight, bias, 1e-12)
    torch.testing.assert_close(output, functional.layer_norm(x, (6,), weight, bias, 1e-12))
    (gradient,) = torch.autograd.grad(output, x, seed)
    std = x.detach().std(dim=-1, correction=0, keepdim=True)
    jacobian = (torch.eye(6, dtype=torch.float64) - 1 / 6) * weight.detach()[:, None]
    torch.testing.assert_close(gradient, seed @ jacobian / std)


def test_gated_product_is_shared_in_halves():
    gate, value = random(5), random(5, seed=1)
    output = AttnLRPOps(Rules()).gated(gate, value)
    seed = random(5, seed=2).detach()
    at_gate, at_value = torch.autograd.grad(output, (gate, value), seed)
    share = (output * seed / 2).detach()
    torch.testing.assert_close(gate.detach() * at_gate, share)
    torch.testing.assert_close(value.detach() * at_value, share)


@pytest.mark.parametrize("ops", [AttnLRPOps(Rules(glu="cp")), CPLRPOps(Rules("cplrp"))])
def test_constant_gate_leaves_all_to_the_value(ops):
    gate, value = random(5), random(5, seed=1)
    output = ops.gated(gate, value)
    at_gate, at_value = torch.autograd.grad(output.sum(), (gate, value), allow_unused=True)
    assert at_gate is None
    torch.testing.assert_close(value.detach() * at_value, output.detach())


def attention_inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    shape = (2, 3, 6, 4)
    query, key, value = (random(*shape, seed=n) for n in range(3))
    return query, key, value, random(1, 3, 6, 6, seed=3).detach(), random(*shape, seed=4).detach()


def gradients(ops) -> tuple[torch.Tensor, ...]:
    query, key, value, bias, seed = attention_inputs()
    return torch.autograd.grad(ops.attention(query, key, value, bias, 0.0), (query, key, value), seed)


@pytest.mark.parametrize(("alibi", "factor"), [("epsilon", 0.25), ("uniform", 0.125)])
def test_attention_scales_the_ordinary_gradient(alibi, factor):
    ordinary = gradients(PLAIN)
    for ours, plain, share in zip(
        gradients(AttnLRPOps(Rules(alibi=alibi))), ordinary, (factor, factor, 0.5), strict=True
    ):
        torch.testing.assert_close(ours, plain * share)


def test_identity_rule_of_alibi_keeps_the_relevance_of_the_logits():
    query, key, value, bias, seed = attention_inputs()
    grads = gradients(AttnLRPOps(Rules(alibi="identity")))
    scores = (query @ key.transpose(-1, -2) / 2).detach()
    weights = torch.softmax(scores + bias, -1)
    incoming = seed @ value.detach().transpose(-1, -2) / 2
    at_logits = weights * (incoming - (weights * incoming).sum(-1, keepdim=True))
    of_logits = ((scores + bias) * at_logits).sum((-1, -2))
    of_query = (query.detach() * grads[0]).sum((-1, -2))
    torch.testing.assert_close(of_query, of_logits / 2, rtol=1e-4, atol=1e-4)


def test_constant_attention_reaches_values_only():
    query, key, value, bias, seed = attention_inputs()
    output = CPLRPOps(Rules("cplrp")).attention(query, key, value, bias, 0.0)
    at_query, at_key, at_value = torch.autograd.grad(output, (query, key, value), seed, allow_unused=True)
    assert at_query is None
    assert at_key is None
    torch.testing.assert_close((value.detach() * at_value).sum(), (output.detach() * seed).sum())
