"""What a batch export begins with: what the window shows."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from gxview.genome.cache import is_writable
from gxview.job_file import ModelChoice, Strand
from gxview.viewer.batch.recipe import Recipe
from gxview.viewer.explaining.engine import ModelInfo
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel

LARGE = 100_000_000
"""Bases of a genome that takes hours: no person gets it by pressing Start without looking."""
RULES = ("alibi", "glu", "composite", "transfer")
"""Options of the methods that an explanation on screen may have."""
CONTRAST = "contrast"


def default_recipe(model: ViewerModel) -> Recipe:
    """Return the choices that go with what a window shows: its genome, its regions, its explanations."""
    reference = model.reference
    tracks = [
        track
        for track in model.tracks.relevance()
        if track.options.model and not (track.control or track.options.edited)
    ]
    recipe = Recipe(
        models=_choices(model, tracks),
        device=model.settings.device,
        threads=model.settings.threads or None,
        **_windows(tracks),
    )
    if reference is None or not reference.has_letters:
        return recipe
    return recipe.with_(
        genome=reference.path.absolute(),
        aliases=reference.aliases.path.absolute() if reference.aliases.path else None,
        folder=free_folder(reference.path.absolute()),
        **_places(model),
    )


def new_choice(key: str, info: ModelInfo | None, preferred: str = "") -> ModelChoice:
    """Return how a model is explained unless a person says otherwise.

    Parameters
    ----------
    key, info
        The model, and what is known of it once it is loaded.
    preferred
        The method that the person prefers for its kind.
    """
    if info is None:
        return ModelChoice(model=key)
    names = [method.name for method in info.methods]
    method = preferred if preferred in names else names[0]
    return ModelChoice(model=key, methods=(method,), targets=(target_name(info, None),))


def named(choice: ModelChoice, info: ModelInfo, preferred: str = "") -> ModelChoice:
    """Return a choice in which what was left open has the names that a loaded model gives it."""
    usual = new_choice(choice.model, info, preferred)
    methods = [usual.methods[0] if method is None else method for method in choice.methods]
    targets = [usual.targets[0] if target is None else target_name(info, target) for target in choice.targets]
    return choice.model_copy(update={"methods": _once(methods), "targets": _once(targets)})


def target_name(info: ModelInfo, target: int | str | None) -> str:
    """Return the name of a target, which may be given as its index; None is the positive one."""
    place = info.positive if target is None else target
    if isinstance(place, str) and place.isdecimal() and place not in info.targets:
        place = int(place)
    if isinstance(place, int):
        return info.targets[place] if place < len(info.targets) else str(place)
    return place


def target_names(info: ModelInfo) -> dict[str, str]:
    """Return the shown word of each target of a model, by its name."""
    names = {name: name for name in info.targets}
    if len(info.targets) == 2:
        names[CONTRAST] = f"{info.targets[1]} \N{MINUS SIGN} {info.targets[0]}"
    return names


def _choices(model: ViewerModel, tracks: Iterable[RelevanceTrack]) -> tuple[ModelChoice, ...]:
    """Return a choice for each model that explains, with all methods, targets and strands in use."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[RelevanceTrack]] = {}
    for track in tracks:
        rules = {name: getattr(track.options, name) for name in RULES}
        given = tuple((name, value) for name, value in rules.items() if value is not None)
        found.setdefault((track.options.model, given), []).append(track)
    return tuple(_choice(model.model(key), key, dict(given), some) for (key, given), some in found.items())


def _choice(info: ModelInfo | None, key: str, given: dict[str, str], tracks: list[RelevanceTrack]) -> ModelChoice:
    strands: Iterable[Strand] = (track.options.strand for track in tracks)  # type: ignore[misc]
    targets = (track.options.target for track in tracks)
    choice = ModelChoice(
        model=key,
        methods=_once(track.options.method for track in tracks),
        targets=_once(None if target is None else str(target) for target in targets),
        strands=_once(strands),
        options=given,
    )
    return choice if info is None else named(choice, info)


def _windows(tracks: list[RelevanceTrack]) -> dict[str, Any]:
    """Return the windows of the first explanation; the others are seldom told apart by them."""
    if not tracks:
        return {}
    options = tracks[0].options
    return {
        "window": options.window,
        "stride": options.stride,
        "phases": options.phases,
        "stitching": options.stitching or "mean",
    }


def _places(model: ViewerModel) -> dict[str, Any]:
    """Return what is explained: the table of regions, else the genome, or the chromosome on screen of a large one."""
    reference, view = model.reference, model.camera
    assert reference is not None
    if len(model.regions):
        return {"table": True}
    if sum(reference.sizes.values()) <= LARGE or not view.is_open:
        return {"whole_genome": True}
    return {"chromosomes": (view.view.chrom,)}


def free_folder(genome: Path, what: str = "relevance") -> Path:
    """Return a new folder beside a genome, or in the home folder where that takes none or is that of the program."""
    stem = genome.name.removesuffix(".gz").rsplit(".", 1)[0]
    ours = genome.parent == Path(str(files("gxview.resources"))).absolute()
    place = genome.parent if is_writable(genome.parent) and not ours else Path.home()
    return unused(place / f"{stem}.{what}")


def results_folder(model: ViewerModel, what: str) -> Path:
    """Return a new folder for results, beside the genome of a window where there is one and it takes one."""
    reference = model.reference
    if reference is None or not reference.has_letters:
        return unused(Path.home() / what)
    return free_folder(reference.path.absolute(), what)


def typed_path(text: str) -> Path:
    """Return the absolute path that a person means; a ``~`` of nobody is a letter, as in a shell."""
    path = Path(text)
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        return path.absolute()


def unused(path: Path) -> Path:
    """Return a path where nothing is yet, with a number behind it where it must be."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
