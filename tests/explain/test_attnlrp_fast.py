"""The pass by hand against the operations built on the rules of lxt."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gxview.explain import fast_attention
from gxview.explain.attnlrp import reference_pass, token_pass
from gxview.explain.fast import fast_pass
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.targets import target_vectors
from gxview.models.dnabert2 import DNABert2ForSequenceClassification
from tests.explain.networks import padded_batch, small_network

RULES = [
    Rules("attnlrp"),
    Rules("attnlrp", alibi="uniform"),
    Rules("attnlrp", glu="cp"),
    Rules("attnlrp", alibi="uniform", glu="cp"),
    Rules("cplrp"),
    Rules("gradient_x_input"),
]
LENGTHS = {
    "one sequence": [12],
    "nothing padded": [12, 12, 12],
    "padded": [7, 12, 3],
    "several pieces": [170, 170, 164, 170, 9, 9, 9],
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
    assert relative(ours, theirs) < 3e-6


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_single_precision_agrees_on_the_official_network(shared, rules, target):
    folder = shared / "parity" / "dnabert2-tiny"
    saved = np.load(folder / "expected.npz")
    network = DNABert2ForSequenceClassification.from_pretrained(folder)
    ids, mask = (torch.from_numpy(saved[name]).long() for name in ("input_ids", "attention_mask"))
    goal = target_vectors(target, len(ids), network.classifier.weight)
    ours, _ = fast_pass(network, ids, mask, goal, rules)
    theirs, _, _ = reference_pass(network, ids, mask, goal, reference_ops(rules))
    # Gradient x input nearly cancels at every LayerNorm; both ways are off by as much from double precision.
    assert relative(ours, theirs) < (2e-6 if rules.method == "gradient_x_input" else 1e-6)


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_fused_attention_of_long_sequences_is_the_same(monkeypatch, rules):
    network, (ids, mask) = small_network(), padded_batch([20, 14])
    target = target_vectors(1, 2, network.classifier.weight)
    explicit, _ = fast_pass(network, ids, mask, target, rules)
    monkeypatch.setattr(fast_attention, "_LONGEST_EXPLICIT", 10)
    fused, _ = fast_pass(network, ids, mask, target, rules)
    assert relative(fused, explicit) < 1e-12


def test_memory_of_a_thread_serves_networks_and_batches_of_any_size():
    rules = Rules()
    cases = [(small_network(heads=heads), padded_batch(lengths)) for heads in (2, 4) for lengths in ([5], [30, 8])]
    goals = [target_vectors(1, len(ids), network.classifier.weight) for network, (ids, _) in cases]
    first = [fast_pass(n, ids, mask, goal, rules)[0] for (n, (ids, mask)), goal in zip(cases, goals, strict=True)]
    for (network, (ids, mask)), goal, before in reversed(list(zip(cases, goals, first, strict=True))):
        assert torch.equal(fast_pass(network, ids, mask, goal, rules)[0], before)


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
