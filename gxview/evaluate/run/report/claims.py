"""The first section: what would have to be true to trust the explanations, and whether it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gxview.evaluate.records import REAL
from gxview.evaluate.run.controls import in_sentence
from gxview.evaluate.run.judging import ceiling, sanity_verdict
from gxview.evaluate.run.report.tests import SURE
from gxview.evaluate.run.report.words import LOCALISED, PRIMARY
from gxview.evaluate.run.results import Results, Series
from gxview.evaluate.run.statistics import PERMUTED, Statistics, Test
from gxview.evaluate.run.subjects import RANDOM, Subject
from gxview.measures.registry import METRICS
from gxview.page.parts import Cell, Heading, Section, Table, Text, chance_of, joined, number

_MARKS = {"fails": "bad", "not shown": "warn", "cannot be said": "faint", "holds": "good"}
_COUNTED = {
    "fails": ("fails", "fail"),
    "not shown": ("is not shown", "are not shown"),
    "cannot be said": ("cannot be judged", "cannot be judged"),
    "holds": ("holds", "hold"),
}
_SAME = 0.9995
_FEWEST = 6
"""Pairs below which no two-sided signed-rank test reaches 0.05."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, whether it holds, and the numbers."""

    text: str
    verdict: str
    evidence: str


def claims_section(results: Results, statistics: Statistics) -> Section:
    """Return the claims, those that fail first."""
    order = list(_MARKS)
    claims = sorted(_claims(results, statistics), key=lambda one: order.index(one.verdict))
    rows = [
        [Cell(one.verdict, order.index(one.verdict), _MARKS[one.verdict]), Cell(one.text), Cell(one.evidence)]
        for one in claims
    ]
    counts = {verdict: sum(one.verdict == verdict for one in claims) for verdict in reversed(order)}
    told = joined([f"{count} {_COUNTED[verdict][count != 1]}" for verdict, count in counts.items() if count])
    failures = sum(results.failures.values())
    blocks: list[object] = [
        Text(
            f"Of {len(claims)} statements that a reader may want to rely on, {told}. A statement holds where the "
            f"difference has the right sign and q is at most {SURE}; it fails where it has the wrong sign and q is as "
            "small; what lies between is not shown, which does not mean that it is false."
        ),
        Table(
            "Statements, those that fail first.", [Heading("verdict"), Heading("statement"), Heading("numbers")], rows
        ),
    ]
    if int(results.positive.sum()) < _FEWEST:
        few = f"Only {int(results.positive.sum())} sequences are of the positive class; "
        blocks.insert(
            1, Text(f"{few}with fewer than {_FEWEST} pairs no test can reach q 0.05, however clear the effect.", "note")
        )
    if failures:
        blocks.append(Text(f"{failures:,} numbers could not be had; see Failures.", "note"))
    return Section("summary", "What holds, and what does not", blocks)


def _claims(results: Results, statistics: Statistics) -> Iterator[Claim]:
    for subject in results.trained:
        yield from _faithful(results, statistics, subject)
        yield from _localised(results, statistics, subject)
        yield from _controlled(results, statistics, subject)
        yield from _learned(results, subject)
    yield from _agreeing(results, statistics)


def _faithful(results: Results, statistics: Statistics, subject: Subject) -> Iterator[Claim]:
    first = _series(subject, subject.main, "aopc", PRIMARY)
    chance = first._replace(metric="aopc_random", method="")
    if first not in results.columns:
        return
    yield _claim(
        f"{subject.name}: changing what {subject.main} marks lowers the score more than changing random bases.",
        statistics.test("chance", first, chance),
    )
    for method in subject.methods[1:]:
        text = f"{subject.name}: {subject.main} is more faithful than {_named(method)} (AOPC)."
        yield _against_method(results, statistics, first, method, text)


def _localised(results: Results, statistics: Statistics, subject: Subject) -> Iterator[Claim]:
    for metric, detail in LOCALISED:
        first = _series(subject, subject.main, metric, detail)
        if first in results.columns:
            yield _claim(
                f"{subject.name}: {subject.main} points at the known bases better than chance "
                f"({METRICS[metric].label}).",
                statistics.test("chance", first, first._replace(metric=f"{metric}_chance")),
            )
            for method in subject.methods[1:]:
                text = f"{subject.name}: {subject.main} points at the known bases better than {_named(method)}."
                yield _against_method(results, statistics, first, method, text)


def _controlled(results: Results, statistics: Statistics, subject: Subject) -> Iterator[Claim]:
    first = _series(subject, subject.main, "aopc", PRIMARY)
    for name in results.evaluation.chosen_sets:
        if first in results.columns:
            yield _claim(
                f"{subject.name}: the drop is larger on real sequences than on {in_sentence(name)}.",
                statistics.test("control", first, first._replace(set=name)),
            )


def _learned(results: Results, subject: Subject) -> Iterator[Claim]:
    """Whether explanations change with the weights: similarity to the randomised copies below half of the ceiling."""
    _, other = ceiling(results, subject)
    half = f"half of the agreement with the training run {other}" if other else "half of what is possible"
    for method in subject.methods:
        found = sanity_verdict(results, subject, method)
        if found is not None:
            yield Claim(
                f"{subject.name}: {method} shows what was learned; it explains otherwise when all weights are random.",
                "cannot be said" if not found.n else "holds" if found.passed else "fails",
                f"{found.sentence} The limit is {half}; {found.failures:,} missing.",
            )


def _agreeing(results: Results, statistics: Statistics) -> Iterator[Claim]:
    trained = results.trained
    for index, first in enumerate(trained):
        for second in trained[index + 1 :]:
            pair = Series(REAL, first.name, first.main, second.name, second.main, "base", "jaccard", "")
            if pair not in results.columns:
                continue
            names = f"{first.name} and {second.name}"
            yield _claim(
                f"{names} agree more than chance.", statistics.test("chance", pair, pair._replace(detail=PERMUTED))
            )
            for name in results.evaluation.chosen_sets:
                yield _claim(
                    f"{names} agree more on real sequences than on {in_sentence(name)}.",
                    statistics.test("control", pair, pair._replace(set=name)),
                )


def _claim(text: str, test: Test | None) -> Claim:
    if test is None:
        return Claim(text, "cannot be said", "one side has no number")
    verdict = "not shown" if test.q > SURE else "holds" if test.speaks_for_first else "fails"
    evidence = (
        f"difference {number(test.difference)}, effect {number(test.effect, 2)}, q {chance_of(test.q)}, n {test.n:,}"
        + (f", {test.failures:,} missing" if test.failures else "")
    )
    return Claim(text, verdict, evidence)


def _against_method(results: Results, statistics: Statistics, first: Series, method: str, text: str) -> Claim:
    """Judge the main method against another one, unless both say the same (LRP and gradient x input of a CNN)."""
    agreement = results.get("jaccard", first.model, first.method, other=(first.model, method))
    if agreement is not None and np.isfinite(agreement).any() and np.nanmin(agreement) > _SAME:
        return Claim(text, "cannot be said", "both methods give the same explanation (continuous Jaccard 1.000)")
    return _claim(text, statistics.test("method", first, first._replace(method=method)))


def _named(method: str) -> str:
    return "random relevance" if method == RANDOM else method


def _series(subject: Subject, method: str, metric: str, detail: str) -> Series:
    return Series(REAL, subject.name, method, "", "", "base", metric, detail)
