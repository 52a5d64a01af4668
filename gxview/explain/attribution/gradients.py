"""Integrated gradients and SmoothGrad: the gradient averaged over many inputs, times the input.

DNABERT-2 is differentiated at the word embeddings of its tokens, a CNN at its one-hot columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.attribution.found import of_bases, of_tokens
from gxview.explain.attribution.work import Work, generator, plain
from gxview.explain.relevance import Relevance
from gxview.models.base import TokenBatch
from gxview.models.loaded import LoadedDNABert2

STEPS = 50
SAMPLES = 25
NOISE = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class _Input:
    """One sequence as the numbers that are differentiated, with what stands for nothing in its place.

    Attributes
    ----------
    value, baseline
        (S, hidden) word embeddings or (4, L) one-hot columns.
    scale
        By how much noise is multiplied, of a shape that fits ``value``; 0 where the input stays.
    cells
        Tokens or bases.
    network
        From inputs (n, ...) to logits (n, num_labels).
    """

    value: Tensor
    baseline: Tensor
    scale: Tensor
    cells: int
    network: Callable[[Tensor], Tensor]


def integrated_gradients(work: Work, sequence: str) -> Relevance:
    """Integrate the gradient on the straight way from a baseline (Sundararajan et al. 2017).

    The integral is taken at 50 Gauss-Legendre points.

    The baseline of DNABERT-2 has the embedding of [MASK] in place of each token but [CLS] and [SEP]; that of a CNN is
    zero, unknown bases. Relevance adds up to the explained quantity minus that of the baseline, told as ``baseline``.
    """
    nodes, weights = np.polynomial.legendre.leggauss(STEPS)
    one = _input(work, sequence)
    steps = torch.from_numpy(((nodes + 1) / 2).astype(np.float32)).to(one.value.device)
    steps = steps.view(-1, *(1 for _ in one.value.shape))
    way = one.value - one.baseline
    gradient = work.mean_gradient(lambda part: one.baseline + steps[part] * way, weights / 2, one.cells, one.network)
    baseline = float(work.explained(_logits(work, one, one.baseline))[0])
    return _times_input(work, sequence, one, gradient, way, {"baseline": baseline})


def smoothgrad(work: Work, sequence: str) -> Relevance:
    """Average the gradient over 25 noisy copies of the input (Smilkov et al. 2017), then multiply with the input.

    The standard deviation of the noise is 15 % of the range of values: of each dimension of the word embedding over the
    tokens of the sequence, which is zero for a single token; 1 for one-hot columns. [CLS], [SEP] and unknown bases of
    a CNN stay as they are.
    """
    one = _input(work, sequence)
    shape = (SAMPLES, *one.value.shape)
    drawn = generator(sequence, "smoothgrad").standard_normal(shape, dtype=np.float32)
    noise = torch.from_numpy(drawn).to(one.value) * (NOISE * one.scale)
    weights = np.full(SAMPLES, 1 / SAMPLES)
    gradient = work.mean_gradient(lambda part: one.value + noise[part], weights, one.cells, one.network)
    return _times_input(work, sequence, one, gradient, one.value, {})


def _times_input(
    work: Work, sequence: str, one: _Input, gradient: NDArray[np.float64], way: Tensor, details: dict[str, float]
) -> Relevance:
    factor = way.cpu().numpy().astype(np.float64)
    logits = _logits(work, one, one.value)[0]
    if work.model.kind == "dnabert2":
        return of_tokens(work, sequence, work.model.tokenize([sequence]), (gradient * factor).sum(-1), logits, details)
    return of_bases(work, sequence, (gradient * factor).sum(0), logits, details, hypothetical=gradient)


def _logits(work: Work, one: _Input, value: Tensor) -> NDArray[np.float32]:
    with work.answering():
        return np.asarray(one.network(value[None]).float().cpu().numpy())


def _input(work: Work, sequence: str) -> _Input:
    model = work.model
    if isinstance(model, LoadedDNABert2):
        return _words(model, model.tokenize([sequence]))
    one_hot = model.one_hot([sequence])[0]
    network: Any = model.network
    return _Input(one_hot, torch.zeros_like(one_hot), one_hot.sum(0, keepdim=True), one_hot.shape[1], network)


def _words(model: LoadedDNABert2, tokens: TokenBatch) -> _Input:
    network: Any = model.network
    weight, dna = network.bert.embeddings.word_embeddings.weight, tokens.dna[0][:, None]
    words = weight[tokens.input_ids[0]]
    baseline = torch.where(dna, weight[model.tokenizer.mask_id], words)
    known = words[tokens.dna[0]]
    spread = known.amax(0) - known.amin(0)
    forward = plain(model)
    return _Input(words, baseline, spread * dna, len(words), lambda inputs: forward(inputs_embeds=inputs).logits)
