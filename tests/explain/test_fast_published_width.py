"""The pass by hand at the width of the published model, where its products are cut, blocked and kept in memory.

Two layers stand for twelve. Sequences of 62, 70, 58 and 17 tokens fill no block of a matrix product. Memory that is
read before it is written shows only now and then, so a pass is repeated, between others of another shape, and once with
all fresh memory set to NaN.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

from gxview.explain import fast_memory
from gxview.explain.attnlrp import reference_pass
from gxview.explain.fast import fast_pass
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.targets import target_vectors
from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification

SHAPES = [(8, 62), (5, 70), (3, 58), (1, 17)]
REPEATS = 10
TOLERANCE = 1e-4  # single precision is off by 2e-5 where the relevance of [CLS] cancels
RULES = [Rules("attnlrp"), Rules("attnlrp", alibi="uniform", glu="cp"), Rules("cplrp"), Rules("gradient_x_input")]

Case = tuple[Tensor, Tensor, Tensor, Tensor]  # ids, target, relevance and logits by the reference


@pytest.fixture(scope="module")
def network() -> DNABert2ForSequenceClassification:
    config = DNABert2Config(vocab_size=64, num_hidden_layers=2, num_labels=2)
    assert (config.hidden_size, config.intermediate_size, config.num_attention_heads) == (768, 3072, 12)
    torch.manual_seed(768)
    return DNABert2ForSequenceClassification(config).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def double(network: DNABert2ForSequenceClassification) -> DNABert2ForSequenceClassification:
    return copy.deepcopy(network).double()


def cases(double: DNABert2ForSequenceClassification, rules: Rules, target: int) -> list[Case]:
    """Return a batch of every shape with what the rules of lxt give for it in double precision."""
    result = []
    for number, shape in enumerate(SHAPES):
        ids = torch.randint(5, 64, shape, generator=torch.Generator().manual_seed(number))
        goal = target_vectors(target, len(ids), double.classifier.weight)
        relevance, logits, _ = reference_pass(double, ids, None, goal, reference_ops(rules))
        result.append((ids, goal.float(), relevance, logits))
    return result


def check(network: DNABert2ForSequenceClassification, rules: Rules, case: Case) -> None:
    """Explain by hand and compare."""
    ids, goal, relevance, logits = case
    ours, our_logits = fast_pass(network, ids, None, goal, rules)
    assert ours.isfinite().all(), f"{(~ours.isfinite()).sum()} of {ours.numel()} values for a batch of {ids.shape}"
    assert float((ours - relevance).abs().max() / relevance.abs().max()) < TOLERANCE
    assert float((our_logits - logits).abs().max() / logits.abs().max()) < TOLERANCE


@contextmanager
def fresh_memory_of_nan() -> Iterator[None]:
    """Forget the kept memory of this thread and let all new memory start as NaN."""
    fast_memory._HELD.tensors.clear()
    torch.use_deterministic_algorithms(True)  # fills what torch.empty and its kin return
    try:
        assert torch.empty(3).isnan().all()
        yield
    finally:
        torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_every_repeat_agrees_with_the_rules_of_lxt(network, double, rules, target):
    batches = cases(double, rules, target)
    for _ in range(REPEATS):
        for case in batches:
            check(network, rules, case)


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_nothing_is_read_before_it_is_written(network, double, rules):
    for case in cases(double, rules, target=1):
        with fresh_memory_of_nan():
            check(network, rules, case)
