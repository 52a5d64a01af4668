"""From a job file to a settled job: genome opened, models loaded, every choice made and every hash known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from gxview.errors import GxviewError, UsageError
from gxview.explain.methods import find_method
from gxview.explain.provenance import device_name, package_versions
from gxview.explain.settings import Settings, resolve_target, settle, target_name
from gxview.explain.tiling import Tiling
from gxview.export.batch.places import checksum
from gxview.genome import Reference
from gxview.job_file import JobFile, ModelChoice
from gxview.models.base import Model
from gxview.models.ensemble import single_models
from gxview.models.loading import load_model, resolve_device

STRAND_NAMES = {"+": "plus", "-": "minus", "mean": "mean"}
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One model x method x target x strand.

    Attributes
    ----------
    index : int
        Place in the job.
    name : str
        Of its files, without suffix.
    score_name : str
        Of the file of the probability, which tracks of one model and strand share.
    model : int
        Index of the model in the job.
    settings, tiling
        Method and windows.
    """

    index: int
    name: str
    score_name: str
    model: int
    settings: Settings
    tiling: Tiling


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A kind of device on other machines.

    Attributes
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    name : str
        What :func:`machine_name` says there.
    """

    device: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class SettledJob:
    """A job whose every choice is made.

    Attributes
    ----------
    job : JobFile
        With checksum, hashes, device and threads filled in.
    reference : Reference
        The genome.
    models : tuple of Model
        Those of the job, loaded on its first device (on the CPU where the work is done elsewhere).
    tracks : tuple of Track
        In the order of models, methods, targets and strands.
    devices : tuple of str
        Those of this machine that the job uses.
    kind : str
        Name of the kind of device that does the work.
    """

    job: JobFile
    reference: Reference
    models: tuple[Model, ...]
    tracks: tuple[Track, ...]
    devices: tuple[str, ...]
    kind: str

    @property
    def machine(self) -> dict[str, Any]:
        """What the last bits of the numbers depend on besides the job."""
        return {"device": self.kind, "versions": package_versions()}


def machine_name(device: str) -> str:
    """Name a kind of device, without its number: shards may be computed on any of the same kind."""
    kind = torch.device(device)
    return device_name(kind).replace(str(kind), kind.type, 1)


def settle_job(job: JobFile, reference: Reference, elsewhere: Elsewhere | None = None) -> SettledJob:
    """Load the models and fill in what the job file leaves open.

    Parameters
    ----------
    job : JobFile
        As read or made; numbers of threads are set for this process.
    reference : Reference
        Its genome.
    elsewhere : Elsewhere, optional
        Where the work is done, if not here.

    Raises
    ------
    UsageError
        If a choice does not exist, or two tracks would have one name.
    GxviewError
        If genome or models are not those that the job names.
    """
    if job.threads is not None:
        torch.set_num_threads(job.threads)
    devices = ("cpu",) if elsewhere else devices_of(job.device)
    models = tuple(_load(choice, devices[0]) for choice in job.models)
    _check_genome(job, reference)
    _check_spread(job, models)
    tracks = _tracks(job, models, elsewhere.device if elsewhere else None)
    files = tuple(one.model_copy(update={"sha256": one.sha256 or checksum(one.path)}) for one in job.places.files)
    settled = job.model_copy(
        update={
            "genome": job.genome.model_copy(update={"checksum": reference.checksum}),
            "places": job.places.model_copy(update={"files": files}),
            "models": tuple(_settled_choice(choice, model) for choice, model in zip(job.models, models, strict=True)),
            "device": elsewhere.device if elsewhere else job.device if job.device == "all" else devices[0],
            "threads": job.threads or torch.get_num_threads(),
            "shard_bases": job.shard_bases or _shard_bases(tracks),
        }
    )
    kind = elsewhere.name if elsewhere else machine_name(devices[0])
    return SettledJob(settled, reference, models, tracks, devices, kind)


def _settled_choice(choice: ModelChoice, model: Model) -> ModelChoice:
    """Name the defaults of a model, so that the recipe does not depend on what is the default one day."""
    methods = tuple(find_method(model.kind, method).name for method in choice.methods)
    default = target_name(model, resolve_target(model, None)) if None in choice.targets else None
    targets = tuple(default if target is None else target for target in choice.targets)
    return choice.model_copy(update={"content_hash": model.content_hash, "methods": methods, "targets": targets})


def devices_of(device: str) -> tuple[str, ...]:
    """Return the devices that a choice stands for.

    Raises
    ------
    UsageError
        If there is no such device.
    """
    if device == "all":
        found = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
        return found or (str(resolve_device("auto")),)
    return (str(resolve_device(device)),)


def _load(choice: ModelChoice, device: str) -> Model:
    try:
        model = load_model(choice.model, device)
    except torch.OutOfMemoryError as error:
        raise GxviewError(
            f"The model {choice.model} does not fit into the memory of {device} ({str(error).splitlines()[0]}); "
            "end other programs that use it, or choose another device."
        ) from None
    if choice.content_hash is not None and choice.content_hash != model.content_hash:
        raise GxviewError(
            f"The model {choice.model} is not the one that the job was made with: its content hash is "
            f"{model.content_hash[:12]}, not {choice.content_hash[:12]}; put that one back, or make a new job."
        )
    return model


def _check_spread(job: JobFile, models: Sequence[Model]) -> None:
    if "spread" not in job.outputs or job.phases > 1:
        return
    for model in models:
        if len(single_models(model)) < 2:
            raise UsageError(
                f"There is a spread between phases only with two phases or more (--phases), and {model.name} is no "
                "ensemble, whose models lie apart by themselves."
            )


def _check_genome(job: JobFile, reference: Reference) -> None:
    if job.genome.checksum not in (None, reference.checksum):
        raise GxviewError(
            f"The letters of {reference.path} are not those that the job was made with; put that genome back, or make "
            "a new job."
        )


def _tracks(job: JobFile, models: Sequence[Model], device: str | None) -> tuple[Track, ...]:
    names, found = _model_names(models), list[Track]()
    for number, (choice, model) in enumerate(zip(job.models, models, strict=True)):
        for method in choice.methods:
            for target in choice.targets:
                settings = settle(model, method, target, choice.options, job.precision, device)
                for strand in choice.strands:
                    tiling = Tiling.settle(model, job.window, job.stride, job.stitching, strand, job.phases)
                    where = STRAND_NAMES[strand]
                    goal = target_name(model, settings.target)
                    stem = f"{names[number]}.{settings.method}.{safe_name(goal)}.{where}"[:_LONGEST_NAME]
                    score = f"{names[number]}.score.{safe_name(_score_target(model, settings))}.{where}"[:_LONGEST_NAME]
                    found.append(Track(len(found), stem, score, number, settings, tiling))
    _check_names(found)
    return tuple(found)


def _score_target(model: Model, settings: Settings) -> str:
    from gxview.explain.settings import positive_class

    label = positive_class(model, settings.target)
    return "none" if label is None else model.targets[label]


def _check_names(tracks: Sequence[Track]) -> None:
    seen: set[str] = set()
    for track in tracks:
        if track.name.lower() in seen:
            raise UsageError(
                f"Two tracks would be called {track.name}; a file's name depends on model, method, target and strand "
                "only, so export different options into different folders."
            )
        seen.add(track.name.lower())


def _model_names(models: Sequence[Model]) -> list[str]:
    """Return a name for the files of each model; equal names of different models get the start of their hash."""
    names = [safe_name(model.name) for model in models]
    hashes: dict[str, set[str]] = {}
    for name, model in zip(names, models, strict=True):
        hashes.setdefault(name.lower(), set()).add(model.content_hash)
    return [
        f"{name}-{model.content_hash[:8]}" if len(hashes[name.lower()]) > 1 else name
        for name, model in zip(names, models, strict=True)
    ]


def safe_name(text: str) -> str:
    """Return a text as a part of a file name: letters, digits, underscore and hyphen."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_") or "model"


def _shard_bases(tracks: Sequence[Track], windows: int = 4096) -> int:
    """Return the power of two that is next below so many windows of the densest track."""
    return 1 << (windows * min(track.tiling.stride for track in tracks)).bit_length() - 1
