"""The figures of the report, after Figs 2 to 5 of Tang et al. 2025."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from gxview.assess.probe.data import Target
from gxview.assess.probe.features import Input
from gxview.assess.probe.metrics import Metric, primary
from gxview.assess.probe.results import RANDOM_WEIGHTS, Results
from gxview.assess.probe.statistics import LEVEL, Comparison, Side
from gxview.page.drawing import FAINT, INK, PAPER, SERIES, canvas, svg_of

_WIDTH = 9.6
_ROW = 0.27
_MOST_ROWS = 60


@dataclass(frozen=True)
class Look:
    """How an input is drawn: letters in one colour, models in others, those with random weights hollow."""

    color: str
    hollow: bool
    dash: str


def looks(inputs: Sequence[Input]) -> dict[str, Look]:
    """Return the look of each input by name."""
    letters = list(dict.fromkeys(one.name for one in inputs if not one.model))
    found = {name: Look(SERIES[0], False, ("-", "--", ":")[place % 3]) for place, name in enumerate(letters)}
    bases = list(dict.fromkeys(one.model.split("#")[0] for one in inputs if one.model))
    dashes = {"cls": ":", "mean": "--", "full": "-"}
    for one in inputs:
        if one.model:
            color = SERIES[1 + bases.index(one.model.split("#")[0]) % 7]
            found[one.name] = Look(color, one.control, dashes[one.pool])
    return found


def performance(results: Results, target: Target, fraction: float) -> Markup:
    """Draw every input under every head: each seed, the mean and its standard deviation."""
    metric, style = primary(target), looks(results.plan.inputs)
    rows = [(side, values) for side, values in _sides(results, target, fraction) if np.isfinite(values).any()]
    rows = rows[:_MOST_ROWS]
    heads = list(dict.fromkeys(side.head for side, _ in rows))
    size = len(rows) + len(heads)
    with canvas(_WIDTH, 0.8 + _ROW * size) as (figure, axes):
        axis = axes[0][0]
        place, ticks, names = 0, [], []
        for head in heads:
            if place:
                axis.axhline(place - 0.6, color=FAINT, linewidth=0.6)
            ticks.append(place)
            names.append(head)
            place += 1
            for side, values in rows:
                if side.head == head:
                    _points(axis, place, values, style[side.input])
                    ticks.append(place)
                    names.append(_name(side))
                    place += 1
        _frame(axis, metric, ticks, names, heads)
        return svg_of(figure, f"performance-{target.name}", f"{metric.label} of each input under each head")


def by_layer(results: Results, target: Target, fraction: float) -> Markup | None:
    """Draw each model's layers, and the letters as level lines; None with one layer only."""
    inputs = [one for one in results.plan.inputs if one.layer is not None]
    if len({one.layer for one in inputs}) < 2:
        return None
    metric, style = primary(target), looks(results.plan.inputs)
    heads = list(dict.fromkeys(task.head for task in results.plan.tasks))
    with canvas(_WIDTH, 3.9, 1, len(heads), sharey=True) as (figure, axes):
        for axis, head in zip(axes[0], heads, strict=True):
            for name in dict.fromkeys(one.name for one in results.plan.inputs):
                same = [one for one in results.plan.inputs if one.name == name]
                _layer_line(axis, results, target, fraction, same, head, style)
            axis.set_title(head)
            axis.set_xlabel("layer")
            axis.xaxis.get_major_locator().set_params(integer=True)
            axis.grid()
        axes[0][0].set_ylabel(metric.label)
        _legend(figure, axes[0])
        return svg_of(figure, f"layers-{target.name}", f"{metric.label} by layer")


def down_sampling(results: Results, target: Target) -> Markup | None:
    """Draw what is left with smaller training parts; None with one share only."""
    fractions = results.plan.settings.fractions
    if len(fractions) < 2:
        return None
    metric, style = primary(target), looks(results.plan.inputs)
    heads = list(dict.fromkeys(task.head for task in results.plan.tasks))
    sizes = [len(results.plan.train_rows(fraction, 0)) for fraction in fractions]
    with canvas(_WIDTH, 4.1, 1, len(heads), sharey=True) as (figure, axes):
        for axis, head in zip(axes[0], heads, strict=True):
            for one in _last_layers(results.plan.inputs):
                side = Side(one.name, one.layer, head)
                if side not in results.sides(one):
                    continue
                found = np.array([results.values(side, target.name, f, metric.name) for f in fractions])
                _band(axis, sizes, found, style[one.name], one.name)
            axis.set_xscale("log")
            axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
            axis.minorticks_off()
            axis.set_title(head)
            axis.set_xlabel("training sequences")
            axis.grid()
        axes[0][0].set_ylabel(metric.label)
        _legend(figure, axes[0])
        return svg_of(figure, f"sampling-{target.name}", f"{metric.label} by size of the training part")


