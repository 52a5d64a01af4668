"""What an evaluation is to do, as a TOML file or from the command line."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gxview.errors import UsageError

Control = Literal["dinucleotide", "mononucleotide", "gc_matched"]
Family = Literal["similarity", "concentration", "faithfulness", "localisation", "stability", "sanity", "motifs"]
Replacement = Literal["random", "mask", "n", "dinucleotide"]

FAMILIES: tuple[Family, ...] = (
    "similarity",
    "concentration",
    "faithfulness",
    "localisation",
    "stability",
    "sanity",
    "motifs",
)
QUICK_FAMILIES: tuple[Family, ...] = ("similarity", "concentration", "faithfulness", "localisation")
BUDGETS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Part):
    """The sequences and what is known about them.

    Attributes
    ----------
    sequences
        FASTA, or a table with a column ``sequence`` and perhaps ``id``, ``label``, ``region``
        (``chr1:1,001-2,000(+)``), ``mask_start`` and ``mask_end`` (1-based, closed), ``truth`` (0 and 1 per base, or
        numbers).
    limit
        Largest number of sequences; more are drawn by the seed, evenly from the classes.
    genome
        FASTA of the genome that ``region`` refers to; GC-matched controls are drawn from it.
    mask
        BED (or another file of features) or bigWig in coordinates of the genome: where the known bases are.
    """

    sequences: Path
    limit: int | None = Field(default=None, ge=1)
    genome: Path | None = None
    mask: Path | None = None


class ModelEntry(_Part):
    """A model of the evaluation.

    Attributes
    ----------
    model
        Folder, hub id, ``sample-cnn`` or ``sample-dnabert2``.
    name
        What the tables call it; by default the model's own name.
    methods
        By name; empty: the default set.
    target
        Index or name of a logit, or ``contrast``; None: the positive one, or ``contrast`` for a model with two logits
        beside one that gives log-odds.
    seed_of
        Name of another model of the list of which this is a training run with another seed: their similarity is the
        ceiling.
    """

    model: str
    name: str | None = None
    methods: tuple[str, ...] = ()
    target: int | str | None = None
    seed_of: str | None = None


class Controls(_Part):
    """What the real sequences and the trained models are held against.

    Attributes
    ----------
    sets
        Controls of the sequences; the whole table is made again on each. None: by the size of the evaluation.
    randomised
        Number of copies of each model with random weights.
    gc_width
        Width of the bins of GC content within which a control matches.
    """

    sets: tuple[Control, ...] | None = None
    randomised: int = Field(default=1, ge=0, le=20)
    gc_width: float = Field(default=0.02, gt=0, lt=1)


class Faithfulness(_Part):
    """How sequences are perturbed.

    Attributes
    ----------
    budgets
        Shares of the bases that are changed, the same for every model.
    replacements
        What takes their place; None: by the size of the evaluation.
    draws
        Random replacements of each chosen part, averaged.
    orders
        Number of random orders.
    """

    budgets: tuple[float, ...] = Field(default=BUDGETS, min_length=1)
    replacements: tuple[Replacement, ...] | None = None
    draws: int = Field(default=5, ge=1)
    orders: int = Field(default=10, ge=1)

    @field_validator("budgets")
    @classmethod
    def _ascending(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 < one <= 1 for one in value) or list(value) != sorted(set(value)):
            raise ValueError("shares between 0 and 1 are needed, each once, in ascending order")
        return value


class Motifs(_Part):
    """What patterns are compared with.

    Attributes
    ----------
    database
        Motif files (MEME, JASPAR, TRANSFAC), or ``JASPAR``, ``JASPAR2026:vertebrates`` ...
    threshold
        Largest q of a match, and largest share of permuted databases that match as well.
    permutations
        Databases with permuted columns, for the null; with fewer than 19 no share can be as small as 0.05.
    """

    database: tuple[str, ...] = Field(default=("JASPAR",), min_length=1)
    threshold: float = Field(default=0.05, gt=0, le=1)
    permutations: int = Field(default=39, ge=1)


class Statistics(_Part):
    """How sure the numbers are.

    Attributes
    ----------
    bootstrap
        Resamplings of the sequences for an interval.
    confidence
        Of the intervals.
    """

    bootstrap: int = Field(default=2000, ge=100, le=100_000)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)


class Evaluation(_Part):
    """A whole evaluation.

    Attributes
    ----------
    full
        Whether everything runs that fits the models; otherwise the quick set.
    families
        Families of metrics; None: by the size of the evaluation.
    seed
        Of everything random.
    title
        Of the report.
    device
        ``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.
    block
        Sequences of one task: what is lost when the process is killed, and what is held in memory.
    """

    data: Data
    models: tuple[ModelEntry, ...] = Field(min_length=1)
    full: bool = False
    families: tuple[Family, ...] | None = None
    controls: Controls = Controls()
    faithfulness: Faithfulness = Faithfulness()
    motifs: Motifs = Motifs()
    statistics: Statistics = Statistics()
    seed: int = Field(default=20_240, ge=0)
    title: str = "How far to trust these explanations"
    device: str = "auto"
    block: int = Field(default=32, ge=1, le=4096)

    @model_validator(mode="after")
    def _names(self) -> Evaluation:
        names = [one.name or one.model for one in self.models]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two models are called '{twice}'; give one of them another 'name'")
        return self

    @property
    def chosen_families(self) -> tuple[Family, ...]:
        """The families that run, in the order of the report."""
        if self.families is not None:
            return tuple(one for one in FAMILIES if one in self.families)
        return FAMILIES if self.full else QUICK_FAMILIES

    @property
    def chosen_sets(self) -> tuple[Control, ...]:
        """The control sets that run."""
        if self.controls.sets is not None:
            return tuple(dict.fromkeys(self.controls.sets))
        if not self.full:
            return ("dinucleotide",)
        return ("dinucleotide", "mononucleotide", *(("gc_matched",) if self.data.genome else ()))

    @property
    def chosen_replacements(self) -> tuple[Replacement, ...]:
        """What takes the place of perturbed bases."""
        if self.faithfulness.replacements is not None:
            return tuple(dict.fromkeys(self.faithfulness.replacements))
        return ("random", "mask", "n", "dinucleotide") if self.full else ("random",)


def read_config(path: Path) -> Evaluation:
    """Read an evaluation from a TOML file; relative paths are seen from its folder.

    Raises
    ------
    UsageError
        If the file is missing, no TOML, or a key is wrong; file and key are named.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"The configuration {path} cannot be read: {reason}.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML file: {error}.") from None
    return _from_folder(validated(content, str(path)), path.resolve().parent)


