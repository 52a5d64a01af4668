"""The Mechanistic Invariance Test from the window: the command, and its numbers as rows and plots."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any, TypeAlias

from gxview.errors import GxviewError
from gxview.viewer.assessing.assessment import Assessment, needed_file
from gxview.viewer.assessing.choices import MitChoices
from gxview.viewer.assessing.plots import Guide, Mark, Plot, Series

RESULTS, SCORES = "mit.json", "scores.csv"
NAN = math.nan
PROBED = (("titration", "at"), ("spacing", "spacing"))
COLORS = 8
"""Lines with a colour of their own; those after them are dashed."""
CONSENSUS = 17
"""Bases between the boxes of a good promoter."""
Points: TypeAlias = tuple[tuple[float, float], ...]
Curves: TypeAlias = Mapping[str, Points]
"""By scorer: numbers along an axis, each with a mean score."""
BIOPHYSICAL: Mapping[str, str] = {
    "pa-pwm": "PA-PWM",
    "rpa-pwm": "RPA-PWM",
    "thermodynamic": "Thermodynamic",
    "scanning": "Scanning",
    "pwm": "PWM",
    "nocomp": "NoComp",
    "nopos": "NoPos",
    "kmer": "k-mer",
    "random": "Random",
}
"""Scorers without a network, by name, as a person reads them."""
BALANCES: Mapping[str, str] = {
    "position": "UP, place",
    "order": "UP, order",
    "extended": "Ext. \N{MINUS SIGN}10",
    "intact": "\N{MINUS SIGN}10 box",
}
"""What the relevance of the right sequence is held against, as a person reads it."""
USUAL = "default"
METHODS: Mapping[str, str] = {
    USUAL: "The usual one of each",
    "ism": "In-silico mutagenesis",
    "delta_entropy": "Delta-entropy",
}
"""Methods that need no loaded model to be known."""
CLASSES: Mapping[str, str] = {
    "A": "A natural, intact",
    "B": "B natural, broken",
    "C": "C synthetic, intact",
    "D": "D synthetic, broken",
    "E": "E compensated",
    "F": "F over-compensated",
    "G": "G natural, compensated",
    "H": "H scrambled",
}


@dataclass(frozen=True, slots=True)
class MitRow:
    """The numbers of one scorer; NaN where there is none.

    Parameters
    ----------
    scorer
        Its name.
    css, css_ends, css_q
        Share of compensated above broken sequences, its 95 % interval, its q value.
    scr, scr_ends, scr_q
        Likewise of compensated above scrambled ones.
    mes_synthetic, mes_natural
        Effect sizes of intact against broken sequences.
    at_r
        Correlation of the share of A and T with the score.
    published
        Whether the numbers are those of the paper.
    """

    scorer: str
    css: float = NAN
    css_ends: tuple[float, float] = (NAN, NAN)
    css_q: float = NAN
    scr: float = NAN
    scr_ends: tuple[float, float] = (NAN, NAN)
    scr_q: float = NAN
    mes_synthetic: float = NAN
    mes_natural: float = NAN
    at_r: float = NAN
    published: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the relevance of one method for one scorer lies: each balance with its 95 % interval, chance is 0.5.

    Parameters
    ----------
    scorer, method
        Names.
    balances
        By key of `BALANCES`.
    """

    scorer: str
    method: str
    balances: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class MitResults:
    """What the test found.

    Parameters
    ----------
    rows
        One for each scorer, those of the paper last.
    titration, spacing
        For each scorer the mean score over the share of A and T, and over the distance of the boxes.
    scores
        For each scorer: class, sequence and score.
    placements
        Where the relevance of each scorer and method lies.
    """

    rows: tuple[MitRow, ...]
    titration: Curves = field(default_factory=dict)
    spacing: Curves = field(default_factory=dict)
    scores: Mapping[str, tuple[tuple[str, str, float], ...]] = field(default_factory=dict)
    placements: tuple[Placed, ...] = ()

    @property
    def own(self) -> tuple[MitRow, ...]:
        """The rows that were measured here."""
        return tuple(row for row in self.rows if not row.published)

    def scatter(self) -> Plot:
        """Return CSS against SCR: who is above one half along x only rates composition, not position."""
        own = tuple(_dot(row) for row in self.own)
        published = tuple(_dot(row) for row in self.rows if row.published)
        series = [Series("measured here", own, "dots", 0)]
        if published:
            series.append(Series("published", published, "dots", None))
        illusion = Series("compensation by letters alone", (Mark(0.5, 0.5), Mark(1.0, 0.5)), "line", 2, True)
        return Plot(
            "CSS (compensated above broken)",
            "SCR (above scrambled)",
            (*series, illusion),
            x_range=(0.0, 1.0),
            y_range=(0.0, 1.0),
            guides=(Guide("x", 0.5),),
        )

    def titrations(self) -> Plot:
        """Return the mean score, in standard deviations of its scorer, over the share of A and T."""
        return Plot("AT, %", "Mean score (standardised)", _lines(self.titration, 100.0, "% AT"))

    def spacings(self) -> Plot:
        """Return the mean score, likewise, over the distance of the two boxes."""
        guides = (Guide("x", CONSENSUS, f"{CONSENSUS} bp"),)
        return Plot("Spacer, bp", "Mean score (standardised)", _lines(self.spacing, 1.0, "bp"), guides=guides)

    def balances(self) -> Plot:
        """Return for each method how much of the relevance is at the right place."""
        names = list(BALANCES.values())
        series = []
        for number, one in enumerate(self.placements):
            aside = min(0.1, 0.7 / len(self.placements)) * (number - (len(self.placements) - 1) / 2)
            marks = [
                Mark(place + aside, value, low, high, about=f"{one.scorer}, {one.method}, {words}: {value:.2f}")
                for place, (key, words) in enumerate(BALANCES.items())
                for value, low, high in (one.balances[key],)
            ]
            series.append(Series(f"{one.scorer}, {one.method}", tuple(marks), "dots", number))
        title = "Relevance at the right place"
        return Plot("", title, tuple(series), tuple(names), y_range=(0.0, 1.0), guides=(Guide("y", 0.5),))


