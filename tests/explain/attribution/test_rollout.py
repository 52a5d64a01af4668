"""Attention rollout against a few lines of NumPy on explicit attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gxview.explain import explain
from gxview.models.ops import PlainOps

SEQUENCE = "ACGTTGCATATAAAAGGCGCNNTTACGATCGGATC"


class Attentive(PlainOps):
    def __init__(self):
        self.seen = []

    def attention(self, query, key, value, bias, dropout):
        self.seen.append(torch.softmax(query @ key.mT / query.shape[-1] ** 0.5 + bias, -1))
        return self.seen[-1] @ value


def test_rollout_is_the_product_of_averaged_attention(dnabert2):
    ops = Attentive()
    with torch.no_grad():
        dnabert2.network(input_ids=dnabert2.tokenize([SEQUENCE]).input_ids, ops=ops)
    product = np.eye(ops.seen[0].shape[-1])
    for heads in ops.seen:
        product = (0.5 * heads[0].numpy().mean(0) + 0.5 * np.eye(len(product))) @ product
    (found,) = explain(dnabert2, [SEQUENCE], "rollout")
    assert np.allclose(found.token_relevance, product[0, 1:-1], rtol=1e-4, atol=1e-7)
    assert found.special_relevance == pytest.approx(product[0, 0] + product[0, -1], rel=1e-4)
    assert found.diagnostics["relevance_sum"] == pytest.approx(1, abs=1e-5)
    assert (found.values >= 0).all()


def test_rollout_is_the_same_for_every_class(dnabert2):
    first, second = (explain(dnabert2, [SEQUENCE], "rollout", target)[0] for target in (0, 1))
    assert np.array_equal(first.values, second.values)
