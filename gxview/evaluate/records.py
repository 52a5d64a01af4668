"""The row of the one table in which every number of an evaluation ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from gxview.errors import GxviewError
from gxview.measures.number import Number
from gxview.measures.registry import METRICS

REAL = "real"
SETS = (REAL, "dinucleotide", "mononucleotide", "gc_matched")


@dataclass(frozen=True, slots=True)
class Record:
    """One number, or the reason why it could not be had.

    Attributes
    ----------
    metric : str
        Name in :mod:`gxview.measures.registry`.
    value : float
        NaN where there is none.
    detail : str
        What the metric leaves open, as `detail` writes it: ``'replacement=random order=morf'``.
    sequence : str
        Id of the sequence; empty for a number about all of them.
    set : str
        ``real``, or the control: ``dinucleotide``, ``mononucleotide``, ``gc_matched``.
    model, method : str
        What was explained and how.
    other_model, other_method : str
        The second side of a similarity.
    level : str
        ``base``, ``token``, or empty for a number about a prediction.
    reason : str
        Why there is no value; one sentence.
    """

    metric: str
    value: float
    detail: str = ""
    sequence: str = ""
    set: str = REAL
    model: str = ""
    method: str = ""
    other_model: str = ""
    other_method: str = ""
    level: str = "base"
    reason: str = ""

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise GxviewError(f"There is no metric '{self.metric}'; known are {', '.join(METRICS)}.")
        if math.isnan(self.value) != bool(self.reason):
            raise GxviewError(f"A value of {self.metric} has a reason if, and only if, it is missing.")

    @property
    def failed(self) -> bool:
        """Whether there is no value."""
        return bool(self.reason)

    def as_dict(self) -> dict[str, Any]:
        """Return the columns in the order of `COLUMNS`."""
        row = asdict(self)
        return {name: row[name] for name in COLUMNS}


COLUMNS: tuple[str, ...] = (
    "set",
    "sequence",
    "model",
    "method",
    "other_model",
    "other_method",
    "level",
    "metric",
    "detail",
    "value",
    "reason",
)
assert set(COLUMNS) == {field.name for field in fields(Record)}


def record(metric: str, value: float, **columns: Any) -> Record:
    """Make a record of a number; the reason of a missing :class:`~gxview.measures.number.Number` comes along.

    Parameters
    ----------
    metric : str
        Name in the registry.
    value : float
        A float or a Number; infinity counts as missing.
    columns
        Other columns of `Record`; `detail` may be a mapping.
    """
    given = columns.pop("detail", "")
    text = given if isinstance(given, str) else detail(given)
    number = float(value)
    if not math.isfinite(number):
        reason = value.reason if isinstance(value, Number) else ""
        return Record(metric, math.nan, text, reason=reason or "the result is not a number", **columns)
    return Record(metric, number, text, **columns)


def failure(metric: str, error: Exception | str, **columns: Any) -> Record:
    """Make a record of a number that could not be had, with the sentence of the error."""
    given = columns.pop("detail", "")
    text = given if isinstance(given, str) else detail(given)
    return Record(metric, math.nan, text, reason=str(error) or type(error).__name__, **columns)


def detail(choices: Mapping[str, object]) -> str:
    """Write choices as ``name=value`` with blanks between, in the order given; blanks in a value become ``_``."""
    return " ".join(f"{name}={_plain(value)}" for name, value in choices.items())


def choices(text: str) -> dict[str, str]:
    """Read what `detail` wrote."""
    return dict(part.split("=", 1) for part in text.split(" ") if part)


def values_of(records: Iterable[Record]) -> list[float]:
    """Return the values of records, NaN where one is missing."""
    return [one.value for one in records]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else "_".join(str(value).split())
