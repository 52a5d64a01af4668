"""Stability under noise on the numbers that a network reads.

The noise goes on the word embeddings of a token model and on the one-hot columns of a model on bases. Its size is
stated as a part of the size of the input, |d| / |x|, both as Euclidean norms over all positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.evaluate.mutants import sequence_rng
from gxview.evaluate.records import Record, record
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.settings import Settings, settle
from gxview.explain.targets import target_vectors
from gxview.measures.number import NO_RELEVANCE, Number, missing
from gxview.models.base import Model

Floats = NDArray[np.float64]
Noisy = Callable[[Tensor], Tensor]

TINY = 1e-3
"""Size of the noise that stands for an infinitesimal one: float32 still tells the explanations apart."""

RADIUS = 0.1
"""Size of the noise in whose ball the largest change is sought."""

_TOKEN_METHODS = ("attnlrp", "cplrp", "gradient_x_input")
_BASE_METHODS = ("lrp", "gradient_x_input", "corrected_saliency")


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far noise moves an explanation.

    Attributes
    ----------
    local : Number
        Median over directions of ``(|R(x + d) - R(x)| / |R(x)|) / (|d| / |x|)`` for tiny d: a finite difference of
        the explanation along random directions (Alvarez-Melis and Jaakkola 2018, with relative sizes).
    largest : Number
        Largest ``|R(x + d) - R(x)| / |R(x)|`` over drawn d of the radius (max-sensitivity, Yeh et al. 2019).
    """

    local: Number
    largest: Number


def noise_records(
    model: Model,
    sequences: Sequence[str],
    names: Sequence[str],
    *,
    method: str | None = None,
    target: int | str | None = None,
    options: dict[str, str | None] | None = None,
    draws: int = 10,
    seed: int = 0,
    **columns: str,
) -> list[Record]:
    """Return ``local_lipschitz`` and ``max_sensitivity`` for each sequence.

    Parameters
    ----------
    model : Model
        A classifier.
    sequences, names : sequence of str
        DNA, and ids.
    method, target, options
        As for :func:`gxview.explain.explain`.
    draws : int
        Directions of noise of each kind.
    seed : int
        With the letters it settles the noise.
    columns
        Other columns of the records; model and method are filled in.
    """
    settings = settle(model, method, target, options or {})
    level = "token" if model.kind == "dnabert2" else "base"
    found = []
    for name, sequence in zip(names, sequences, strict=True):
        result = sensitivity(model, sequence, settings, draws=draws, seed=seed)
        given = {"sequence": name, "level": level, "model": model.name, "method": settings.method, **columns}
        found.append(record("local_lipschitz", result.local, detail={"noise": TINY}, **given))
        found.append(record("max_sensitivity", result.largest, detail={"noise": RADIUS}, **given))
    return found


def sensitivity(
    model: Model, sequence: str, settings: Settings, *, draws: int = 10, radius: float = RADIUS, seed: int = 0
) -> Sensitivity:
    """Measure how far noise moves the explanation of one sequence.

    Methods that are implemented from letters on have no such noise, and both numbers are missing.
    """
    methods = _TOKEN_METHODS if model.kind == "dnabert2" else _BASE_METHODS
    if settings.method not in methods:
        nothing = missing(f"{settings.method} is explained from letters only; noise is there for {', '.join(methods)}")
        return Sensitivity(nothing, nothing)
    inputs, explained = (
        _token_input(model, sequence, settings) if model.kind == "dnabert2" else _base_input(model, sequence, settings)
    )
    rng = sequence_rng(seed, sequence, "noise")
    tiny, wide = (_noisy(inputs, size, draws, rng) for size in (TINY, radius))
    relevance = explained(torch.cat([inputs[None], tiny, wide])).double().cpu().numpy()
    size = float(np.linalg.norm(relevance[0]))
    if size == 0:
        return Sensitivity(missing(NO_RELEVANCE), missing(NO_RELEVANCE))
    changes = np.linalg.norm(relevance[1:] - relevance[0], axis=1) / size
    return Sensitivity(Number(float(np.median(changes[:draws]) / TINY)), Number(float(changes[draws:].max())))


def _noisy(inputs: Tensor, size: float, draws: int, rng: np.random.Generator) -> Tensor:
    """Return inputs (draws, ...) moved by exactly `size` of their norm in random directions."""
    directions = torch.from_numpy(rng.standard_normal((draws, *inputs.shape))).to(inputs)
    norms = directions.flatten(1).norm(dim=1).view(-1, *[1] * inputs.ndim)
    noise: Tensor = directions * (size * inputs.norm() / norms)
    return inputs + noise


def _token_input(model: Model, sequence: str, settings: Settings) -> tuple[Tensor, Noisy]:
    """Return the word embeddings (S, H) and what explains (B, S, H) of them as (B, T), special tokens left out."""
    tokens = model.tokenize([sequence])
    network: Any = model.network
    dna = tokens.dna[0]
    rules = Rules(settings.method, settings.option("alibi", "epsilon"), settings.option("glu", "uniform"))  # type: ignore[arg-type]
    ops = reference_ops(rules)
    words = network.bert.embeddings.word_embeddings(tokens.input_ids)[0].detach()

    def explained(inputs: Tensor) -> Tensor:
        leaf = inputs.clone().requires_grad_()
        with torch.inference_mode(False), torch.enable_grad():
            logits = network(inputs_embeds=leaf, ops=ops).logits
            goal = target_vectors(settings.weights(model.num_labels), len(leaf), logits[0])
            (gradient,) = torch.autograd.grad((logits * goal).sum(), leaf)
            relevance: Tensor = (inputs * gradient).sum(-1)[:, dna]
        return relevance

    return words, explained


def _base_input(model: Model, sequence: str, settings: Settings) -> tuple[Tensor, Noisy]:
    """Return the one-hot columns (4, L) and what explains (B, 4, L) of them as (B, L)."""
    from gxview.explain.cnn import relevance_tensors

    weights = settings.weights(model.num_labels)
    composite = settings.option("composite", "epsilon")

    def explained(inputs: Tensor) -> Tensor:
        # The rules of LRP know that no column of bases is below zero; the mirror image is as far from x as the noise.
        values, _, _ = relevance_tensors(
            model.network, inputs.abs(), method=settings.method, target=weights, composite=composite
        )
        return values

    return model.one_hot([sequence])[0], explained
