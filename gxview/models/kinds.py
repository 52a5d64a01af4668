"""Reading the two kinds of model folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from gxview.errors import GxviewError, UsageError
from gxview.models.cnn import CNN, MODEL_TYPE, CNNConfig
from gxview.models.folder import CONFIG, TOKENIZER, ModelFolder
from gxview.models.loaded import LoadedCNN, LoadedDNABert2
from gxview.models.registry import model_kind
from gxview.models.tokenizer import read_tokenizer
from gxview.models.weights import load_into, read_weights

if TYPE_CHECKING:
    from gxview.models.dnabert2 import DNABert2Config, DNABert2PreTrainedModel

_CLASSIFIER = ("classifier.weight", "classifier.bias")
_POOLER = ("bert.pooler.dense.weight", "bert.pooler.dense.bias")
_LM_HEAD = "cls.predictions.decoder.bias"
_LM_TIED = "cls.predictions.decoder.weight"
_BARE = "embeddings.word_embeddings.weight"
_BUFFERS = ("bert.embeddings.token_type_ids", "bert.embeddings.position_ids")
_PARTS = ("bert.", "classifier.", "cls.")
_SIZES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "type_vocab_size",
    "num_labels",
)
_SHARES = ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout", "layer_norm_eps")


@model_kind(
    "cnn", "convolutional network on one-hot bases", lambda folder: folder.config.get("model_type") == MODEL_TYPE
)
def load_cnn(folder: ModelFolder, device: torch.device, window_length: int | None) -> LoadedCNN:
    """Load a convolutional network for predicting and explaining."""
    network = read_cnn(folder)
    config = network.config
    if config.input_length is not None and window_length not in (None, config.input_length):
        raise UsageError(f"{folder.name} takes windows of exactly {config.input_length} bases, not {window_length}.")
    return LoadedCNN(
        **_identity(folder, "cnn", config.num_labels, window_length or config.input_length),
        notes=(),
        device=device,
        network=_frozen(network, device),
    )


def read_cnn(folder: ModelFolder) -> CNN:
    """Build the network of a folder and fill in its weights."""
    try:
        network = CNN(CNNConfig.from_dict(folder.config))
    except GxviewError as error:
        raise GxviewError(f"{folder.path / CONFIG}: {error}") from None
    load_into(network, read_weights(folder.path), folder.path)
    return network


def _is_dnabert2(folder: ModelFolder) -> bool:
    # The official config.json has no model_type; copies of it say "bert".
    return folder.config.get("model_type") in (None, "bert", "dnabert2") and "hidden_size" in folder.config


@model_kind("dnabert2", "DNABERT-2, a transformer on byte-pair tokens", _is_dnabert2)
def load_dnabert2(folder: ModelFolder, device: torch.device, window_length: int | None) -> LoadedDNABert2:
    """Load a DNABERT-2 for predicting and explaining; without a trained classifier it can do neither."""
    tokenizer = read_tokenizer(folder.path / TOKENIZER)
    network, notes = read_dnabert2(folder)
    if tokenizer.vocab_size > network.config.vocab_size:
        raise GxviewError(
            f"{folder.path / TOKENIZER} has {tokenizer.vocab_size} tokens, but the network knows only "
            f"{network.config.vocab_size}; the two belong to different models."
        )
    labels = int(network.config.num_labels) if hasattr(network, "classifier") else 0
    return LoadedDNABert2(
        **_identity(folder, "dnabert2", labels, window_length),
        notes=notes,
        device=device,
        network=_frozen(network, device),
        tokenizer=tokenizer,
    )


def read_dnabert2(folder: ModelFolder) -> tuple[DNABert2PreTrainedModel, tuple[str, ...]]:
    """Build the network of a folder with the best head its weights allow, and say what was not used.

    The head is the classifier when classifier and pooler are there, else the masked-language-model head, else none.

    Raises
    ------
    GxviewError
        When the encoder's weights are incomplete, misshapen or damaged.
    """
    state = _official_names(read_weights(folder.path))
    foreign = sorted(name for name in state if not name.startswith(_PARTS))
    notes = [f"not used from {folder.path.name}: {', '.join(foreign)}"] if foreign else []
    state = {name: value for name, value in state.items() if name.startswith(_PARTS)}
    missing = [name for name in _CLASSIFIER + _POOLER if name not in state]
    if missing:
        notes.append(f"no trained classifier: {folder.path.name} lacks {', '.join(missing)}")
    return _network_for(folder, state, classifier=not missing), tuple(notes)


def dnabert2_config(folder: ModelFolder, **changes: Any) -> DNABert2Config:
    """Return the sizes that ``config.json`` states; everything else of the file, remote code above all, is ignored."""
    from gxview.models.dnabert2 import DNABert2Config

    wanted = {*DNABert2Config.__annotations__, "id2label", "num_labels"} - {"model_type"}
    stated = {name: value for name, value in folder.config.items() if name in wanted and value is not None}
    for name, value in stated.items():
        if not _fits(name, value):
            raise GxviewError(f"{folder.path / CONFIG}: {name} cannot be {value!r}.")
    try:
        return DNABert2Config(**{**stated, **changes})
    except (TypeError, ValueError) as error:
        raise GxviewError(f"{folder.path / CONFIG} holds a wrong value ({str(error).splitlines()[0]}).") from None


def _fits(name: str, value: Any) -> bool:
    """Whether a value of ``config.json`` is a size, a share or a table of labels where one belongs."""
    if name in _SIZES:
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if name in _SHARES:
        return isinstance(value, int | float) and 0 <= value < 1
    if name == "id2label":
        return isinstance(value, dict) and set(value) == {str(index) for index in range(len(value))}
    return True


def _network_for(folder: ModelFolder, state: dict[str, Tensor], *, classifier: bool) -> DNABert2PreTrainedModel:
    from gxview.models.dnabert2 import DNABert2ForMaskedLM, DNABert2ForSequenceClassification, DNABert2Model

    if classifier:
        state = {name: value for name, value in state.items() if not name.startswith("cls.")}
        stated = folder.config.get("id2label") or folder.config.get("num_labels")
        labels = {} if stated else {"num_labels": len(state["classifier.bias"])}
        return _filled(DNABert2ForSequenceClassification, dnabert2_config(folder, **labels), state, folder)
    state = {name: value for name, value in state.items() if name not in _CLASSIFIER + _POOLER}
    if _LM_HEAD in state:
        state.pop(_LM_TIED, None)
        return _filled(DNABert2ForMaskedLM, dnabert2_config(folder), state, folder)
    state = {name.removeprefix("bert."): value for name, value in state.items() if not name.startswith("cls.")}
    return _filled(DNABert2Model, dnabert2_config(folder), state, folder, add_pooling_layer=False)


def _filled(
    network_class: type[DNABert2PreTrainedModel],
    config: DNABert2Config,
    state: dict[str, Tensor],
    folder: ModelFolder,
    **options: Any,
) -> DNABert2PreTrainedModel:
    # Made without memory, because filling 117 million random numbers first takes longer than reading the file.
    try:
        with torch.device("meta"):
            network = network_class(config, **options)
    except GxviewError as error:
        raise GxviewError(f"{folder.path}: {error}") from None
    load_into(network, state, folder.path, may_miss=(_LM_TIED,))
    network.tie_weights()
    return network


def _official_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    if _BARE in state:
        state = {f"bert.{name}": value for name, value in state.items()}
    return {name: value for name, value in state.items() if name not in _BUFFERS}


def _identity(folder: ModelFolder, kind: str, labels: int, window_length: int | None) -> dict[str, Any]:
    return {
        "name": folder.name,
        "kind": kind,
        "path": folder.path,
        "content_hash": folder.content_hash(),
        "window_length": window_length or folder.window_length,
        "targets": folder.targets(labels),
        "positive": folder.positive(labels) if labels else None,
        "problem_type": folder.problem_type,
    }


def _frozen(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(device).eval().requires_grad_(False)
