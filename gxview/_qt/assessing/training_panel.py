"""The Training panel: what is trained on what; the learning curves while they grow; the models that came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from gxview._qt.assessing.boxes import TABLES, model_box, path_box
from gxview._qt.assessing.figure_box import Picture
from gxview._qt.assessing.panel import AssessPanel, explain_disabled
from gxview._qt.look.forms import ModelForm
from gxview._qt.look.table import RIGHT, UNSORTED, Column, number_column
from gxview._qt.painters import Style
from gxview.viewer.assessing.choices import TrainChoices
from gxview.viewer.assessing.training import BEST, LOSS, Pass, Trained, measure_words
from gxview.viewer.viewer import Viewer


class TrainingPanel(AssessPanel):
    """Trains models.

    Parameters
    ----------
    viewer, style
        See `AssessPanel`.
    """

    run_title = "Train"

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        self._assess = viewer.assess.train
        self.model_button, self.card_button = QPushButton("Open model"), QPushButton("Model card")
        for button in (self.model_button, self.card_button):
            button.setAutoDefault(False)
        super().__init__(viewer, viewer.assess.train, style, parent)
        self.model_button.clicked.connect(self.open_model)
        self.card_button.clicked.connect(self.show_card)

    def make_forms(self) -> list[ModelForm]:
        others = {
            "start_from": model_box(self._viewer.model, "Random weights"),
            "data": path_box("Table to train on", TABLES, "Choose a table"),
            "validation": path_box("Table for validation", TABLES, "A tenth of the data"),
            "test": path_box("Table for the final test", TABLES, "None"),
        }
        choices = {
            "kind": [("CNN", "cnn"), ("DNABERT-2", "dnabert2")],
            "mode": [("All", "full"), ("LoRA, merged at the end", "lora")],
            "task": [
                ("Classes", "classification"),
                ("Numbers (regression)", "regression"),
                ("Several labels", "multi-label"),
            ],
        }
        fields = (
            ("data", "validation", "test", "kind", "start_from", "mode"),
            ("epochs", "batch_size", "learning_rate", "patience", "balanced", "reverse_complement"),
            ("task", "labels", "folds", "ensemble", "seed"),
        )
        return [ModelForm(TrainChoices, names, choices, others) for names in fields]

    def columns(self) -> Sequence[Column[Pass]]:
        shown = self._assess.shown
        folds = any(one.fold is not None for one in shown.passes)
        about = "Fold, or member of an ensemble"
        fold = [Column[Pass]("Model", lambda row: str(row.fold or ""), lambda row: row.fold or 0, RIGHT, 54, about)]
        return (
            *(fold if folds else ()),
            Column(
                "Epoch",
                lambda row: f"{BEST} {row.epoch}" if row.best else str(row.epoch),
                lambda row: row.epoch,
                RIGHT,
                66,
            ),
            number_column("Loss", lambda row: row.train_loss, 70, "Of training"),
            number_column("Validation", lambda row: row.validation_loss, 76, "Loss of validation"),
            *(number_column(measure_words(name), partial(_measure, name), 78) for name in shown.measures),
        )

    def is_muted(self, row: Pass) -> bool:
        return row.phase == "pretrain"

    def buttons(self) -> Sequence[QWidget]:
        return (self.model_button, self.card_button)

    @property
    def content(self) -> object:
        return self._assess.content

    def enable(self) -> None:
        results = self._assess.results
        there = results is not None and results.folder is not None
        about = "Add the model to the known ones, and a track of its relevance"
        explain_disabled(self.model_button, there, about, "There is no trained model yet")
        card = results is not None and results.card is not None
        explain_disabled(
            self.card_button, card, "What the model is, its measures and limits", "There is no model card yet"
        )

    def fill(self) -> None:
        shown = self._assess.shown
        self.rows.show_rows(shown.passes, self.columns())
        self.table.sort_by(UNSORTED)
        if shown.passes:
            self.table.scrollToBottom()
        self.show_pictures(curves(shown))

    def open_model(self) -> None:
        """Add the trained model, or several as one, with a track of its relevance."""
        results = self._assess.results
        if results is not None and results.folder is not None:
            self._viewer.opener.open_model(results.folder)

    def show_card(self) -> None:
        """Show the model card."""
        results = self._assess.results
        if results is not None and results.card is not None:
            CardWindow(results.card, self).show()


def _measure(name: str, row: Pass) -> float:
    return row.measures.get(name, math.nan)


def curves(shown: Trained) -> dict[str, Picture]:
    """Return the learning curves: of the loss, and of each measure."""
    if not shown.passes:
        return {}
    return {name if name == LOSS else measure_words(name): shown.plot(name) for name in (LOSS, *shown.measures)}


class CardWindow(QDialog):
    """A model card.

    Parameters
    ----------
    path
        Its file (Markdown).
    """

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Model card: {path.parent.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = QTextBrowser()
        # the card of several models leads to the card of each
        self.page.setSearchPaths([str(path.parent)])
        self.page.setOpenExternalLinks(True)
        text = path.read_text("utf-8")
        # what stands between the dashes is for machines
        self.page.setMarkdown(text.split("\n---\n", 1)[1] if text.startswith("---\n") and "\n---\n" in text else text)
        self.page.document().setDocumentMargin(18)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page)
        layout.addWidget(buttons)
        self.resize(720, 640)
