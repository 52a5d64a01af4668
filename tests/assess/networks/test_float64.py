"""Numbers are widened off a device that has no float64, and stay what they are elsewhere."""

import numpy as np
import pytest
import torch

from gxview.assess.networks.float64 import widened
from gxview.assess.networks.likelihood import Batching, entropies, log_likelihood, pseudo_log_likelihood
from gxview.assess.networks.tokens import TokenRow
from tests.assess.narrow import narrow

WORDS = 7
BATCHING = Batching(torch.device("cpu"), 40)


@pytest.fixture
def rows():
    rng = np.random.default_rng(2)
    every = [(rng.integers(0, WORDS, size), np.arange(1, size)) for size in (5, 8, 5)]
    return [TokenRow(ids, (0, len(ids)), at, np.stack([at, at + 1], axis=1)) for ids, at in every]


def told(ids):
    """Return logits (B, S, V) from nothing but the ids."""
    return torch.sin(torch.arange(WORDS) * (1.0 + ids[..., None]))


def test_widening_keeps_the_bits():
    values = torch.rand(4, generator=torch.Generator().manual_seed(1))
    assert torch.equal(widened(values), values.double())
    assert torch.equal(widened(narrow(values)), values.double())


def test_likelihoods_are_the_same_on_a_device_without_float64(rows):
    def masked(ids, places):
        return told(ids)[torch.arange(len(ids)), places]

    plain = pseudo_log_likelihood(rows, 0, masked, BATCHING)
    assert np.array_equal(pseudo_log_likelihood(rows, 0, lambda *asked: narrow(masked(*asked)), BATCHING), plain)
    plain = log_likelihood(rows, told, BATCHING)
    assert np.array_equal(log_likelihood(rows, lambda ids: narrow(told(ids)), BATCHING), plain)
    known = entropies(rows, 0, masked, BATCHING)
    found = entropies(rows, 0, lambda *asked: narrow(masked(*asked)), BATCHING)
    assert all(np.array_equal(*pair) for pair in zip(found, known, strict=True))
