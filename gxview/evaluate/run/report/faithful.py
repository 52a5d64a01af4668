"""The section about faithfulness: perturbation curves of the positive class, AOPC of each method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gxview.evaluate.records import REAL, choices
from gxview.evaluate.run.controls import WORDS, in_sentence
from gxview.evaluate.run.report.words import PRIMARY, detail_words
from gxview.evaluate.run.results import Results, Series
from gxview.evaluate.run.statistics import Statistics
from gxview.evaluate.run.subjects import RANDOM, Subject
from gxview.page.parts import Cell, Figure, Heading, Section, Table, Text, cell, spread
from gxview.page.plots import Dot, Line, curves, dots

_DASHES = {"morf": "-", "lerf": "--"}
_COLUMNS = (
    ("aopc", "AOPC"),
    ("aopc_over_random", "over random"),
    ("area_between", "area between"),
    ("normalised_aopc", "normalised AOPC"),
    ("comprehensiveness", "comprehensiveness"),
    ("sufficiency", "sufficiency"),
    ("infidelity", "infidelity"),
)


def faithfulness_section(results: Results, statistics: Statistics) -> Section | None:
    """Return curves and numbers; None where nothing was perturbed."""
    if not any(series.metric == "aopc" for series in results.columns):
        return None
    positive = results.positive.any() and not results.positive.all()
    which = "of the positive class" if positive else "of all classes"
    lead = (
        "Bases are replaced in the order of their relevance and the model is asked again; a token model cuts each "
        "changed sequence into tokens anew. Both models pay the same share of bases. Shown are "
        f"{int(results.positive.sum()):,} sequences {which}. Random orders of a token model change token after token, "
        "as the relevance of its tokens does: single bases here and there would damage more tokens. "
        "AOPC depends on the model: compare methods within a model, and models by the normalised AOPC."
    )
    blocks: list[object] = [Text(lead), *_curves(results, statistics), *_dots(results, statistics)]
    blocks += [_table(results, statistics, subject) for subject in results.trained]
    blocks += _further(results, statistics)
    return Section("faithfulness", "Faithfulness", blocks)


def _curves(results: Results, statistics: Statistics) -> Iterator[Figure]:
    """Yield the curves on each set, all on one scale, so that a flat control looks flat."""
    found = {}
    for set_name in results.plan.sets:
        panels = {subject.name: _lines(results, statistics, subject, set_name) for subject in results.trained}
        if any(panels.values()):
            found[set_name] = {name: lines for name, lines in panels.items() if lines}
    every = [line for panels in found.values() for lines in panels.values() for line in lines]
    for set_name, panels in found.items():
        limits = min(float(line.y.min()) for line in every), max(float(line.y.max()) for line in every)
        alt = f"Change of the prediction score against the share of perturbed bases, {in_sentence(set_name)}"
        yield Figure(
            curves(f"curves-{set_name}", panels, "bases replaced, %", "f(x) − f(perturbed x)", alt, limits),
            f"{WORDS[set_name]}: drop of the probability of the positive class after replacing bases by random others. "
            "Solid: most relevant first; dashed: least relevant first; dotted: random orders. Bands: bootstrap "
            "interval of the mean over sequences, of the main method and of random orders. One scale for all sets.",
            alt,
        )


def _lines(results: Results, statistics: Statistics, subject: Subject, set_name: str) -> list[Line]:
    lines = []
    for index, method in enumerate(subject.methods):
        for order, dash in _DASHES.items():
            if method != RANDOM:
                name = f"{method}, {'most' if order == 'morf' else 'least'} first"
                lines += _line(results, statistics, subject, set_name, method, order, name, index, dash)
    return lines + _line(results, statistics, subject, set_name, RANDOM, RANDOM, "random order", None, ":")


def _line(
    results: Results,
    statistics: Statistics,
    subject: Subject,
    set_name: str,
    method: str,
    order: str,
    name: str,
    color: int | None,
    dash: str,
) -> list[Line]:
    points = {0.0: (0.0, 0.0, 0.0)}
    start = results.get("probability", subject.name, set=set_name, level="")
    for series, column in results.select(set=set_name, model=subject.name, method=method, metric="curve"):
        told = choices(series.detail)
        if told.get("order") != order or f"replacement={told['replacement']} scale={told['scale']}" != PRIMARY:
            continue
        if start is None or not float(told["budget"]):
            continue
        found = statistics.interval((start - column)[statistics.rows(series)])
        points[100 * float(told["budget"])] = float(found.mean), float(found.low), float(found.high)
    if len(points) < 2:
        return []
    x = np.array(sorted(points))
    mean, low, high = (np.array([points[one][index] for one in x]) for index in range(3))
    return [Line(name, x, mean, low, high, color, dash, strong=method in (subject.main, RANDOM))]


def _dots(results: Results, statistics: Statistics) -> Iterator[Figure]:
    control = next((name for name in results.plan.sets if name != REAL), None)
    panels = {}
    for subject in results.trained:
        found: list[Dot] = []
        for index, method in enumerate(subject.methods):
            for set_name in filter(None, (REAL, control)):
                series = _series(set_name, subject, method, "aopc_over_random")
                one = statistics.summary(series)
                if one is not None and one.n:
                    hollow = set_name != REAL
                    found.append(Dot(method, float(one.mean), float(one.low), float(one.high), index, hollow))
        if found:
            panels[subject.name] = found
    if panels:
        alt = "AOPC over random of each method, on real and control sequences"
        beside = f", hollow: {in_sentence(control)}" if control else ""
        yield Figure(
            dots("aopc", panels, "AOPC minus that of random orders", alt),
            f"AOPC over random, mean over sequences with its interval. Filled: real{beside}. 0 is no better than "
            "random.",
            alt,
        )


def _table(results: Results, statistics: Statistics, subject: Subject) -> Table:
    rows = []
    columns = [one for one in _COLUMNS if any(series.metric == one[0] for series in results.columns)]
    for method in subject.methods:
        cells = [Cell(method)]
        for metric, _ in columns:
            one = statistics.summary(_series(REAL, subject, method, metric))
            cells.append(Cell("–") if one is None else spread(float(one.mean), float(one.low), float(one.high)))
        first = statistics.summary(_series(REAL, subject, method, "aopc_over_random"))
        rows.append([*cells, Cell("–") if first is None else cell(float(first.n), 0)])
    headings = [Heading("method"), *(Heading(label, True) for _, label in columns), Heading("n", True)]
    return Table(f"{subject.name}, real sequences: {detail_words(PRIMARY)}.", headings, rows)


def _further(results: Results, statistics: Statistics) -> Iterator[Table]:
    """Yield the other replacements and the logit, and the agreement with in-silico mutagenesis."""
    rows = []
    for series in results.columns:
        if series.set != REAL or series.model not in {one.name for one in results.trained}:
            continue
        other = series.metric == "aopc_over_random" and series.detail != PRIMARY
        if other or series.metric in ("ism_spearman", "ism_pearson", "gc_partial_ism"):
            one = statistics.summary(series)
            if one is not None:
                what = (
                    "AOPC over random"
                    if other
                    else {
                        "ism_spearman": "Spearman with mutagenesis",
                        "ism_pearson": "Pearson with mutagenesis",
                        "gc_partial_ism": "Spearman with mutagenesis, GC held constant",
                    }[series.metric]
                )
                rows.append(
                    [
                        Cell(series.model),
                        Cell(series.method),
                        Cell(what),
                        Cell(detail_words(series.detail)),
                        spread(float(one.mean), float(one.low), float(one.high)),
                        cell(float(one.n), 0),
                    ]
                )
    if rows:
        names = ("model", "method", "metric", "how")
        headings = [*map(Heading, names), Heading("mean", True), Heading("n", True)]
        yield Table("Other replacements, the logit, and in-silico mutagenesis", headings, rows, folded=True)


def _series(set_name: str, subject: Subject, method: str, metric: str) -> Series:
    return Series(set_name, subject.name, method, "", "", "base", metric, PRIMARY)
