"""Labelled sequences from tables."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gxview.errors import GxviewError, UsageError
from gxview.models.labelled import LabelledSequences, data_file, open_text
from gxview.models.sequences import known_sequence
from gxview.words import counted

Task = Literal["classification", "regression", "multi-label"]
TASKS: tuple[Task, ...] = ("classification", "regression", "multi-label")
_LABEL_DIGITS = 4


@dataclass(frozen=True)
class Columns:
    """Which columns of a table say what.

    Attributes
    ----------
    task
        ``classification``: one column of class numbers; ``regression``: columns of numbers; ``multi-label``: columns
        of 0 and 1.
    labels
        Names of these columns.
    group
        Name of the column with the group of a sequence, where there is one.
    """

    task: Task = "classification"
    labels: tuple[str, ...] = ("label",)
    group: str | None = None

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise UsageError(f"A task is {', '.join(TASKS[:-1])} or {TASKS[-1]}, not '{self.task}'.")
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise UsageError("Name each column of labels once.")
        if self.task == "classification" and len(self.labels) > 1:
            raise UsageError(
                "Classes stand in one column; for several columns say whether they are numbers (--task regression) "
                "or labels of 0 and 1 (--task multi-label)."
            )


def read_csv(path: Path, columns: Columns | None = None) -> LabelledSequences:
    """Read a table with the column ``sequence`` and those of the labels, plain or gzip.

    Parameters
    ----------
    path
        Columns are separated by commas, or by tabs where the header has one; names are of either case.
    columns
        By default classes in the column ``label``.

    Raises
    ------
    GxviewError
        Naming the file and the line of the first wrong row.
    """
    wanted = columns or Columns()
    names = ("sequence", *wanted.labels, *((wanted.group,) if wanted.group else ()))
    sequences, labels, groups = [], [], []
    with open_text(path) as stream:
        header = stream.readline()
        tabs = "\t" if "\t" in header else ","
        places = _places(path, next(csv.reader([header], delimiter=tabs), []), names)
        rows = csv.reader(stream, delimiter=tabs)
        for row in rows:
            if row:
                where = f"{path}, line {rows.line_num + 1}"
                cells = _cells(row, places, where)
                sequences.append(known_sequence(cells[0], f"{where}: the sequence"))
                labels.append(_labels(cells[1 : 1 + len(wanted.labels)], wanted, where))
                groups += [_group(cells[-1], where)] if wanted.group else []
    if not sequences:
        raise GxviewError(f"{path} holds no sequence.")
    kind = np.float64 if wanted.task == "regression" else np.int64
    values = np.array(labels, dtype=kind)
    alone = wanted.task == "classification"
    return LabelledSequences(
        tuple(sequences),
        values[:, 0] if alone else values,
        (data_file(path, len(sequences)),),
        () if alone else wanted.labels,
        tuple(groups),
    )


def _places(path: Path, header: Sequence[str], names: Sequence[str]) -> list[int]:
    known = [name.lstrip("\ufeff").strip().lower() for name in header]
    missing = [name for name in names if name.lower() not in known]
    if missing:
        wanted = " and ".join(f"'{name}'" for name in names)
        raise GxviewError(f"{path}, line 1: the header must name the columns {wanted}; it lacks '{missing[0]}'.")
    return [known.index(name.lower()) for name in names]


def _cells(row: Sequence[str], places: Sequence[int], where: str) -> list[str]:
    if len(row) <= max(places):
        raise GxviewError(f"{where}: {counted(len(row), 'column')} instead of at least {max(places) + 1}.")
    return [row[place].strip() for place in places]


def _labels(cells: Sequence[str], columns: Columns, where: str) -> list[Any]:
    read: dict[str, Callable[[str, str], Any]] = {
        "classification": _class,
        "regression": _number,
        "multi-label": _zero_or_one,
    }
    values = []
    for name, cell in zip(columns.labels, cells, strict=True):
        if not cell and columns.task != "classification":
            raise GxviewError(
                f"{where}: the column '{name}' is empty; leave out sequences of which a label is missing."
            )
        values.append(read[columns.task](cell, f"{where}: the label '{cell}'"))
    return values


def _class(cell: str, where: str) -> int:
    if cell.isascii() and cell.isdigit() and len(cell) <= _LABEL_DIGITS:
        return int(cell)
    hint = "" if _as_number(cell) is None else "; learn numbers with --task regression"
    raise GxviewError(f"{where} is no class number (0, 1, ...){hint}.")


def _number(cell: str, where: str) -> float:
    value = _as_number(cell)
    if value is None:
        raise GxviewError(f"{where} is no finite number.")
    return value


def _zero_or_one(cell: str, where: str) -> int:
    if cell not in ("0", "1"):
        raise GxviewError(f"{where} is neither 0 nor 1.")
    return int(cell)


def _group(cell: str, where: str) -> str:
    if not cell:
        raise GxviewError(f"{where}: the group is empty; every sequence belongs to one.")
    return cell


def _as_number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None
