"""What the window asks about sessions: where missing files are, whether to save, whether to restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.look.widgets import ElidedLabel
from gxview.viewer.sessions.content import Missing
from gxview.viewer.sessions.file import SUFFIX
from gxview.viewer.sessions.paths import found_with, is_missing

Choice: TypeAlias = Literal["save", "discard", "cancel"]
SESSIONS = f"gxview session (*{SUFFIX})"
OPENED = f"Sessions (*{SUFFIX} *.json *.xml);;All files (*)"
KINDS = {"genome": "Genome", "names": "Chromosome names", "track": "Track", "model": "Model"}


def ask_session(parent: QWidget) -> Path | None:
    """Let the person choose a session of gxview or IGV."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open session", "", OPENED)
    return Path(name) if name else None


def ask_session_file(parent: QWidget, before: Path | None, folder: Path) -> Path | None:
    """Let the person name a file for the session, beginning with the one it has, or with a new one in a folder."""
    dialog = QFileDialog(parent, "Save session", str(before.parent if before else folder), SESSIONS)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(SUFFIX[1:])
    dialog.selectFile(before.name if before else f"session{SUFFIX}")
    chosen = dialog.selectedFiles() if dialog.exec() else []
    return Path(chosen[0]) if chosen else None


def ask_to_save(parent: QWidget, name: str) -> Choice:
    """Ask whether the changes of a session are saved before they are lost."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(parent)
    box.setWindowTitle("Session")
    box.setText(f"Save the changes of the session '{name}'?")
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    answer = box.exec()
    return "save" if answer == buttons.Save else "discard" if answer == buttons.Discard else "cancel"


class MissingFiles(QDialog):
    """Lists the missing files of a session, each with a way to locate it.

    Parameters
    ----------
    missing
        The files.
    answer
        Called once with the new places of those that were located, or with None when the session shall not open.
    """

    def __init__(
        self, missing: Sequence[Missing], answer: Callable[[Mapping[str, str] | None], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Missing files")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._missing = missing
        self._answer = answer
        self.places: dict[str, str] = {}
        self.buttons: list[QPushButton] = []
        self._states: list[ElidedLabel] = []
        self._build()
        self.finished.connect(self._finish)
        self.resize(720, min(130 + 54 * len(missing), 560))
        self._show()

    def locate(self, row: int) -> None:
        """Let the person say where a file is; files that moved with it are found, too."""
        one = self._missing[row]
        folder = next((str(path) for path in Path(one.path).parents if path.exists()), "")
        title = f"Locate {Path(one.path).name}"
        if one.what == "model":
            name = QFileDialog.getExistingDirectory(self, title, folder)
        else:
            name, _ = QFileDialog.getOpenFileName(self, title, folder)
        if name:
            self.set_place(row, name)

    def set_place(self, row: int, place: str) -> None:
        """Note where a file is, and look for the others beside it."""
        old = self._missing[row].path
        others = [one.path for one in self._missing if one.path not in self.places and one.path != old]
        self.places |= {old: place, **found_with(old, place, others)}
        self._show()

    def _build(self) -> None:
        inner = QWidget()
        inner.setObjectName("panel")
        grid = QGridLayout(inner)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, one in enumerate(self._missing):
            self._add_row(grid, row, one)
        grid.setRowStretch(2 * len(self._missing), 1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = QPushButton()
        self.open_button.setProperty("role", "primary")
        self.open_button.setDefault(True)
        self._buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        text = QLabel("These files of the session are not where they were. What is not located is left out.")
        text.setWordWrap(True)
        layout.addWidget(text)
        layout.addWidget(area, 1)
        layout.addWidget(self._buttons)

    def _add_row(self, grid: QGridLayout, row: int, one: Missing) -> None:
        kind, name, state = QLabel(KINDS[one.what]), ElidedLabel(), ElidedLabel()
        kind.setProperty("role", "muted")
        state.setProperty("role", "muted")
        users = ", ".join(user for user in one.used_by if user != Path(one.path).name)
        name.set_text(Path(one.path).name + (f"   ({users})" if users else ""))
        button = QPushButton("Locate...")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.locate(row))
        grid.addWidget(kind, 2 * row, 0)
        grid.addWidget(name, 2 * row, 1)
        grid.addWidget(state, 2 * row + 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(button, 2 * row, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setRowMinimumHeight(2 * row + 1, 32)
        self._states.append(state)
        self.buttons.append(button)

    def _show(self) -> None:
        for one, state in zip(self._missing, self._states, strict=True):
            place = self.places.get(one.path)
            state.set_text(f"Found: {place}" if place else _why(one.path))
        left = len(self._missing) - len(self.places)
        self.open_button.setText(f"Open without {left} of them" if left and self.places else "Open without them")
        if not left:
            self.open_button.setText("Open")

    def _finish(self, result: int) -> None:
        self._answer(self.places if result == QDialog.DialogCode.Accepted else None)


def _why(path: str) -> str:
    if not is_missing(path):
        return f"Cannot be opened: {path}"
    return f"Not in {Path(path).parent}"


class RestoreBar(QFrame):
    """A line above the tracks that offers what a crash left; it takes no focus.

    Parameters
    ----------
    text
        The question.
    restore, discard
        Called when a button is pressed; the bar goes.
    """

    def __init__(self, text: str, restore: Callable[[], None], discard: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.restore_button, self.discard_button = QPushButton("Restore"), QPushButton("Discard")
        self.restore_button.setProperty("role", "primary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        question = ElidedLabel(text)
        layout.addWidget(question, 1)
        for button, act in ((self.restore_button, restore), (self.discard_button, discard)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _on=False, act=act: self._press(act))
            layout.addWidget(button)

    def _press(self, act: Callable[[], None]) -> None:
        self.hide()
        self.deleteLater()
        act()
