"""A configurable convolutional network on one-hot DNA.

Every network is a chain: blocks of convolution, batch normalisation, activation, max-pooling and dropout, then
flattening or pooling over the whole length, then dense layers. A chain is what layer-wise relevance propagation
explains without special cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from gxview.errors import GxviewError

MODEL_TYPE = "gxview-cnn"

Activation = Literal["relu", "exponential", "none"]
Padding = Literal["same", "valid"]
Pooling = Literal["flatten", "max", "mean"]

_ACTIVATIONS = get_args(Activation)


class Exponential(nn.Module):
    """The exponential activation of first layers that are meant to be interpretable (Koo and Ploenzke 2021)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return exp(x) of any shape."""
        return torch.exp(x)


@dataclass(frozen=True)
class ConvBlock:
    """One convolution block: convolution, batch normalisation, activation, max-pooling, dropout.

    Attributes
    ----------
    filters, kernel, dilation, padding
        Of the convolution (stride 1).
    batch_norm
        Whether batch normalisation follows the convolution.
    activation
        ``relu``, ``exponential`` or ``none``.
    pool
        Width and stride of the max-pooling; 1 for none.
    dropout
        Share of values set to zero in training.
    """

    filters: int
    kernel: int
    dilation: int = 1
    padding: Padding = "same"
    batch_norm: bool = True
    activation: Activation = "relu"
    pool: int = 1
    dropout: float = 0.0

    def __post_init__(self) -> None:
        _check_positive(self, "filters", "kernel", "dilation", "pool")
        _check_flag(self, "batch_norm")
        _check_share(self, "dropout")
        _check_choice(self, "padding", get_args(Padding))
        _check_choice(self, "activation", _ACTIVATIONS)
        if self.padding == "same" and self._lost % 2:
            raise GxviewError(f"padding 'same' needs an odd kernel, not {self.kernel}: both sides get the same width.")

    @property
    def _lost(self) -> int:
        """Positions that a convolution without padding loses."""
        return self.dilation * (self.kernel - 1)

    def output_length(self, length: int) -> int:
        """Return the number of positions that leave the block when ``length`` positions enter."""
        lost = self._lost if self.padding == "valid" else 0
        return max(0, length - lost) // self.pool

    def least_input(self, wanted: int) -> int:
        """Return the smallest number of positions from which ``wanted`` positions leave the block."""
        lost = self._lost if self.padding == "valid" else 0
        return wanted * self.pool + lost


@dataclass(frozen=True)
class DenseBlock:
    """One dense block: linear layer, batch normalisation, activation, dropout."""

    units: int
    batch_norm: bool = False
    activation: Activation = "relu"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        _check_positive(self, "units")
        _check_flag(self, "batch_norm")
        _check_share(self, "dropout")
        _check_choice(self, "activation", _ACTIVATIONS)


@dataclass(frozen=True)
class CNNConfig:
    """Shape of a network.

    Attributes
    ----------
    blocks
        Convolution blocks from the input on.
    dense
        Dense blocks before the output layer.
    pooling
        What leads from positions to the dense layers: ``flatten`` (needs ``input_length``), or the ``max`` or
        ``mean`` over all positions (any input length).
    num_labels
        Number of logits; one logit is a two-class model by its log-odds.
    input_length
        The only input length in bases, or None for any.

    Raises
    ------
    GxviewError
        When the values do not make a network.
    """

    blocks: tuple[ConvBlock, ...]
    dense: tuple[DenseBlock, ...] = ()
    pooling: Pooling = "max"
    num_labels: int = 1
    input_length: int | None = None

    def __post_init__(self) -> None:
        _check_positive(self, "num_labels", *(["input_length"] if self.input_length is not None else []))
        _check_choice(self, "pooling", get_args(Pooling))
        if not self.blocks:
            raise GxviewError("A CNN needs at least one convolution block.")
        if self.pooling == "flatten" and self.input_length is None:
            raise GxviewError("A CNN that flattens its positions needs an input_length.")
        if self.input_length is not None and self.input_length < self.minimum_length:
            raise GxviewError(
                f"An input_length of {self.input_length} bases is too short for this CNN; it needs at least "
                f"{self.minimum_length}."
            )

    @property
    def minimum_length(self) -> int:
        """The shortest input in bases that leaves at least one position after the last block."""
        length = 1
        for block in reversed(self.blocks):
            length = block.least_input(length)
        return length

    @property
    def features(self) -> int:
        """Number of values that enter the dense layers."""
        if self.pooling != "flatten" or self.input_length is None:
            return self.blocks[-1].filters
        length = self.input_length
        for block in self.blocks:
            length = block.output_length(length)
        return length * self.blocks[-1].filters

    def to_dict(self) -> dict[str, Any]:
        """Return what stands in ``config.json``."""
        return {"model_type": MODEL_TYPE, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CNNConfig:
        """Read the settings from the content of a ``config.json``; other keys of the file are left alone."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        for name, kind in (("blocks", ConvBlock), ("dense", DenseBlock)):
            blocks = known.get(name, [])
            if not isinstance(blocks, list | tuple):
                raise GxviewError(f"{name!r} of the CNN must be a list of blocks.")
            known[name] = tuple(_read_block(kind, block) for block in blocks)
        return cls(**known)


