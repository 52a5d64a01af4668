"""What an export will take: a button that measures it, and the answer."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gxview.errors import GxviewError
from gxview.viewer.batch.draft import Draft
from gxview.viewer.batch.exports import BatchExports
from gxview.viewer.batch.recipe import Recipe
from gxview.viewer.batch.words import estimate_warnings, estimate_words
from gxview.viewer.work.workers import Outcome


class EstimateLine(QWidget):
    """Asks for the estimate of a draft; another choice makes it void.

    Parameters
    ----------
    exports
        Measures.
    draft
        What is estimated.
    """

    def __init__(self, exports: BatchExports, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exports = exports
        self._draft = draft
        self._of: Recipe | None = None
        self._end: Callable[[], None] | None = None
        self._able = True
        self.answer, self.warnings = QLabel(), QLabel()
        self.warnings.setProperty("role", "warning")
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.setToolTip("Compute a few windows to tell how long it will take and how much disk it needs")
        self.button.clicked.connect(lambda _checked: self._press())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for label in (self.answer, self.warnings):
            label.setWordWrap(True)
            layout.addWidget(label)
        self._show("")

    def refresh(self, able: bool) -> None:
        """Forget an answer to other choices; `able` says whether these can be estimated."""
        self._able = able
        if self._of is not None and self._of != self._draft.recipe:
            self.stop()
            self._of = None
            self._show("")
        self._show_button()

    def stop(self) -> None:
        """Measure no more."""
        if self._end is not None:
            self._end()
            self._end = None
        self._show_button()

    def _press(self) -> None:
        if self._end is not None:
            self.stop()
            self._show("")
            return
        folder = self._draft.recipe.folder
        if folder is None:
            return
        self._of = self._draft.recipe
        self._show("Loading the models and measuring a few windows...")
        try:
            self._end = self._exports.estimate(self._draft.job(), folder, self._done)
        except GxviewError as error:
            self._show("", str(error))
        self._show_button()

    def _done(self, outcome: Outcome) -> None:
        self._end = None
        if outcome.ok:
            self._show(estimate_words(outcome.value), "\n".join(estimate_warnings(outcome.value)))
        else:
            self._show("", outcome.error)
        self._show_button()

    def _show(self, answer: str, warnings: str = "") -> None:
        self.answer.setText(answer)
        self.answer.setVisible(bool(answer))
        self.warnings.setText(warnings)
        self.warnings.setVisible(bool(warnings))
        self.setVisible(bool(answer or warnings))

    def _show_button(self) -> None:
        self.button.setText("Stop measuring" if self._end is not None else "Estimate")
        self.button.setEnabled(self._able or self._end is not None)
