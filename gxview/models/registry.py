"""The kinds of models that can be loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from gxview.errors import GxviewError
from gxview.models.base import Model
from gxview.models.folder import ModelFolder

Load = Callable[[ModelFolder, torch.device, int | None], Model]


@dataclass(frozen=True)
class ModelKind:
    """A kind of model.

    Attributes
    ----------
    name, summary
        For people and provenance.
    recognises
        Whether a folder holds a model of this kind, from its configuration alone.
    load
        Makes the model from a folder, a device and the wanted window length (None: what the folder says).
    """

    name: str
    summary: str
    recognises: Callable[[ModelFolder], bool]
    load: Load


KINDS: dict[str, ModelKind] = {}


def model_kind(name: str, summary: str, recognises: Callable[[ModelFolder], bool]) -> Callable[[Load], Load]:
    """Register a function as the loader of a kind of model."""

    def register(load: Load) -> Load:
        KINDS[name] = ModelKind(name, summary, recognises, load)
        return load

    return register


def kind_of(folder: ModelFolder) -> ModelKind:
    """Return the kind of a folder, or raise :class:`~gxview.errors.GxviewError` when no kind recognises it."""
    for kind in KINDS.values():
        if kind.recognises(folder):
            return kind
    stated = folder.config.get("model_type") or "not stated"
    raise GxviewError(
        f"{folder.path} holds a model that gxview does not know (model_type {stated}); known are {', '.join(KINDS)}."
    )
