"""What to train and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gxview.errors import GxviewError
from gxview.models.fit import CONVOLUTION, FINE_TUNING, FROM_RANDOM, Optimisation


@dataclass(frozen=True)
class TransformerSize:
    """Size of a new DNABERT-2; the published one has 768, 12, 12, 4096. The MLP is four times as wide as ``hidden``.

    Few heads see little of the order of tokens: the steepest of ALiBi's slopes is 1/2 for 8 heads, 1/4 for 4 and only
    1/16 for 2.
    """

    hidden: int = 128
    layers: int = 4
    heads: int = 8
    vocab: int = 1024

    def __post_init__(self) -> None:
        if min(self.hidden, self.layers, self.heads) < 1:
            raise GxviewError("A DNABERT-2 needs at least one hidden unit, layer and head.")
        if self.hidden % self.heads:
            raise GxviewError(f"{self.hidden} hidden units cannot be shared by {self.heads} heads; use a multiple.")


@dataclass(frozen=True)
class TrainSettings:
    """What to train and how.

    Attributes
    ----------
    kind
        ``cnn`` or ``dnabert2``.
    output
        New folder for the model.
    name
        Name of the model; that of the folder if not given.
    targets
        Names of the classes in the order of their labels; ``negative`` and ``positive`` for two if not given.
    window_length
        Bases of a window on a genome; the commonest length of the training sequences if not given (300 for
        pre-training).
    preset
        Shape of a new CNN.
    size
        Size of a new DNABERT-2.
    start_from
        Model folder, or hub name, whose weights and tokenizer training starts from.
    tokenizer
        ``tokenizer.json`` of a new DNABERT-2; trained on the training sequences if not given.
    optimisation
        How the weights are moved; if not given, the recipe that suits the kind and its start.
    validation_share
        Share of the training sequences kept for validation when there is no validation set.
    class_weights
        ``none``, ``balanced`` (inverse to the size of the class), or one number per class.
    reverse_complement
        Whether half of the training sequences, drawn anew in each epoch, are shown as their other strand.
    seed
        Of everything random; on the CPU the same seed and thread count give the same weights.
    device
        PyTorch device or ``auto``.
    """

    kind: Literal["cnn", "dnabert2"]
    output: Path
    name: str | None = None
    targets: tuple[str, ...] | None = None
    window_length: int | None = None
    preset: str = "promoter-small"
    size: TransformerSize = TransformerSize()
    start_from: Path | str | None = None
    tokenizer: Path | None = None
    optimisation: Optimisation | None = None
    validation_share: float = 0.1
    class_weights: Literal["none", "balanced"] | tuple[float, ...] = "none"
    reverse_complement: bool = False
    seed: int = 42
    device: str = "cpu"

    def __post_init__(self) -> None:
        if not 0 < self.validation_share < 1:
            raise GxviewError(f"The validation share must lie between 0 and 1, not {self.validation_share}.")
        if self.window_length is not None and self.window_length < 1:
            raise GxviewError(f"A window must have at least one base, not {self.window_length}.")

    @property
    def recipe(self) -> Optimisation:
        """The optimisation of these settings."""
        if self.optimisation is not None:
            return self.optimisation
        if self.kind == "cnn":
            return CONVOLUTION
        return FROM_RANDOM if self.start_from is None else FINE_TUNING
