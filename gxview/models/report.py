"""What a trained model's folder says about its training."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import gxview
from gxview.models.train_settings import TrainSettings

METRICS = "metrics.json"


def described_settings(settings: TrainSettings) -> dict[str, Any]:
    """Return the settings as JSON values, with the recipe that was used; the output folder is left out."""
    values = asdict(settings) | {"optimisation": asdict(settings.recipe)}
    del values["output"]
    values["start_from"] = None if settings.start_from is None else str(settings.start_from)
    values["tokenizer"] = None if settings.tokenizer is None else settings.tokenizer.name
    return values


def versions() -> dict[str, str]:
    """Return the versions of what the numbers depend on."""
    packages = {name: version(name) for name in ("torch", "numpy", "tokenizers", "scikit-learn")}
    return {"gxview": gxview.__version__, "python": platform.python_version(), **packages}