def validated(content: dict[str, Any], where: str) -> Evaluation:
    """Check the content of a configuration.

    Raises
    ------
    UsageError
        Naming `where` and the first key that is wrong.
    """
    try:
        return Evaluation.model_validate(content)
    except ValidationError as error:
        raise UsageError(_sentence(error, where)) from None


def _sentence(error: ValidationError, where: str) -> str:
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{where}: there is no key '{key}'; see docs/evaluate.md for those there are."
    if first["type"] == "missing":
        return f"{where}: the key '{key}' is missing."
    return f"{where}{f', key {key!r}' if key else ''}: {first['msg'].removeprefix('Value error, ')}."


def _from_folder(evaluation: Evaluation, folder: Path) -> Evaluation:
    def full(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    data = evaluation.data
    data = data.model_copy(update={name: full(getattr(data, name)) for name in ("sequences", "genome", "mask")})
    models = tuple(one.model_copy(update={"model": _place(one.model, folder)}) for one in evaluation.models)
    databases = tuple(_place(one, folder) for one in evaluation.motifs.database)
    motifs = evaluation.motifs.model_copy(update={"database": databases})
    return evaluation.model_copy(update={"data": data, "models": models, "motifs": motifs})


def _place(name: str, folder: Path) -> str:
    """Return the absolute path of a model or database that is there; names of the hub and embedded ones stay."""
    path = folder / Path(name).expanduser()
    return str(path) if path.exists() else name


def digest(content: Any) -> str:
    """Return the sha256 of something that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