def _lines(curves: Curves, factor: float, unit: str) -> tuple[Series, ...]:
    return tuple(
        Series(scorer, _standard(scorer, points, factor, unit), "line", number, number >= COLORS)
        for number, (scorer, points) in enumerate(curves.items())
    )


def _dot(row: MitRow) -> Mark:
    about = f"{row.scorer}\nCSS {row.css:.2f}, SCR {row.scr:.2f}" + ("\npublished" if row.published else "")
    return Mark(row.css, row.scr, *row.scr_ends, *row.css_ends, text=row.scorer, about=about)


def _standard(scorer: str, points: Points, factor: float, unit: str) -> tuple[Mark, ...]:
    known = [y for _, y in points if math.isfinite(y)]
    mean = fmean(known) if known else 0.0
    spread = pstdev(known) if known else 0.0
    return tuple(
        Mark(factor * x, (y - mean) / (spread or 1.0), about=f"{scorer}: {y:.4g} at {factor * x:g} {unit}")
        for x, y in points
    )


class Mit(Assessment[MitChoices, MitResults]):
    """``gxview mit`` as the panel MIT runs it."""

    key = "mit"
    title = "MIT"
    results_in = RESULTS

    def arguments(self, folder: Path) -> list[str]:
        """See `Assessment`."""
        chosen = self.choices
        if not chosen.scorers and not chosen.models:
            raise GxviewError("Check at least one scorer or model.")
        found = ["mit"]
        for name in chosen.scorers:
            found += ["--scorer", name]
        for key in chosen.models:
            found += ["--scorer", f"model:{self.chosen_model(key)}"]
        if chosen.sequences:
            found += ["--sequences", str(needed_file(chosen.sequences, "a file of sequences"))]
        if chosen.natural:
            found += self._natural(chosen.natural)
        for name in chosen.methods:
            found += ["--explain", name]
        if chosen.draws > 1:
            if chosen.sequences:
                raise GxviewError("Sequences of a file are drawn once; set Draws to 1, or leave out the file.")
            found += ["--seeds", str(chosen.draws)]
        return [*found, "--seed", str(chosen.seed), "--device", self.model.settings.device]

    def _natural(self, text: str) -> list[str]:
        reference = self.model.reference
        if reference is None or not reference.has_letters:
            raise GxviewError("Open the genome of the natural promoters first.")
        table = needed_file(text, "a table of promoters")
        return ["--promoters", str(table), "--genome", str(reference.path.absolute())]

    def read(self, folder: Path) -> MitResults:
        """See `Assessment`."""
        return read_mit(folder)


def read_mit(folder: Path) -> MitResults:
    """Read the numbers of a test.

    Raises
    ------
    GxviewError
        The folder holds none, or the file is damaged.
    """
    path = folder / RESULTS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(_row(one) for one in found["results"])
        published = tuple(_row(one, True) for one in found.get("published") or ())
        titration, spacing = (_curves(found.get(key) or (), along) for key, along in PROBED)
        placements = tuple(_placed(one) for one in found.get("relevance") or ())
    except OSError as error:
        raise GxviewError(f"{folder} holds no finished test: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError):
        raise GxviewError(f"{path} is no result of the Mechanistic Invariance Test; run it again.") from None
    return MitResults((*rows, *published), titration, spacing, _scores(folder / SCORES), placements)


def _row(one: Mapping[str, Any], published: bool = False) -> MitRow:
    return MitRow(
        str(one["scorer"]),
        _number(one.get("css")),
        _ends(one.get("css_ci")),
        _number(one.get("q")),
        _number(one.get("scr")),
        _ends(one.get("scr_ci")),
        _number(one.get("scr_q")),
        _number(one.get("mes")),
        _number(one.get("mes_natural")),
        _number(one.get("at_r")),
        published,
    )


def _placed(one: Mapping[str, Any]) -> Placed:
    balances = {key: (_number(one[key]["value"]), *_ends([one[key]["low"], one[key]["high"]])) for key in BALANCES}
    return Placed(str(one["scorer"]), str(one["method"]), balances)


def _curves(rows: Sequence[Mapping[str, Any]], along: str) -> Curves:
    """Return for each scorer its means along a column, averaged over what else differs."""
    found: dict[str, dict[float, list[float]]] = {}
    for row in rows:
        if (mean := _number(row.get("mean"))) == mean:
            found.setdefault(str(row["scorer"]), {}).setdefault(_number(row[along]), []).append(mean)
    return {
        scorer: tuple((x, fmean(points[x])) for x in sorted(points) if math.isfinite(x))
        for scorer, points in found.items()
    }


def _scores(path: Path) -> dict[str, tuple[tuple[str, str, float], ...]]:
    """Return class, sequence and score of the main set by scorer; nothing where the table is missing."""
    found: dict[str, list[tuple[str, str, float]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["class"] in CLASSES and row["set"] in ("", "main", "classes"):
                    score = float(row["score"]) if row["score"] else NAN
                    found.setdefault(row["scorer"], []).append((row["class"], row["id"], score))
    except (OSError, KeyError, ValueError, csv.Error):
        return {}
    return {name: tuple(rows) for name, rows in found.items()}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else NAN


def _ends(value: Any) -> tuple[float, float]:
    low, high = value or (NAN, NAN)
    return _number(low), _number(high)
