"""What the panels draw, without Qt: marks in series along two axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Look = Literal["dots", "line", "bars"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One number.

    Parameters
    ----------
    x, y
        Where it is.
    low, high
        Ends of its interval along y, NaN for none.
    left, right
        Ends of its interval along x, NaN for none.
    text
        Written beside it.
    about
        Told where the pointer is.
    """

    x: float
    y: float
    low: float = math.nan
    high: float = math.nan
    left: float = math.nan
    right: float = math.nan
    text: str = ""
    about: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it can be drawn."""
        return math.isfinite(self.x) and math.isfinite(self.y)


@dataclass(frozen=True, slots=True)
class Series:
    """Marks that belong together.

    Parameters
    ----------
    name
        In the legend; empty for none.
    marks
        From left to right.
    look
        How they are drawn.
    color
        Number of the colour; None for that of muted things.
    dashed
        Whether the line is dashed.
    """

    name: str
    marks: tuple[Mark, ...]
    look: Look = "dots"
    color: int | None = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """A thin line through the plot: at an x, at a y, or where both are equal."""

    kind: Literal["x", "y", "equal"]
    at: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Series along two axes.

    Parameters
    ----------
    x, y
        What the axes are.
    series
        What is drawn.
    names
        Words instead of the numbers of x; then each stands at the left of a line, x counts the lines from the top, and
        y goes from left to right.
    x_range, y_range
        Least ends of the axes; what lies outside makes them longer.
    guides
        Thin lines.
    about
        A sentence on what it shows.
    """

    x: str
    y: str
    series: tuple[Series, ...]
    names: tuple[str, ...] = ()
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    guides: tuple[Guide, ...] = ()
    about: str = ""

    @property
    def marks(self) -> list[Mark]:
        """All marks that can be drawn."""
        return [mark for one in self.series for mark in one.marks if mark.is_known]

    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ends of both axes with some air."""
        marks = self.marks
        bars = any(one.look == "bars" for one in self.series)
        across = [value for mark in marks for value in (mark.x, mark.left, mark.right)]
        up = [value for mark in marks for value in (mark.y, mark.low, mark.high)]
        if self.names:
            return (-0.5, len(self.names) - 0.5), _ends([*up, *(self.y_range or ())], 0.06)
        low_high = _ends([*up, *(self.y_range or ()), *((0.0,) if bars else ())], 0.06)
        return _ends([*across, *(self.x_range or ())], 0.04), ((0.0, low_high[1]) if bars else low_high)


def _ends(values: Iterable[float], air: float) -> tuple[float, float]:
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    more = air * (high - low) or 0.5 * abs(high) or 0.5
    return low - more, high + more


def histogram(values: Sequence[float], bins: int = 40) -> tuple[Mark, ...]:
    """Count values in bins of one width; each mark is the middle of a bin, with its ends as an interval along x.

    Values that are all the same make one bar around them.
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return ()
    low, high = min(known), max(known)
    width = (high - low) / bins
    if not width:
        half = 0.5 * abs(low) or 0.5
        return (Mark(low, len(known), left=low - half, right=low + half, about=f"{len(known):,} of {low:.3g}"),)
    counts = [0] * bins
    for value in known:
        counts[min(bins - 1, int((value - low) / width))] += 1
    edges = [*(low + place * width for place in range(bins)), high]
    return tuple(
        Mark((a + b) / 2, count, left=a, right=b, about=f"{count:,} from {a:.3g} to {b:.3g}")
        for a, b, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
