"""What the panels MIT, Probe, Variants and Training have alike: choices on one page, results on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.assessing.boxes import FolderBox
from gxview._qt.assessing.figure_box import FigureBox, Picture
from gxview._qt.drawing.coalesce import Coalesced
from gxview._qt.look.forms import ModelForm
from gxview._qt.look.table import Column, RowModel, RowTable
from gxview._qt.look.widgets import ElidedLabel
from gxview._qt.painters import Style
from gxview.errors import GxviewError
from gxview.viewer.assessing.assessment import Assessment
from gxview.viewer.batch.defaults import typed_path
from gxview.viewer.viewer import Viewer

R = TypeVar("R")
WIDE = 1250
"""Width from which a second plot shows."""
HEIGHT = 268
"""Height in pixels that a panel asks for: the choices fit without scrolling."""
TABLE = 760
"""Width of the table beside two plots, unless a person moves the border."""
STEPS = 1000
WORKING = "At work: the results show here when they are there."
"""What the empty table says meanwhile."""
FIELD = 250
"""Least width of a column of choices."""


class AssessPanel(QWidget):
    """Choices and results of one command.

    Parameters
    ----------
    viewer
        The window's state.
    assessment
        The command.
    style
        Colours and text.
    """

    run_title = "Run"

    def __init__(
        self, viewer: Viewer, assessment: Assessment[Any, Any], style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._style = style
        self.assessment = assessment
        self._shown: object = self
        self._moved = False
        self._offered: object = None
        self._proposed: Path | None = None
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.choices_button, self.results_button = QToolButton(), QToolButton()
        self.start_button, self.open_button = QPushButton(self.run_title), QPushButton("Open results...")
        self.status, self.error, self.bar = ElidedLabel(), QLabel(), QProgressBar()
        self.folder_box, self.extra = FolderBox("Folder of the results", self._take_folder), QWidget()
        self.folder = self.folder_box.line
        self.forms: list[ModelForm] = self.make_forms()
        self.rows: RowModel[Any] = RowModel(self.columns(), self, self.is_muted)
        self.table: RowTable[Any] = RowTable(self.rows)
        self.figures = (FigureBox(style), FigureBox(style, 1))
        self.pages = QStackedWidget()
        self._build()
        self._later = Coalesced(self.refresh, self)
        self._connect()
        self.show_page(0)
        self.set_style(style)
        self.refresh()

    # -- what each panel says

    def make_forms(self) -> list[ModelForm]:
        """Return the columns of choices."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column[Any]]:
        """Return the columns of the table."""
        raise NotImplementedError

    def is_muted(self, row: Any) -> bool:
        """Whether a row is drawn pale."""
        return False

    def buttons(self) -> Sequence[QWidget]:
        """Return further controls of the upper row."""
        return ()

    def fill(self) -> None:
        """Show the results."""
        raise NotImplementedError

    def offers(self) -> object:
        """Return what the forms offer beside models: when it is another, they are filled anew."""
        return None

    def enable(self) -> None:
        """Enable the further buttons, or say why they cannot be pressed."""

    def go(self, row: int) -> None:
        """Hear that a row of the table was chosen."""

    @property
    def content(self) -> object:
        """What `fill` shows: it is called when this is another object."""
        return self.assessment.results

    # -- showing

    def sizeHint(self) -> QSize:
        return QSize(980, HEIGHT)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        for box in self.figures:
            box.set_style(style)
        self.rows.set_pale(style.color("muted"))

    def refresh(self) -> None:
        """Show the choices, how far the work is, and the results."""
        one = self.assessment
        offered = (one.choices, tuple(self._viewer.model.offered_models.items()), self.offers())
        if offered != self._offered:
            # else what a person types just now stays
            self._offered = offered
            for form in self.forms:
                form.show_values(one.choices)
        if one.folder is None:
            one.folder = self._proposed = one.free_folder()
        if not self.folder.hasFocus():
            self.folder.setText(str(one.folder))
        self._show_state()
        if self.content is not self._shown:
            self._shown = self.content
            self.fill()
            if self.content is not None and one.results is not None:
                self.show_page(1)
        self.enable()

    def show_page(self, place: int) -> None:
        """Show the choices (0) or the results (1)."""
        self.pages.setCurrentIndex(place)
        # they are about results
        self.extra.setVisible(place == 1)
        (self.choices_button, self.results_button)[place].setChecked(True)
        self._show_state()

    def show_pictures(self, pictures: Mapping[str, Picture]) -> None:
        """Offer pictures in both boxes."""
        for box in self.figures:
            box.show_pictures(pictures)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= WIDE and self.figures[1].box.count() > 1
        self.figures[1].setVisible(wide)
        if not self._moved:
            rest = self.width() - TABLE if wide else 2 * self.width() // 5
            self.parts.setSizes([self.width() - rest, rest // (2 if wide else 1), rest // 2])

    def _show_state(self) -> None:
        one, running = self.assessment, self.assessment.is_running
        problem = "" if running else one.problem
        self.start_button.setText("Stop" if running else self.run_title)
        self.start_button.setEnabled(running or not problem)
        about = "Runs as a program of its own; the Jobs panel shows it too"
        self.start_button.setToolTip(problem or about)
        # beside results there is no need of choices
        told = one.status if running else (problem if self.pages.currentIndex() == 0 else "")
        told = told or ("" if one.failure else one.status)
        self.status.set_text(told.replace("\n", " "))
        self.bar.setVisible(running)
        if running and one.run is not None:
            job = one.run.job
            self.bar.setRange(0, STEPS if job.total else 0)
            self.bar.setValue(STEPS * job.done // max(1, job.total))
        self.table.show_hint(
            WORKING if running else f"No results yet: press {self.run_title}, or open those of before."
        )
        self.error.setText(one.failure)
        self.error.setVisible(bool(one.failure) and not running)

    # -- construction

    def _build(self) -> None:
        group = QButtonGroup(self)
        for button, text in ((self.choices_button, "Choices"), (self.results_button, "Results")):
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("role", "action")
            button.setMinimumHeight(27)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            group.addButton(button)
        self.choices_button.setChecked(True)
        self.start_button.setProperty("role", "primary")
        for push in (self.start_button, self.open_button):
            push.setAutoDefault(False)
        self.status.setProperty("role", "muted")
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(110, 6)
        self.pages.addWidget(self._choices_page())
        self.pages.addWidget(self._results_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(6)
        layout.addLayout(self._top())
        layout.addWidget(self.error)
        layout.addWidget(self.pages, 1)

    def _top(self) -> QHBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.choices_button)
        top.addWidget(self.results_button)
        top.addSpacing(6)
        top.addWidget(self.start_button)
        top.addWidget(self.bar)
        top.addWidget(self.status, 1)
        extra = QHBoxLayout(self.extra)
        extra.setContentsMargins(0, 0, 0, 0)
        for widget in self.buttons():
            extra.addWidget(widget)
        top.addWidget(self.extra)
        top.addWidget(self.open_button)
        return top

    def _choices_page(self) -> QWidget:
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(22)
        for form in self.forms:
            form.setMinimumWidth(FIELD)
            layout = form.layout()
            assert isinstance(layout, QFormLayout)
            layout.setVerticalSpacing(4)
            layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            line.addWidget(form, 1, Qt.AlignmentFlag.AlignTop)
        last = self.forms[-1].layout()
        assert isinstance(last, QFormLayout)
        self.folder.setToolTip("Folder of the results; the same choices in the same folder go on where they were")
        last.addRow("Folder", self.folder_box)
        return page

    def _results_page(self) -> QWidget:
        parts = self.parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.table)
        for box in self.figures:
            parts.addWidget(box)
        parts.setChildrenCollapsible(False)
        parts.splitterMoved.connect(lambda *_place: setattr(self, "_moved", True))
        return parts

    def _connect(self) -> None:
        model = self._viewer.model
        self.choices_button.clicked.connect(lambda: self.show_page(0))
        self.results_button.clicked.connect(lambda: self.show_page(1))
        self.start_button.clicked.connect(self.start_or_stop)
        self.open_button.clicked.connect(self._ask_results)
        self.table.wanted.connect(self.go)
        for form in self.forms:
            form.edited.connect(self._edit)
        self.assessment.changed.connect(self._later.trigger)
        model.models_changed.connect(self._later.trigger)
        model.reference_changed.connect(lambda _reference: self._propose())
        model.tracks.inserted.connect(lambda *_track: self._later.trigger())
        self._viewer.jobs.changed.connect(self._follow)

    def _propose(self) -> None:
        """Propose a folder beside another genome, unless a person chose one."""
        if self.assessment.folder == self._proposed:
            self.assessment.folder = None
        self._later.trigger()

    def _follow(self, job: object) -> None:
        run = self.assessment.run
        if run is not None and job is run.job:
            self._later.trigger()

    # -- what a person does

    def start_or_stop(self) -> None:
        """Run the command with the choices, or stop it."""
        one = self.assessment
        try:
            if one.is_running:
                one.stop()
            else:
                one.start(self._path())
                self.show_page(1)
        except GxviewError as error:
            one.failure = str(error)
        self.refresh()

    def choose(self, **changes: Any) -> None:
        """Choose something else; what makes no sense is told."""
        try:
            self.assessment.choose(**changes)
        except GxviewError as error:
            self._viewer.notices.error(str(error))
        self._later.trigger()

    def _edit(self, name: str, value: object) -> None:
        self.choose(**{name: value})

    def _take_folder(self, text: str) -> None:
        one = self.assessment
        if not one.is_running:
            before, one.folder = one.folder, typed_path(text) if text else None
            if one.folder != before:
                one.failure = ""
        self._later.trigger()

    def _path(self) -> Path:
        text = self.folder.text().strip()
        return typed_path(text) if text else self.assessment.free_folder()

    def _ask_results(self) -> None:
        title = f"Open the results of {self.assessment.title}"
        if name := QFileDialog.getExistingDirectory(self, title):
            self.open_results(Path(name))

    def open_results(self, folder: Path) -> None:
        """Read and show the results in a folder."""
        self.assessment.open(folder)


def report_button() -> QPushButton:
    """Return a button that opens the report."""
    button = QPushButton("Report")
    button.setAutoDefault(False)
    return button


def explain_disabled(button: QPushButton, on: bool, about: str, why_not: str) -> None:
    """Enable a button, or say why it cannot be pressed."""
    button.setEnabled(on)
    button.setToolTip(about if on else why_not)
