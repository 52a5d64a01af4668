"""How sure the numbers of an evaluation are: intervals of every series, and every test, corrected together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.records import REAL
from gxview.evaluate.run.results import Column, Results, Series
from gxview.evaluate.run.rows import TableWriter
from gxview.evaluate.run.subjects import Subject
from gxview.measures.registry import METRICS
from gxview.measures.statistics import Summary, benjamini_hochberg, paired_wilcoxon, summary

Rows = NDArray[np.bool_]
PERMUTED = "chance=permuted"
CHANCES = ("chance", "auprc_chance", "signal_auprc_chance", "aopc_random")
UNTESTED = ("curve", "enrichment_p", "signal_p", *CHANCES)
_SUMMARY = ("n", "failures", "mean", "median", "low", "high")
_TEST = ("n", "failures", "difference", "effect", "p", "q")


@dataclass(frozen=True, slots=True)
class Test:
    """A paired test of two series over the same sequences.

    Attributes
    ----------
    question
        ``chance``, ``method``, ``model``, ``randomised`` or ``control``.
    first, second
        What was compared; `second` is None for a chance level that is a number of the sequence itself.
    against
        The second side in words.
    n, failures
        Pairs, and pairs with a missing side.
    difference
        Mean of first minus second.
    effect
        Rank-biserial correlation, -1 to 1, positive where the first is larger.
    p, q
        Two-sided Wilcoxon signed-rank test; corrected by Benjamini and Hochberg over all tests of the report.
    """

    question: str
    first: Series
    second: Series
    n: int
    failures: int
    difference: float
    effect: float
    p: float
    q: float = float("nan")

    @property
    def speaks_for_first(self) -> bool | None:
        """Whether the first side does better; None where neither direction is better, or nothing differs."""
        direction = METRICS[self.first.metric].direction
        if direction == "none" or not self.difference or np.isnan(self.difference):
            return None
        return (self.difference > 0) == (direction == "higher")


class Statistics:
    """Summaries and tests of results.

    Parameters
    ----------
    results
        All numbers.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._summaries: dict[Series, Summary] = {}
        self._inside: dict[str, Rows] = {}

    def summary(self, series: Series) -> Summary | None:
        """Return mean, median and bootstrap interval of a series; None if there is no such series."""
        column = self._results.columns.get(series)
        if column is None:
            return None
        if series not in self._summaries:
            self._summaries[series] = self.interval(column[self.rows(series)])
        return self._summaries[series]

    def interval(self, values: Column) -> Summary:
        """Return mean, median and bootstrap interval of values, always the same for the same number of values."""
        chosen = self._results.evaluation
        rng = np.random.default_rng([chosen.seed, len(values)])
        return summary(values, rng, level=chosen.statistics.confidence, resamples=chosen.statistics.bootstrap)

    def rows(self, series: Series) -> Rows:
        """Return which sequences count, bool (n,): those of the set, for faithfulness those of the positive class."""
        if series.set not in self._inside:
            ids = {item.id for item in self._results.plan.sets[series.set]}
            self._inside[series.set] = np.array([item.id in ids for item in self._results.data.items])
        inside = self._inside[series.set]
        return inside & self._results.positive if METRICS[series.metric].family == "faithfulness" else inside

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """All tests, with q values over all of them."""
        found = list(self._tests())
        q = benjamini_hochberg([test.p for test in found]) if found else np.zeros(0)
        return tuple(replace(test, q=float(value)) for test, value in zip(found, q, strict=True))

    def test(self, question: str, first: Series, second: Series) -> Test | None:
        """Return one test; None if it was not made."""
        return self._by_sides.get((question, first, second))

    @cached_property
    def _by_sides(self) -> dict[tuple[str, Series, Series], Test]:
        return {(one.question, one.first, one.second): one for one in self.tests}

    def _tests(self) -> Iterator[Test]:
        subjects = {one.name: one for one in self._results.plan.subjects}
        for series in list(self._results.columns):
            if series.metric in UNTESTED or PERMUTED in series.detail:
                continue
            for question, second in self._opponents(series, subjects):
                test = self._compared(question, series, second)
                if test is not None:
                    yield test

    def _opponents(self, series: Series, subjects: dict[str, Subject]) -> Iterator[tuple[str, Series]]:
        """Yield what a series is tested against."""
        subject = subjects[series.model]
        if subject.copy_of or (series.other_model in subjects and subjects[series.other_model].copy_of):
            return
        if series.set == REAL:
            yield from self._against_chance(series)
            for name in self._results.evaluation.chosen_sets:
                if not series.other_model or series.other_model != series.model:
                    yield "control", series._replace(set=name)
        if series.set != REAL or series.other_model or series.method not in ("", subject.main):
            return
        if series.method:
            for method in subject.methods[1:]:
                yield "method", series._replace(method=method)
        yield from self._against_models(series, subject, subjects)

    def _against_chance(self, series: Series) -> Iterator[tuple[str, Series]]:
        if series.other_model:
            yield "chance", series._replace(detail=f"{series.detail} {PERMUTED}".strip())
        elif series.metric == "aopc":
            yield "chance", series._replace(metric="aopc_random", method="")
        elif series.metric in ("mass_accuracy", "rank_accuracy"):
            yield "chance", series._replace(metric="chance")
        elif series.metric in ("auprc", "signal_auprc"):
            yield "chance", series._replace(metric=f"{series.metric}_chance")

    def _against_models(
        self, series: Series, subject: Subject, subjects: dict[str, Subject]
    ) -> Iterator[tuple[str, Series]]:
        names = [one.name for one in self._results.trained]
        for other in subjects.values():
            method = other.main if series.method else ""
            if other.copy_of == subject.name:
                yield "randomised", series._replace(model=other.name, method=method)
            elif not other.copy_of and names.index(other.name) > names.index(subject.name):
                yield "model", series._replace(model=other.name, method=method)

    def _compared(self, question: str, first: Series, second: Series) -> Test | None:
        a, b = self._results.columns.get(first), self._results.columns.get(second)
        if a is None or b is None:
            return None
        rows = self.rows(first) & self.rows(second)
        found = paired_wilcoxon(a[rows], b[rows])
        if not found.n:
            return None
        return Test(
            question,
            first,
            second,
            found.n,
            found.failures,
            float(found.difference),
            float(found.effect),
            float(found.p),
        )

    def write(self, folder: Path) -> list[Path]:
        """Write the tables ``summary`` and ``tests``; return the files."""
        names = Series._fields
        table = TableWriter(folder, "summary", [*names, *_SUMMARY], _SUMMARY)
        for series in self._results.columns:
            one = self.summary(series)
            table.add([*series, *(getattr(one, name) for name in _SUMMARY)])
        files = table.finish()
        sides = [f"{side}_{name}" for side in ("first", "second") for name in names]
        table = TableWriter(folder, "tests", ["question", *sides, *_TEST], _TEST)
        for test in self.tests:
            table.add([test.question, *test.first, *test.second, *(getattr(test, name) for name in _TEST)])
        return files + table.finish()
