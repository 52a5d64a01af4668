"""The network that training starts from: new, or with the weights of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torch import nn

from gxview.errors import GxviewError, UsageError
from gxview.models.cnn import CNN
from gxview.models.folder import TOKENIZER, ModelFolder
from gxview.models.kinds import dnabert2_config, read_cnn, read_dnabert2
from gxview.models.loading import resolve_folder
from gxview.models.presets import find_preset
from gxview.models.registry import kind_of
from gxview.models.tokenizer import Tokenizer, read_tokenizer, train_tokenizer
from gxview.models.train_settings import TrainSettings
from gxview.words import counted

if TYPE_CHECKING:
    from gxview.models.dnabert2 import DNABert2Config


@dataclass(frozen=True)
class StartingPoint:
    """A network in front of its first step, its tokenizer where it has one, and its number of logits.

    ``trained_head`` is what the logits are of whose head the network took over, None for a new head.
    """

    network: nn.Module
    tokenizer: Tokenizer | None
    num_labels: int
    trained_head: str | None = None


def start_classifier(settings: TrainSettings, sequences: Sequence[str], num_labels: int) -> StartingPoint:
    """Return a network with ``num_labels`` logits to be trained on ``sequences``.

    Raises
    ------
    GxviewError
        When the folder to start from is of another kind, or does not fit the labels or the lengths.
    """
    if settings.kind == "cnn":
        return _start_cnn(settings, sequences, num_labels)
    return _start_dnabert2(settings, sequences, num_labels)


def start_language_model(settings: TrainSettings, sequences: Sequence[str]) -> StartingPoint:
    """Return a masked language model to be pre-trained on ``sequences``."""
    from gxview.models.dnabert2 import DNABert2ForMaskedLM

    if settings.kind != "dnabert2":
        raise UsageError("Only a DNABERT-2 can be pre-trained on sequences without labels.")
    if settings.start_from is None:
        tokenizer = _tokenizer(settings, sequences)
        return StartingPoint(DNABert2ForMaskedLM(_new_config(settings, tokenizer)), tokenizer, 0)
    folder = _folder(settings)
    network, _ = read_dnabert2(folder)
    if not isinstance(network, DNABert2ForMaskedLM):
        raise GxviewError(f"{folder.path} has no masked-language-model head, so pre-training cannot go on from it.")
    return StartingPoint(network, read_tokenizer(folder.path / TOKENIZER), 0)


def _start_cnn(settings: TrainSettings, sequences: Sequence[str], num_labels: int) -> StartingPoint:
    head = None
    if settings.start_from is not None:
        folder = _folder(settings)
        network, head = read_cnn(folder), folder.problem_type
        if network.config.num_labels != num_labels:
            held = counted(network.config.num_labels, "logit")
            raise GxviewError(f"{settings.start_from} has {held}, but the labels need {num_labels}.")
    else:
        longest = max(map(len, sequences))
        network = CNN(find_preset(settings.preset).build(longest, num_labels))
    return StartingPoint(network, None, num_labels, head)


def _start_dnabert2(settings: TrainSettings, sequences: Sequence[str], classes: int) -> StartingPoint:
    from gxview.models.dnabert2 import DNABert2ForSequenceClassification

    if settings.start_from is None:
        if settings.lora is not None:
            raise UsageError("LoRA changes a network that was trained before; name one with --from.")
        tokenizer = _tokenizer(settings, sequences)
        config = _new_config(settings, tokenizer, num_labels=classes)
        return StartingPoint(DNABert2ForSequenceClassification(config), tokenizer, classes)
    folder = _folder(settings)
    trained, _ = read_dnabert2(folder)
    network = DNABert2ForSequenceClassification(dnabert2_config(folder, num_labels=classes, id2label=None))
    wanted = network.state_dict()
    prefix = "" if hasattr(trained, "bert") else "bert."
    state = {prefix + name: value for name, value in trained.state_dict().items()}
    network.load_state_dict(
        {n: v for n, v in state.items() if n in wanted and v.shape == wanted[n].shape}, strict=False
    )
    kept = "classifier.weight" in state and state["classifier.weight"].shape == wanted["classifier.weight"].shape
    tokenizer = read_tokenizer(folder.path / TOKENIZER)
    return StartingPoint(network, tokenizer, classes, folder.problem_type if kept else None)


def _folder(settings: TrainSettings) -> ModelFolder:
    folder = ModelFolder.open(resolve_folder(settings.start_from or ""))
    kind = kind_of(folder).name
    if kind != settings.kind:
        raise GxviewError(f"{folder.path} holds a model of the kind {kind}, not {settings.kind}.")
    return folder


def _tokenizer(settings: TrainSettings, sequences: Sequence[str]) -> Tokenizer:
    if settings.tokenizer is not None:
        return read_tokenizer(Path(settings.tokenizer))
    return train_tokenizer(sequences, settings.size.vocab)


def _new_config(settings: TrainSettings, tokenizer: Tokenizer, **changes: int) -> DNABert2Config:
    from gxview.models.dnabert2 import DNABert2Config

    size = settings.size
    return DNABert2Config(
        vocab_size=tokenizer.vocab_size,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        **changes,
    )
