"""What a trained model's folder says about its training."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gxview.models.fit import Auxiliary
from gxview.models.folder import ModelFolder
from gxview.models.labelled import LabelledSequences
from gxview.models.loading import resolve_folder
from gxview.models.train_settings import TrainSettings
from gxview.models.training.devices import processes
from gxview.models.weights import read_json
from gxview.version import __version__

if TYPE_CHECKING:
    from gxview.models.train import TrainResult

METRICS = "metrics.json"
_NO_MATTER = ("name", "device", "checkpoint_every")


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


def run_of(
    settings: TrainSettings, parts: Mapping[str, LabelledSequences], auxiliary: Auxiliary | None
) -> dict[str, Any]:
    """Return what makes a run this run: all that its numbers depend on but the machine, as JSON values.

    An auxiliary loss that is a dataclass is told by its fields, any other only by being there.
    """
    described = described_settings(settings)
    start = settings.start_from
    return {
        "settings": {name: value for name, value in described.items() if name not in _NO_MATTER},
        "data": {name: part.digest() for name, part in parts.items()},
        "start": None if start is None else ModelFolder.open(resolve_folder(start)).content_hash(),
        "auxiliary": repr(auxiliary) if is_dataclass(auxiliary) else auxiliary is not None,
        "processes": processes(),
    }


def training_report(
    settings: TrainSettings,
    run: Mapping[str, Any],
    parts: Mapping[str, LabelledSequences],
    result: TrainResult,
    seconds: float,
    weights: Mapping[str, int],
) -> dict[str, Any]:
    """Return the content of ``metrics.json``."""
    return {
        "validation": plain(result.measures),
        **({"test": plain(result.test)} if result.test else {}),
        "best_epoch": result.best_epoch,
        "history": [plain(row) for row in result.history],
        "data": {name: _described(part) for name, part in parts.items()},
        "seed": settings.seed,
        "seconds": round(seconds, 1),
        "weights": dict(weights),
        "settings": described_settings(settings),
        "started_from": described_start(settings),
        "run": dict(run),
        "versions": versions(),
    }


def plain(values: Mapping[str, float]) -> dict[str, float | None]:
    """Return numbers as JSON can hold them: None for those that do not exist."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _described(data: LabelledSequences) -> dict[str, Any]:
    files = {"sha256": data.digest(), "files": [asdict(file) for file in data.files]}
    if data.task == "classification":
        return {"classes": data.counts().tolist(), **files}
    if data.task == "multi-label":
        return {"sequences": len(data), "labels": dict(zip(data.columns, data.counts().tolist(), strict=True)), **files}
    means, spreads = data.labels.mean(axis=0).tolist(), data.labels.std(axis=0).tolist()
    numbers = {name: {"mean": mean, "sd": sd} for name, mean, sd in zip(data.columns, means, spreads, strict=True)}
    return {"sequences": len(data), "numbers": numbers, **files}