class CNN(nn.Module):
    """The network of a :class:`CNNConfig`; ``layers`` is the whole chain."""

    def __init__(self, config: CNNConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.Sequential(*_chain(config))

    def forward(self, one_hot: Tensor) -> Tensor:
        """Return the logits (N, num_labels) of one-hot columns (N, 4, L)."""
        logits: Tensor = self.layers(one_hot)
        return logits


def _chain(config: CNNConfig) -> Iterator[nn.Module]:
    channels = 4
    for block in config.blocks:
        yield from _conv_layers(block, channels)
        channels = block.filters
    if config.pooling != "flatten":
        yield nn.AdaptiveMaxPool1d(1) if config.pooling == "max" else nn.AdaptiveAvgPool1d(1)
    yield nn.Flatten()
    width = config.features
    for dense in config.dense:
        yield from _dense_layers(dense, width)
        width = dense.units
    yield nn.Linear(width, config.num_labels)


def _conv_layers(block: ConvBlock, channels: int) -> Iterator[nn.Module]:
    yield nn.Conv1d(channels, block.filters, block.kernel, dilation=block.dilation, padding=block.padding)
    if block.batch_norm:
        yield nn.BatchNorm1d(block.filters)
    yield from _activation(block.activation)
    if block.pool > 1:
        yield nn.MaxPool1d(block.pool)
    if block.dropout:
        yield nn.Dropout(block.dropout)


def _dense_layers(dense: DenseBlock, width: int) -> Iterator[nn.Module]:
    yield nn.Linear(width, dense.units)
    if dense.batch_norm:
        yield nn.BatchNorm1d(dense.units)
    yield from _activation(dense.activation)
    if dense.dropout:
        yield nn.Dropout(dense.dropout)


def _activation(name: Activation) -> Iterator[nn.Module]:
    if name == "relu":
        yield nn.ReLU()
    elif name == "exponential":
        yield Exponential()


def _read_block(kind: type, values: Any) -> Any:
    try:
        return kind(**values)
    except TypeError as error:
        raise GxviewError(f"A block of the CNN's configuration is wrong: {values} ({error}).") from None


def _check_positive(values: object, *names: str) -> None:
    for name in names:
        value = getattr(values, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise GxviewError(f"{name} of a {type(values).__name__} must be a whole number above 0, not {value!r}.")


def _check_choice(values: object, name: str, choices: tuple[str, ...]) -> None:
    value = getattr(values, name)
    if value not in choices:
        raise GxviewError(f"{name} of a {type(values).__name__} must be {' or '.join(choices)}, not {value!r}.")


def _check_flag(values: object, name: str) -> None:
    if not isinstance(getattr(values, name), bool):
        raise GxviewError(f"{name} of a {type(values).__name__} must be true or false, not {getattr(values, name)!r}.")


def _check_share(values: object, name: str) -> None:
    value = getattr(values, name)
    if not isinstance(value, int | float) or not 0 <= value < 1:
        raise GxviewError(f"{name} of a {type(values).__name__} must lie between 0 and 1, not {value!r}.")
