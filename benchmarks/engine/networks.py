"""The models that are measured: one of the published size, and one so small that only the rest of a job counts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.engine.names import BASE, BASE_WINDOW, TINY, TINY_WINDOW, VOCABULARY
from gxview.models.base import Model
from gxview.models.cnn import CNN, CNNConfig, ConvBlock
from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification
from gxview.models.loading import load_model
from gxview.models.saving import new_folder, write_config, write_network
from gxview.models.tokenizer import train_tokenizer


def random_sequence(length: int, seed: int) -> str:
    """Return random letters A, C, G, T."""
    codes: NDArray[np.uint8] = np.random.default_rng(seed).integers(0, 4, length, dtype=np.uint8)
    return np.frombuffer(b"ACGT", np.uint8)[codes].tobytes().decode()


def write_base(folder: Path) -> None:
    """Write a DNABERT-2 of 12 layers x 768 with random weights and a tokenizer of as many words as the published."""
    torch.manual_seed(0)
    network = DNABert2ForSequenceClassification(DNABert2Config(num_labels=2)).eval()
    block = {"name": BASE, "window_length": BASE_WINDOW, "targets": ["no", "yes"], "positive": 1}
    with new_folder(folder) as aside:
        write_config(aside, network, block, train_tokenizer([random_sequence(200_000, 0)], VOCABULARY))
        write_network(aside, network)


def write_tiny(folder: Path) -> None:
    """Write a CNN that costs next to nothing, for measuring what else a job needs."""
    torch.manual_seed(0)
    network = CNN(CNNConfig(blocks=(ConvBlock(4, 5, pool=20),))).eval()
    with new_folder(folder) as aside:
        write_config(aside, network, {"name": TINY, "window_length": TINY_WINDOW}, None)
        write_network(aside, network)


def write_networks(work: Path) -> None:
    """Write the models that are not embedded, where they are not there yet."""
    for name, write in ((BASE, write_base), (TINY, write_tiny)):
        if not (work / name).exists():
            write(work / name)


@lru_cache(maxsize=8)
def load(name: str) -> Model:
    """Load a model once."""
    return load_model(name)


def plain_chain(network: CNN, length: int) -> nn.Sequential:
    """Return the layers as PyTorch has them, on windows of one length.

    The maximum over all positions becomes a max-pooling of their number, for which DEEPLIFT has a rule in captum and in
    tangermeme; the network stays the same function.
    """
    layers = list(network.layers)
    for block in network.config.blocks:
        length = block.output_length(length)
    return nn.Sequential(*(nn.MaxPool1d(length) if isinstance(one, nn.AdaptiveMaxPool1d) else one for one in layers))
