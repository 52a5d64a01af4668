"""The plots of the report: distributions, perturbation curves, means with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from gxview.page.drawing import FAINT, INK, PAPER, SERIES, canvas, svg_of

Values = NDArray[np.float64]
_WIDTH = 9.6
_MOST_POINTS = 400


@dataclass(frozen=True)
class Strip:
    """A row of a distribution plot: its name, values (n,), and the number of its colour (None is grey)."""

    name: str
    values: Values
    color: int | None = None


@dataclass(frozen=True)
class Line:
    """A curve with its band: y, low and high are (K,)."""

    name: str
    x: Values
    y: Values
    low: Values
    high: Values
    color: int | None
    dash: str = "-"
    strong: bool = True


@dataclass(frozen=True)
class Dot:
    """A mean with its interval in a row of a dot plot."""

    row: str
    mean: float
    low: float
    high: float
    color: int
    hollow: bool = False


def distributions(name: str, panels: Mapping[str, Sequence[Strip]], label: str, alt: str, zero: float = 0.0) -> Markup:
    """Draw rows of points with median and quartiles, one panel beside the other on one scale."""
    rows = max(len(strips) for strips in panels.values())
    with canvas(_WIDTH, 0.9 + 0.36 * rows, 1, len(panels), sharex=True, sharey=True) as (figure, axes):
        for axis, (title, strips) in zip(axes[0], panels.items(), strict=True):
            axis.axvline(zero, color=FAINT, linewidth=0.8)
            for place, strip in enumerate(strips):
                draw_strip(axis, place, strip)
            axis.set_title(title)
            axis.set_xlabel(label)
            axis.grid(axis="x")
            axis.tick_params(axis="y", length=0)
        axes[0][0].set_yticks(range(rows), [strip.name for strip in next(iter(panels.values()))])
        axes[0][0].set_ylim(rows - 0.5, -0.5)
        return svg_of(figure, name, alt)


def draw_strip(axis: Any, place: int, strip: Strip) -> None:
    """Draw values as points around a height, with median and quartiles."""
    values = strip.values[np.isfinite(strip.values)]
    if not len(values):
        return
    color = FAINT if strip.color is None else SERIES[strip.color]
    shown = values[np.linspace(0, len(values) - 1, min(len(values), _MOST_POINTS)).astype(int)]
    # Golden steps spread the points evenly over the row without random numbers.
    offsets = ((np.arange(len(shown)) * 0.618034) % 1 - 0.5) * 0.5
    axis.scatter(shown, place + offsets, s=7, color=color, alpha=0.45, linewidths=0)
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    axis.plot([low, high], [place, place], color=INK, linewidth=2.2, solid_capstyle="butt")
    axis.plot([middle], [place], "|", color=INK, markersize=13, markeredgewidth=2.2)


def curves(
    name: str,
    panels: Mapping[str, Sequence[Line]],
    x_label: str,
    y_label: str,
    alt: str,
    limits: tuple[float, float] | None = None,
) -> Markup:
    """Draw lines with bands, one panel beside the other on one scale, which `limits` (low, high) may widen."""
    with canvas(_WIDTH, 3.5, 1, len(panels), sharey=True) as (figure, axes):
        for axis, (title, lines) in zip(axes[0], panels.items(), strict=True):
            axis.axhline(0, color=FAINT, linewidth=0.8)
            for line in lines:
                color = FAINT if line.color is None else SERIES[line.color]
                width = 1.8 if line.strong else 1.1
                axis.plot(line.x, line.y, line.dash, color=color, linewidth=width, label=line.name)
                if line.strong:
                    axis.fill_between(line.x, line.low, line.high, color=color, alpha=0.15, linewidth=0)
            axis.set_title(title)
            axis.set_xlabel(x_label)
            axis.xaxis.get_major_locator().set_params(integer=True)
            axis.grid()
            axis.legend(loc="best", handlelength=2.6)
        axes[0][0].set_ylabel(y_label)
        if limits is not None:
            low, high = axes[0][0].get_ylim()
            axes[0][0].set_ylim(min(low, limits[0]), max(high, limits[1]))
        return svg_of(figure, name, alt)


def dots(name: str, panels: Mapping[str, Sequence[Dot]], label: str, alt: str, zero: float | None = 0.0) -> Markup:
    """Draw means with intervals, a row for each name, one panel beside the other on one scale; controls are hollow."""
    rows = {title: list(dict.fromkeys(dot.row for dot in found)) for title, found in panels.items()}
    most = max(map(len, rows.values()))
    with canvas(_WIDTH, 0.9 + 0.3 * most, 1, len(panels), sharex=True) as (figure, axes):
        for axis, (title, found) in zip(axes[0], panels.items(), strict=True):
            if zero is not None:
                axis.axvline(zero, color=FAINT, linewidth=0.8)
            for dot in found:
                _dot(axis, rows[title].index(dot.row), dot)
            axis.set_yticks(range(len(rows[title])), rows[title])
            axis.set_ylim(most - 0.5, -0.5)
            axis.set_title(title)
            axis.set_xlabel(label)
            axis.grid(axis="x")
            axis.tick_params(axis="y", length=0)
        return svg_of(figure, name, alt)


def _dot(axis: Any, place: float, dot: Dot) -> None:
    color, shift = SERIES[dot.color], 0.16 if dot.hollow else -0.08
    if np.isfinite(dot.low):
        axis.plot([dot.low, dot.high], [place + shift] * 2, color=color, linewidth=1.6)
    face = PAPER if dot.hollow else color
    axis.plot([dot.mean], [place + shift], "o", color=color, markerfacecolor=face, markersize=5.5)
