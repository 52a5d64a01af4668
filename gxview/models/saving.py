"""Writing a model folder in the official layout, complete or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from gxview.errors import GxviewError
from gxview.models.cnn import CNN
from gxview.models.folder import CLASSES, CONFIG, TOKENIZER
from gxview.models.loaded import LoadedCNN, LoadedDNABert2
from gxview.models.tokenizer import Tokenizer
from gxview.models.weights import SAFE, write_weights

_TIED = "cls.predictions.decoder.weight"


def save_model(model: LoadedCNN | LoadedDNABert2, folder: Path) -> Path:
    """Write a loaded model into a new folder from which :func:`~gxview.models.loading.load_model` reads it again.

    Raises
    ------
    GxviewError
        When the folder exists and is not empty, or cannot be written.
    """
    block = {"name": model.name, "window_length": model.window_length, "targets": list(model.targets)}
    if model.positive is not None:
        block["positive"] = model.positive
    tokenizer = model.tokenizer if isinstance(model, LoadedDNABert2) else None
    with new_folder(folder) as aside:
        named = block if model.targets else {"name": model.name}
        write_config(aside, model.network, named, tokenizer, model.problem_type)
        write_network(aside, model.network)
    return folder


def check_new(folder: Path) -> None:
    """Raise :class:`~gxview.errors.GxviewError` when a folder to be written exists and is not empty."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise GxviewError(f"{folder} exists already; name another folder, or remove this one first.")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside ``folder`` to write into; it takes its name at the end, or vanishes after an error.

    Raises
    ------
    GxviewError
        When ``folder`` exists and is not empty, or when writing fails.
    """
    check_new(folder)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        aside.mkdir(parents=True)
        yield aside
        aside.replace(folder)
    except OSError as error:
        raise GxviewError(f"{folder} cannot be written: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_config(
    folder: Path, network: nn.Module, block: Mapping[str, Any], tokenizer: Tokenizer | None, problem_type: str = CLASSES
) -> None:
    """Write ``config.json`` with the gxview block, and ``tokenizer.json`` where there is one.

    What the logits are is said by ``problem_type``, as transformers does, where they are not those of classes.
    """
    config = network.config.to_dict() if isinstance(network, CNN) else _transformer_config(network, block)
    problem = {} if problem_type == CLASSES else {"problem_type": problem_type}
    write_json(folder / CONFIG, {**config, **problem, "gxview": dict(block)})
    if tokenizer is not None:
        (folder / TOKENIZER).write_text(tokenizer.to_json(), encoding="utf-8")


def write_network(folder: Path, network: nn.Module, state: Mapping[str, Tensor] | None = None) -> None:
    """Write ``model.safetensors``; the masked-language-model decoder shares the word embeddings and is left out.

    ``state`` is written in place of the network's own weights.
    """
    found = _state(network) if state is None else state
    write_weights(folder / SAFE, {name: value for name, value in found.items() if name != _TIED})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file for people to read."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _state(network: nn.Module) -> dict[str, Tensor]:
    return dict(network.state_dict())


def _transformer_config(network: Any, block: Mapping[str, Any]) -> dict[str, Any]:
    config = {**network.config.to_diff_dict(), "architectures": [_official_name(type(network).__name__)]}
    targets = block.get("targets")
    if targets:
        config["id2label"] = {str(index): name for index, name in enumerate(targets)}
        config["label2id"] = {name: index for index, name in enumerate(targets)}
    return config


def _official_name(name: str) -> str:
    return name.replace("DNABert2", "Bert")
