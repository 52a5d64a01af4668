"""Named shapes of the convolutional network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gxview.errors import UsageError
from gxview.models.cnn import CNNConfig, ConvBlock, DenseBlock

Build = Callable[[int, int], CNNConfig]


@dataclass(frozen=True)
class Preset:
    """A named network shape.

    Attributes
    ----------
    name, summary
        For the command line and the list of models.
    fixed_length
        Whether networks of this shape take one input length only.
    build
        Makes the configuration from the input length in bases (ignored where any length is fine) and the number of
        logits.
    """

    name: str
    summary: str
    fixed_length: bool
    build: Build


PRESETS: dict[str, Preset] = {}


def preset(name: str, summary: str, *, fixed_length: bool) -> Callable[[Build], Build]:
    """Register a function as the builder of a named shape."""

    def register(build: Build) -> Build:
        PRESETS[name] = Preset(name, summary, fixed_length, build)
        return build

    return register


def find_preset(name: str) -> Preset:
    """Return a preset by name, or raise :class:`~gxview.errors.UsageError` with the names there are."""
    if name not in PRESETS:
        raise UsageError(f"There is no CNN preset {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


@preset(
    "promoter-small",
    "two convolutions wide enough for two boxes and their spacing, maximum over all positions; any length",
    fixed_length=False,
)
def promoter_small(_length: int, num_labels: int) -> CNNConfig:
    """Return a small network for short promoters; its receptive field of 40 bases holds a -35 and a -10 box."""
    return CNNConfig(
        blocks=(ConvBlock(64, 11, pool=2), ConvBlock(64, 15, dropout=0.1)),
        dense=(DenseBlock(64, dropout=0.2),),
        pooling="max",
        num_labels=num_labels,
    )


@preset(
    "genomic-benchmarks",
    "the CNN of Genomic Benchmarks (Gresova et al. 2023) on one-hot input, trained on logits; one input length",
    fixed_length=True,
)
def genomic_benchmarks(length: int, num_labels: int) -> CNNConfig:
    """Return the published layout on one-hot input instead of an embedding of width 100.

    As published, only the first block has an activation, and the 512 dense units have none. The published training
    feeds a sigmoid into a loss on logits; here the loss sees the logits.
    """
    return CNNConfig(
        blocks=(
            ConvBlock(16, 8, padding="valid", pool=2),
            ConvBlock(8, 8, padding="valid", pool=2, activation="none"),
            ConvBlock(4, 8, padding="valid", pool=2, activation="none"),
        ),
        dense=(DenseBlock(512, activation="none"),),
        pooling="flatten",
        num_labels=num_labels,
        input_length=length,
    )


@preset(
    "chip-seq",
    "the baseline CNN for ChIP-seq and CLIP-seq of Tang et al. 2025; knows positions, one input length",
    fixed_length=True,
)
def chip_seq(length: int, num_labels: int) -> CNNConfig:
    """Return the baseline CNN of Tang et al. 2025, page 23, without its steps for embeddings; padding as their code."""
    return CNNConfig(
        blocks=(
            ConvBlock(64, 7, pool=4, dropout=0.2),
            ConvBlock(96, 5, pool=4, dropout=0.2),
            ConvBlock(128, 5, pool=2, dropout=0.2),
        ),
        dense=(DenseBlock(256, batch_norm=True, dropout=0.5),),
        pooling="flatten",
        num_labels=num_labels,
        input_length=length,
    )
