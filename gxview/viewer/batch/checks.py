"""What is wrong with the choices of a batch export, a sentence each, before anything is started."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.genome.cache import is_writable
from gxview.job_file import NAME, JobFile, Output, differences, read_job
from gxview.viewer.batch.recipe import Recipe
from gxview.viewer.batch.surveys import Survey
from gxview.viewer.batch.words import listed
from gxview.viewer.places.regions import RegionRow

ONE_LENGTH: tuple[Output, ...] = ("npz", "h5")
"""Outputs that are arrays with one row a region."""
WORDS: dict[Output, str] = {
    "bigwig": "Relevance",
    "score": "Score",
    "spread": "Spread of phases or models",
    "npz": "TF-MoDISco arrays (npz)",
    "h5": "ChromBPNet-like h5",
    "peaks": "Peaks of relevance (BED)",
}
"""What a person reads for each output."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What of the window matters for an export.

    Parameters
    ----------
    reference
        The open genome.
    rows, view
        The table of regions, and what is on screen.
    failed
        Why a model cannot be loaded, by its key.
    members
        Returns how many models answer together under a key; None while it is being loaded.
    survey
        Returns what a file of regions holds; None while that is being counted.
    """

    reference: Reference | None
    rows: tuple[RegionRow, ...]
    view: Region | None
    failed: Mapping[str, str]
    members: Callable[[str], int | None]
    survey: Callable[[Path], Survey | None]


def problems(recipe: Recipe, now: Situation) -> list[str]:
    """Return a sentence for everything that an export cannot begin with, in the order in which a person meets it."""
    return [
        *_genome(recipe),
        *_places(recipe, now),
        *_models(recipe, now),
        *_outputs(recipe, now),
        *_folder(recipe, now),
    ]


def is_begun(recipe: Recipe, now: Situation) -> bool:
    """Whether the folder holds this very export, finished or not, so that it goes on there."""
    if recipe.folder is None or recipe.genome is None or not recipe.models:
        return False
    found = _job_in(recipe.folder)
    return found is not None and not differences(recipe.job(now.rows, now.view), found)


def _genome(recipe: Recipe) -> Iterator[str]:
    if recipe.genome is None:
        yield "Open a genome first with File > Open genome."
    elif not recipe.genome.is_file():
        yield f"The genome {recipe.genome} is not there any more."


def _places(recipe: Recipe, now: Situation) -> Iterator[str]:
    rows = recipe.table and bool(now.rows)
    view = recipe.view and now.view is not None
    if not (recipe.whole_genome or recipe.chromosomes or recipe.files or recipe.regions or rows or view):
        empty = "The table of regions is empty; add regions or choose" if recipe.table else "Choose"
        yield f"{empty} what is explained: the genome, chromosomes, regions or a BED file."
    reference = now.reference
    if reference is not None and recipe.genome == reference.path.absolute():
        unknown = [name for name in recipe.chromosomes if reference.find(name) is None]
        if unknown:
            yield f"The genome has no {listed(unknown)}."
    for path in recipe.files:
        found = now.survey(path)
        if found is not None and (found.error or not found.regions):
            yield found.error or f"{path.name} holds no region."


def _models(recipe: Recipe, now: Situation) -> Iterator[str]:
    if not recipe.models:
        yield "Add a model."
    for choice in recipe.models:
        if choice.model in now.failed:
            yield now.failed[choice.model]


def _outputs(recipe: Recipe, now: Situation) -> Iterator[str]:
    if not recipe.outputs:
        yield "Choose at least one output."
    if "spread" in recipe.outputs and recipe.phases < 2:
        counts = [now.members(choice.model) for choice in recipe.models]
        if not counts or any(count == 1 for count in counts):
            yield "The spread needs at least 2 phases, unless every model is an ensemble."
    arrays = [WORDS[one] for one in recipe.outputs if one in ONE_LENGTH]
    if arrays and (why := _why_not_one_length(recipe, now)):
        yield f"{' and '.join(arrays)}: {why}"
    if recipe.precision != "float32" and recipe.device == "cpu":
        yield f"The precision {recipe.precision} needs a GPU; choose float32 for the CPU."


def _why_not_one_length(recipe: Recipe, now: Situation) -> str:
    """Return why the regions have not one length, empty if they do or that is not known yet."""
    if recipe.whole_genome or recipe.chromosomes:
        return "these need regions of one length, not whole chromosomes."
    lengths = {row.length for row in now.rows} if recipe.table else set()
    if recipe.view and now.view is not None:
        lengths.add(now.view.length)
    for path in recipe.files:
        found = now.survey(path)
        if found is not None and found.regions:
            lengths.add(found.length or 0)
    return "the regions must have one length, and these differ." if len(lengths) > 1 or 0 in lengths else ""


def _folder(recipe: Recipe, now: Situation) -> Iterator[str]:
    folder = recipe.folder
    if folder is None:
        yield "Choose a folder for the results."
        return
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), None)
    if there is None or not there.is_dir():
        yield f"{there or folder} is no folder."
    elif not is_writable(there) or not os.access(there, os.X_OK):
        yield f"The folder {there} cannot be written to."
    elif (folder / NAME).is_file() and recipe.genome is not None and recipe.models and not is_begun(recipe, now):
        yield f"{folder} holds another batch export; choose another folder, or File > Resume batch export."


def _job_in(folder: Path) -> JobFile | None:
    path = folder / NAME
    try:
        return read_job(path) if path.is_file() else None
    except GxviewError:
        return None
