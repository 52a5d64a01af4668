"""What is explained: the genome, chromosomes, the window's regions, files of regions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gxview._qt.batch.check_list import CheckList
from gxview._qt.batch.file_list import FileList
from gxview._qt.look.widgets import ElidedLabel
from gxview.viewer.batch.draft import Draft
from gxview.viewer.batch.recipe import Recipe
from gxview.viewer.batch.surveys import Survey
from gxview.viewer.work.progress import amount_words
from gxview.words import counted

REGIONS = "Regions (*.bed *.bed.gz *.narrowPeak *.broadPeak *.narrowPeak.gz *.broadPeak.gz *.tsv);;All files (*)"
LISTED = 2000
"""Sequences that are listed at once; the filter finds the others."""
INDENT = 16
"""Pixels by which the chromosomes stand below the genome."""
FILTER_FROM = 8
"""Sequences from which a filter is worth its place."""


class PlacesPart(QWidget):
    """The places of a draft; all that is checked counts.

    Parameters
    ----------
    draft
        What is shown and changed.
    """

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.genome = ElidedLabel()
        self.genome.setProperty("role", "muted")
        self.whole, self.table, self.view, self.typed = (QCheckBox() for _ in range(4))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a chromosome")
        self.filter.setClearButtonEnabled(True)
        self.chromosomes = CheckList(5)
        self.chromosomes.setAccessibleName("Chromosomes")
        self.files = FileList()
        self.add_button, self.remove_button = QPushButton("Add BED files..."), QPushButton("Remove")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.add_button.setToolTip("BED, narrowPeak, broadPeak, or a table of regions; plain or gzip")
        self.typed.setToolTip("Regions that the opened job file names")
        buttons = QHBoxLayout()
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        names = QVBoxLayout()
        names.setContentsMargins(INDENT, 0, 0, 0)
        names.setSpacing(4)
        names.addWidget(self.filter)
        names.addWidget(self.chromosomes)
        layout.addWidget(self.genome)
        layout.addWidget(self.whole)
        layout.addLayout(names)
        for part in (self.table, self.view, self.typed, self.files):
            layout.addWidget(part)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        draft = self._draft
        self.whole.clicked.connect(lambda on: draft.change(whole_genome=on))
        self.table.clicked.connect(lambda on: draft.change(table=on))
        self.view.clicked.connect(lambda on: draft.change(view=on))
        self.typed.clicked.connect(lambda _on: draft.change(regions=()))
        self.filter.textChanged.connect(lambda _text: self._show_chromosomes(draft.recipe))
        self.chromosomes.edited.connect(self._choose)
        self.add_button.clicked.connect(self._ask)
        self.remove_button.clicked.connect(self._remove)
        self.files.delete_wanted.connect(self._remove)
        self.files.itemSelectionChanged.connect(self._show_buttons)

    def refresh(self) -> None:
        """Show the places of the draft."""
        recipe, now = self._draft.recipe, self._draft.situation
        mine = self._draft.is_of_window
        sizes = now.reference.sizes if mine and now.reference is not None else {}
        about = f"{counted(len(sizes), 'sequence')}, {amount_words(sum(sizes.values()), 'bp')}" if sizes else ""
        name = recipe.genome.name if recipe.genome is not None else "No genome is open"
        self.genome.set_text(f"{name}   {about}".rstrip())
        self._show(self.whole, "Whole genome", recipe.whole_genome, recipe.genome is not None)
        rows = f"Table of regions ({len(now.rows):,})"
        self._show(self.table, rows, recipe.table, mine and (bool(now.rows) or recipe.table))
        where = f"Visible region ({now.view})" if now.view is not None else "Visible region"
        self._show(self.view, where, recipe.view, mine and now.view is not None)
        self._show(self.typed, f"{counted(len(recipe.regions), 'region')} of the job file", bool(recipe.regions), True)
        self.typed.setVisible(bool(recipe.regions))
        self._show_chromosomes(recipe)
        self.files.show_lines({path: _file_line(path, now.survey) for path in recipe.files})
        self._show_buttons()

    def _show(self, box: QCheckBox, text: str, on: bool, enabled: bool) -> None:
        with QSignalBlocker(box):
            box.setText(text.replace("&", "&&"))
            box.setChecked(on)
            box.setEnabled(enabled)

    def _show_chromosomes(self, recipe: Recipe) -> None:
        reference = self._draft.situation.reference
        known = reference.names if self._draft.is_of_window and reference is not None else recipe.chromosomes
        wanted = self.filter.text().strip().casefold()
        names = [name for name in known if wanted in name.casefold()][:LISTED]
        self.chromosomes.show_items(
            {name: name for name in names}, known if recipe.whole_genome else recipe.chromosomes
        )
        self.chromosomes.setEnabled(not recipe.whole_genome)
        self.filter.setVisible(len(known) >= FILTER_FROM)
        self.filter.setEnabled(not recipe.whole_genome)
        self.chromosomes.setVisible(bool(known))

    def _show_buttons(self) -> None:
        self.remove_button.setVisible(self.files.count() > 0)
        self.remove_button.setEnabled(bool(self.files.selectedItems()))

    def _choose(self, checked: tuple[str, ...]) -> None:
        """Take what is checked; what the filter hides stays as it was."""
        shown = {self.chromosomes.item(place).text() for place in range(self.chromosomes.count())}
        kept = [name for name in self._draft.recipe.chromosomes if name not in shown]
        self._draft.change(chromosomes=(*kept, *checked))

    def _ask(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Add files of regions", "", REGIONS)
        if names:
            files = (*self._draft.recipe.files, *(Path(name) for name in names))
            self._draft.change(files=tuple(dict.fromkeys(files)))

    def _remove(self) -> None:
        gone = self.files.chosen
        self._draft.change(files=tuple(path for path in self._draft.recipe.files if path not in gone))


def _file_line(path: Path, survey: Callable[[Path], Survey | None]) -> str:
    """Say what a file of regions holds."""
    found = survey(path)
    if found is None:
        return f"{path.name}: counting..."
    if found.error:
        return found.error
    length = f" of {found.length:,} bp" if found.length is not None else ""
    broken = f", {counted(found.broken, 'line')} that cannot be read" if found.broken else ""
    return f"{path.name}: {counted(found.regions, 'region')}{length}{broken}"
