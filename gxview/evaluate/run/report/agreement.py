"""The section about similarity: between models, between methods, with randomised copies, against chance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from gxview.evaluate.records import REAL
from gxview.evaluate.run.controls import WORDS
from gxview.evaluate.run.data import class_name
from gxview.evaluate.run.report.tests import verdict
from gxview.evaluate.run.report.words import side_words
from gxview.evaluate.run.results import Column, Results, Series
from gxview.evaluate.run.statistics import PERMUTED, Statistics
from gxview.evaluate.run.subjects import Subject
from gxview.measures.registry import METRICS
from gxview.page.parts import Cell, Figure, Heading, Section, Table, Text, cell, chance_of, spread
from gxview.page.plots import Strip, distributions

_METRICS = ("jaccard", "jaccard_unsigned", "spearman", "top_overlap")


def agreement_section(results: Results, statistics: Statistics) -> Section | None:
    """Return distributions of the continuous Jaccard and the table of all similarities; None where there is no pair."""
    if not any(series.metric == "jaccard" for series in results.columns):
        return None
    blocks: list[object] = [
        Text(
            "The continuous Jaccard compares signs and shares of relevance position by position. It depends on the "
            "level: at the tokens the CNN is summed over each token, at the bases each token is spread evenly over "
            "its bases."
        )
    ]
    trained = results.trained
    for first, second in combinations(trained, 2):
        blocks += _distribution(results, first, second)
    names = {one.name for one in trained}
    between = [one for one in _pairs(results) if one.other_model != one.model and one.other_model in names]
    within = [one for one in _pairs(results) if one.other_model == one.model]
    randomised = [one for one in _pairs(results) if one.other_model not in names]
    if between:
        blocks.append(_table("Between models, real sequences.", results, statistics, between))
    if randomised:
        caption = "With copies of random weights: what does not change here was not learned. Lower is better."
        blocks.append(_table(caption, results, statistics, randomised))
    if within:
        blocks.append(_table("Between methods of one model", results, statistics, within, folded=True))
    return Section("similarity", "Similarity", blocks)


def _distribution(results: Results, first: Subject, second: Subject) -> Iterator[Figure]:
    panels = {}
    for level in ("base", "token"):
        strips = _strips(results, first, second, level)
        if strips:
            panels[f"{level} level"] = strips
    if panels:
        alt = f"Distribution of the continuous Jaccard between {first.name} and {second.name}"
        yield Figure(
            distributions(f"jaccard-{first.name}-{second.name}", panels, "continuous Jaccard", alt),
            f"Continuous Jaccard between {first.name} ({first.main}) and {second.name} ({second.main}); a point is a "
            "sequence, the bar the quartiles, the stroke the median. Below the classes: what the same pair gets by "
            "chance, on controls, and each model with its own copy of random weights.",
            alt,
        )


def _strips(results: Results, first: Subject, second: Subject, level: str) -> list[Strip]:
    pair = Series(REAL, first.name, first.main, second.name, second.main, level, "jaccard", "")
    real = results.columns.get(pair)
    if real is None:
        return []
    labels = np.array([item.label for item in results.data.items], object)
    strips = [
        Strip(f"{class_name(label)} (n {(labels == label).sum():,})", real[labels == label], index)
        for index, label in enumerate(results.data.labels)
    ]
    strips += _by_prediction(results, first, second, real)
    for set_name in results.plan.sets:
        if set_name != REAL:
            column = results.columns.get(pair._replace(set=set_name))
            if column is not None:
                strips.append(Strip(WORDS[set_name].removesuffix(" sequences"), column))
    permuted = results.columns.get(pair._replace(detail=PERMUTED))
    if permuted is not None:
        strips.append(Strip("positions permuted", permuted))
    for subject in (first, second):
        strips += _copies(results, subject, level)
    return strips


def _by_prediction(results: Results, first: Subject, second: Subject, real: Column) -> Iterator[Strip]:
    """Yield the sequences about which both models are right, and the others; nothing where classes are unknown."""
    right = np.isin(results.labels, (0, 1))
    if not right.all():
        return
    for subject in (first, second):
        scores = results.get("probability", subject.name, level="")
        if scores is None:
            return
        right &= (scores >= 0.5) == (results.labels == 1)
    for words, rows in (("both models right", right), ("a model wrong", ~right)):
        if rows.any():
            yield Strip(f"{words} (n {int(rows.sum()):,})", real[rows])


def _copies(results: Results, subject: Subject, level: str) -> Iterator[Strip]:
    for copy in results.plan.subjects:
        if copy.copy_of == subject.name:
            column = results.get("jaccard", subject.name, subject.main, other=(copy.name, subject.main), level=level)
            values = np.zeros(0) if column is None else column
            yield Strip(f"{subject.name}, random weights", values)


def _pairs(results: Results) -> list[Series]:
    return [
        series
        for series in results.columns
        if series.set == REAL and series.metric == "jaccard" and series.other_model and not series.detail
    ]


def _table(
    caption: str, results: Results, statistics: Statistics, pairs: list[Series], *, folded: bool = False
) -> Table:
    rows = []
    for pair in sorted(pairs, key=lambda one: float(np.nanmean(results.columns[one])) if _some(results, one) else -2):
        cells = [Cell(side_words(pair)), Cell(pair.level)]
        for metric in _METRICS:
            one = statistics.summary(pair._replace(metric=metric))
            cells.append(Cell("–") if one is None else spread(float(one.mean), float(one.low), float(one.high)))
        chance = statistics.summary(pair._replace(detail=PERMUTED))
        test = statistics.test("chance", pair, pair._replace(detail=PERMUTED))
        summary = statistics.summary(pair)
        rows.append(
            [
                *cells,
                Cell("–") if chance is None else cell(float(chance.mean)),
                Cell("–") if test is None else Cell(chance_of(test.q), test.q, verdict(test)),
                Cell("–") if summary is None else cell(float(summary.n), 0),
            ]
        )
    headings = [Heading("pair"), Heading("level"), *(Heading(METRICS[name].label, True) for name in _METRICS)]
    headings += [
        Heading("chance", True, "Continuous Jaccard with positions permuted"),
        Heading("q", True),
        Heading("n", True),
    ]
    return Table(caption, headings, rows, folded=folded)


def _some(results: Results, series: Series) -> bool:
    return bool(np.isfinite(results.columns[series]).any())
