"""The pass by hand against the rules of lxt, and against an explanation by lxt's explicit rules."""

from __future__ import annotations

import pytest
import torch

from gxview.explain.attnlrp import reference_pass, target_vectors, token_pass
from gxview.explain.fast import fast_pass
from gxview.explain.rules import Rules, reference_ops
from tests.explain.networks import padded_batch, small_network

RULES = [
    Rules("attnlrp"),
    Rules("attnlrp", alibi="uniform"),
    Rules("attnlrp", glu="cp"),
    Rules("attnlrp", alibi="uniform", glu="cp"),
    Rules("cplrp"),
]
LENGTHS = {
    "one sequence": [12],
    "nothing padded": [12, 12, 12],
    "padded": [7, 12, 3],
    "several pieces": [70, 70, 64, 70, 9, 9, 9],
}


def relative(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours.double() - theirs.double()).abs().max() / theirs.abs().max())


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_double_precision_agrees_to_the_last_digits(rules, layers, lengths):
    network, (ids, mask) = small_network(layers=layers), padded_batch(lengths)
    target = target_vectors("contrast", len(ids), network.classifier.weight)
    ours, our_logits = fast_pass(network, ids, mask, target, rules)
    theirs, logits, _ = reference_pass(network, ids, mask, target, reference_ops(rules))
    assert relative(ours, theirs) < 1e-12
    assert relative(our_logits, logits) < 1e-12


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_single_precision_is_off_by_rounding_only(rules, lengths):
    ids, mask = padded_batch(lengths)
    single, double = (small_network(dtype=torch.float32, scale=0.2) for _ in range(2))
    double = double.double()
    target = target_vectors(1, len(ids), double.classifier.weight)
    ours, _ = fast_pass(single, ids, mask, target.float(), rules)
    theirs, _, _ = reference_pass(double, ids, mask, target, reference_ops(rules))
    assert relative(ours, theirs) < 1e-6


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_padding_changes_nothing_and_receives_nothing(rules):
    network, (ids, mask) = small_network(), padded_batch([7, 12, 3])
    target = target_vectors(0, 3, network.classifier.weight)
    batch, _ = fast_pass(network, ids, mask, target, rules)
    assert (batch[mask == 0] == 0).all()
    for row, length in enumerate((7, 12, 3)):
        alone, _ = fast_pass(network, ids[row : row + 1, :length], None, target[:1], rules)
        assert relative(batch[row, :length], alone[0]) < 1e-12


def test_gates_at_zero_take_the_limit_of_gelu():
    """A gate of exactly 0 has GELU(u) / u = 1 / 2, not 0 / 0."""
    network, (ids, mask) = small_network(), padded_batch([8])
    target = target_vectors(1, 1, network.classifier.weight)
    gate = network.bert.encoder.layer[1].mlp.gated_layers.weight[:20]
    with torch.no_grad():
        original = gate.clone()
        gate.zero_()
        at_zero, _ = fast_pass(network, ids, mask, target, Rules())
        gate.copy_(original * 1e-12)
        beside, _ = fast_pass(network, ids, mask, target, Rules())
    assert relative(at_zero, beside) < 1e-9


def test_rules_that_need_explicit_scores_take_the_reference():
    network, (ids, mask) = small_network(), padded_batch([8, 5])
    rules = Rules(alibi="identity")
    target = target_vectors(1, 2, network.classifier.weight)
    ours, _ = token_pass(network, ids, mask, target, rules)
    theirs, _, _ = reference_pass(network, ids, mask, target, reference_ops(rules))
    assert torch.equal(ours, theirs)
    assert relative(ours, fast_pass(network, ids, mask, target, Rules())[0]) > 1e-3
