"""What a probing run is to do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gxview.errors import UsageError

Pool = Literal["cls", "mean", "full"]
Head = Literal["ridge", "mlp", "cnn", "cnn-mpra", "residualbind", "residualbind-small"]
Baseline = Literal["one-hot", "dinucleotide", "k-mer"]

VECTOR_HEADS: tuple[Head, ...] = ("ridge", "mlp")
COLUMN_HEADS: tuple[Head, ...] = ("cnn", "cnn-mpra", "residualbind", "residualbind-small")
_OPTIONS = {
    "models": "model",
    "labels": "label",
    "sequence": "sequence-column",
    "pools": "pool",
    "heads": "head",
    "baselines": "baseline",
}
"""Fields that are called otherwise on the command line."""
AUTO, RANDOM, HOMOLOGY, CHROMOSOME = "auto", "random", "homology", "chromosome"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fitting(_Part):
    """How heads are fitted.

    Attributes
    ----------
    alphas
        Strengths of the L2 penalty that ``ridge`` chooses from by the validation part; Tang et al. take 1e-3 alone.
    epochs, patience, batch_size
        Of the networks: most passes over the training part, passes without a better validation loss after which
        training stops (10 in Tang et al.), sequences of one step.
    projection
        Filters of the convolution of width 1 before the first one on embeddings; None: as in the paper
        (512 for ``cnn``, 196 for ``cnn-mpra``, 48 for ``residualbind-small``, none for ``residualbind``), and none
        where the embeddings are not wider than that.
    """

    alphas: tuple[float, ...] = Field(default=(1e-3, 1e-1, 10.0, 1000.0), min_length=1)
    epochs: int = Field(default=60, ge=1)
    patience: int = Field(default=10, ge=1)
    batch_size: int = Field(default=64, ge=2)
    projection: int | None = Field(default=None, ge=1)

    @field_validator("alphas")
    @classmethod
    def _positive(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if min(value) <= 0:
            raise ValueError("the strength of a penalty is above 0")
        return value


class ProbeSettings(_Part):
    """A probing run.

    Attributes
    ----------
    data
        CSV or TSV, plain or gzip, with a column of sequences and of labels.
    output
        Folder of the results.
    models
        Folders, hub names, embedded models, each perhaps with ``#randomised-SEED``.
    labels
        Columns of labels; by default ``label``.
    sequence
        Column of the letters.
    split
        ``auto`` (the column ``split`` if there is one, else ``homology``), ``random``, ``homology``, ``chromosome``,
        or the name of a column that says ``train``, ``validation`` or ``test``.
    layers
        Layers of the models, 0 for the embeddings of words; negative ones count from the last. Empty: the last that
        has what `pools` want.
    pools
        What is taken of a layer: the summary (``cls``), the mean over bases, or the vectors of all bases (``full``).
    heads
        Empty: ``ridge``, and ``cnn`` where all sequences have one length of at least 32 bases.
    baselines
        What embeddings are held against.
    kmer
        Length of the words of the baseline ``k-mer``.
    randomised
        Copies with random weights of each model: embeddings of a network that learned nothing.
    seeds
        Repetitions: each with its own parts (unless they are given), subsets and initial weights.
    fractions
        Shares of the training part that heads are fitted on.
    task
        Whether labels are classes or measurements.
    test_share, validation_share
        Parts of the sequences that are drawn for the test, and of the rest for validation.
    similarity
        Jaccard index of k-mers from which two sequences count as near-duplicates.
    limit
        Largest number of sequences; more are drawn by the seed.
    seed
        Of everything random.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    memory
        Bytes of embeddings that are held in memory at once.
    title
        Of the report.
    """

    data: Path
    output: Path
    models: tuple[str, ...] = Field(min_length=1)
    labels: tuple[str, ...] = ("label",)
    sequence: str = "sequence"
    split: str = AUTO
    layers: tuple[int, ...] = ()
    pools: tuple[Pool, ...] = Field(default=("cls", "mean", "full"), min_length=1)
    heads: tuple[Head, ...] = ()
    baselines: tuple[Baseline, ...] = ("one-hot", "dinucleotide", "k-mer")
    kmer: int = Field(default=4, ge=1, le=6)
    randomised: int = Field(default=1, ge=0, le=20)
    seeds: int = Field(default=5, ge=1, le=100)
    fractions: tuple[float, ...] = Field(default=(1.0,), min_length=1)
    task: Literal["auto", "classification", "regression"] = "auto"
    test_share: float = Field(default=0.2, gt=0, lt=0.9)
    validation_share: float = Field(default=0.125, gt=0, lt=0.9)
    similarity: float = Field(default=0.3, ge=0.1, le=1)
    limit: int | None = Field(default=None, ge=10)
    seed: int = Field(default=0, ge=0)
    device: str = "auto"
    memory: int = Field(default=1 << 30, ge=1 << 20)
    fitting: Fitting = Fitting()
    title: str = "What the embeddings hold"

    @field_validator("models", "labels", "heads", "pools", "layers", "baselines")
    @classmethod
    def _once(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(value))

    @field_validator("fractions")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 < one <= 1 for one in value):
            raise ValueError("fractions lie above 0 and up to 1")
        return tuple(sorted(set(value)))

    @field_validator("labels")
    @classmethod
    def _some(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError("at least one is needed")
        return value


def probe_settings(**values: Any) -> ProbeSettings:
    """Make settings.

    Raises
    ------
    UsageError
        Naming the first value that makes no sense.
    """
    try:
        return ProbeSettings(**values)
    except ValidationError as error:
        raise UsageError(_wrong(error)) from None


def _wrong(error: ValidationError) -> str:
    """Say what is wrong first, by the name of the option."""
    first = error.errors()[0]
    names = [part for part in first["loc"] if isinstance(part, str)]
    name = names[-1] if names else "settings"
    option = f"--{_OPTIONS.get(name, name).replace('_', '-')}"
    given = first["input"]
    if first["type"] == "too_short":
        return f"{option} needs at least one value."
    shown = f"'{given}'" if isinstance(given, str) else f"{given}" if isinstance(given, int | float) else ""
    said = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    said = (
        said.replace("'", "")
        .replace("greater than or equal to", "at least")
        .replace("less than or equal to", "at most")
    )
    if first["type"] == "value_error" or not shown:
        return f"{option} is wrong: {said[0].lower()}{said[1:]}."
    return f"{option} is {said}, not {shown}."


def digest(content: Any) -> str:
    """Return the sha256 of something that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
