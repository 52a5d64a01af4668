"""What a trained model's folder says about its training."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gxview.models.folder import ModelFolder
from gxview.models.loading import resolve_folder
from gxview.models.train_settings import TrainSettings
from gxview.models.weights import read_json
from gxview.version import __version__

METRICS = "metrics.json"


def described_settings(settings: TrainSettings) -> dict[str, Any]:
    """Return the settings that had an effect as JSON values, with the recipe that was used."""
    values = asdict(settings) | {"optimisation": asdict(settings.recipe)}
    values["start_from"] = None if settings.start_from is None else Path(settings.start_from).name
    values["tokenizer"] = None if settings.tokenizer is None else settings.tokenizer.name
    new_cnn = settings.kind == "cnn" and settings.start_from is None
    new_transformer = settings.kind == "dnabert2" and settings.start_from is None
    idle = {"output": True, "preset": not new_cnn, "size": not new_transformer, "tokenizer": not new_transformer}
    return {name: value for name, value in values.items() if not idle.get(name, False)}


def described_start(settings: TrainSettings) -> dict[str, Any] | None:
    """Return name, content hash and training report of the folder that training started from."""
    if settings.start_from is None:
        return None
    folder = ModelFolder.open(resolve_folder(settings.start_from))
    report = read_json(folder.path / METRICS) if (folder.path / METRICS).is_file() else None
    return {"name": folder.name, "content_hash": folder.content_hash(), "metrics": report}


def versions() -> dict[str, str]:
    """Return the versions of what the numbers depend on."""
    packages = {name: version(name) for name in ("torch", "numpy", "tokenizers", "scikit-learn")}
    return {"gxview": __version__, "python": platform.python_version(), **packages}
