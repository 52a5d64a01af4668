"""What the report is made of: sections with text, tables and figures, and how numbers are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text
        What is shown; escaped unless it is :class:`markupsafe.Markup`.
    order
        What the column is sorted by; None: the text.
    mark
        ``good``, ``bad``, ``faint`` or empty.
    title
        Explanation on hover.
    """

    text: str
    order: float | str | None = None
    mark: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: its name, whether it holds numbers, and what it means."""

    text: str
    numeric: bool = False
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table that a reader can sort.

    Attributes
    ----------
    caption
        One or two sentences.
    headings, rows
        Columns and cells.
    folded
        Whether it is closed until a reader opens it.
    """

    caption: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Figure:
    """A drawing: SVG markup, a caption, and what it shows for those who cannot see it."""

    svg: Markup
    caption: str
    alt: str
    kind: str = "figure"


@dataclass(frozen=True)
class Text:
    """A paragraph; escaped unless it is :class:`markupsafe.Markup`. `mark` is ``note``, ``bad`` or empty."""

    text: str
    mark: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Title:
    """A heading within a section."""

    text: str
    kind: str = "title"


@dataclass(frozen=True)
class Code:
    """A text whose lines and blanks are kept."""

    text: str
    kind: str = "code"


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes
    ----------
    key
        Anchor of the section.
    title
        Its heading.
    blocks
        :class:`Text`, :class:`Table` and :class:`Figure` in order.
    """

    key: str
    title: str
    blocks: Sequence[Any] = field(default_factory=list)


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with so many decimals; small and large ones with as many digits; missing is a dash."""
    if value is None or math.isnan(value):
        return "–"
    if value and (abs(value) < 0.5 * 10**-digits or abs(value) >= 10_000):
        return f"{value:.{max(1, digits - 1)}g}".replace("-", "−")
    return f"{value:.{digits}f}".replace("-", "−")


def chance_of(p: float) -> str:
    """Write a p or q value."""
    if math.isnan(p):
        return "–"
    return f"{p:.1e}".replace("e-0", "e-").replace("-", "−") if p < 0.001 else f"{p:.3f}"


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"


def cell(value: float | None, digits: int = 3, mark: str = "", title: str = "") -> Cell:
    """Return a cell of a number."""
    known = value is not None and not math.isnan(value)
    return Cell(number(value, digits), float(value) if known and value is not None else None, mark, title)


def spread(mean: float, low: float, high: float, digits: int = 3, mark: str = "") -> Cell:
    """Return a cell of a mean with its interval."""
    if math.isnan(mean):
        return Cell("–")
    inner = (
        ""
        if math.isnan(low)
        else Markup(' <span class="ci">{} to {}</span>').format(number(low, digits), number(high, digits))
    )
    return Cell(Markup("{}{}").format(number(mean, digits), inner), mean, mark)


def joined(parts: Sequence[str]) -> str:
    """Join words as in a sentence."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def code(text: str) -> Markup:
    """Return text in the font of code."""
    return Markup("<code>{}</code>").format(escape(text))
