"""The section with windows: the worst first, then the best, drawn as letters, and a table of all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.records import REAL
from gxview.evaluate.run.data import Item, class_name
from gxview.evaluate.run.report.words import LOCALISED, PRIMARY
from gxview.evaluate.run.results import Results, Series
from gxview.evaluate.run.statistics import Statistics
from gxview.measures.registry import METRICS
from gxview.page.logo import Lane, logo
from gxview.page.parts import Cell, Figure, Heading, Section, Table, Text, Title, cell, number

WORST, BEST, LISTED = 4, 2, 400
Values = NDArray[np.float64]


def cases_section(results: Results, statistics: Statistics) -> Section | None:
    """Return the worst and the best windows by each model's own ranking, and by the agreement of the models."""
    blocks: list[object] = []
    for title, series in _rankings(results):
        order = _order(results, statistics, series)
        if len(order):
            worst, best = order[:WORST], order[::-1][:BEST]
            blocks.append(Title(title))
            ranks = {index: f"Worst {rank} of {len(order):,}" for rank, index in enumerate(worst.tolist(), start=1)}
            for rank, index in enumerate(best.tolist(), start=1):
                ranks.setdefault(index, f"Best {rank} of {len(order):,}")
            blocks += [_figure(results, index, f"{title}, {rank}", rank, series) for index, rank in ranks.items()]
    if not blocks:
        return None
    lead = (
        "Windows are chosen by their numbers and not by how they look: the worst first. Letters are as high as the "
        "relevance of the base, negative ones hang below the line; every lane has its own scale, given at its left. "
        "Shaded: known bases."
    )
    return Section("cases", "Worst and best windows", [Text(lead), *blocks, *_table(results, statistics)])


def _rankings(results: Results) -> Iterator[tuple[str, Series]]:
    """Yield by what windows are ranked: known bases where there are some, else faithfulness; and agreement."""
    trained = results.trained
    for subject in trained:
        own = (subject.name, subject.main, "", "", "base")
        for metric, detail, words in (
            (*LOCALISED[0], "pointing at the known bases"),
            (*LOCALISED[1], "pointing at the measured bases"),
            ("aopc_over_random", PRIMARY, "faithfulness"),
        ):
            series = Series(REAL, *own, metric, detail)
            if series in results.columns:
                yield f"{subject.name}, {subject.main}, by {words} ({METRICS[metric].label})", series
                break
    if len(trained) > 1:
        first, second = trained[:2]
        series = Series(REAL, first.name, first.main, second.name, second.main, "base", "jaccard", "")
        if series in results.columns:
            yield f"Agreement of {first.name} and {second.name} (continuous Jaccard)", series


def _order(results: Results, statistics: Statistics, series: Series) -> NDArray[np.int64]:
    """Return the sequences with a value, the worst first; of an agreement those of the positive class."""
    values = results.columns[series]
    rows = statistics.rows(series) if not series.other_model else results.positive
    known = np.flatnonzero(np.isfinite(values) & rows)
    return known[np.argsort(values[known], kind="stable")]


def _figure(results: Results, index: int, title: str, rank: str, series: Series) -> Figure:
    item = results.data.items[index]
    lanes = []
    for subject in results.trained:
        found = results.one(REAL, subject, subject.main, item.id)
        if found is not None and not found.failed:
            lanes.append(Lane(f"{subject.name}", found.values))
    value = results.columns[series][index]
    caption = f"{rank}: {METRICS[series.metric].label} {number(float(value))}. {_about(results, index, item)}"
    alt = f"Relevance of {item.id} as letters: {title} {number(float(value))}"
    return Figure(logo(item.letters, lanes, item.mask, alt), caption, alt)


def _about(results: Results, index: int, item: Item) -> str:
    parts = [item.id, class_name(item.label)]
    if item.region is not None:
        parts.append(str(item.region))
    for subject in results.trained:
        scores = results.get("probability", subject.name, level="")
        if scores is not None:
            parts.append(f"{subject.name} predicts {number(float(scores[index]))}")
    return ", ".join(parts) + "."


def _table(results: Results, statistics: Statistics) -> Iterator[Table]:
    rankings = list(_rankings(results))
    columns: list[tuple[str, Values]] = []
    for subject in results.trained:
        scores = results.get("probability", subject.name, level="")
        if scores is not None:
            columns.append((f"p, {subject.name}", scores))
    extra = [Series(REAL, one.name, one.main, "", "", "base", "aopc_over_random", PRIMARY) for one in results.trained]
    for series in dict.fromkeys([*(series for _, series in rankings), *extra]):
        if series in results.columns:
            name = "agreement" if series.other_model else series.model
            columns.append((f"{METRICS[series.metric].label}, {name}", results.columns[series]))
    if not rankings:
        return
    order = np.argsort(np.where(np.isfinite(key := results.columns[rankings[0][1]]), key, np.inf), kind="stable")[
        :LISTED
    ]
    rows = [
        [
            Cell(results.data.items[index].id),
            Cell(class_name(results.data.items[index].label)),
            *(cell(float(values[index])) for _, values in columns),
        ]
        for index in order.tolist()
    ]
    more = "" if len(order) == len(results.data.items) else f", the first {LISTED} of {len(results.data.items):,}"
    caption = f"All windows, the worst first{more}"
    yield Table(
        caption, [Heading("id"), Heading("class"), *(Heading(name, True) for name, _ in columns)], rows, folded=True
    )
