"""AttnLRP by lxt's own BERT, of DNABERT-2's depth and width, with random weights."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from lxt.efficient import monkey_patch
from torch import Tensor
from transformers import BertConfig
from transformers.models.bert import modeling_bert

from benchmarks.workers import seconds

VOCABULARY, SPECIAL = 4096, 5


@lru_cache(maxsize=1)
def networks() -> tuple[Any, Any]:
    """Return the BERT of transformers, and the same weights in that of lxt, which takes its place in the process."""
    torch.manual_seed(0)
    config = BertConfig(vocab_size=VOCABULARY)
    plain = modeling_bert.BertForSequenceClassification(config).eval()
    monkey_patch(modeling_bert)
    ruled = modeling_bert.BertForSequenceClassification(config).eval()
    ruled.load_state_dict(plain.state_dict())
    return plain, ruled


@lru_cache(maxsize=8)
def tokens(batch: int, length: int) -> tuple[Tensor, Tensor]:
    """Return random token ids (batch, length) and their mask."""
    ids = torch.randint(SPECIAL, VOCABULARY, (batch, length), generator=torch.Generator().manual_seed(1))
    return ids, torch.ones_like(ids)


def forward(batch: int, length: int) -> Tensor:
    """Predict; lxt's LayerNorm has replaced that of PyTorch here too."""
    network, (ids, mask) = networks()[0], tokens(batch, length)
    with torch.inference_mode():
        logits: Tensor = network(input_ids=ids, attention_mask=mask).logits
    return logits


def attnlrp(batch: int, length: int, *, frozen: bool) -> Tensor:
    """Explain logit 1 as lxt's README does; with weights frozen, no gradient of a weight is computed."""
    network, (ids, mask) = networks()[1].requires_grad_(not frozen), tokens(batch, length)
    words = network.get_input_embeddings()(ids).detach().requires_grad_()
    network(inputs_embeds=words, attention_mask=mask).logits[:, 1].sum().backward()
    network.zero_grad(set_to_none=True)
    relevance: Tensor = (words * words.grad).sum(-1)
    return relevance


def measure(way: str, batch: int, length: int) -> float:
    """Return seconds of ``forward``, ``attnlrp`` (weights frozen) or ``attnlrp_as_in_readme``."""
    ways = {
        "forward": lambda: forward(batch, length),
        "attnlrp": lambda: attnlrp(batch, length, frozen=True),
        "attnlrp_as_in_readme": lambda: attnlrp(batch, length, frozen=False),
    }
    return seconds((way, batch, length), ways[way])
