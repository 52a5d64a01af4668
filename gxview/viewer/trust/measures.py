"""The numbers of the trust lane: what each means, and from where on a window fails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gxview.viewer.settings.settings import NO_AREA, NO_SIMILARITY, Settings
from gxview.viewer.trust.evaluator import WindowTrust

Verdict: TypeAlias = Literal["holds", "fails", "tells", "missing"]
"""'tells' is a number without a threshold, 'missing' one that could not be had."""
Form: TypeAlias = Literal["share", "signed", "plain"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about the explanation of a window.

    Parameters
    ----------
    name
        Key of `WindowTrust.values`.
    title
        Beside the lane.
    meaning
        What it says, in one or two sentences.
    form
        How it is written: as percent, with its sign, or plain.
    threshold
        Setting below which a window fails; empty for a number that only informs.
    """

    name: str
    title: str
    meaning: str
    form: Form
    threshold: str = ""

    def text(self, value: float) -> str:
        """Write a value."""
        if math.isnan(value):
            return "\N{EN DASH}"
        if self.form == "share":
            return f"{100 * value:.0f} %" if value < 9.995 else "> 999 %"
        return f"{value:{'+' if self.form == 'signed' else ''}.2f}".replace("-", "\N{MINUS SIGN}")


MEASURES: tuple[Measure, ...] = (
    Measure(
        "unexplained",
        "Unexplained share",
        "Part of the logit that the relevance does not add up to. It informs: a rule may leak without being wrong.",
        "share",
    ),
    Measure(
        "deletion",
        "Deletion vs. random",
        "How much more the logit falls when the most relevant bases are replaced first than when the order is random, "
        "averaged over the curve. Zero: the order by relevance is no better than chance.",
        "signed",
        "trust_deletion",
    ),
    Measure(
        "shift",
        "Shifted window",
        "How similar the relevance of the same bases is when the window begins a few bases later (continuous Jaccard, "
        "1 is the same).",
        "plain",
        "trust_shift",
    ),
    Measure(
        "strand",
        "Other strand",
        "How similar the relevance is when the model reads the reverse complement (continuous Jaccard, 1 is the same). "
        "Models of stranded things, such as promoters, should not agree, so there is no threshold until you set one.",
        "plain",
        "trust_strand",
    ),
    Measure(
        "method",
        "Second method",
        "How similar the relevance is to that of another method (continuous Jaccard, 1 is the same).",
        "plain",
        "trust_method",
    ),
)
"""Top to bottom."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and what it means for a window."""

    measure: Measure
    value: float
    verdict: Verdict
    words: str

    @property
    def text(self) -> str:
        """The number as it is written."""
        return self.measure.text(self.value)


@dataclass(frozen=True, slots=True)
class Judged:
    """A window with its numbers, in the order of `MEASURES`."""

    window: WindowTrust
    cells: tuple[Cell, ...]

    @property
    def failing(self) -> tuple[Cell, ...]:
        """The numbers below their thresholds."""
        return tuple(cell for cell in self.cells if cell.verdict == "fails")

    @property
    def fails(self) -> bool:
        """Whether any number is below its threshold."""
        return bool(self.failing)

    @property
    def verdict(self) -> Verdict:
        """What all numbers together say."""
        if self.fails:
            return "fails"
        return "holds" if any(cell.verdict == "holds" for cell in self.cells) else "missing"


def judge(window: WindowTrust, settings: Settings) -> Judged:
    """Hold the numbers of a window against the thresholds of a person."""
    return Judged(window, tuple(_cell(measure, window, settings) for measure in MEASURES))


def count_failing(windows: Sequence[Judged]) -> int:
    """Return how many windows fail."""
    return sum(window.fails for window in windows)


def threshold_of(measure: Measure, settings: Settings) -> float:
    """Return the value below which a window fails; NaN where there is none."""
    value = float(getattr(settings, measure.threshold)) if measure.threshold else math.nan
    return math.nan if value in (NO_SIMILARITY, NO_AREA) else value


def _cell(measure: Measure, window: WindowTrust, settings: Settings) -> Cell:
    value = float(window.values.get(measure.name, math.nan))
    verdict: Verdict = "tells"
    if not math.isfinite(value):
        verdict = "missing"
    elif math.isfinite(threshold := threshold_of(measure, settings)):
        verdict = "fails" if value < threshold else "holds"
    return Cell(measure, value, verdict, window.words.get(measure.name, ""))
