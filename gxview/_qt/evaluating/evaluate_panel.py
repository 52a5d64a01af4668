"""The Evaluate panel: choices at the left, the numbers of a metric in the middle, a plot of them at the right."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.evaluating.form import EvaluateForm
from gxview._qt.evaluating.strip_plot import StripPlot
from gxview._qt.evaluating.value_model import ValueModel
from gxview._qt.look.table import RowTable
from gxview._qt.look.widgets import Combo, ElidedLabel, scrolled
from gxview._qt.painters import Style
from gxview.errors import GxviewError
from gxview.viewer.evaluating.request import plus
from gxview.viewer.evaluating.results import REAL, Value
from gxview.viewer.viewer import Viewer

FORM_WIDTH = 300
BETTER = {"higher": "smallest first", "lower": "largest first", "none": "largest first; neither end is bad by itself"}


class EvaluatePanel(QWidget):
    """Starts evaluations and shows what they found; a click on a number goes to its place.

    Parameters
    ----------
    viewer
        What is evaluated.
    style
        Colours and text.
    """

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._shown: object = None
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.form = EvaluateForm(viewer)
        self.metric_box, self.series_box = Combo(), Combo()
        self.note, self.report_button = ElidedLabel(), QPushButton("Report")
        self.note.setProperty("role", "muted")
        self.values = ValueModel(self)
        self.table, self.plot = RowTable(self.values), StripPlot(style)
        self._build()
        self._connect()
        self.refresh()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.plot.set_style(style)

    def refresh(self) -> None:
        """Show the results that were read last."""
        results = self._viewer.evaluating.results
        self.report_button.setEnabled(results is not None and results.report is not None)
        if results is self._shown:
            return
        self._shown = results
        with QSignalBlocker(self.metric_box):
            self.metric_box.clear()
            for kind in results.kinds if results is not None else ():
                self.metric_box.addItem(kind.title, kind)
            # with a text for an empty box Qt chooses none by itself
            self.metric_box.setCurrentIndex(0)
        self._show_metric()

    def _build(self) -> None:
        form = scrolled(self.form)
        form.setFixedWidth(FORM_WIDTH)
        self.metric_box.setPlaceholderText("No results yet")
        self.metric_box.setMinimumContentsLength(20)
        self.series_box.setPlaceholderText("Method and model")
        self.series_box.setMinimumContentsLength(14)
        self.report_button.setToolTip("Open the report: definitions, plots, statistics, every failure")
        top = QHBoxLayout()
        top.addWidget(self.metric_box, 4)
        top.addWidget(self.series_box, 3)
        top.addWidget(self.note, 3)
        top.addWidget(self.report_button)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.table)
        parts.addWidget(scrolled(self.plot))
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(top)
        right.addWidget(parts, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.setSpacing(12)
        layout.addWidget(form)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        self.form.wanted.connect(self._start_or_stop)
        self.form.opened.connect(self._viewer.evaluating.open)
        self.metric_box.activated.connect(lambda _place: self._show_metric())
        self.series_box.activated.connect(lambda _place: self._show_values())
        self.report_button.clicked.connect(self._viewer.evaluating.show_report)
        self._viewer.evaluating.changed.connect(self.refresh)
        self.table.wanted.connect(lambda row: self._go(self.values.value(row)))
        self.plot.chosen.connect(self._go)

    def _start_or_stop(self) -> None:
        evaluating = self._viewer.evaluating
        try:
            if evaluating.is_running and evaluating.run is not None:
                evaluating.run.stop()
            else:
                evaluating.start(self.form.request(), self.form.path)
        except GxviewError as error:
            self._viewer.notices.error(str(error))

    def _show_metric(self) -> None:
        """Offer what has numbers of the chosen metric, and show them."""
        results, kind, before = (
            self._viewer.evaluating.results,
            self.metric_box.currentData(),
            self.series_box.currentData(),
        )
        names = results.series(kind) if results is not None and kind is not None else ()
        with QSignalBlocker(self.series_box):
            self.series_box.clear()
            for name in ("", *names) if names else ():
                self.series_box.addItem(name or "All methods and models", name)
            self.series_box.setCurrentIndex(max(0, self.series_box.findData(before)) if names else -1)
        self._show_values()

    def _show_values(self) -> None:
        results, kind = self._viewer.evaluating.results, self.metric_box.currentData()
        if results is None or kind is None:
            self.values.show_values([])
            self.plot.show_values([])
            self.note.set_text("")
            return
        real = results.worst_first(kind, REAL, self.series_box.currentData() or "")
        self.table.sort_by(0)
        self.values.show_values(real)
        self.plot.show_values([one for name in results.sets(kind) for one in results.worst_first(kind, name)])
        missing = sum(bool(one.reason) for one in real)
        counted = f"{len(real):,} numbers" + (f", {missing:,} missing" if missing else "")
        self.note.set_text(f"{counted}; {BETTER[kind.direction]}")
        self.metric_box.setToolTip(kind.known.definition if kind.known is not None else kind.title)

    def _go(self, value: Value) -> None:
        """Go to the place of a number, and mark it in table and plot."""
        self.plot.mark(value)
        row = self.values.row_of_value(value) if value.set == REAL else None
        if row is not None:
            self.table.show_row(row)
        if value.region is None:
            self._viewer.notices.info(f"{value.sequence} has no place on this genome.")
        elif self._viewer.model.reference is not None:
            self._viewer.show(self._viewer.evaluating.around(plus(value.region)))
