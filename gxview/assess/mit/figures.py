"""The figures of the report: small multiples, one panel for each scorer, as SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from gxview.assess.mit.effects import EFFECTS, Point
from gxview.assess.mit.layout import MINUS10, MINUS35, SPACING, UP
from gxview.assess.mit.probing import ABSENT, SPACINGS
from gxview.assess.mit.published import PUBLISHED
from gxview.assess.mit.results import Result
from gxview.assess.mit.scores import MAIN, Scores
from gxview.assess.mit.sets import TITLES
from gxview.page.drawing import FAINT, INK, PAPER, SERIES, canvas, svg_of
from gxview.page.plots import Strip, draw_strip

_WIDTH = 9.6
_COLUMNS = 3
_TITLE = 38
_KIND_STYLES = {"intact": (0, "-"), "broken": (1, "--"), "compensated": (2, "-.")}
Draw = Callable[[Any, Result], None]


def scatter(results: Sequence[Result]) -> Markup:
    """Draw CSS against SCR with intervals, the published models as hollow marks."""
    with canvas(_WIDTH, 6.2) as (figure, axes):
        axis = axes[0][0]
        axis.axhline(0.5, color=FAINT, linewidth=0.8)
        axis.axvline(0.5, color=FAINT, linewidth=0.8)
        axis.plot([0.5, 1.0], [0.5, 0.5], "--", color=SERIES[7], linewidth=1.8)
        axis.text(0.75, 0.475, "compositional illusion", color=SERIES[7], ha="center", va="top", fontsize=8.5)
        own = {one.scorer: one for one in results}
        for row in PUBLISHED:
            axis.plot([row.css], [row.scr], "D", color=FAINT, markerfacecolor=PAPER, markersize=5, zorder=3)
            if row.scorer in own:
                found = own[row.scorer]
                axis.plot([row.css, found.css.value], [row.scr, found.scr.value], ":", color=FAINT, linewidth=1)
        for place, one in enumerate(results):
            _crossed(axis, one, SERIES[place % len(SERIES)])
        others = [(row.css, row.scr, row.model, INK) for row in PUBLISHED if row.scorer not in own]
        _labels(axis, [*_marks(results), *others])
        axis.set_xlim(-0.06, 1.12)
        axis.set_ylim(-0.06, 1.06)
        axis.set_xlabel("CSS: compensated above broken")
        axis.set_ylabel("SCR: compensated above scrambled")
        axis.grid()
        return svg_of(figure, "scatter", "CSS against SCR of every scorer and of the published models")


def titration(results: Sequence[Result]) -> Markup:
    """Draw the mean score over the AT share of the background, by kind of promoter."""

    def draw(axis: Any, one: Result) -> None:
        assert one.probed is not None
        for kind, points in one.probed.titration.items():
            color, dash = _KIND_STYLES[kind]
            x = np.array([float(point.condition.split()[1]) for point in points])
            _curve(axis, x, points, SERIES[color], dash, kind)

    return _multiples("titration", results, draw, "AT of the background, %", "mean score", legend=True)


def position(results: Sequence[Result]) -> Markup:
    """Draw the mean score over the place of the UP element, with that without one as a line."""

    def draw(axis: Any, one: Result) -> None:
        assert one.probed is not None
        for start, end in (MINUS35, MINUS10):
            axis.axvspan(start - 8.5, end - 0.5, color=FAINT, alpha=0.15, linewidth=0)
        axis.axvline(UP[0], color=INK, linewidth=0.8, linestyle=":")
        points = [point for point in one.probed.position if point.condition != ABSENT]
        absent = one.probed.position[-1]
        axis.axhline(absent.mean, color=SERIES[1], linewidth=1.4, linestyle="--", label="no UP element")
        _curve(axis, np.array([float(point.condition) for point in points]), points, SERIES[0], "o-", "UP element")

    return _multiples("position", results, draw, "start of the UP element", "mean score", legend=True)


def spacing(results: Sequence[Result]) -> Markup:
    """Draw the mean score over the bases between the boxes."""

    def draw(axis: Any, one: Result) -> None:
        assert one.probed is not None
        axis.axvline(SPACING, color=INK, linewidth=0.8, linestyle=":")
        points = one.probed.spacing
        _curve(axis, np.array([float(point.condition) for point in points]), points, SERIES[0], "o-", "")
        axis.set_xticks([SPACINGS[0], 14, SPACING, 20, SPACINGS[-1]])

    return _multiples("spacing", results, draw, "bases between the boxes", "mean score")


def strand(results: Sequence[Result]) -> Markup:
    """Draw the mean score of each orientation."""

    def draw(axis: Any, one: Result) -> None:
        assert one.probed is not None
        points = one.probed.strand
        for place, point in enumerate(points):
            axis.plot([point.low, point.high], [place, place], color=SERIES[place], linewidth=1.8)
            axis.plot([point.mean], [place], "o", color=SERIES[place], markersize=5)
        axis.set_yticks(range(len(points)), [point.condition for point in points])
        axis.set_ylim(len(points) - 0.5, -0.5)

    return _multiples("strand", results, draw, "mean score", "", height=1.7)


def hierarchy(results: Sequence[Result]) -> Markup:
    """Draw the sizes of the five effects as parts of the largest one of each scorer."""

    def draw(axis: Any, one: Result) -> None:
        assert one.probed is not None
        values = np.array([one.probed.hierarchy[name].value for name in EFFECTS])
        largest = np.nanmax(np.abs(values), initial=0.0)
        sizes = np.abs(values) / largest if largest > 0 else np.zeros(len(values))
        colors = [SERIES[0] if not value < 0 else SERIES[7] for value in values]
        axis.barh(range(len(EFFECTS)), np.nan_to_num(sizes), color=colors, height=0.62)
        if largest > 0:
            place = EFFECTS.index("spacing")
            axis.plot([one.probed.spacing_chance / largest] * 2, [place - 0.42, place + 0.42], color=INK, linewidth=1.8)
        axis.set_yticks(range(len(EFFECTS)), EFFECTS)
        axis.set_ylim(len(EFFECTS) - 0.5, -0.5)
        axis.set_xlim(0, 1.02)

    return _multiples("hierarchy", results, draw, "part of the largest effect", "", height=1.9)


def classes(scores: Sequence[Scores]) -> Markup:
    """Draw the distribution of the scores of each class."""
    present = scores[0].items.conditions(MAIN)
    rows = -(-len(scores) // _COLUMNS)
    alt = "Scores of each class, a panel for each scorer"
    with canvas(_WIDTH, 0.4 + 2.6 * rows, rows, _COLUMNS) as (figure, axes):
        for axis, one in _panels(axes, scores):
            for place, label in enumerate(present):
                color = SERIES["CDEFHABG".index(label)]
                strip = Strip(label, one.of(MAIN, label))
                axis.axhspan(place - 0.45, place + 0.45, color=color, alpha=0.07, linewidth=0)
                draw_strip(axis, place, strip)
            axis.set_yticks(range(len(present)), [f"{label} {TITLES[label]}" for label in present])
            axis.set_ylim(len(present) - 0.5, -0.5)
            axis.tick_params(axis="y", length=0)
            axis.set_title(_title(one.scorer))
            axis.set_xlabel("score")
            axis.grid(axis="x")
        _only_left(axes)
        return svg_of(figure, "classes", alt)


def _multiples(
    name: str,
    results: Sequence[Result],
    draw: Draw,
    x_label: str,
    y_label: str,
    *,
    height: float = 2.3,
    legend: bool = False,
) -> Markup:
    rows = -(-len(results) // _COLUMNS)
    with canvas(_WIDTH, (0.6 if legend else 0.3) + height * rows, rows, _COLUMNS) as (figure, axes):
        for axis, one in _panels(axes, results):
            draw(axis, one)
            axis.set_title(_title(one.scorer))
            axis.set_xlabel(x_label)
            axis.grid(axis="both" if y_label else "x")
        for row in axes:
            row[0].set_ylabel(y_label)
        if not y_label:
            _only_left(axes)
        if legend:
            handles, labels = axes[0][0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper left", ncols=len(labels), handlelength=2.8)
        return svg_of(figure, name, f"{name} of every scorer, a panel each")


def _panels(axes: Any, many: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return axes with what they show, and hide the rest."""
    flat = [axis for row in axes for axis in row]
    for axis in flat[len(many) :]:
        axis.set_visible(False)
    return list(zip(flat, many, strict=False))


