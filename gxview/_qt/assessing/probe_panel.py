"""The Probe panel: which table, models, layers and heads; the numbers by input, and the plots."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtWidgets import QLabel, QWidget

from gxview._qt.assessing.boxes import TABLES, checks, model_checks, path_box
from gxview._qt.assessing.figure_box import Picture
from gxview._qt.assessing.panel import AssessPanel, explain_disabled, report_button
from gxview._qt.look.forms import ModelForm
from gxview._qt.look.table import RIGHT, UNSORTED, Column, number_column
from gxview._qt.look.widgets import Combo
from gxview._qt.painters import Style
from gxview.viewer.assessing.choices import ProbeChoices
from gxview.viewer.assessing.probe import HEADS, POOLS, SPLITS, ProbeRow, measure_name
from gxview.viewer.viewer import Viewer


class ProbePanel(AssessPanel):
    """Probes the embeddings of models.

    Parameters
    ----------
    viewer, style
        See `AssessPanel`.
    """

    run_title = "Probe"

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        self._assess = viewer.assess.probe
        self.report_button, self.metric_box, self.warning = report_button(), Combo(), QLabel()
        self.metric_box.setAccessibleName("Number")
        self.metric_box.setMinimumContentsLength(9)
        self.warning.setProperty("role", "warning")
        self.warning.setWordWrap(True)
        super().__init__(viewer, viewer.assess.probe, style, parent)
        self.report_button.clicked.connect(lambda: self._assess.show(self._assess.report))
        self.metric_box.activated.connect(lambda _place: self._show_metric())

    def make_forms(self) -> list[ModelForm]:
        others = {
            "data": path_box("Table of sequences and labels", TABLES, "Choose a table"),
            "labels": checks(3, self._labels, "Choose a table first"),
            "models": model_checks(self._viewer.model, 4),
            "pools": checks(1, lambda: POOLS),
            "heads": checks(4, lambda: HEADS),
        }
        choices = {
            "split": [(word, name) for name, word in SPLITS.items()],
        }
        fields = (("data", "labels", "split", "limit"), ("models", "layers", "pools"), ("heads", "fractions", "seeds"))
        forms = [ModelForm(ProbeChoices, names, choices, others) for names in fields]
        forms[0].layout().addRow(self.warning)
        return forms

    def columns(self) -> Sequence[Column[ProbeRow]]:
        return (
            Column("Input", lambda row: row.input, width=200),
            Column("Layer", lambda row: row.layer, align=RIGHT, width=52),
            Column("Head", lambda row: HEADS.get(row.head, row.head), width=84),
            Column("n", lambda row: f"{row.n:,}", lambda row: row.n, RIGHT, 58, "Sequences that were fitted on"),
            number_column("Mean", lambda row: row.mean, 64, "Over the repetitions"),
            number_column("SD", lambda row: row.spread, 64, "Over the repetitions"),
            Column("Repetitions", lambda row: f"{len(row.values):,}", lambda row: len(row.values), RIGHT, 88),
        )

    def buttons(self) -> Sequence[QWidget]:
        return (self.metric_box, self.report_button)

    def refresh(self) -> None:
        self._assess.look()
        super().refresh()
        self.warning.setText(self._assess.warning)
        self.warning.setVisible(bool(self._assess.warning))

    def offers(self) -> object:
        return self._assess.label_columns

    def enable(self) -> None:
        there = self._assess.report is not None
        explain_disabled(self.report_button, there, "Open the report", "There is no report yet: run the probing")

    def fill(self) -> None:
        results = self._assess.results
        self.metric_box.clear()
        for name in results.metrics if results is not None else ():
            self.metric_box.addItem(measure_name(name), name)
        self.metric_box.setCurrentIndex(0)
        self.metric_box.setVisible(self.metric_box.count() > 1)
        self._show_metric()

    def _show_metric(self) -> None:
        results, metric = self._assess.results, self.metric_box.currentData()
        if results is None or metric is None:
            self.rows.show_rows(())
            self.show_pictures({})
            return
        self.rows.show_rows(results.of(metric))
        self.table.sort_by(UNSORTED)
        pictures: dict[str, Picture] = {"Input by head": results.bars(metric)}
        if results.has_curves:
            pictures["Size of the data"] = results.curves(metric)
        self.show_pictures(pictures)

    def _labels(self) -> dict[str, str]:
        return {name: name for name in self._assess.label_columns}
