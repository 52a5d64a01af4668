"""The tables of the report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gxview.assess.mit.metrics import Share
from gxview.assess.mit.published import LATER_RUN, PUBLISHED, published_of
from gxview.assess.mit.results import Result, Spread
from gxview.assess.mit.sets import COUNTS, TITLES
from gxview.page.parts import Cell, Heading, Table, cell, chance_of, spread
from gxview.words import counted

_VERDICTS = {
    "logic": Cell("the place", mark="good", title="CSS and SCR are both above one half"),
    "composition": Cell("no sign of place", mark="bad", title="CSS is above one half, SCR is not"),
    "none": Cell("no compensation", mark="faint", title="CSS is not above one half"),
}


def verdict(result: Result) -> str:
    """Return ``logic``, ``composition`` or ``none``: which of CSS and SCR lie above one half with their intervals."""
    if not result.css.low > 0.5:
        return "none"
    return "logic" if result.scr.low > 0.5 else "composition"


def summary_table(results: Sequence[Result]) -> Table:
    """Return the main numbers of every scorer."""
    headings = [
        Heading("scorer"),
        Heading("knows", title="What the intervals of CSS and SCR say"),
        Heading("CSS", True, "E above D"),
        Heading("p", True, "one-sided t-test against one half"),
        Heading("q", True, "p over the scorers of this run"),
        Heading("SCR", True, "E above H"),
        Heading("p (SCR)", True),
        Heading("q (SCR)", True),
    ]
    rows = [
        [
            Cell(one.scorer),
            _VERDICTS[verdict(one)],
            share_cell(one.css),
            chance_cell(one.css.p),
            chance_cell(one.q),
            share_cell(one.scr),
            chance_cell(one.scr.p),
            chance_cell(one.scr_q),
        ]
        for one in results
    ]
    return Table("Every scorer, with 95 % intervals; a dash is a number that cannot be had.", headings, rows)


def size_table(results: Sequence[Result]) -> Table:
    """Return effect sizes and what the probing sets say in one number each."""
    headings = [
        Heading("scorer"),
        Heading("MES", True, "Cohen's d, C against D"),
        Heading("MES natural", True, "Cohen's d, A against B"),
        Heading("CIR", True, "MES / MES natural"),
        Heading("CM", True, "(E - D) / (C - D)"),
        Heading("AT r", True, "correlation with AT of the background"),
        Heading("strand accuracy", True, "share forward above turned round"),
        Heading("spacing peak", True, "17 is right"),
    ]
    return Table(
        "Effect sizes, and the probing sets in one number each.", headings, [_size_row(one) for one in results]
    )


def _size_row(one: Result) -> list[Cell]:
    found = one.probed
    peak = found.spacing_peak if found is not None else None
    at = None if found is None else found.at_correlation
    return [
        Cell(one.scorer),
        spread(one.mes.value, one.mes.low, one.mes.high, 2),
        spread(one.mes_natural.value, one.mes_natural.low, one.mes_natural.high, 2),
        cell(one.cir, 2),
        cell(one.cm, 2),
        Cell("–") if at is None else spread(at.value, at.low, at.high, 2),
        share_cell(None if found is None else found.strand_accuracy),
        Cell("–" if peak is None else str(peak), peak),
    ]


def token_table(results: Sequence[Result]) -> Table | None:
    """Return the shares by score per token; None where no scorer counts tokens."""
    rows = [
        [Cell(one.scorer), share_cell(one.css_per_token), share_cell(one.scr_per_token), *_token_cells(one)]
        for one in results
        if one.css_per_token is not None and one.scr_per_token is not None
    ]
    if not rows:
        return None
    labels = ("D", "E", "H")
    headings = [Heading("scorer"), Heading("CSS per token", True), Heading("SCR per token", True)]
    headings += [Heading(f"tokens, {label}", True) for label in labels]
    return Table(
        "Scores divided by the tokens of each sequence: one that is cut into fewer tokens has fewer terms in its "
        "likelihood, whatever they are.",
        headings,
        rows,
    )


def _token_cells(one: Result) -> list[Cell]:
    return [cell(one.classes[label].tokens, 1) for label in ("D", "E", "H")]


def seed_table(results: Sequence[Result]) -> Table | None:
    """Return the spread over draws of the sequences; None without."""
    rows = [
        [Cell(one.scorer), *_spread_cells(one.css_seeds), *_spread_cells(one.scr_seeds)]
        for one in results
        if one.css_seeds is not None and one.scr_seeds is not None
    ]
    if not rows:
        return None
    count = len(next(one.css_seeds.values for one in results if one.css_seeds is not None))
    names = [f"{measure} {what}" for measure in ("CSS", "SCR") for what in ("mean", "sd", "range")]
    return Table(
        f"Over {count} draws of the synthetic sequences: what the luck of the draw does.",
        [Heading("scorer"), *(Heading(name, True) for name in names)],
        rows,
    )


def _spread_cells(found: Spread) -> list[Cell]:
    return [cell(found.mean), cell(found.sd), Cell(f"{found.low:.2f} to {found.high:.2f}", found.low)]


def published_table(results: Sequence[Result]) -> Table:
    """Return our numbers beside those of the paper."""
    names = ("CSS", "CSS published", "CSS later run", "SCR", "SCR published", "SCR later run")
    rows = [_own_row(one) for one in results]
    shown = {one.scorer for one in results}
    for row in PUBLISHED:
        if row.scorer not in shown:
            values = Cell("–"), cell(row.css, 2), Cell("–"), Cell("–"), cell(row.scr, 2), Cell("–")
            rows.append([Cell(row.model, mark="faint"), *values])
    return Table(
        "Scorers of this run first; 'later run' is another draw of the authors.",
        [Heading("scorer"), *(Heading(name, True) for name in names)],
        rows,
    )


def _own_row(one: Result) -> list[Cell]:
    row, later = published_of(one.scorer), LATER_RUN.get(one.scorer)
    pairs = ((one.css, row.css if row else None, 0), (one.scr, row.scr if row else None, 1))
    cells = [
        found
        for share, published, which in pairs
        for found in (share_cell(share), cell(published, 2), cell(later[which] if later else None, 2))
    ]
    return [Cell(one.scorer), *cells]


def class_table(results: Sequence[Result]) -> Table:
    """Return count, mean and standard deviation of every class."""
    rows = [
        [
            Cell(one.scorer),
            Cell(f"{label} {TITLES[label]}"),
            Cell(f"{found.n:,}", found.n),
            cell(found.mean),
            cell(found.sd),
            cell(found.per_base, 4),
        ]
        for one in results
        for label, found in one.classes.items()
        if label in COUNTS
    ]
    names = ("n", "mean", "sd", "mean per base")
    headings = [Heading("scorer"), Heading("class"), *(Heading(name, True) for name in names)]
    return Table("Scores of every class.", headings, rows, folded=True)


def probing_tables(results: Sequence[Result]) -> list[Table]:
    """Return the shares of the sets that repeat the test under other conditions."""
    captions = {
        "length": "CSS and SCR by length of the sequence",
        "background": "CSS and SCR by AT of the background, %",
        "strength": "CSS by strength of the boxes",
        "up": "CSS by what the UP element is made of",
        "dinucleotide": "Share of E above its own dinucleotide shuffle",
    }
    return [_share_table(results, name, caption) for name, caption in captions.items()]


def _share_table(results: Sequence[Result], name: str, caption: str) -> Table:
    found = {one.scorer: one.probed.shares[name] for one in results if one.probed is not None}
    columns = [(condition, measure) for condition, each in next(iter(found.values())).items() for measure in each]
    several = len({measure for _, measure in columns}) > 1
    names = [f"{condition} {measure.upper()}" if several else condition for condition, measure in columns]
    rows = [
        [Cell(scorer), *(share_cell(shares[condition][measure]) for condition, measure in columns)]
        for scorer, shares in found.items()
    ]
    return Table(caption, [Heading("scorer"), *(Heading(one, True) for one in names)], rows, folded=True)


def share_cell(share: Share | None) -> Cell:
    """Return a share with its interval."""
    if share is None:
        return Cell("–")
    title = counted(share.n, "pair") + (f", {counted(share.ties, 'tie')}" if share.ties else "")
    found = spread(share.value, share.low, share.high, 2)
    return Cell(found.text, found.order, title=title)


def chance_cell(p: float) -> Cell:
    """Return a p or q value."""
    if p == 0:
        return Cell("0", 0.0, title="every pair says the same, so that the t-test has no spread")
    return Cell(chance_of(p), None if np.isnan(p) else p)
