"""The dialog of a batch export: where, what, how, which files; what it will take; and the button that starts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.batch.estimate_line import EstimateLine
from gxview._qt.batch.models_part import ModelsPart
from gxview._qt.batch.outputs_part import OutputsPart
from gxview._qt.batch.places_part import PlacesPart
from gxview._qt.batch.rules_part import RulesPart
from gxview._qt.drawing.coalesce import Coalesced
from gxview.errors import GxviewError
from gxview.job_file import NAME
from gxview.viewer.viewer import Viewer

JOBS = "Job files (*.json);;All files (*)"
SIZE = (960, 660)
MARGIN = 36
"""Pixels of the window that show around the dialog."""


class BatchDialog(QDialog):
    """Lets a person make and start a batch export.

    `started` tells that one was started; the dialog goes.

    Parameters
    ----------
    viewer
        What the window shows: what the choices begin with.
    """

    started = Signal()

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.draft = viewer.new_batch()
        self.setWindowTitle("Batch export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._again = Coalesced(self.refresh, self)
        self._build()
        self.draft.changed.connect(self._on_change)
        self.finished.connect(lambda _code: self._close())
        self.refresh()
        room = parent.size() if parent is not None else QSize(*SIZE)
        self.resize(QSize(*SIZE).boundedTo(room - QSize(MARGIN, MARGIN)))

    # -- construction

    def _build(self) -> None:
        model = self._viewer.model
        self.places, self.models = PlacesPart(self.draft), ModelsPart(self.draft, model)
        self.rules, self.outputs = RulesPart(self.draft, model), OutputsPart(self.draft)
        self.estimate = EstimateLine(self._viewer.batch, self.draft)
        columns = QHBoxLayout()
        columns.setSpacing(1)
        columns.addWidget(_column(("Where", self.places), ("How", self.rules)), 9)
        right = QVBoxLayout()
        right.setSpacing(0)
        # however many models there are, all but them stays in sight
        right.addWidget(_head("What", self.models.add_button))
        right.addWidget(_column(("", self.models)), 1)
        right.addWidget(_panel(("Outputs", self.outputs)))
        columns.addLayout(right, 10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(columns, 1)
        layout.addWidget(self._bottom())

    def _bottom(self) -> QWidget:
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "warning")
        bottom = QFrame()
        bottom.setObjectName("bottom")
        column = QVBoxLayout(bottom)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        column.addLayout(self._folder_row())
        column.addWidget(self.problem)
        column.addWidget(self.estimate)
        column.addLayout(self._buttons())
        return bottom

    def _folder_row(self) -> QHBoxLayout:
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("Folder of the results; it is made if need be")
        self.folder.setToolTip("The results, and all that is needed to go on after a break, go here")
        self.folder.textEdited.connect(self._type_folder)
        label = QLabel("Folder")
        label.setBuddy(self.folder)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.folder, 1)
        row.addWidget(_button("Browse...", self._ask_folder, "Choose the folder of the results"))
        return row

    def _buttons(self) -> QHBoxLayout:
        self.open_button = _button("Open job file...", self._ask_open, "Take all choices from a job file")
        self.save_button = _button(
            "Save job file...", self._ask_save, "For gxview export --job FILE, here or elsewhere"
        )
        self.start_button = _button("Start", self.start, "Export in the background; the Jobs panel shows how far it is")
        self.start_button.setProperty("role", "primary")
        self.start_button.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.open_button)
        row.addWidget(self.save_button)
        row.addStretch(1)
        for button in (self.estimate.button, _button("Close", self.close), self.start_button):
            row.addWidget(button)
        return row

    # -- what shows

    def _on_change(self) -> None:
        self._again.trigger()

    def refresh(self) -> None:
        """Show the choices, and what is wrong with them."""
        for part in (self.places, self.models, self.rules, self.outputs):
            part.refresh()
        folder = self.draft.recipe.folder
        if folder != _typed(self.folder.text()):
            self.folder.setText(str(folder) if folder is not None else "")
        problems = self.draft.problems()
        self._say(problems[0] if problems else "")
        self.estimate.refresh(not problems)
        self.start_button.setEnabled(not problems)
        begun = not problems and self.draft.is_begun
        self.start_button.setText("Resume" if begun else "Start")
        self.save_button.setEnabled(self.draft.recipe.genome is not None and bool(self.draft.recipe.models))

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    # -- what a person does

    def start(self) -> None:
        """Start the export, or go on with it; what prevents it is told and the dialog stays."""
        folder = self.draft.recipe.folder
        if folder is not None and self._tried(lambda: self._viewer.batch.start(self.draft.job(), folder)):
            self.started.emit()
            self.accept()

    def open_job(self, path: Path) -> None:
        """Take the choices of a job file."""
        if self._tried(lambda: self.draft.open(path)):
            self.refresh()

    def save_job(self, path: Path) -> None:
        """Write the choices as a job file."""
        if self._tried(lambda: self.draft.save(path)):
            self._viewer.notices.info(f"Wrote {path.name}.")

    def _tried(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except GxviewError as error:
            self._say(str(error))
            return False
        return True

    def _type_folder(self, text: str) -> None:
        self.draft.change(folder=_typed(text))

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of the results", str(self.draft.recipe.folder or ""))
        if name:
            self.draft.change(folder=Path(name))

    def _ask_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open job file", "", JOBS)
        if name:
            self.open_job(Path(name))

    def _ask_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save job file", NAME, JOBS)
        if name:
            path = Path(name)
            self.save_job(path if path.suffix else path.with_suffix(".json"))

    def _close(self) -> None:
        self._again.cancel()
        self.draft.changed.disconnect(self._on_change, missing_ok=True)
        self.estimate.stop()
        self.draft.close()


def _typed(text: str) -> Path | None:
    return Path(text.strip()).expanduser().absolute() if text.strip() else None


def _head(title: str, button: QPushButton) -> QWidget:
    inner = QWidget()
    inner.setObjectName("panel")
    row = QHBoxLayout(inner)
    row.setContentsMargins(16, 8, 16, 8)
    row.addWidget(_heading(title))
    row.addStretch(1)
    row.addWidget(button)
    return inner


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label


def _panel(*parts: tuple[str, QWidget]) -> QWidget:
    inner = QWidget()
    inner.setObjectName("panel")
    column = QVBoxLayout(inner)
    column.setContentsMargins(16, 12 if parts[0][0] else 0, 16, 6)
    column.setSpacing(8)
    for title, part in parts:
        if title:
            column.addWidget(_heading(title))
        column.addWidget(part)
        column.addSpacing(8)
    column.addStretch(1)
    return inner


def _column(*parts: tuple[str, QWidget]) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(_panel(*parts))
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _button(text: str, call: Callable[[], object], tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    button.clicked.connect(lambda _checked: call())
    return button
