"""What to train and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gxview.errors import GxviewError, UsageError
from gxview.models.fit import CONVOLUTION, FINE_TUNING, FROM_RANDOM, LORA_TUNING, Optimisation

PRECISIONS = ("float32", "bf16", "fp16")
LORA_TARGETS = ("Wqkv", "attention.output.dense", "gated_layers", "wo")


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
class Lora:
    """Low-rank adaptation (Hu et al. 2021, arXiv 2106.09685): W becomes W + alpha / rank * B A, and only A and B learn.

    The head, classifier and pooler, learns as a whole, since a published DNABERT-2 has none that was trained. Defaults
    of rank, alpha and dropout are those of the official fine-tuning script, whose targets name layers that DNABERT-2
    does not have; ``Wqkv`` holds query, key and value.

    Attributes
    ----------
    rank, alpha, dropout
        Rank of B A, its weight (divided by the rank), and the share of its input that is dropped in training.
    targets
        Ends of the names of the adapted layers: ``Wqkv``, ``attention.output.dense``, ``gated_layers``, ``wo``.
    keep
        Whether the adapter is written beside the merged weights too, in the folder ``adapter``.
    """

    rank: int = 8
    alpha: float = 32
    dropout: float = 0.05
    targets: tuple[str, ...] = ("Wqkv",)
    keep: bool = False

    def __post_init__(self) -> None:
        if self.rank < 1 or self.alpha <= 0:
            raise GxviewError(f"LoRA needs a rank of at least 1 and an alpha above 0, not {self.rank}, {self.alpha}.")
        if not 0 <= self.dropout < 1:
            raise GxviewError(f"The dropout of LoRA lies between 0 and 1, not {self.dropout}.")
        unknown = [name for name in self.targets if name not in LORA_TARGETS]
        if unknown or not self.targets:
            wrong = f", not {unknown[0]!r}" if unknown else ""
            raise GxviewError(f"LoRA adapts the layers {', '.join(LORA_TARGETS)}{wrong}.")


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
        Names of the classes in the order of their labels; ``negative`` and ``positive`` for two if not given. Of
        several labels or numbers, by default the names of their columns.
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
        ``none``, ``balanced`` (inverse to the size of the class), or one number per class. Of several labels, a
        weight for the positives of each.
    sampling
        ``shuffle``: every sequence once per epoch; ``balanced``: as many draws, the same number from each class.
    reverse_complement
        Whether half of the training sequences, drawn anew in each epoch, are shown as their other strand.
    lora
        Learn a low-rank change of some weights instead of all weights; DNABERT-2 only.
    precision
        ``float32``, or mixed: ``bf16``, or on a GPU ``fp16``. Weights are kept and written in float32.
    checkpoint_every
        Steps after which the state is written into the folder ``OUTPUT.training`` (and after each epoch), so that the
        same call goes on after the process was killed; None: nothing is kept.
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
    sampling: Literal["shuffle", "balanced"] = "shuffle"
    reverse_complement: bool = False
    lora: Lora | None = None
    precision: Literal["float32", "bf16", "fp16"] = "float32"
    checkpoint_every: int | None = None
    seed: int = 42
    device: str = "cpu"

    def __post_init__(self) -> None:
        if not 0 < self.validation_share < 1:
            raise GxviewError(f"The validation share must lie between 0 and 1, not {self.validation_share}.")
        if self.window_length is not None and self.window_length < 1:
            raise GxviewError(f"A window must have at least one base, not {self.window_length}.")
        if self.checkpoint_every is not None and self.checkpoint_every < 1:
            raise GxviewError(f"A checkpoint is written every 1 or more steps, not {self.checkpoint_every}.")
        if self.lora is not None and self.kind != "dnabert2":
            raise UsageError("LoRA adapts the attention of a DNABERT-2; a CNN has none, so train all of its weights.")
        if self.sampling not in ("shuffle", "balanced"):
            raise UsageError(f"Sampling is shuffle or balanced, not '{self.sampling}'.")
        if self.precision not in PRECISIONS:
            raise UsageError(f"A precision of training is {', '.join(PRECISIONS)}, not '{self.precision}'.")

    @property
    def recipe(self) -> Optimisation:
        """The optimisation of these settings."""
        if self.optimisation is not None:
            return self.optimisation
        if self.kind == "cnn":
            return CONVOLUTION
        if self.start_from is None:
            return FROM_RANDOM
        return FINE_TUNING if self.lora is None else LORA_TUNING
