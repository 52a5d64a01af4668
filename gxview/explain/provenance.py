"""How numbers came about, in a form that JSON can hold and that is the same for the same work."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from gxview.explain.device_facts import device_facts
from gxview.explain.settings import Settings, positive_class, target_name
from gxview.genome import Reference
from gxview.models.base import Model
from gxview.models.ensemble import Ensemble
from gxview.models.folder import VALUES

_PACKAGES = ("gxview", "torch", "transformers", "tokenizers", "zennit", "lxt", "numpy")


def model_provenance(model: Model, settings: Settings, batch_size: int) -> dict[str, Any]:
    """Describe model, method, target and machine.

    Parameters
    ----------
    model : Model
        The explained model.
    settings : Settings
        Method, options and target.
    batch_size : int
        Sequences in one batch; the last bits of the numbers depend on it.

    Returns
    -------
    dict
        Keys ``model``, ``target``, ``method``, ``options``, ``transfer`` (None for a model on bases), ``dtype``,
        ``device``, ``threads``, ``batch_size`` and ``versions``; on a GPU those of
        :func:`~gxview.explain.device_facts.device_facts` too.
    """
    options = dict(settings.options)
    transfer = options.pop("transfer", None)
    return {
        **model_facts(model),
        "target": {"index": settings.target, "name": target_name(model, settings.target)},
        "method": settings.method,
        "options": options,
        "transfer": transfer,
        **device_facts(model, settings),
        "device": device_name(model.device),
        "threads": torch.get_num_threads(),
        "batch_size": batch_size,
        "versions": package_versions(),
    }


def model_facts(model: Model) -> dict[str, Any]:
    """Describe a model, and each member of an ensemble."""
    facts: dict[str, Any] = {
        "name": model.name,
        "kind": model.kind,
        "content_hash": model.content_hash,
        "targets": list(model.targets),
        "notes": list(model.notes),
    }
    if not isinstance(model, Ensemble):
        return {"model": facts}
    members = [{"name": member.name, "content_hash": member.content_hash} for member in model.members]
    return {"model": {**facts, "members": members}, "spread": "standard deviation between the members"}


def region_provenance(
    model: Model, settings: Settings, batch_size: int, reference: Reference, tiling: dict[str, Any]
) -> dict[str, Any]:
    """Describe the explanation of a stretch of a genome: :func:`model_provenance` and how windows were laid and joined.

    Parameters
    ----------
    model, settings, batch_size
        See :func:`model_provenance`.
    reference : Reference
        The genome; its checksum is computed on first use.
    tiling : dict
        ``strand``, ``window``, ``stride``, ``stitching`` and ``phases``.
    """
    label = positive_class(model, settings.target)
    what = "prediction" if model.problem_type == VALUES else "probability"
    score = "none" if label is None else f"{what} of {model.targets[label]} per window, stitched by mean"
    return {
        **model_provenance(model, settings, batch_size),
        **tiling,
        "score": score,
        "reference": reference.facts(),
    }


def device_name(device: torch.device) -> str:
    """Name a device, a GPU with its model."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = []
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that the numbers depend on."""
    return dict(_versions())
