"""Reading and writing the weights of a model folder."""

from __future__ import annotations

import json
import os
import pickle
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gxview.errors import GxviewError

SAFE = "model.safetensors"
SAFE_INDEX = "model.safetensors.index.json"
PICKLE = "pytorch_model.bin"


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object, or raise :class:`~gxview.errors.GxviewError` that names the file and the line."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GxviewError(f"{path} does not exist.") from None
    except OSError as error:
        raise GxviewError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise GxviewError(f"{path} is no text, so it is no JSON file.") from None
    except json.JSONDecodeError as error:
        raise GxviewError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}).") from None
    if not isinstance(content, dict):
        raise GxviewError(f"{path} holds no JSON object.")
    return content


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that hold the weights: safetensors, sharded safetensors, or a PyTorch pickle.

    Raises
    ------
    GxviewError
        When there are none, or when the index of the shards is wrong.
    """
    if (folder / SAFE).is_file():
        return (folder / SAFE,)
    if (folder / SAFE_INDEX).is_file():
        return _shards(folder / SAFE_INDEX)
    if (folder / PICKLE).is_file():
        return (folder / PICKLE,)
    raise GxviewError(f"{folder} holds no weights; it needs {SAFE} or {PICKLE}.")


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Return all weights of a folder by name, floating ones as float32, on the CPU.

    No code stored in a file is ever run.

    Raises
    ------
    GxviewError
        When the files are missing, damaged, or would run code.
    """
    state: dict[str, Tensor] = {}
    for path in weight_files(folder):
        state.update(_read_pickle(path) if path.name == PICKLE else _read_safetensors(path))
    # Copied, because the last bits of a result depend on how the weights lie in memory, and a mapped file lies anyhow.
    return {
        name: value.to(torch.float32 if value.is_floating_point() else value.dtype, copy=True)
        for name, value in state.items()
    }


def write_weights(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write weights as safetensors beside the target and rename, so that no half-written file is ever seen."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        save_file({name: value.detach().cpu().contiguous() for name, value in state.items()}, aside, {"format": "pt"})
        aside.replace(path)
    except (OSError, SafetensorError) as error:
        raise GxviewError(f"{path} cannot be written: {error}.") from None
    finally:
        aside.unlink(missing_ok=True)


def load_into(network: nn.Module, state: Mapping[str, Tensor], source: Path, *, may_miss: Iterable[str] = ()) -> None:
    """Copy weights into a network of exactly these names and shapes.

    Parameters
    ----------
    network, state
        Where to and where from; names that the network lacks are an error.
    source
        Folder for the messages.
    may_miss
        Names that need not be in ``state`` because they are tied to others.

    Raises
    ------
    GxviewError
        Naming the missing, unexpected and misshapen weights.
    """
    expected = network.state_dict()
    missing = sorted(expected.keys() - state.keys() - set(may_miss))
    unexpected = sorted(state.keys() - expected.keys())
    if missing or unexpected:
        parts = [f"lacks {_some(missing)}"] * bool(missing) + [f"has the unknown {_some(unexpected)}"] * bool(
            unexpected
        )
        raise GxviewError(f"The weights of {source} do not fit its config.json: the file {' and '.join(parts)}.")
    wrong = [name for name, value in state.items() if value.shape != expected[name].shape]
    if wrong:
        found, wanted = tuple(state[wrong[0]].shape), tuple(expected[wrong[0]].shape)
        raise GxviewError(
            f"The weights of {source} do not fit its config.json: {wrong[0]} has the shape {found} instead of {wanted}"
            f"{f', and {len(wrong) - 1} more are wrong' if len(wrong) > 1 else ''}."
        )
    network.load_state_dict(dict(state), strict=False, assign=True)


def shard_names(index: Path) -> list[str]:
    """Return the files that the index of sharded weights names, each inside the folder of the index."""
    table = read_json(index).get("weight_map")
    if not isinstance(table, dict) or not table:
        raise GxviewError(f"{index} has no weight_map that names its files.")
    names = sorted({str(name) for name in table.values()})
    for name in names:
        if Path(name).name != name:
            raise GxviewError(f"{index} names {name!r}, which is outside its folder.")
    return names


def _shards(index: Path) -> tuple[Path, ...]:
    paths = tuple(index.parent / name for name in shard_names(index))
    for path in paths:
        if not path.is_file():
            raise GxviewError(f"{index.parent} lacks {path.name}, which {index.name} names.")
    return paths


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        state: dict[str, Tensor] = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise GxviewError(f"{path} is damaged or incomplete ({error}); copy or download it again.") from None
    return state


def _read_pickle(path: Path) -> dict[str, Tensor]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols, which nobody can do anything about
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise GxviewError(
            f"{path} is refused because it holds more than weights and could run code; ask for {SAFE} instead."
        ) from None
    except (RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise GxviewError(f"{path} is damaged or incomplete ({reason}); copy or download it again.") from None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise GxviewError(f"{path} does not hold a table of weights.")
    return state


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
