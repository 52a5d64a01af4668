"""Models that fail on purpose: NaN weights, and a network that overflows where a motif stands."""

from __future__ import annotations

from pathlib import Path

import torch

from gxview.models.cnn import CNN, CNNConfig, ConvBlock
from gxview.models.saving import write_config, write_network

MOTIF = "GATCGATC"
LARGE = 3e37
WINDOW = 150

# A device that has no room for more than some windows at once
LITTLE_MEMORY = """
import torch
from gxview.explain import cnn
relevance = cnn.relevance
def crowded(network, columns, *rest, **options):
    if len(columns) > {most}:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB (simulated)")
    return relevance(network, columns, *rest, **options)
cnn.relevance = crowded
"""
# A device on which another program has taken all memory: not even the weights fit
NO_ROOM_TO_LOAD = """
import torch
def crowded(self, *args, **kwargs):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB (simulated)")
torch.nn.Module.to = crowded
"""


def all_nan(folder: Path) -> Path:
    """Write a model that gives NaN everywhere."""
    network = _network()
    with torch.no_grad():
        for weight in network.parameters():
            weight.fill_(torch.nan)
    return _write(folder, network, "all-nan")


def sometimes_nan(folder: Path, seed: int = 7) -> Path:
    """Write a model whose logit is infinite in windows that hold the motif, on this strand, and finite elsewhere."""
    network = _network()
    convolution = network.layers[0]
    assert isinstance(convolution, torch.nn.Conv1d)
    output = network.layers[-1]
    assert isinstance(output, torch.nn.Linear)
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.nn.init.normal_(convolution.weight, std=0.3)
        convolution.weight[0] = 0.0
        for position, letter in enumerate(MOTIF):
            convolution.weight[0, "ACGT".index(letter), position] = LARGE
        assert convolution.bias is not None
        convolution.bias[0] = -(len(MOTIF) - 0.5) * LARGE
        output.weight[0, 0] = LARGE
    return _write(folder, network, "sometimes-nan")


def _network() -> CNN:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CNN(
            CNNConfig(blocks=(ConvBlock(8, len(MOTIF), padding="valid", batch_norm=False),), pooling="max")
        ).eval()


def _write(folder: Path, network: CNN, name: str) -> Path:
    folder.mkdir(parents=True)
    write_config(folder, network, {"name": name, "window_length": WINDOW, "targets": ["promoter"]}, None)
    write_network(folder, network)
    return folder
