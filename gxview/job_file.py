"""The job file of a batch export: the exact recipe as JSON, written alike by the window and the command line.

A job file that a person writes may leave things open (``None``); `gxview.export.batch` settles them when the job starts
and writes the settled recipe as ``job.json`` into the folder of the results.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gxview.errors import GxviewError
from gxview.genome.cache import write_whole

FORMAT: Literal["gxview batch export"] = "gxview batch export"
NAME = "job.json"
MANIFEST = "manifest.json"
FAILURES = "failures.tsv"

Strand = Literal["+", "-", "mean"]
Output = Literal["bigwig", "score", "spread", "npz", "h5", "peaks"]
Precision = Literal["float32", "tf32", "bf16"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Genome(_Part):
    """The reference.

    Attributes
    ----------
    path
        FASTA file; relative paths in a file are relative to the file's folder.
    aliases
        Table of chromosome names, see :class:`~gxview.genome.Aliases`.
    checksum
        Of the letters, see :class:`~gxview.genome.Reference`; None: whatever the file holds when the job starts.
    """

    path: Path
    aliases: Path | None = None
    checksum: str | None = None


class RegionFile(_Part):
    """A BED, narrowPeak, broadPeak file or a region table of gxview; `sha256` None: whatever it holds at the start."""

    path: Path
    sha256: str | None = None


class Places(_Part):
    """What is explained; everything named counts.

    Attributes
    ----------
    whole_genome
        Every sequence of the reference.
    chromosomes
        Whole sequences by name.
    files
        Files of regions.
    regions
        Regions as a person types them, ``chr1:1,001-2,000``.
    """

    whole_genome: bool = False
    chromosomes: tuple[str, ...] = ()
    files: tuple[RegionFile, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return not (self.whole_genome or self.chromosomes or self.files or self.regions)


class ModelChoice(_Part):
    """A model and how it is explained: every method with every target on every strand is a track of its own.

    Attributes
    ----------
    model
        Folder, hub name, ``sample-cnn`` or ``sample-dnabert2``.
    methods, targets
        By name; None is the model's default.
    strands
        ``'+'``, ``'-'`` (the reverse complement, mapped back), ``'mean'`` of both.
    options
        Options of the methods by name (``alibi``, ``glu``, ``transfer``, ``composite``).
    content_hash
        Of the model's folder; None: whatever it holds when the job starts.
    """

    model: str
    methods: tuple[str | None, ...] = (None,)
    targets: tuple[str | None, ...] = (None,)
    strands: tuple[Strand, ...] = ("+",)
    options: dict[str, str] = Field(default_factory=dict)
    content_hash: str | None = None

    @field_validator("methods", "targets", "strands")
    @classmethod
    def _some(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError("at least one is needed")
        return value


class JobFile(_Part):
    """A batch export as JSON.

    Attributes
    ----------
    genome, places, models
        What is explained, where and how.
    window, stride, stitching, phases
        As in :func:`~gxview.explain.region.explain_region`; None is the default of each model.
    outputs
        ``bigwig``: relevance, one file for each model x method x target x strand; ``score``: the probability as bigWig;
        ``spread`` between the members of an ensemble, else between phases, as bigWig; ``npz`` for TF-MoDISco;
        ``h5`` like ChromBPNet's; ``peaks`` of relevance as BED.
    split_by_sign
        Whether bigWig files hold positive and negative relevance apart.
    igv_genome
        Id of the genome in the IGV session; None names the FASTA file.
    device
        ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``, or ``all`` for every GPU.
    threads
        Threads of a CPU that computes; None: as many as PyTorch suggests.
    precision
        ``float32``, or on a GPU ``tf32`` or ``bf16``, whose error is measured and written down.
    batch_size
        Windows computed together; None: the default of the model on the device.
    shard_bases
        Bases after which finished work is put on disk; None: about 4,096 windows.
    """

    format: Literal["gxview batch export"] = FORMAT
    version: Literal[1] = 1
    genome: Genome
    places: Places
    models: tuple[ModelChoice, ...] = Field(min_length=1)
    window: int | None = Field(default=None, ge=1)
    stride: int | None = Field(default=None, ge=1)
    stitching: str = "mean"
    phases: int = Field(default=1, ge=1)
    outputs: tuple[Output, ...] = Field(default=("bigwig", "score"), min_length=1)
    split_by_sign: bool = False
    igv_genome: str | None = None
    device: str = "auto"
    threads: int | None = Field(default=None, ge=1)
    precision: Precision = "float32"
    batch_size: int | None = Field(default=None, ge=1)
    shard_bases: int | None = Field(default=None, ge=1)


def read_job(path: Path) -> JobFile:
    """Read a job file.

    Raises
    ------
    GxviewError
        If it is missing or no job file; the field that is wrong is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise GxviewError(f"The job file {path} cannot be read: {reason}.") from None
    try:
        job = JobFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise GxviewError(
                f"{path} is damaged or was cut off: it is no JSON ({first['ctx']['error']}). Take it from a copy, or "
                "begin anew in another folder."
            ) from None
        where = ".".join(map(str, first["loc"])) or "the file"
        raise GxviewError(f"{path} is no job file of a batch export: {where}: {first['msg']}.") from None
    return absolute_from(job, path.resolve().parent)


def write_job(path: Path, job: JobFile) -> None:
    """Write a job file whole or not at all, with absolute paths.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_whole(path, job_bytes(job))


def job_bytes(job: JobFile) -> bytes:
    """Return the content of a job file, with absolute paths."""
    return (json.dumps(absolute(job).model_dump(mode="json"), indent=2) + "\n").encode()


def differences(wanted: JobFile, stored: JobFile) -> list[str]:
    """Return the fields in which a stored job is not the wanted one; what is left open (None) agrees with all."""
    return [name for name in JobFile.model_fields if not _agrees(getattr(wanted, name), getattr(stored, name), name)]


def _agrees(wanted: Any, stored: Any, name: str) -> bool:
    if wanted is None or (name == "device" and wanted == "auto"):
        return True
    if hasattr(wanted, "model_fields_set"):
        return all(_agrees(getattr(wanted, key), getattr(stored, key), key) for key in type(wanted).model_fields)
    if isinstance(wanted, tuple) and isinstance(stored, tuple):
        return len(wanted) == len(stored) and all(_agrees(a, b, name) for a, b in zip(wanted, stored, strict=True))
    if isinstance(wanted, Path):
        return wanted.resolve() == Path(stored).resolve()
    return bool(wanted == stored)


def absolute(job: JobFile) -> JobFile:
    """Return a job whose paths are absolute; relative ones are seen from the working folder."""
    return absolute_from(job, Path.cwd())


def absolute_from(job: JobFile, folder: Path) -> JobFile:
    """Return a job whose paths are absolute; relative ones are seen from a folder."""

    def full(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    genome = job.genome.model_copy(update={"path": full(job.genome.path), "aliases": full(job.genome.aliases)})
    files = tuple(one.model_copy(update={"path": full(one.path)}) for one in job.places.files)
    models = tuple(one.model_copy(update={"model": _model_place(one.model, folder)}) for one in job.models)
    places = job.places.model_copy(update={"files": files})
    return job.model_copy(update={"genome": genome, "places": places, "models": models})


def _model_place(model: str, folder: Path) -> str:
    """Return the absolute path of a model that is a folder; names of the hub and embedded ones stay."""
    name, mark, recipe = model.partition("#randomised-")  # what follows is no part of the folder's name
    path = folder / Path(name).expanduser()
    return f"{path}{mark}{recipe}" if path.is_dir() else model