def differences(comparisons: Sequence[Comparison], metric: Metric, name: str) -> Markup:
    """Draw paired differences with their intervals; full marks where q is below the threshold."""
    shown = list(comparisons)[:_MOST_ROWS]
    with canvas(_WIDTH, 0.9 + _ROW * len(shown)) as (figure, axes):
        axis = axes[0][0]
        axis.axvline(0, color=FAINT, linewidth=0.9)
        for place, one in enumerate(shown):
            color = SERIES[{"one-hot": 0, RANDOM_WEIGHTS: 2}.get(one.against, 4)]
            if np.isfinite(one.low):
                axis.plot([one.low, one.high], [place, place], color=color, linewidth=1.6)
            face = color if one.q < LEVEL else PAPER
            axis.plot([one.difference], [place], "o", color=color, markerfacecolor=face, markersize=5.5)
        axis.set_yticks(range(len(shown)), [f"{_name(one.first)}, {one.first.head} − {one.against}" for one in shown])
        axis.set_ylim(len(shown) - 0.4, -0.6)
        axis.set_xlabel(f"difference in {metric.label}")
        axis.grid(axis="x")
        axis.tick_params(axis="y", length=0)
        return svg_of(figure, name, f"Differences in {metric.label}")


def _sides(results: Results, target: Target, fraction: float) -> list[tuple[Side, Any]]:
    metric = primary(target).name
    sides = dict.fromkeys(side for one in results.plan.inputs for side in results.sides(one))
    return [(side, results.values(side, target.name, fraction, metric)) for side in sides]


def _points(axis: Any, place: int, values: Any, look: Look) -> None:
    known = values[np.isfinite(values)]
    offsets = ((np.arange(len(known)) * 0.618034) % 1 - 0.5) * 0.4
    axis.scatter(known, place + offsets, s=9, color=look.color, alpha=0.5, linewidths=0)
    mean, spread = known.mean(), known.std(ddof=1) if len(known) > 1 else 0.0
    axis.plot([mean - spread, mean + spread], [place, place], color=look.color, linewidth=1.6)
    face = PAPER if look.hollow else look.color
    axis.plot([mean], [place], "o", color=look.color, markerfacecolor=face, markersize=6)


def _frame(axis: Any, metric: Metric, ticks: list[int], names: list[str], heads: Sequence[str]) -> None:
    if np.isfinite(metric.chance):
        low, _ = axis.get_xlim()
        if low < metric.chance + 0.15:
            axis.axvline(metric.chance, color=FAINT, linewidth=0.9, linestyle="--")
    axis.set_yticks(ticks, names)
    for label in axis.get_yticklabels():
        if label.get_text() in heads:
            label.set_fontweight("bold")
    axis.set_ylim(len(ticks) - 0.4, -0.7)
    axis.set_xlabel(metric.label)
    axis.grid(axis="x")
    axis.tick_params(axis="y", length=0)


def _layer_line(
    axis: Any, results: Results, target: Target, fraction: float, inputs: list[Input], head: str, style: dict[str, Look]
) -> None:
    metric, look = primary(target).name, style[inputs[0].name]
    means = {
        one.layer: float(np.mean(results.values(Side(one.name, one.layer, head), target.name, fraction, metric)))
        for one in inputs
        if Side(one.name, one.layer, head) in results.sides(one)
    }
    if not means:
        return
    if None in means:
        axis.axhline(means[None], color=look.color, linestyle=look.dash, linewidth=1.4, label=inputs[0].name)
        return
    face = PAPER if look.hollow else look.color
    axis.plot(
        list(means), list(means.values()), look.dash, marker="o", markersize=4.5, color=look.color,
        markerfacecolor=face, linewidth=1.1 if look.hollow else 1.8, label=inputs[0].name,
    )  # fmt: skip


def _band(axis: Any, sizes: list[int], found: Any, look: Look, name: str) -> None:
    mean, spread = found.mean(axis=1), found.std(axis=1, ddof=1) if found.shape[1] > 1 else 0 * found.mean(axis=1)
    face = PAPER if look.hollow else look.color
    axis.plot(
        sizes, mean, look.dash, marker="o", markersize=4.5, color=look.color, markerfacecolor=face,
        linewidth=1.1 if look.hollow else 1.8, label=name,
    )  # fmt: skip
    if not look.hollow:
        axis.fill_between(sizes, mean - spread, mean + spread, color=look.color, alpha=0.13, linewidth=0)


def _last_layers(inputs: Sequence[Input]) -> list[Input]:
    """Return the inputs, of each model and pool the last layer only."""
    last: dict[tuple[str, bool], Input] = {}
    for one in inputs:
        last[one.name, one.columns] = one
    return list(last.values())


def _legend(figure: Any, axes: Sequence[Any]) -> None:
    """Put one legend for all panels below them."""
    named: dict[str, Any] = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    columns = 2 if max(map(len, named)) > 32 else 3
    figure.legend(
        list(named.values()), list(named), loc="outside lower left", ncols=columns, handlelength=3, labelcolor=INK
    )


def _name(side: Side) -> str:
    return side.input if side.layer is None else f"{side.input}, layer {side.layer}"
