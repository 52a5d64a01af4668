"""Which models explain: a card for each, and a button that adds one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from gxview._qt.batch.model_card import ModelCard
from gxview.viewer.batch.draft import Draft
from gxview.viewer.viewer_model import ViewerModel


class ModelsPart(QWidget):
    """The models of a draft; whoever shows it finds a place for `add_button` that stays in sight.

    Parameters
    ----------
    draft
        What is shown and changed.
    model
        Knows which models there are.
    """

    problem = Signal(str)

    def __init__(self, draft: Draft, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._model = model
        self.cards: list[ModelCard] = []
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self._empty = QLabel("No model yet. Every method with every target on every strand becomes a track.")
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add_button = QPushButton("Add model")
        self.add_button.setToolTip("Explain with one more model, by name or from a folder")
        self.add_button.setAutoDefault(False)
        self.add_button.setMenu(self.menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._empty)
        layout.addLayout(self._cards)
        layout.addStretch(1)

    def refresh(self) -> None:
        """Show the models of the draft."""
        models = self._draft.recipe.models
        while len(self.cards) < len(models):
            self._add_card(len(self.cards))
        while len(self.cards) > len(models):
            card = self.cards.pop()
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        for card, choice in zip(self.cards, models, strict=True):
            name = self._model.known_models.get(choice.model) or Path(choice.model).name or choice.model
            failure = self._model.failed_models.get(choice.model, "")
            card.show_choice(name, choice, self._draft.info(choice), failure)
        self._empty.setVisible(not models)

    def _add_card(self, place: int) -> None:
        card = ModelCard()
        card.edited.connect(partial(self._edit, place))
        card.removed.connect(partial(self._draft.remove_model, place))
        self.cards.append(card)
        self._cards.addWidget(card)

    def _edit(self, place: int, field: str, values: tuple[Any, ...]) -> None:
        self._draft.choose(place, **{field: values})

    def _fill_menu(self) -> None:
        self.menu.clear()
        used = {choice.model for choice in self._draft.recipe.models}
        for key, name in self._model.offered_models.items():
            if key not in used:
                self.menu.addAction(name.replace("&", "&&"), partial(self._draft.add_model, key))
        self.menu.addSeparator()
        self.menu.addAction("From a folder...", self._ask)

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open the folder of a model")
        if name:
            self._draft.add_model(name)
