"""The section of the report about explanations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from gxview.assess.mit.layout import LENGTH
from gxview.assess.mit.relevance.matched import ELEMENTS, WRONG_PLACE
from gxview.assess.mit.relevance.placement import Balance, Enrichment, Placement
from gxview.measures.statistics import benjamini_hochberg
from gxview.page.drawing import FAINT, SERIES, canvas, svg_of
from gxview.page.parts import Cell, Figure, Heading, Section, Table, Text, cell, chance_of, number, spread
from gxview.page.plots import Dot, dots

_LIMIT = 0.05
_MOST_PROFILES = 12
_RIGHT, _WRONG = 0, 1

_WHAT = (
    "The same backgrounds carry five designs: the boxes with an intact -10 (C) or a broken one (D), D with an UP "
    "element and an extended -10 (E), and E scrambled, once by shuffling the letters of both elements in their places "
    "(H shuffle), once by moving the UP element behind the -35 box (H moved). Shares are parts of the positive "
    "relevance of a sequence. The positional relevance ratio weighs what the letters of the UP element get at the "
    "right place against what the same letters get at the wrong one: 1 means at the right place only, 0.5 that the "
    "place does not matter."
)
_ADJUSTED = (
    "A method may prefer some places whatever stands there, for instance the ends of a sequence. The place-adjusted "
    "difference therefore takes what the letters of the UP element add to the background letters of D, at the right "
    "place minus at the wrong one, in parts of the absolute relevance of a sequence: only where it is above zero do "
    "the letters count for more at the right place."
)


def relevance_section(placements: Sequence[Placement]) -> Section:
    """Write where the relevance of several methods and models lies: ratios, enrichments and profiles.

    Parameters
    ----------
    placements
        One for each scorer and method; at least one.
    """
    blocks: list[Any] = [Text(_WHAT), Text(_ADJUSTED)]
    blocks += [_ratios(placements), _dots(placements), _profiles(placements), _enrichments(placements)]
    return Section("relevance", "Does relevance lie on the elements, at the right place only?", blocks)


def verdict(difference: float, q: float) -> str:
    """Say in words what a place-adjusted difference shows, from its q value."""
    if not np.isfinite(difference):
        return "not measured"
    if not q < _LIMIT:
        return "no difference"
    return "right place" if difference > 0 else "wrong place"


def adjusted_q(placements: Sequence[Placement]) -> list[float]:
    """Return the q values of the place-adjusted differences, corrected over all scorers and methods."""
    return [float(q) for q in benjamini_hochberg([one.adjusted[1] for one in placements])]


def _ratios(placements: Sequence[Placement]) -> Table:
    headings = [
        Heading("model"),
        Heading("method"),
        Heading("positional ratio", True, "UP letters at the right place (E) against the wrong one (H moved); 0.5"),
        Heading("right place wins", True, "share of sequences whose UP letters get more at the right place"),
        Heading("place-adjusted difference", True, "what the UP letters add at the right place minus at the wrong one"),
        Heading("q", True, "Wilcoxon's signed-rank test of the difference, Benjamini-Hochberg over the rows"),
        Heading("verdict"),
        Heading("order", True, "UP element against its shuffled letters in the same place; 0.5"),
        Heading("extended -10", True, "TGT against its shuffled letters; 0.5"),
        Heading("-10 intact", True, "TATAAT against TGTAAT; 0.5"),
    ]
    rows = [
        [
            Cell(one.scorer),
            Cell(one.method),
            _balance(one.position),
            cell(one.position.wins, 2),
            cell(one.adjusted[0]),
            Cell(chance_of(q), q if np.isfinite(q) else None),
            _verdict_cell(verdict(one.adjusted[0], q)),
            _balance(one.order),
            _balance(one.extended),
            _balance(one.intact),
        ]
        for one, q in zip(placements, adjusted_q(placements), strict=True)
    ]
    caption = (
        f"Balances of positive relevance, {placements[0].n} sequences a class, with 95 % bootstrap intervals over "
        "sequences; a balance of 0.5 is chance."
    )
    return Table(caption, headings, rows)


def _balance(one: Balance) -> Cell:
    return spread(one.value, one.low, one.high, 2)


def _verdict_cell(text: str) -> Cell:
    return Cell(text, mark={"right place": "good", "wrong place": "bad"}.get(text, "faint"))


def _enrichments(placements: Sequence[Placement]) -> Table:
    headings = [
        Heading("model"),
        Heading("method"),
        Heading("class"),
        Heading("element"),
        Heading("share", True, "of the positive relevance"),
        Heading("chance", True, "share of as many bases of the background"),
        Heading("share / chance", True, "1 is chance"),
        Heading("p", True, "Wilcoxon's signed-rank test against chance"),
    ]
    rows = [
        [
            Cell(one.scorer),
            Cell(one.method),
            Cell(entry.label),
            Cell(entry.element),
            cell(entry.share),
            cell(entry.chance),
            _ratio(entry),
            Cell(chance_of(entry.p), entry.p if np.isfinite(entry.p) else None),
        ]
        for one in placements
        for entry in one.enrichments
    ]
    return Table("Share of positive relevance on each element, in each class.", headings, rows, folded=True)


def _ratio(entry: Enrichment) -> Cell:
    if np.isinf(entry.ratio):
        return Cell("∞", float("1e300"), title="no background base has positive relevance")
    if np.isinf(entry.high):
        return Cell(f"{number(entry.ratio, 2)}, at least {number(entry.low, 2)}", entry.ratio)
    return spread(entry.ratio, entry.low, entry.high, 2)


def _dots(placements: Sequence[Placement]) -> Figure:
    alt = "Positional relevance ratio of each model and method with its interval, chance at 0.5."
    found = [
        Dot(f"{one.scorer}, {one.method}", one.position.value, one.position.low, one.position.high, _RIGHT)
        for one in placements
        if np.isfinite(one.position.value)
    ]
    svg = dots("relevance-ratio", {"": found}, "positional relevance ratio (0.5: place does not matter)", alt, 0.5)
    return Figure(svg, "Positional relevance ratio with 95 % bootstrap intervals.", alt)


def _profiles(placements: Sequence[Placement]) -> Figure:
    alt = "Mean share of positive relevance along the sequence, with the UP element at its place and moved."
    x, shown = np.arange(1, LENGTH + 1), placements[:_MOST_PROFILES]
    with canvas(9.6, 0.5 + 1.15 * len(shown), len(shown), 1, sharex=True) as (figure, axes):
        for axis, one in zip(axes[:, 0], shown, strict=True):
            for start, end in ELEMENTS.values():
                axis.axvspan(start + 0.5, end + 0.5, color=FAINT, alpha=0.18, linewidth=0)
            axis.axvspan(WRONG_PLACE[0] + 0.5, WRONG_PLACE[1] + 0.5, fill=False, edgecolor=FAINT, linestyle=":")
            for label, series, dash in (("E", _RIGHT, "-"), ("H moved", _WRONG, "--")):
                values = 100 * one.profiles[label]
                axis.plot(x, values, dash, color=SERIES[series], linewidth=1.4, drawstyle="steps-mid", label=label)
            axis.set_title(f"{one.scorer}, {one.method}")
            axis.set_ylim(bottom=0)
            axis.grid(axis="y")
        axes[0, 0].legend(loc="upper right", ncols=2)
        axes[-1, 0].set_xlabel("base")
        axes[-1, 0].set_xlim(0.5, LENGTH + 0.5)
        figure.supylabel("share of positive relevance (%)", fontsize=9)
        svg = svg_of(figure, "relevance-profiles", alt)
    caption = (
        "Mean share of positive relevance of each base, in E and in H moved. Grey: UP element (16 to 24), -35 box "
        "(31 to 36), extended -10 and -10 box (51 to 59); dotted: where H moved has the UP element (41 to 49)."
    )
    if len(shown) < len(placements):
        caption += f" The first {len(shown)} of {len(placements)} are drawn; the tables have all."
    return Figure(Markup(svg), caption, alt)
