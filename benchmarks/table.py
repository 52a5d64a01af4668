"""One table of figures, each beside what it is compared with in the same run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

HEAD = ("measured", "gxview", "beside it", "its figure", "ratio", "lowest to highest", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """What a ratio should reach.

    Parameters
    ----------
    kind
        ``'at least'`` or ``'at most'``.
    value
        The bound.
    """

    kind: Literal["at least", "at most"]
    value: float

    def met(self, ratio: float) -> bool:
        """Whether a ratio reaches it."""
        return ratio >= self.value if self.kind == "at least" else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.kind == 'at least' else '≤'} {self.value:g}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what
        What was measured, in words.
    ours
        Our figure with its unit.
    beside, other
        What it is compared with, and its figure; empty where there is none.
    ratio
        The figure that counts; the median over the turns where there were some.
    turns
        The ratio in every turn.
    goal
        What it should reach.
    details
        Whatever else belongs into the JSON file.
    """

    what: str
    ours: str
    beside: str = ""
    other: str = ""
    ratio: float | None = None
    turns: tuple[float, ...] = ()
    goal: Goal | None = None
    details: dict[str, Any] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        return None if self.goal is None or self.ratio is None else self.goal.met(self.ratio)

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can hold."""
        return {**asdict(self), "goal": None if self.goal is None else str(self.goal), "met": self.met}

    def cells(self) -> tuple[str, ...]:
        """Return the text of each column."""
        spread = f"{number(min(self.turns))} to {number(max(self.turns))}" if len(self.turns) > 1 else ""
        return (
            self.what,
            self.ours,
            self.beside,
            self.other,
            "" if self.ratio is None else number(self.ratio),
            spread,
            "" if self.goal is None else str(self.goal),
            {None: "", True: "yes", False: "**no**"}[self.met],
        )


def number(value: float) -> str:
    """Return three digits of a number, without an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def compared(
    what: str,
    ours: Sequence[float],
    other: Sequence[float],
    *,
    unit: str,
    beside: str,
    goal: Goal | None = None,
    details: dict[str, Any] | None = None,
) -> Row:
    """Return the line of figures that were measured in turns; the ratio is ours over the other.

    Parameters
    ----------
    what, unit, beside, goal, details
        See `Row`.
    ours, other
        A figure for each turn.

    Raises
    ------
    ValueError
        If the numbers of turns differ.
    """
    turns = tuple(a / b for a, b in zip(ours, other, strict=True))
    return Row(
        what,
        f"{number(median(ours))} {unit}",
        beside,
        f"{number(median(other))} {unit}",
        median(turns),
        turns,
        goal,
        {**(details or {}), "unit": unit, "ours": list(ours), "other": list(other)},
    )


def markdown(rows: Iterable[Row], notes: Iterable[str] = ()) -> str:
    """Return the table, and the notes as a list below it."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    told = "\n".join(f"- {note}" for note in notes)
    return f"{table}\n\n{told}\n" if told else f"{table}\n"