def _only_left(axes: Any) -> None:
    """Name the rows once."""
    for row in axes:
        for axis in row[1:]:
            axis.set_yticklabels([])


def _curve(axis: Any, x: Any, points: Sequence[Point], color: str, dash: str, name: str) -> None:
    mean, low, high = (np.array([getattr(point, what) for point in points]) for what in ("mean", "low", "high"))
    axis.plot(x, mean, dash, color=color, linewidth=1.6, markersize=3.5, label=name)
    axis.fill_between(x, low, high, color=color, alpha=0.16, linewidth=0)


def _crossed(axis: Any, one: Result, color: str) -> None:
    axis.plot([one.css.low, one.css.high], [one.scr.value] * 2, color=color, linewidth=1.2, alpha=0.8)
    axis.plot([one.css.value] * 2, [one.scr.low, one.scr.high], color=color, linewidth=1.2, alpha=0.8)
    axis.plot([one.css.value], [one.scr.value], "o", color=color, markersize=7)


def _marks(results: Sequence[Result]) -> list[tuple[float, float, str, str]]:
    return [
        (one.css.value, one.scr.value, _title(one.scorer), SERIES[place % len(SERIES)])
        for place, one in enumerate(results)
    ]


def _labels(axis: Any, marks: Sequence[tuple[float, float, str, str]]) -> None:
    """Write names beside marks, each at the first of a ring of places where it covers no other name or mark."""
    taken = [(x, y, 0.014, 0.016) for x, y, _, _ in marks if np.isfinite([x, y]).all()]
    taken.append((0.75, 0.46, 0.1, 0.02))
    for x, y, text, color in marks:
        if not np.isfinite([x, y]).all():
            continue
        half = 0.0048 * max(map(len, text.split("\n"))) + 0.004, 0.016 * (1 + text.count("\n"))
        spot = next((spot for spot in _ring(x, y, half) if not _covers(spot, half, taken)), None)
        place = spot or (x + half[0] + 0.015, y)
        taken.append((*place, *half))
        box = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
        axis.text(*place, text, color=color, fontsize=8, ha="center", va="center", bbox=box, zorder=4)
        if np.hypot(place[0] - x, place[1] - y) > 0.05 + half[0]:
            axis.plot([x, place[0]], [y, place[1]], color=color, linewidth=0.5, alpha=0.6, zorder=1)


def _ring(x: float, y: float, half: tuple[float, float]) -> list[tuple[float, float]]:
    spots = []
    for reach in (0.018, 0.045, 0.08, 0.12, 0.17, 0.22):
        side, up = half[0] + reach, half[1] + reach
        spots += [(x + side, y), (x - side, y), (x, y + up), (x, y - up)]
        spots += [(x + side, y + up), (x - side, y + up), (x + side, y - up), (x - side, y - up)]
    return [(a, b) for a, b in spots if a - half[0] > -0.05 and a + half[0] < 1.11 and -0.05 < b < 1.05]


def _covers(spot: tuple[float, float], half: tuple[float, float], taken: Sequence[tuple[float, ...]]) -> bool:
    return any(
        abs(spot[0] - x) < half[0] + width and abs(spot[1] - y) < half[1] + height for x, y, width, height in taken
    )


def _title(name: str) -> str:
    """Return a name in lines that fit a panel."""
    return "\n".join(textwrap.wrap(name, _TITLE, break_on_hyphens=False) or [name])
