"""The numbers of an evaluation as the window shows them: those of one metric, the worst first."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.measures.registry import METRICS, Metric
from gxview.viewer.evaluating.request import read_places

TABLE, REPORT = "metrics.csv", "report.html"
REAL = "real"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a number is: the metric, what it leaves open, and the level."""

    metric: str
    detail: str
    level: str

    @property
    def known(self) -> Metric | None:
        """The metric in the registry."""
        return METRICS.get(self.metric)

    @property
    def title(self) -> str:
        """What it is called."""
        label = self.known.label if self.known is not None else self.metric
        return ", ".join(part for part in (label, self.detail, self.level if self.level == "token" else "") if part)

    @property
    def direction(self) -> str:
        """'higher', 'lower' or 'none' is better."""
        return self.known.direction if self.known is not None else "none"


@dataclass(frozen=True, slots=True)
class Value:
    """A number about the explanation of one sequence.

    Parameters
    ----------
    sequence, region
        Its name, and its place where that is known.
    model, method
        What was explained and how; of a similarity both sides.
    set
        'real', or the control.
    value, reason
        NaN and why there is no number, or the number.
    """

    sequence: str
    region: Region | None
    model: str
    method: str
    set: str
    value: float
    reason: str

    @property
    def series(self) -> str:
        """Method and model: the method first, since names of models are long."""
        return f"{self.method}, {self.model}" if self.method else self.model


@dataclass(frozen=True)
class Results:
    """All numbers about single sequences of an evaluation, by kind."""

    folder: Path
    values: dict[Kind, tuple[Value, ...]]

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of numbers, those first that say whether an explanation is good."""
        return tuple(sorted(self.values, key=lambda kind: kind.direction == "none"))

    def worst_first(self, kind: Kind, set_name: str = REAL, series: str = "") -> list[Value]:
        """Return the numbers of a kind, of one series if it is named, the worst first; missing ones stand at the end.

        Where neither large nor small numbers are bad, the largest come first.
        """
        sign = 1.0 if kind.direction == "higher" else -1.0
        chosen = [one for one in self.values.get(kind, ()) if one.set == set_name and series in ("", one.series)]
        return sorted(
            chosen, key=lambda one: (math.isnan(one.value), sign * one.value if one.value == one.value else 0)
        )

    def series(self, kind: Kind) -> tuple[str, ...]:
        """Return what has numbers of a kind, method and model, sorted."""
        return tuple(sorted({one.series for one in self.values.get(kind, ())}))

    def sets(self, kind: Kind) -> tuple[str, ...]:
        """Return the sets that have numbers of a kind, the real one first."""
        return tuple(sorted({one.set for one in self.values.get(kind, ())}, key=lambda name: name != REAL))

    @property
    def report(self) -> Path | None:
        """The report, where there is one."""
        path = self.folder / REPORT
        return path if path.is_file() else None


def read_results(folder: Path) -> Results:
    """Read the numbers of a finished evaluation.

    Raises
    ------
    GxviewError
        The folder holds none, or its table is damaged.
    """
    places = read_places(folder)
    found: dict[Kind, list[Value]] = {}
    try:
        with (folder / TABLE).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["sequence"]:
                    kind = Kind(row["metric"], row["detail"], row["level"])
                    found.setdefault(kind, []).append(_value(row, places))
    except OSError as error:
        raise GxviewError(f"{folder} holds no finished evaluation: {error.strerror or error}.") from None
    except (KeyError, ValueError, csv.Error):
        raise GxviewError(f"{folder / TABLE} is no table of an evaluation; run the evaluation again.") from None
    return Results(folder, {kind: tuple(values) for kind, values in found.items()})


def median(values: Sequence[Value]) -> float:
    """Return the median of the numbers that are there; NaN without any."""
    known = sorted(one.value for one in values if not math.isnan(one.value))
    if not known:
        return math.nan
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def _value(row: dict[str, str], places: dict[str, Region]) -> Value:
    models = [name for name in (row["model"], row["other_model"]) if name]
    methods = [name for name in (row["method"], row["other_method"]) if name]
    return Value(
        row["sequence"],
        places.get(row["sequence"]),
        " and ".join(dict.fromkeys(models)),
        " and ".join(dict.fromkeys(methods)),
        row["set"],
        float(row["value"]) if row["value"] else math.nan,
        row["reason"],
    )
