"""The MIT panel: which scorers and sequences, the table beside the published one, the plots."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtpy.QtWidgets import QWidget

from gxview._qt.assessing.boxes import SEQUENCES, TABLES, checks, model_checks, path_box
from gxview._qt.assessing.figure_box import Picture
from gxview._qt.assessing.panel import AssessPanel, explain_disabled, report_button
from gxview._qt.look.forms import ModelForm
from gxview._qt.look.table import RIGHT, UNSORTED, Column, fixed_text, number_column, number_text
from gxview._qt.painters import Style
from gxview.viewer.assessing.choices import MitChoices
from gxview.viewer.assessing.mit import BIOPHYSICAL, CLASSES, METHODS, MitRow
from gxview.viewer.evaluating.results import REAL, Value
from gxview.viewer.viewer import Viewer

SMALL = 0.001
CSS = "Compensation sensitivity: share of pairs in which the compensated sequence scores above the broken one"
SCR = "Scramble control ratio: share of pairs in which the compensated sequence scores above the scrambled one"


class MitPanel(AssessPanel):
    """Runs the Mechanistic Invariance Test; a click on a scorer shows its scores by class.

    Parameters
    ----------
    viewer, style
        See `AssessPanel`.
    """

    run_title = "Run the test"

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        self._assess = viewer.assess.mit
        self.report_button = report_button()
        self._scorer = ""
        super().__init__(viewer, viewer.assess.mit, style, parent)
        self.report_button.clicked.connect(lambda: self._assess.show(self._assess.report))

    def make_forms(self) -> list[ModelForm]:
        others = {
            "scorers": checks(7, lambda: BIOPHYSICAL),
            "models": model_checks(self._viewer.model, 4),
            "methods": checks(3, self._methods),
            "sequences": path_box("Sequences of the test", SEQUENCES, "The built-in 650"),
            "natural": path_box("Table of natural promoters", TABLES, "None"),
        }
        fields = (("scorers",), ("models", "methods"), ("sequences", "natural", "draws", "seed"))
        return [ModelForm(MitChoices, names, others=others) for names in fields]

    def columns(self) -> Sequence[Column[MitRow]]:
        return (
            Column("Scorer", lambda row: row.scorer + (" (paper)" if row.published else ""), width=158),
            _with_ends("CSS", CSS, "css"),
            _q("css_q", "Of CSS above one half, over all scorers"),
            _with_ends("SCR", SCR, "scr"),
            _q("scr_q", "Of SCR above one half, over all scorers"),
            number_column(
                "MES syn.", lambda row: row.mes_synthetic, 66, "Effect size, synthetic intact against broken", 2
            ),
            number_column("MES nat.", lambda row: row.mes_natural, 66, "Effect size, natural intact against broken", 2),
            number_column("AT r", lambda row: row.at_r, 60, "Correlation of the score with the share of A and T", 2),
        )

    def is_muted(self, row: MitRow) -> bool:
        return row.published

    def buttons(self) -> Sequence[QWidget]:
        return (self.report_button,)

    def offers(self) -> object:
        return self._methods()

    def enable(self) -> None:
        there = self._assess.report is not None
        explain_disabled(self.report_button, there, "Open the report", "There is no report yet: run the test")

    def fill(self) -> None:
        results = self._assess.results
        self.rows.show_rows(results.rows if results is not None else ())
        self.table.sort_by(UNSORTED)
        if results is None:
            self.show_pictures({})
            return
        pictures: dict[str, Picture] = {"CSS and SCR": results.scatter()}
        if results.titration:
            pictures["AT titration"] = results.titrations()
        if results.spacing:
            pictures["Spacing"] = results.spacings()
        if results.placements:
            pictures["Explanations"] = results.balances()
        names = list(results.scores)
        if names:
            chosen = self._scorer if self._scorer in names else names[0]
            pictures["Scores by class"] = strips(chosen, results.scores[chosen])
        self.show_pictures(pictures)

    def go(self, row: int) -> None:
        chosen: MitRow = self.rows.rows[row]
        results = self._assess.results
        if results is not None and chosen.scorer in results.scores:
            self._scorer = chosen.scorer
            self.fill()
            shown = [box for box in self.figures if box.isVisible()]
            shown[-1].choose("Scores by class")

    def _methods(self) -> dict[str, str]:
        chosen = self._assess.choices
        infos = [info for key in chosen.models if (info := self._viewer.model.model(key)) is not None]
        known = {**METHODS, **{method.name: method.label for info in infos for method in info.methods}}
        # what is chosen can be taken back, also when the model that has it is not loaded or not checked any more
        return known | {name: name for name in chosen.methods if name not in known}


def strips(scorer: str, scores: Sequence[tuple[str, str, float]]) -> tuple[Value, ...]:
    """Return the scores of a scorer as lines of dots, one for each class."""
    return tuple(
        Value(name, None, CLASSES.get(one, one), "", REAL, score, "" if score == score else f"{scorer} has no score")
        for one, name, score in scores
    )


def _with_ends(title: str, about: str, field: str) -> Column[MitRow]:
    def key(row: MitRow) -> tuple[bool, float]:
        value = getattr(row, field)
        return (True, 0.0) if math.isnan(value) else (False, value)

    def text(row: MitRow) -> str:
        value, (low, high) = getattr(row, field), getattr(row, f"{field}_ends")
        ends = f" [{low:.2f}, {high:.2f}]" if math.isfinite(low) else ""
        return (f"{value:.2f}" if math.isfinite(value) else number_text(value)) + ends

    return Column(title, text, key, RIGHT, 130, about)


def _q(field: str, about: str) -> Column[MitRow]:
    def text(row: MitRow) -> str:
        value = getattr(row, field)
        return "< 0.001" if value < SMALL else fixed_text(value)

    return Column("q", text, lambda row: (math.isnan(getattr(row, field)), getattr(row, field)), RIGHT, 74, about)
