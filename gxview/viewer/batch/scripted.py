"""The choices of a batch export as a script names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gxview.genome import Region
from gxview.job_file import ModelChoice
from gxview.viewer.batch.draft import Draft

PLACES: Mapping[str, Any] = {
    "whole_genome": False,
    "chromosomes": (),
    "files": (),
    "regions": (),
    "table": False,
    "view": False,
}
"""Places, and what stands for none; who names one wants those of the window no more."""
MANY = ("chromosomes", "files", "regions", "outputs", "models")


def choose(draft: Draft, folder: Path, choices: Mapping[str, Any]) -> None:
    """Make the choices of a script.

    Parameters
    ----------
    draft
        What is changed.
    folder
        Where the results go.
    choices
        Fields of a `Recipe`; models may be names, regions objects, and what there are several of a single one.

    Raises
    ------
    GxviewError
        There is no such choice.
    """
    changes = {key: _several(value) if key in MANY else value for key, value in choices.items()}
    models = changes.pop("models", None)
    if "regions" in changes:
        changes["regions"] = tuple(_region(one) for one in changes["regions"])
    if "files" in changes:
        changes["files"] = tuple(Path(path).absolute() for path in changes["files"])
    places = PLACES if PLACES.keys() & changes.keys() else {}
    draft.change(folder=folder.absolute(), **{**places, **changes})
    if models is not None:
        draft.change(models=tuple(one for one in models if isinstance(one, ModelChoice)))
        for one in models:
            if not isinstance(one, ModelChoice):
                draft.add_model(str(one))


def _several(value: Any) -> tuple[Any, ...]:
    single = isinstance(value, str | Path | Region | ModelChoice) or not isinstance(value, Iterable)
    return (value,) if single else tuple(value)


def _region(value: str | Region) -> str:
    return value if isinstance(value, str) else f"{value.chrom}:{value.start + 1:,}-{value.end:,}"
