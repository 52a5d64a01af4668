"""The table of a probing run: letters, labels, and what says how they are parted."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.settings import ProbeSettings
from gxview.errors import GxviewError, UsageError
from gxview.models.labelled import open_text
from gxview.models.sequences import known_sequence
from gxview.words import counted

Kind = Literal["classification", "regression"]
_MOST_CLASSES = 20
_LEAST = 10


@dataclass(frozen=True, eq=False)
class Target:
    """A column of labels.

    Attributes
    ----------
    name
        Of the column.
    kind
        ``classification`` or ``regression``.
    values
        float64 (N,): numbers of classes, or measurements.
    classes
        Names of the classes in order; empty for measurements.
    """

    name: str
    kind: Kind
    values: NDArray[np.float64]
    classes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Number of outputs a head needs: one per class, one for two classes and for a measurement."""
        return len(self.classes) if len(self.classes) > 2 else 1


@dataclass(frozen=True, eq=False)
class ProbeData:
    """Labelled sequences in the order of the file.

    Attributes
    ----------
    sequences
        Cleaned letters.
    targets
        One for each column of labels.
    columns
        The other columns that a split may need, by name in lower case.
    name, sha256
        Of the file.
    notes
        Sentences for the reader.
    path, lines
        Where the sequences are from, for messages: the file as it was named, and the line of each; or empty.
    """

    sequences: tuple[str, ...]
    targets: tuple[Target, ...]
    columns: Mapping[str, tuple[str, ...]]
    name: str
    sha256: str
    notes: tuple[str, ...] = ()
    path: str = ""
    lines: tuple[int, ...] = ()

    def where(self, row: int) -> str:
        """Return the place of a sequence for messages: ``x.csv, line 12``."""
        return f"{self.path}, line {self.lines[row]}" if self.lines else f"{self.name}, sequence {row + 1}"

    def __len__(self) -> int:
        return len(self.sequences)

    @property
    def length(self) -> int | None:
        """The length in bases that all sequences have, or None."""
        lengths = {len(sequence) for sequence in self.sequences}
        return lengths.pop() if len(lengths) == 1 else None

    @cached_property
    def digest(self) -> str:
        """Of the letters in their order."""
        return hashlib.sha256("\n".join(self.sequences).encode()).hexdigest()

    @cached_property
    def strata(self) -> NDArray[np.int64]:
        """Group of each sequence that parts should share evenly, (N,): class or fifth of the first column."""
        first = self.targets[0]
        if first.kind == "classification":
            return first.values.astype(np.int64)
        edges = np.quantile(first.values, (0.2, 0.4, 0.6, 0.8))
        return np.searchsorted(edges, first.values).astype(np.int64)


def read_data(settings: ProbeSettings) -> ProbeData:
    """Read the table.

    Raises
    ------
    GxviewError
        Naming the file, the line and the column of the first wrong value, or what the table lacks.
    """
    path = settings.data
    header, rows, lines = _rows(path)
    sequence = _column(header, settings.sequence, path, "--sequence-column")
    labels = [_column(header, name, path, "--label") for name in settings.labels]
    notes: list[str] = []
    kept = np.arange(len(rows))
    if settings.limit is not None and settings.limit < len(rows):
        kept = np.sort(np.random.default_rng([settings.seed, 11]).permutation(len(rows))[: settings.limit])
        notes.append(f"{settings.limit:,} of {len(rows):,} sequences were drawn by the seed.")
    rows, lines = [rows[index] for index in kept], [lines[index] for index in kept]
    if len(rows) < _LEAST:
        raise GxviewError(f"{path} has {counted(len(rows), 'sequence')}; probing needs at least {_LEAST}.")
    letters = tuple(
        known_sequence(row[sequence].strip(), f"{path}, line {line}: the sequence")
        for row, line in zip(rows, lines, strict=True)
    )
    targets = tuple(
        _target(path, name, [row[index].strip() for row in rows], lines, settings.task)
        for name, index in zip(settings.labels, labels, strict=True)
    )
    others = [index for index in range(len(header)) if index not in (sequence, *labels)]
    columns = {header[index].lower(): tuple(row[index].strip() for row in rows) for index in others}
    with path.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    return ProbeData(letters, targets, columns, path.name, checksum, tuple(notes), str(path), tuple(lines))


def _rows(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    """Return header, rows and their lines; the header says whether tabs or commas part the columns."""
    if path.is_dir():
        raise GxviewError(f"{path} is a folder; give a CSV or TSV file.")
    with open_text(path) as stream:
        first = stream.readline().removeprefix("\ufeff")
        reader = csv.reader(stream, delimiter="\t" if "\t" in first else ",")
        header = [name.strip() for name in next(csv.reader([first], delimiter="\t" if "\t" in first else ","), [])]
        rows, lines = [], []
        for row in reader:
            if not any(map(str.strip, row)):
                continue
            if len(row) != len(header):
                held = counted(len(row), "column")
                raise GxviewError(f"{path}, line {reader.line_num + 1}: {held}, but the header has {len(header)}.")
            rows.append(row)
            lines.append(reader.line_num + 1)
    return header, rows, lines


def _column(header: Sequence[str], name: str, path: Path, option: str) -> int:
    if not header:
        raise GxviewError(f"{path} is empty; its first line is to name the columns of sequences and labels.")
    lowered = [column.lower() for column in header]
    if name.lower() not in lowered:
        known = ", ".join(repr(column) for column in header[:12]) or "none"
        raise UsageError(f"{path} has no column {name!r}; it has {known}. Name the right one with {option}.")
    return lowered.index(name.lower())


def _target(path: Path, name: str, texts: list[str], lines: list[int], task: str) -> Target:
    for text, line in zip(texts, lines, strict=True):
        if text.lower() in ("", "na", "nan", "none", "null", "."):
            raise GxviewError(f"{path}, line {line}: {name!r} has no value; fill it in or leave the row out.")
    numbers = [_number(text) for text in texts]
    wrong = next((place for place, value in enumerate(numbers) if value is None), None)
    distinct = sorted(set(texts))
    whole = wrong is None and all(value is not None and value.is_integer() for value in numbers)
    kind = task
    if task == "auto":
        kind = "classification" if (wrong is not None or whole) and len(distinct) <= _MOST_CLASSES else "regression"
    if kind == "classification":
        return _classes(path, name, texts, numbers, whole=whole)
    if wrong is not None:
        raise GxviewError(f"{path}, line {lines[wrong]}: {name!r} holds {texts[wrong]!r}, which is no finite number.")
    values = np.array(numbers, dtype=np.float64)
    if np.ptp(values) == 0:
        raise GxviewError(f"{path}: all values of {name!r} are {texts[0]}; there is nothing to predict.")
    return Target(name, "regression", values)


def _classes(path: Path, name: str, texts: list[str], numbers: list[float | None], *, whole: bool) -> Target:
    keys: list[float] | list[str] = [float(value or 0) for value in numbers] if whole else texts
    distinct = sorted(set(keys))  # type: ignore[type-var]
    if len(distinct) == 1:
        raise GxviewError(f"{path}: all labels of {name!r} are {texts[0]!r}; there is nothing to predict.")
    if len(distinct) > len(texts) // 3:
        raise GxviewError(f"{path}: {name!r} has {len(distinct):,} classes for {len(texts):,} sequences; too many.")
    place = {key: float(index) for index, key in enumerate(distinct)}
    shown = tuple(f"{key:g}" if isinstance(key, float) else str(key) for key in distinct)
    return Target(name, "classification", np.array([place[key] for key in keys]), shown)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
