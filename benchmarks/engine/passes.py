"""Our side of the comparisons: one pass of a network, timed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.engine.names import BASE, SPECIAL, VOCABULARY
from benchmarks.engine.networks import load, plain_chain, random_sequence
from benchmarks.workers import once, seconds
from gxview.explain import cnn
from gxview.explain.attnlrp import relevance
from gxview.models.cnn import CNN


@lru_cache(maxsize=8)
def tokens(batch: int, length: int) -> tuple[Tensor, Tensor]:
    """Return random token ids (batch, length) and their mask."""
    ids = torch.randint(SPECIAL, VOCABULARY, (batch, length), generator=torch.Generator().manual_seed(1))
    return ids, torch.ones_like(ids)


def transformer(work: str, way: str, batch: int, length: int) -> float:
    """Return seconds of ``forward`` or of a method on a batch of tokens, 12 x 768."""
    network, (ids, mask) = load(str(Path(work) / BASE)).network, tokens(batch, length)

    def predict() -> object:
        return network(ids, mask).logits

    def explain() -> object:
        return relevance(network, ids, mask, method=way, target=1)

    with torch.inference_mode():
        return seconds((way, batch, length), predict if way == "forward" else explain)


def integrated_gradients(work: str, batch: int, length: int, steps: int, together: int) -> float:
    """Return seconds of captum's integrated gradients at the embeddings of a batch of tokens; not warmed up.

    `together` is the number of rows that captum computes at once.
    """
    from captum.attr import IntegratedGradients

    network: Any = load(str(Path(work) / BASE)).network
    ids, mask = tokens(batch, length)

    def logit(embeddings: Tensor, mask: Tensor) -> Tensor:
        values: Tensor = network(inputs_embeds=embeddings, attention_mask=mask).logits[:, 1]
        return values

    def call() -> object:
        words = network.bert.embeddings.word_embeddings(ids)
        method = IntegratedGradients(logit)
        return method.attribute(words, n_steps=steps, additional_forward_args=(mask,), internal_batch_size=together)

    return once(call)


@lru_cache(maxsize=4)
def columns(model: str, windows: int) -> Tensor:
    """Return random windows of a CNN as one-hot columns (n, 4, L)."""
    loaded = load(model)
    letters = random_sequence(windows * loaded.window_length, 2)
    size = loaded.window_length
    sequences = [letters[start : start + size] for start in range(0, len(letters), size)]
    found: Tensor = loaded.one_hot(sequences)
    return found


def convolutional(model: str, way: str, windows: int, batch: int) -> float:
    """Return seconds of ``forward`` or of a method on windows of a CNN, in batches."""
    network = load(model).network
    parts: tuple[Tensor, ...] = torch.split(columns(model, windows), batch)

    def predict() -> list[Any]:
        with torch.inference_mode():
            return [network(part) for part in parts]

    def explain() -> list[Any]:
        return [cnn.relevance(network, part, method=way, target=0) for part in parts]

    return seconds((way, model, batch), predict if way == "forward" else explain)


def hand_over(model: str, windows: int, network: str, sequences: str) -> list[list[float]]:
    """Save a CNN and its windows for the peers; return the logits, so that they can check."""
    loaded = load(model)
    assert isinstance(loaded.network, CNN)
    torch.save(plain_chain(loaded.network, loaded.window_length), network)
    data = columns(model, windows)
    np.save(sequences, data.numpy().astype(np.int8))
    with torch.inference_mode():
        logits: list[list[float]] = loaded.network(data).tolist()
    return logits
