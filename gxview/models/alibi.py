"""Attention with linear biases (Press et al. 2022, arXiv 2108.12409), in DNABERT-2's symmetric form."""

from __future__ import annotations

import math

import torch
from torch import Tensor

MASKED_LOGIT = -10_000.0  # what the official implementation adds for padding; its softmax weight is exactly 0


def alibi_slopes(heads: int) -> list[float]:
    """Slope of every attention head.

    Parameters
    ----------
    heads
        Number of attention heads.

    Returns
    -------
    list of float
        ``2 ** (-8 (h + 1) / heads)`` for a power of two; otherwise those of the next lower power of two, followed by
        every second slope of the next higher one (Press et al. 2022, section 3 and their published code).
    """
    lower = 2 ** math.floor(math.log2(heads))
    slopes = [2.0 ** (-8.0 * (head + 1) / lower) for head in range(lower)]
    higher = [2.0 ** (-4.0 * (head + 1) / lower) for head in range(0, 2 * (heads - lower), 2)]
    return slopes + higher


def alibi_bias(heads: int, length: int, *, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Bias of the attention logits, ``-slope[h] * |i - j|``, of shape (heads, length, length).

    It is made for each pass instead of being kept as a buffer: any length works, and nothing has to survive
    initialisation on the meta device.
    """
    positions = torch.arange(length, device=device, dtype=dtype)
    distance = (positions[:, None] - positions[None, :]).abs()
    slopes = torch.tensor(alibi_slopes(heads), device=device, dtype=dtype)
    return -slopes[:, None, None] * distance


def attention_bias(heads: int, length: int, attention_mask: Tensor | None, like: Tensor) -> Tensor:
    """ALiBi plus padding mask, of shape (1 or B, heads, length, length), in the device and dtype of ``like``.

    Parameters
    ----------
    heads, length
        Number of heads and of tokens, special tokens and padding included.
    attention_mask
        (B, length), 1 for real tokens and 0 for padding; None when nothing is padded.
    like
        Tensor whose device and dtype the bias takes.
    """
    bias = alibi_bias(heads, length, device=like.device, dtype=like.dtype)[None]
    if attention_mask is None or bool(attention_mask.all()):
        return bias
    return bias + (1.0 - attention_mask.to(like.dtype))[:, None, None, :] * MASKED_LOGIT
