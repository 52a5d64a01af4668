"""What becomes of a logit: conservation where it must hold, bookkeeping where it cannot."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gxview.explain.attnlrp import audit, reference_pass, relevance
from gxview.explain.fast import fast_pass
from gxview.explain.rules import AttnLRPOps, Rules
from gxview.explain.targets import target_vectors
from gxview.models.dnabert2 import DNABert2ForSequenceClassification
from tests.explain.networks import padded_batch, small_network

PARTS = ("softmax_leak", "alibi", "bias_linear", "bias_layer_norm", "token_type")
RULES = [
    Rules(),
    Rules(alibi="uniform"),
    Rules(alibi="identity"),
    Rules(glu="cp"),
    Rules("cplrp"),
]


def test_without_biases_cp_lrp_conserves():
    network, (ids, mask) = small_network(biases=False), padded_batch([9, 12])
    target = target_vectors(1, 2, network.classifier.weight)
    tokens, logits = fast_pass(network, ids, mask, target, Rules("cplrp"))
    torch.testing.assert_close(tokens.sum(1), logits[:, 1], rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_books_balance(rules):
    network, (ids, mask) = small_network(), padded_batch([9, 12, 4])
    target = target_vectors("contrast", 3, network.classifier.weight)
    tokens, logits, _, shares = audit(network, ids, mask, target, rules)
    assert set(shares) == set(PARTS)
    explained = (logits * target).sum(1)
    # the stabiliser of ALiBi's identity rule (1e-6) takes its own small part
    tolerance = 1e-3 if rules.alibi == "identity" else 1e-11
    torch.testing.assert_close(tokens.sum(1) + sum(shares.values()), explained, rtol=tolerance, atol=tolerance)


def test_only_attnlrp_leaks_and_only_epsilon_drops_alibi():
    network, (ids, mask) = small_network(biases=False), padded_batch([9])
    target = target_vectors(1, 1, network.classifier.weight)
    attnlrp, cplrp = (audit(network, ids, mask, target, rules)[3] for rules in (Rules(), Rules("cplrp")))
    assert abs(attnlrp["softmax_leak"].item()) > 1e-6
    assert abs(attnlrp["alibi"].item()) > 1e-9
    assert cplrp["softmax_leak"].item() == 0
    assert cplrp["alibi"].item() == 0
    for shares in (attnlrp, cplrp):
        assert shares["bias_linear"].item() == shares["bias_layer_norm"].item() == shares["token_type"].item() == 0


class Watched(AttnLRPOps):
    """Keeps every layer's attention with its gradients, for the identity below."""

    def __init__(self) -> None:
        super().__init__(Rules())
        self.seen: list[tuple[torch.Tensor, ...]] = []

    def attention(self, query, key, value, bias, dropout):
        context = super().attention(query, key, value, bias, dropout)
        context.retain_grad()
        self.seen.append((query.detach(), key.detach(), value.detach(), bias, context))
        return context


def test_leak_and_alibi_share_are_the_covariances_of_the_specification():
    """Per row: leak = E_A[gA] - Cov_A(x, gA), ALiBi share = Cov_A(b, gA), with gA = g V' / 2."""
    network, (ids, mask) = small_network(), padded_batch([9, 6])
    target = target_vectors(1, 2, network.classifier.weight)
    watched = Watched()
    words = network.bert.embeddings.word_embeddings(ids)
    logits = network(inputs_embeds=words, attention_mask=mask, ops=watched).logits
    (logits * target).sum().backward()
    absorbed = audit(network, ids, mask, target, Rules())[2]
    for layer, (query, key, value, bias, context) in enumerate(watched.seen):
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        x = scores + bias
        a, g = torch.softmax(x, -1), context.grad @ value.transpose(-1, -2) / 2
        mean = lambda y, a=a: (a * y).sum(-1)  # noqa: E731
        leak = mean(g) - (mean(x * g) - mean(x) * mean(g))
        share = mean(bias * g) - mean(bias.expand_as(g)) * mean(g)
        torch.testing.assert_close(absorbed.softmax_leak[:, layer], leak.sum(-1), rtol=1e-9, atol=1e-12)
        torch.testing.assert_close(absorbed.alibi[:, layer], share.sum(-1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", ["attnlrp", "cplrp"])
@pytest.mark.parametrize("target", [0, 1])
def test_full_diagnostics_close_to_the_logit_in_single_precision(shared, method, target):
    folder = shared / "parity" / "dnabert2-tiny"
    saved = np.load(folder / "expected.npz")
    network = DNABert2ForSequenceClassification.from_pretrained(folder)
    ids, mask = (torch.from_numpy(saved[name]).long() for name in ("input_ids", "attention_mask"))
    full = relevance(network, ids, mask, method=method, target=target, diagnostics="full").diagnostics
    total = full["relevance_sum"] + sum(full[part] for part in PARTS)
    np.testing.assert_allclose(total, saved["logits"][:, target], rtol=0, atol=1e-5)
    np.testing.assert_allclose(sum(full[part] for part in PARTS), full["remainder"], rtol=0, atol=1e-5)


def test_watching_does_not_change_the_relevance():
    network, (ids, mask) = small_network(), padded_batch([9, 6])
    target = target_vectors(1, 2, network.classifier.weight)
    for rules in RULES[:4]:
        watched = audit(network, ids, mask, target, rules)[0]
        plain = reference_pass(network, ids, mask, target, AttnLRPOps(rules))[0]
        torch.testing.assert_close(watched, plain, rtol=1e-12, atol=1e-12)
