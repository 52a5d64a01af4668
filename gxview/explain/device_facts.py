"""What a result says about the device's part in it: precision with its measured error, quick ways, what was amiss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.explain.batch import memory_errors
from gxview.explain.launches import launcher
from gxview.explain.on_device import explain_bases, explain_tokens, in_launches, way_of
from gxview.explain.settings import Settings
from gxview.models.base import Model
from gxview.models.ensemble import Ensemble

_WINDOWS, _TOGETHER = 32, 8


def device_facts(model: Model, settings: Settings) -> dict[str, Any]:
    """Describe how a device computes a model's explanations.

    Returns
    -------
    dict
        ``dtype``, the precision of products; on a GPU also ``launch``, the quick ways that are used; in a precision
        below float32 ``precision_error``, see :func:`precision_error`; where something was amiss, ``launch_notes``.
    """
    if isinstance(model, Ensemble):
        return device_facts(model.members[0], settings)
    if settings.alone or not in_launches(model):
        return {"dtype": settings.precision}  # below float32 only for work that was done on another machine
    way = way_of(model, settings)
    error = {} if way.precision == "float32" else {"precision_error": precision_error(model, settings)}
    notes = launch_notes(model, settings)
    return {"dtype": way.precision, "launch": str(way), **error, **({"launch_notes": list(notes)} if notes else {})}


def launch_notes(model: Model, settings: Settings) -> tuple[str, ...]:
    """Return what a person should know about how a device computes, nothing where all is as it should be."""
    if settings.alone or not in_launches(model):
        return ()
    return (*way_of(model, settings).notes, *launcher(model.network, model.device).notes)


def precision_error(model: Model, settings: Settings) -> dict[str, Any]:
    """Measure how far relevance per token or base in some precision is from that in float32 on the same device.

    Returns
    -------
    dict
        ``max_relative_error``, the largest difference as a part of the largest relevance; ``rms_relative_error``, the
        same of root mean squares; ``correlation``; ``windows``, the number of random windows that it was measured on.
    """

    def measure() -> dict[str, Any]:
        with memory_errors():
            low, exact = (_probe(model, replace(settings, precision=name)) for name in (settings.precision, "float32"))
        return compare(low, exact) | {"windows": _WINDOWS}

    found: dict[str, Any] = launcher(model.network, model.device).known(("error", settings), measure)
    return dict(found)


def compare(values: NDArray[np.float32], truth: NDArray[np.float32]) -> dict[str, float]:
    """Return errors of values against the truth, see `precision_error`; NaN where the truth is zero or not finite."""
    wide, apart = truth.astype(np.float64).ravel(), (values.astype(np.float64) - truth).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers = {
            "max_relative_error": np.abs(apart).max() / np.abs(wide).max(),
            "rms_relative_error": np.linalg.norm(apart) / np.linalg.norm(wide),
            "correlation": np.corrcoef(wide, wide + apart)[0, 1],
        }
    return {name: float(f"{value:.3g}") if name != "correlation" else float(value) for name, value in numbers.items()}


def _probe(model: Model, settings: Settings) -> NDArray[np.float32]:
    """Explain random windows."""
    letters = np.random.default_rng(0).choice(list("ACGT"), (_WINDOWS, model.window_length))
    windows = ["".join(row) for row in letters]
    if model.kind == "dnabert2":
        return explain_tokens(model, model.flat_tokens(windows), settings, _TOGETHER).relevance
    return explain_bases(model, model.codes(windows), settings, _TOGETHER, hypothetical=False)[0]
