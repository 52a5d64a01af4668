"""What is evaluated: which places, models, methods and metrics, and where the results go."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gxview._qt.batch.check_list import CheckList
from gxview._qt.look.widgets import Combo, ElidedLabel
from gxview.errors import GxviewError
from gxview.measures.registry import FAMILIES
from gxview.viewer.batch.defaults import typed_path
from gxview.viewer.evaluating.request import Places, Request, Subject
from gxview.viewer.viewer import Viewer
from gxview.words import counted

PLACES: dict[Places, str] = {
    "visible": "What is on screen",
    "regions": "Table of regions",
    "file": "BED file...",
}
EVALUATED = ("similarity", "concentration", "faithfulness", "localisation", "stability", "sanity")
"""Families of metrics that can be chosen."""
QUICK = ("similarity", "concentration", "faithfulness")
REGIONS = "Regions (*.bed *.bed.gz *.narrowPeak *.broadPeak *.narrowPeak.gz *.broadPeak.gz *.tsv);;All files (*)"


class EvaluateForm(QWidget):
    """The choices of an evaluation.

    `wanted` tells that the person pressed the button that starts or stops, `opened` that results were chosen.

    Parameters
    ----------
    viewer
        What is evaluated.
    """

    wanted = Signal()
    opened = Signal(Path)

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._file: Path | None = None
        self._proposed = ""
        self.places = Combo()
        for key, words in PLACES.items():
            self.places.addItem(words, key)
        self.models, self.methods, self.families = (CheckList(2) for _ in range(3))
        for box, name in ((self.models, "Models"), (self.methods, "Methods"), (self.families, "Metrics")):
            box.setAccessibleName(name)
        self.folder = QLineEdit()
        self.count = ElidedLabel()
        self.count.setProperty("role", "muted")
        self.start_button, self.open_button = QPushButton("Evaluate"), QPushButton("Open results...")
        self.start_button.setProperty("role", "primary")
        self.families.show_items({name: FAMILIES[name] for name in EVALUATED}, QUICK)
        self._build()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Offer the models that are loaded and their methods; what is checked stays so."""
        models = self._viewer.evaluating.models
        shown = {track.options.model for track in self._viewer.model.tracks.relevance()}
        checked = set(self.models.checked) or shown
        self.models.show_items({key: info.name for key, info in models.items()}, checked)
        methods = {one.name: one.label for key in self.models.checked for one in models[key].methods}
        self.methods.show_items(methods, self.methods.checked)
        if not self.folder.text():
            self._proposed = str(self._viewer.evaluating.free_folder())
            self.folder.setText(self._proposed)
        self.refresh_count()

    @property
    def path(self) -> Path:
        """The folder of the results."""
        text = self.folder.text().strip()
        return typed_path(text) if text else self._viewer.evaluating.free_folder()

    def refresh_count(self) -> None:
        """Say how many sequences the choice has, or why it has none."""
        try:
            subjects = self.subjects()
            length = subjects[0].region.length if subjects else 0
            found = f"{counted(len(subjects), 'sequence')} of {length:,} bp"
            text = found if subjects else "No region has room for a window"
        except GxviewError as error:
            subjects, text = [], str(error)
        self.count.set_text(text)
        running = self._viewer.evaluating.is_running
        self.start_button.setText("Stop" if running else "Evaluate")
        self.start_button.setEnabled(running or bool(subjects))

    def subjects(self) -> list[Subject]:
        """Return the sequences of the choice.

        Raises
        ------
        GxviewError
            See `Evaluating.subjects`.
        """
        return self._viewer.evaluating.subjects(self.places.currentData(), self._file, self.models.checked)

    def request(self) -> Request:
        """Return what is to be evaluated.

        Raises
        ------
        GxviewError
            See `Evaluating.subjects`.
        """
        models = self._viewer.evaluating.models
        methods = {key: {one.name for one in models[key].methods} for key in self.models.checked}
        chosen = tuple(
            (key, tuple(name for name in self.methods.checked if name in methods[key])) for key in self.models.checked
        )
        return Request(
            subjects=tuple(self.subjects()),
            models=self.models.checked,
            methods=chosen,
            families=self.families.checked,
            device=self._viewer.model.settings.device,
        )

    def _build(self) -> None:
        self.start_button.setToolTip("Runs as a program of its own; the Jobs panel shows it")
        self.methods.setToolTip("None checked: the usual set of each model")
        self.folder.setToolTip("Folder of the results; the same choices in the same folder go on where they were")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(5)
        for text, part in (
            ("Regions", self.places),
            ("", self.count),
            ("Models", self.models),
            ("Methods", self.methods),
            ("Metrics", self.families),
            ("Folder", self.folder),
        ):
            form.addRow(text, part)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start_button, 1)
        buttons.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(form)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def _connect(self) -> None:
        model = self._viewer.model
        self.places.activated.connect(lambda _place: self._choose_places())
        self.models.edited.connect(lambda _checked: self.refresh())
        self.start_button.clicked.connect(lambda: self.wanted.emit())
        self.open_button.clicked.connect(self._open)
        model.models_changed.connect(self.refresh)
        model.loci.moved.connect(lambda _view: self.refresh_count())
        model.regions.changed.connect(self.refresh_count)
        model.reference_changed.connect(lambda _reference: self._on_reference())
        self._viewer.evaluating.changed.connect(self.refresh_count)

    def _on_reference(self) -> None:
        if self.folder.text() == self._proposed:
            # beside another genome, unless a person chose one
            self.folder.clear()
        self.refresh()

    def _choose_places(self) -> None:
        if self.places.currentData() == "file":
            name, _ = QFileDialog.getOpenFileName(self, "Regions to evaluate", "", REGIONS)
            self._file = Path(name) if name else None
            self.places.setItemText(self.places.currentIndex(), self._file.name if self._file else PLACES["file"])
        self.refresh_count()

    def _open(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open the folder of an evaluation")
        if name:
            self.opened.emit(Path(name))
