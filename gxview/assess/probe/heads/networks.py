"""The architectures of Tang et al. 2025 (Methods, "Models for downstream tasks"), written from their description.

Convolutions keep the length; the paper does not say how its ends are padded. The fully connected layer before the
flattening of ResidualBind acts at each position, as that of Keras does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from gxview.errors import GxviewError
from gxview.models.cnn import Exponential

_SILU = nn.SiLU
_RELU = nn.ReLU


@dataclass(frozen=True)
class Preset:
    """An architecture with its learning rate.

    Attributes
    ----------
    build
        From channels, bases and outputs to the body of the network.
    learning_rate
        As in the paper.
    least
        The shortest sequence.
    projection
        Filters of the convolution of width 1 on embeddings; 0 for none.
    where
        In the paper.
    """

    build: Callable[[int, int, int], nn.Module]
    learning_rate: float
    least: int
    projection: int
    where: str


class DilatedBlock(nn.Module):
    """Convolutions of width 3 with growing dilation, and a skip connection around all of them."""

    def __init__(self, filters: int, dilations: tuple[int, ...], activation: Callable[[], nn.Module]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for place, dilation in enumerate(dilations):
            layers += [nn.Conv1d(filters, filters, 3, padding="same", dilation=dilation), nn.BatchNorm1d(filters)]
            if place < len(dilations) - 1:
                layers += [activation(), nn.Dropout(0.1)]
        self.layers, self.activation = nn.Sequential(*layers), activation()

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, filters, L) to the same shape."""
        result: Tensor = self.activation(self.layers(x) + x)
        return result


class GlobalMean(nn.Module):
    """The mean over positions."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C, L) to (N, C)."""
        return x.mean(dim=2)


def mlp(width: int, outputs: int) -> nn.Module:
    """Return the multi-layer perceptron: blocks of 512 and 256 units."""
    layers: list[nn.Module] = []
    for before, after in ((width, 512), (512, 256)):
        layers += [nn.Linear(before, after), nn.ReLU(), nn.BatchNorm1d(after), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(256, outputs))


MLP_RATE = 1e-4


def column_network(
    name: str, width: int, length: int, outputs: int, *, learned: bool, projection: int | None
) -> nn.Module:
    """Return a network that reads columns.

    Parameters
    ----------
    name
        A key of `PRESETS`.
    width, length
        Numbers at each base, and bases.
    outputs
        Numbers that are predicted.
    learned
        Whether the columns are embeddings: only these are normalised and projected first.
    projection
        Filters of the projection; None: as in the paper where the embeddings are wider, else none.

    Raises
    ------
    GxviewError
        For sequences that are too short for the pooling.
    """
    preset = PRESETS[name]
    if length < preset.least:
        raise GxviewError(f"The head '{name}' needs sequences of at least {preset.least} bases, not {length}.")
    front: list[nn.Module] = []
    if learned:
        # No activation follows the projection, so that one to no fewer filters could express nothing more.
        filters = (preset.projection if preset.projection < width else 0) if projection is None else projection
        front = [nn.BatchNorm1d(width)]
        if filters:
            front.append(nn.Conv1d(width, filters, 1))
            width = filters
    return nn.Sequential(*front, preset.build(width, length, outputs))


def _conv(before: int, after: int, kernel: int, activation: Callable[[], nn.Module]) -> list[nn.Module]:
    return [nn.Conv1d(before, after, kernel, padding="same"), nn.BatchNorm1d(after), activation()]


def _dense(before: int, after: int, activation: Callable[[], nn.Module] = _RELU) -> list[nn.Module]:
    return [nn.Linear(before, after), nn.BatchNorm1d(after), activation(), nn.Dropout(0.5)]


def _cnn(width: int, length: int, outputs: int) -> nn.Module:
    layers: list[nn.Module] = []
    for filters, kernel, pool in ((64, 7, 4), (96, 5, 4), (128, 5, 2)):
        layers += [*_conv(width, filters, kernel, _RELU), nn.MaxPool1d(pool), nn.Dropout(0.2)]
        width, length = filters, length // pool
    return nn.Sequential(*layers, nn.Flatten(), *_dense(width * length, 256), nn.Linear(256, outputs))


def _cnn_mpra(width: int, length: int, outputs: int) -> nn.Module:
    layers = [*_conv(width, 196, 7, Exponential), nn.Dropout(0.2), nn.MaxPool1d(5)]
    layers += [*_conv(196, 256, 7, _RELU), nn.Dropout(0.2), nn.MaxPool1d(4), nn.Flatten()]
    layers += [*_dense(256 * (length // 5 // 4), 512), *_dense(512, 256), nn.Linear(256, outputs)]
    return nn.Sequential(*layers)


def _residualbind(width: int, length: int, outputs: int) -> nn.Module:
    layers = [*_conv(width, 196, 19, _SILU), nn.Dropout(0.2), DilatedBlock(196, (1, 2, 4, 8, 16, 32), _SILU)]
    layers += [nn.MaxPool1d(5), nn.Dropout(0.2), *_conv(196, 256, 7, _SILU), nn.Dropout(0.2), nn.MaxPool1d(5)]
    layers += [*_conv(256, 256, 1, _SILU), nn.Dropout(0.5), nn.AvgPool1d(2), nn.Flatten()]
    layers += [*_dense(256 * (length // 5 // 5 // 2), 256, _SILU), nn.Linear(256, outputs)]
    return nn.Sequential(*layers)


def _residualbind_small(width: int, length: int, outputs: int) -> nn.Module:
    layers = [*_conv(width, 96, 19, Exponential), nn.Dropout(0.1), DilatedBlock(96, (1, 2, 4), _RELU)]
    layers += [nn.MaxPool1d(10), nn.Dropout(0.1), nn.Conv1d(96, 128, 7, padding="same"), GlobalMean(), nn.Dropout(0.1)]
    layers += [nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, outputs)]
    return nn.Sequential(*layers)


PRESETS = {
    "cnn": Preset(_cnn, 1e-3, 32, 512, "Baseline CNN for ChIP-seq and CLIP-seq"),
    "cnn-mpra": Preset(_cnn_mpra, 1e-4, 20, 196, "Baseline CNN for lentiMPRA"),
    "residualbind": Preset(_residualbind, 1e-3, 50, 0, "ResidualBind for lentiMPRA"),
    "residualbind-small": Preset(_residualbind_small, 1e-4, 10, 48, "Insert-seq model"),
}
