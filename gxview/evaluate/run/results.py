"""The finished numbers of an evaluation as columns over sequences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.records import REAL, Record
from gxview.evaluate.run.config import Evaluation
from gxview.evaluate.run.data import DataSet
from gxview.evaluate.run.explained import Explained, unpack
from gxview.evaluate.run.plan import EXPLAIN, Plan
from gxview.evaluate.run.subjects import Subject
from gxview.explain.settings import positive_class
from gxview.store import Store

Column = NDArray[np.float64]


class Series(NamedTuple):
    """What a column of numbers is about; a number for each sequence."""

    set: str
    model: str
    method: str
    other_model: str
    other_method: str
    level: str
    metric: str
    detail: str

    @classmethod
    def of(cls, one: Record) -> Series:
        """Return the series that a record belongs to."""
        return cls(one.set, one.model, one.method, one.other_model, one.other_method, one.level, one.metric, one.detail)


class Failure(NamedTuple):
    """A number that could not be had."""

    set: str
    model: str
    method: str
    metric: str
    reason: str


@dataclass
class Results:
    """Everything that tables and report are made from.

    Attributes
    ----------
    evaluation, data, plan, store
        What was asked for, of which sequences, as which tasks, kept where.
    columns
        float64 (n,) for each series, NaN where missing, in the order of the sequences of the real set.
    overall
        Numbers about all sequences.
    failures
        How often each number could not be had.
    examples
        Up to three ids of sequences for each failure.
    notes
        Sentences for the reader.
    """

    evaluation: Evaluation
    data: DataSet
    plan: Plan
    store: Store
    columns: dict[Series, Column] = field(default_factory=dict)
    overall: dict[Series, float] = field(default_factory=dict)
    failures: Counter[Failure] = field(default_factory=Counter)
    examples: dict[Failure, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._place = {item.id: index for index, item in enumerate(self.data.items)}

    @property
    def trained(self) -> list[Subject]:
        """The models without their randomised copies."""
        return [one for one in self.plan.subjects if not one.copy_of]

    @property
    def labels(self) -> NDArray[np.float64]:
        """Class of each sequence, float64 (n,); NaN where unknown."""
        return np.array([np.nan if one.label is None else one.label for one in self.data.items], float)

    @cached_property
    def positive(self) -> NDArray[np.bool_]:
        """Sequences of the positive class, bool (n,); all of them where no class is known or none is positive."""
        subject = self.trained[0]
        wanted = 1 if subject.model.num_labels == 1 else positive_class(subject.model, subject.target)
        found = self.labels == wanted
        return found if found.any() else np.ones(len(found), bool)

    def add(self, one: Record) -> None:
        """Take in a record."""
        if one.failed:
            found = Failure(one.set, one.model, one.method, one.metric, one.reason)
            self.failures[found] += 1
            known = self.examples.setdefault(found, [])
            if len(known) < 3 and one.sequence not in known:
                known.append(one.sequence)
        series = Series.of(one)
        if not one.sequence:
            self.overall[series] = one.value
            return
        if series not in self.columns:
            self.columns[series] = np.full(len(self._place), np.nan)
        self.columns[series][self._place[one.sequence]] = one.value

    def get(
        self,
        metric: str,
        model: str,
        method: str = "",
        *,
        set: str = REAL,
        other: tuple[str, str] = ("", ""),
        level: str = "base",
        detail: str = "",
    ) -> Column | None:
        """Return the column of a series; None if there is none."""
        return self.columns.get(Series(set, model, method, *other, level, metric, detail))

    def select(self, **wanted: str) -> Iterator[tuple[Series, Column]]:
        """Yield the series whose fields have the given values, in the order in which they came."""
        for series, column in self.columns.items():
            if all(getattr(series, name) == value for name, value in wanted.items()):
                yield series, column

    def explained(self, set: str, subject: Subject, method: str) -> Iterator[Explained]:
        """Yield the explanations of a set by one method, block by block from the disk."""
        for block in self.plan.blocks:
            if block.set == set:
                content = self.store.get(EXPLAIN, self.plan.explaining(block, subject, method).key)
                assert content is not None, "a finished task has vanished"
                yield from unpack(content, block.items)

    def one(self, set: str, subject: Subject, method: str, sequence: str) -> Explained | None:
        """Return one explanation; None for a sequence that the set does not have."""
        for block in self.plan.blocks:
            ids = [item.id for item in block.items]
            if block.set == set and sequence in ids:
                content = self.store.get(EXPLAIN, self.plan.explaining(block, subject, method).key)
                assert content is not None, "a finished task has vanished"
                return unpack(content, block.items)[ids.index(sequence)]
        return None


def collect(results: Results, records: Iterable[Record]) -> Iterator[Record]:
    """Pass records on and take each in."""
    for one in records:
        results.add(one)
        yield one
