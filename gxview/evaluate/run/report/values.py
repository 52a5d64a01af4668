"""Sections that show a mean for each model and method: concentration, localisation, stability, sanity, composition."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gxview.evaluate.records import REAL, choices
from gxview.evaluate.run.controls import WORDS, in_sentence
from gxview.evaluate.run.report.tests import verdict
from gxview.evaluate.run.report.words import metric_words, model_words
from gxview.evaluate.run.results import Results, Series
from gxview.evaluate.run.statistics import Statistics
from gxview.evaluate.run.subjects import Subject
from gxview.measures.registry import FAMILIES, METRICS
from gxview.page.parts import Cell, Figure, Heading, Section, Table, Text, cell, chance_of, spread
from gxview.page.plots import Dot, Line, curves, dots

_LEADS = {
    "localisation": (
        "Relevance against bases that are known from elsewhere. Ranking by signed relevance: strong negative "
        "relevance at a known base is the worst answer."
    ),
    "concentration": (
        "How few positions carry an explanation. It says nothing about whether they are the right ones, and it "
        "differs between levels by construction: compare models on one level only."
    ),
    "stability": "How much explanations change when nothing that matters does.",
    "sanity": "Explanations while the model is destroyed layer by layer: what does not change was not learned.",
    "composition": "How far relevance only follows the local share of G and C.",
}
_PLOTTED = {"localisation": ("auprc", "signal_auprc"), "concentration": ("gini",)}


def value_sections(results: Results, statistics: Statistics) -> Iterator[Section]:
    """Yield the sections of the families that have numbers."""
    for family, lead in _LEADS.items():
        found = [one for one in results.columns if METRICS[one.metric].family == family and one.set == REAL]
        found = [one for one in found if not one.other_model or family == "sanity"]
        if found:
            blocks: list[object] = [Text(lead)]
            blocks += [figure for metric in _PLOTTED.get(family, ()) for figure in _plot(results, statistics, metric)]
            if family == "sanity":
                blocks += _cascade(results, statistics)
            blocks += _tables(results, statistics, [one for one in found if one.metric != "randomised_similarity"])
            blocks += _overall(results, family)
            yield Section(family, FAMILIES[family], blocks)


def _plot(results: Results, statistics: Statistics, metric: str) -> Iterator[Figure]:
    control = next((name for name in results.plan.sets if name != REAL), None)
    panels: dict[str, list[Dot]] = {}
    chance = float("nan")
    for series in results.columns:
        if series.metric != metric or series.other_model or series.level != "base" or series.set not in (REAL, control):
            continue
        one, subject = statistics.summary(series), _subject(results, series.model)
        if one is None or not one.n or subject is None:
            continue
        color = subject.methods.index(series.method)
        name = series.method + (" (size)" if "size" in series.detail else "")
        panels.setdefault(series.model, []).append(
            Dot(name, float(one.mean), float(one.low), float(one.high), color, series.set != REAL)
        )
        level_of = f"{metric}_chance" if f"{metric}_chance" in METRICS else "chance"
        level = next(
            (
                values
                for _, values in results.select(set=REAL, model=series.model, method=series.method, metric=level_of)
            ),
            None,
        )
        chance = float(np.nanmean(level)) if level is not None and metric != "gini" else chance
    if panels:
        label = METRICS[metric].label
        beside = f", hollow: {in_sentence(control)}" if control else ""
        line = f" The line is chance, {chance:.3f}." if np.isfinite(chance) else ""
        zero = chance if np.isfinite(chance) else None
        alt = f"{label} of each method"
        caption = f"{label}, base level, mean over sequences with its interval. Filled: real{beside}.{line}"
        yield Figure(dots(metric, panels, label, alt, zero), caption, alt)


def _cascade(results: Results, statistics: Statistics) -> Iterator[Figure | Table]:
    """Yield how similar explanations stay while blocks are made random from the top: a curve and its numbers."""
    panels: dict[str, list[Line]] = {}
    rows = []
    for subject in results.trained:
        for index, method in enumerate(subject.methods):
            steps = []
            for series, _ in results.select(
                set=REAL, model=subject.name, method=method, metric="randomised_similarity", level="base"
            ):
                one, blocks = statistics.summary(series), choices(series.detail)["blocks"]
                if one is None or not one.n:
                    continue
                point = float(one.mean), float(one.low), float(one.high)
                rows.append([Cell(subject.name), Cell(method), Cell(blocks), spread(*point), cell(one.n, 0)])
                if blocks != "head":
                    steps.append((float(blocks.split("/")[0]), *point))
            if steps:
                x, mean, low, high = np.array([(0.0, 1.0, 1.0, 1.0), *sorted(steps)]).T
                strong = method == subject.main
                panels.setdefault(subject.name, []).append(Line(method, x, mean, low, high, index, strong=strong))
    if panels:
        alt = "Similarity to the explanation of the trained model against the number of randomised blocks"
        yield Figure(
            curves("cascade", panels, "blocks made random, from the top", "size of the continuous Jaccard", alt),
            "The lower the better: a curve that stays up shows the input or the architecture, not what was learned.",
            alt,
        )
        names = ("model", "method", "blocks made random")
        headings = [*map(Heading, names), Heading("similarity", True), Heading("n", True)]
        yield Table("Similarity to the trained model by randomised blocks", headings, rows, folded=True)


def _tables(results: Results, statistics: Statistics, found: list[Series]) -> Iterator[Table]:
    """Yield one table for each level: a row for each model and method, a column for each metric."""
    for level in dict.fromkeys(one.level for one in found):
        here = [one for one in found if one.level == level]
        columns = list(dict.fromkeys((one.metric, one.detail) for one in here if not one.metric.endswith("_p")))
        rows = []
        for model, method, other in dict.fromkeys((one.model, one.method, one.other_model) for one in here):
            cells = [Cell(model_words(model)), Cell(method + (f" against {other}" if other else ""))]
            for metric, detail in columns:
                matching = next(
                    (
                        one
                        for one in here
                        if (one.model, one.method, one.other_model, one.metric, one.detail)
                        == (model, method, other, metric, detail)
                    ),
                    None,
                )
                one = None if matching is None else statistics.summary(matching)
                cells.append(Cell("–") if one is None else spread(float(one.mean), float(one.low), float(one.high)))
            rows.append(cells)
        labels = [metric_words(Series(REAL, "", "", "", "", level, *column)) for column in columns]
        headings = [Heading("model"), Heading("method")]
        headings += [
            Heading(label, True, METRICS[column[0]].definition) for label, column in zip(labels, columns, strict=True)
        ]
        yield Table(f"Real sequences, {level} level.", headings, rows)


def _overall(results: Results, family: str) -> Iterator[Table]:
    """Yield the numbers about all sequences together."""
    rows = [
        [Cell(one.model), Cell(one.method), Cell(WORDS[one.set]), Cell(metric_words(one)), Cell(one.level), cell(value)]
        for one, value in results.overall.items()
        if METRICS[one.metric].family == family
    ]
    if rows:
        names = ("model", "method", "set", "metric", "level")
        yield Table("About all sequences together.", [*map(Heading, names), Heading("value", True)], rows)


def control_section(results: Results, statistics: Statistics) -> Section | None:
    """Return the whole table on the controls, and real minus control with its test."""
    tests = [one for one in statistics.tests if one.question == "control" and not one.first.other_model]
    if not tests:
        return None
    names = ("model", "method", "metric", "level", "control")
    numbers = ("real", "on the control", "real − control", "effect", "q", "n")
    headings = [*map(Heading, names), *(Heading(name, True) for name in numbers)]
    rows = []
    for one in tests:
        real, control = statistics.summary(one.first), statistics.summary(one.second)
        mark = verdict(one)
        rows.append(
            [
                Cell(one.first.model),
                Cell(one.first.method),
                Cell(metric_words(one.first)),
                Cell(one.first.level),
                Cell(WORDS[one.second.set]),
                Cell("–") if real is None else cell(float(real.mean)),
                Cell("–") if control is None else cell(float(control.mean)),
                cell(one.difference, mark=mark),
                cell(one.effect, 2, mark),
                Cell(chance_of(one.q), one.q, mark),
                cell(float(one.n), 0),
            ]
        )
    blocks = [
        Text(
            "Everything again on sequences of the same composition. Where a number is as good on the control as on "
            "real sequences, it says nothing about biology. Faithfulness is expected to fall where the model "
            "predicts nothing to begin with."
        ),
        Table("Real minus control", headings, rows, folded=len(rows) > 60),
    ]
    return Section("controls", "Real against control", blocks)


def _subject(results: Results, name: str) -> Subject | None:
    return next((one for one in results.trained if one.name == name), None)
