"""Small DNABERT-2 networks with weights large enough to be nonlinear."""

from __future__ import annotations

import torch
from torch import Tensor

from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification


def small_network(
    *,
    layers: int = 3,
    heads: int = 3,
    labels: int = 2,
    dtype: torch.dtype = torch.float64,
    biases: bool = True,
    scale: float = 0.5,
) -> DNABert2ForSequenceClassification:
    """Return a network with random weights of the given scale, without any bias or token type if asked."""
    config = DNABert2Config(
        vocab_size=60,
        hidden_size=8 * heads,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=40,
        num_labels=labels,
    )
    generator = torch.Generator().manual_seed(layers * 10 + heads)
    network = DNABert2ForSequenceClassification(config).to(dtype).eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            noise = torch.randn(weight.shape, generator=generator, dtype=torch.float64).to(dtype)
            if name.lower().endswith("layernorm.weight"):
                weight.copy_(1 + 0.3 * noise)
            elif name.endswith("bias") or "token_type" in name:
                weight.copy_(0.3 * noise if biases else torch.zeros_like(noise))
            else:
                weight.copy_(scale * noise)
    return network


def padded_batch(lengths: list[int], seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return token ids and mask of random sequences, padded with token 3."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(5, 60, (len(lengths), max(lengths)), generator=generator)
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    return torch.where(mask > 0, ids, 3), mask
