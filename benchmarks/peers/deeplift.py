"""A convolutional network explained by captum's DeepLIFT and tangermeme's deep_lift_shap."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from captum.attr import DeepLift
from tangermeme.deep_lift_shap import deep_lift_shap
from torch import Tensor, nn

from benchmarks.workers import seconds


@lru_cache(maxsize=4)
def load(network: str) -> nn.Module:
    """Return a chain of PyTorch's own layers that was saved whole."""
    chain: nn.Module = torch.load(network, weights_only=False).eval()
    return chain


@lru_cache(maxsize=4)
def columns(sequences: str) -> Tensor:
    """Return one-hot columns (n, 4, L), saved as int8."""
    return torch.from_numpy(np.load(sequences)).float()


def captum(network: str, sequences: str, batch: int) -> list[Tensor]:
    """Explain logit 0 against all zeros, in batches."""
    method = DeepLift(load(network))
    parts: tuple[Tensor, ...] = torch.split(columns(sequences), batch)
    return [method.attribute(part.clone().requires_grad_(), baselines=0, target=0) for part in parts]


def tangermeme(network: str, sequences: str, batch: int, references: int) -> Any:
    """Explain logit 0 against shuffled sequences; `batch` is the number of pairs computed together."""
    return deep_lift_shap(
        load(network),
        columns(sequences),
        n_shuffles=references,
        batch_size=batch,
        device="cpu",
        random_state=0,
        hypothetical=True,
        warning_threshold=1e9,
    )


def predict(network: str, sequences: str) -> list[list[float]]:
    """Return the logits, by which both sides see that they have the same network."""
    chain, data = load(network), columns(sequences)  # outside: tensors made in inference mode take no gradient
    with torch.inference_mode():
        logits: list[list[float]] = chain(data).tolist()
    return logits


def measure(way: str, network: str, sequences: str, batch: int) -> float:
    """Return seconds of ``captum``, or ``tangermeme`` with the number of references behind a colon."""
    name, _, references = way.partition(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum tells at every call that it sets hooks
        if name == "captum":
            return seconds((way, Path(network).name), lambda: captum(network, sequences, batch))
        return seconds((way, Path(network).name), lambda: tangermeme(network, sequences, batch, int(references)))
