"""From a folder, a hub name or the name of an embedded model to a loaded model."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path

import torch

from gxview.errors import GxviewError, UsageError
from gxview.models import kinds as kinds  # registers the kinds of models
from gxview.models.base import Model
from gxview.models.ensemble import ensemble_name, ensemble_of, hash_of_members, is_ensemble, member_folders
from gxview.models.folder import ModelFolder
from gxview.models.randomised import randomised, split_name
from gxview.models.registry import kind_of

SAMPLES = ("sample-cnn", "sample-dnabert2")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def load_model(
    path_or_name: str | Path, device: str | torch.device = "cpu", *, window_length: int | None = None
) -> Model:
    """Load a model for predicting and explaining.

    Parameters
    ----------
    path_or_name
        A folder in the official layout, or one of several models (``ensemble.json``); a hub name such as
        ``zhihan1996/DNABERT-2-117M``; or an embedded model: ``sample-cnn`` or ``sample-dnabert2``. With
        ``#randomised-SEED`` at the end a copy with random weights, see :func:`~gxview.models.randomised.randomised`;
        ``#randomised-SEED-topK`` and ``#randomised-SEED-head`` are random in part.
    device
        PyTorch device; ``'auto'`` takes CUDA, else MPS, else the CPU.
    window_length
        Bases of one window on a genome instead of what the folder says.

    Returns
    -------
    Model
        In evaluation mode, its weights frozen.

    Raises
    ------
    GxviewError
        One sentence on what is missing or damaged. No code of the folder is ever run.
    """
    if window_length is not None and window_length < 1:
        raise UsageError(f"A window must have at least one base, not {window_length}.")
    name, recipe = split_name(str(path_or_name))
    path, place = resolve_folder(name), resolve_device(device)
    model: Model = _ensemble(path, place, window_length) if is_ensemble(path) else _single(path, place, window_length)
    if recipe is None:
        return model
    return randomised(model, seed=recipe.seed, top=recipe.top, head_only=recipe.head_only)


def _single(path: Path, device: torch.device, window_length: int | None) -> Model:
    folder = ModelFolder.open(path)
    return kind_of(folder).load(folder, device, window_length)


def _ensemble(path: Path, device: torch.device, window_length: int | None) -> Model:
    members = [_single(member, device, window_length) for member in member_folders(path)]
    return ensemble_of(ensemble_name(path), members, path)


def model_kind_of(name: str) -> str:
    """Return the kind of the model that :func:`load_model` would load, from its configuration alone."""
    path = resolve_folder(split_name(name)[0])
    return kind_of(ModelFolder.open(member_folders(path)[0] if is_ensemble(path) else path)).name


def content_hash_of(name: str) -> str:
    """Return the content hash of the model that :func:`load_model` would load, without loading it."""
    base, recipe = split_name(name)
    path = resolve_folder(base)
    if is_ensemble(path):
        found = hash_of_members([ModelFolder.open(member).content_hash() for member in member_folders(path)])
    else:
        found = ModelFolder.open(path).content_hash()
    return found if recipe is None else recipe.hashed(found)


def members_of(name: str) -> int:
    """Return how many models the folder that a name stands for holds, without loading them."""
    path = resolve_folder(split_name(name)[0])
    return len(member_folders(path)) if is_ensemble(path) else 1


def resolve_device(device: str | torch.device) -> torch.device:
    """Return a usable device; ``'auto'`` takes CUDA, else MPS, else the CPU."""
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        resolved = torch.device(device)
        torch.empty(0, device=resolved)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise UsageError(f"The device {str(device)!r} does not exist here; 'cpu' always does.") from None
    return resolved


def resolve_folder(path_or_name: str | Path) -> Path:
    """Return the folder that a path, hub name or embedded name stands for, downloading it if need be."""
    text = str(path_or_name)
    if text in SAMPLES:
        return _embedded(text)
    path = Path(path_or_name).expanduser()
    if path.exists():
        return path
    if _HUB_NAME.fullmatch(text):
        from gxview.models.hub import download

        return download(text)
    raise GxviewError(f"There is no model folder {text}; embedded models are {' and '.join(SAMPLES)}.")


def _embedded(name: str) -> Path:
    path = Path(str(importlib.resources.files("gxview.resources") / "models" / name))
    if not path.is_dir():
        raise GxviewError(f"This installation lacks the embedded model {path}; install gxview again.")
    return path
