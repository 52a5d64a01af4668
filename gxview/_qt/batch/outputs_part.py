"""What is written."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QCheckBox, QGridLayout, QWidget

from gxview.job_file import Output
from gxview.viewer.batch.checks import WORDS
from gxview.viewer.batch.draft import Draft

TIPS: dict[Output, str] = {
    "bigwig": "A bigWig file of the relevance of each base, one for each model, method, target and strand",
    "score": "A bigWig file of the probability that the model gives",
    "spread": "A bigWig file of how far the phases or the models of ensembles lie apart; single models need 2 phases",
    "npz": "One-hot sequences and hypothetical contributions of the regions, as TF-MoDISco reads them",
    "h5": "The same with coordinates, as the tools of ChromBPNet read it",
    "peaks": "A BED file of the stretches with the largest relevance",
}

PLACES: dict[Output, tuple[int, int]] = {
    "bigwig": (0, 0),
    "score": (2, 0),
    "spread": (3, 0),
    "npz": (0, 1),
    "h5": (1, 1),
    "peaks": (2, 1),
}
"""Row and column of each output, the bigWig files in the first column."""


class OutputsPart(QWidget):
    """The outputs of a draft.

    Parameters
    ----------
    draft
        What is shown and changed.
    """

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.boxes: dict[Output, QCheckBox] = {}
        self.split = QCheckBox("Relevance split by sign")
        self.split.setToolTip("Write positive and negative relevance into two bigWig files")
        self.split.clicked.connect(lambda on: draft.change(split_by_sign=on))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.split, 1, 0)
        for output, tip in TIPS.items():
            self._add(grid, output, tip)
        grid.setColumnStretch(1, 1)

    def _add(self, grid: QGridLayout, output: Output, tip: str) -> None:
        row, column = PLACES[output]
        box = QCheckBox(f"{WORDS[output]} (bigWig)" if column == 0 else WORDS[output])
        box.setToolTip(tip)
        box.clicked.connect(self._tell)
        self.boxes[output] = box
        grid.addWidget(box, row, column)

    def refresh(self) -> None:
        """Show the outputs of the draft."""
        recipe = self._draft.recipe
        for output, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(output in recipe.outputs)
        with QSignalBlocker(self.split):
            self.split.setChecked(recipe.split_by_sign)
        self.split.setEnabled("bigwig" in recipe.outputs)

    def _tell(self, _on: bool) -> None:
        self._draft.change(outputs=tuple(output for output, box in self.boxes.items() if box.isChecked()))
