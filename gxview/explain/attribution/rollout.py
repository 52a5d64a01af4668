"""Attention rollout: how much attention of [CLS] reaches each token through all layers (Abnar and Zuidema 2020)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gxview.explain.attribution.found import of_tokens
from gxview.explain.attribution.work import Work
from gxview.explain.relevance import Relevance
from gxview.explain.rules import GradientOps


def attention_rollout(work: Work, sequence: str) -> Relevance:
    """Multiply the attention of all layers, each the mean over its heads and, for the residual, half the identity.

    The values of all tokens, [CLS] and [SEP] included, are not negative and add up to 1. They are the same for every
    target: what the attended tokens mean for the output plays no part.
    """
    tokens = work.model.tokenize([sequence])
    ops = _Recording()
    work.check()
    network: Any = work.model.network
    with work.answering():
        logits = network(input_ids=tokens.input_ids, ops=ops).logits
        flow = torch.zeros_like(ops.attentions[0][0])
        flow[0] = 1
        for attention in reversed(ops.attentions):
            flow = (flow + flow @ attention) / 2
    return of_tokens(work, sequence, tokens, flow.cpu().numpy(), logits[0].float().cpu().numpy(), {})


class _Recording(GradientOps):
    """The ordinary operations with explicit attention, of which the mean over the heads is kept."""

    def __init__(self) -> None:
        self.attentions: list[Tensor] = []

    def attention(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, dropout: float) -> Tensor:
        scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
        weights = torch.softmax(scores + bias, dim=-1)
        self.attentions.append(weights[0].mean(0))
        return weights @ value
