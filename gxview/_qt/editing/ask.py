"""Asks for letters of DNA: typed, pasted, or changed from those that are there."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QFontDatabase
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from gxview.viewer.editing.editing import clean

ALLOWED = set("ACGTN")


class BasesDialog(QDialog):
    """A text of bases that says how many they are, and which letters are none.

    Parameters
    ----------
    parent
        The window.
    title
        What the letters are for.
    letters
        What stands there at first.
    """

    def __init__(self, parent: QWidget, title: str, letters: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.box = QPlainTextEdit(letters)
        self.box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.box.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.box.setWordWrapMode(self.box.wordWrapMode().WrapAnywhere)
        self.box.selectAll()
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel("A, C, G, T, N; blanks, digits and FASTA headers are left out."))
        layout.addWidget(self.box, 1)
        layout.addWidget(self._count)
        layout.addWidget(self.buttons)
        self.box.textChanged.connect(self._tell)
        self._tell()
        self.resize(520, 230)

    @property
    def letters(self) -> str:
        """The letters that stand there."""
        return clean(self.box.toPlainText())

    def _tell(self) -> None:
        letters = self.letters
        strange = sorted(set(letters) - ALLOWED)
        text = f"{len(letters):,} bases" if not strange else f"'{strange[0]}' is no base."
        self._count.setText(text)
        self._count.setProperty("role", "error" if strange else "muted")
        self._count.style().polish(self._count)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not strange)


def ask_bases(parent: QWidget, title: str, letters: str) -> str | None:
    """Let the person write letters; None when they think better of it."""
    dialog = BasesDialog(parent, title, letters)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.letters if accepted else None
