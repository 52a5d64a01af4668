"""Figures as SVG that follow the colours of the page: matplotlib without pyplot, nothing global, no dates."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup

# Placeholders that nobody would choose; each becomes a variable of the page's style sheet.
INK, FAINT, PAPER = "#010203", "#040506", "#070809"
SERIES = tuple(f"#0a0b{index:02x}" for index in range(16))
_VARIABLES = {INK: "--ink", FAINT: "--faint", PAPER: "--paper"} | {
    color: f"--s{index}" for index, color in enumerate(SERIES)
}
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "grid.color": FAINT,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


@contextmanager
def canvas(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> Iterator[tuple[Any, Any]]:
    """Give a figure of so many inches and its axes, (rows, columns).

    The size is in inches at 100 dots: a figure of width 9.6 fills a page 960 pixels wide.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots(rows, columns, squeeze=False, **options)


def svg_of(figure: Any, name: str, alt: str) -> Markup:
    """Return a figure as SVG to put into a page.

    Parameters
    ----------
    figure
        A matplotlib figure.
    name
        Unique in the page; the ids within the drawing come from it.
    alt
        What it shows.
    """
    import matplotlib as mpl

    stream = io.StringIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, dpi=100)
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for placeholder, variable in _VARIABLES.items():
        text = text.replace(placeholder, f"var({variable})")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(
        r' id="(figure|axes|patch|line2d|text|matplotlib\.axis|xtick|ytick|legend|PathCollection|'
        r'PolyCollection|FillBetweenPolyCollection|LineCollection)_\d+"',
        "",
        text,
    )
    head = re.match(r'<svg [^>]*viewBox="([^"]*)"[^>]*>', text)
    assert head is not None
    opening = Markup('<svg class="plot" viewBox="{}" role="img" aria-label="{}">').format(head[1], alt)
    # Within HTML references need no namespace.
    return opening + Markup(text[head.end() :].strip().replace("xlink:href", "href"))
