"""Controls of the forms of these panels: a file, things to check, a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QPainter, QPaintEvent, QPalette
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from gxview._qt.batch.check_list import MARGIN, ROW, CheckList
from gxview._qt.look.forms import Tell
from gxview._qt.look.widgets import Combo
from gxview.viewer.viewer_model import ViewerModel

TABLES = "Tables (*.csv *.tsv *.csv.gz *.tsv.gz *.txt);;All files (*)"
SEQUENCES = "Sequences (*.fa *.fasta *.fa.gz *.csv *.tsv *.csv.gz);;All files (*)"
VARIANTS = "Variants (*.vcf *.vcf.gz *.vcf.bgz *.bcf);;All files (*)"
OTHER = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for a folder to be chosen among the models."""


class PathBox(QWidget):
    """A file: typed, or chosen with the button.

    Parameters
    ----------
    title
        Of the dialog.
    kinds
        Filter of the dialog.
    none
        Written where there is none.
    tell
        Gets what a person chose.
    """

    def __init__(self, title: str, kinds: str, none: str, tell: Tell) -> None:
        super().__init__()
        self._title, self._kinds, self._tell = title, kinds, tell
        self.line = QLineEdit()
        self.line.setPlaceholderText(none)
        self.line.setAccessibleName(title)
        self.button = QPushButton("\N{HORIZONTAL ELLIPSIS}")
        self.button.setFixedWidth(32)
        self.button.setProperty("role", "small")
        self.button.setAutoDefault(False)
        self.button.setAccessibleName(f"Choose: {title}")
        self.button.setToolTip(f"Choose: {title}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(lambda: tell(self.line.text().strip()))
        self.button.clicked.connect(self._ask)

    def show_path(self, text: str) -> None:
        """Show a file, unless a person types one just now."""
        typing = self.line.hasFocus() and self.line.isModified()
        if text != self.line.text() and not typing:
            self.line.setText(text)
        self.line.setToolTip(text)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._title, str(Path(self.line.text()).parent), self._kinds)
        if name:
            self._tell(name)


class FolderBox(PathBox):
    """A folder for results: typed, or chosen with the button.

    Parameters
    ----------
    title
        What goes there.
    tell
        Gets what a person chose.
    """

    def __init__(self, title: str, tell: Tell) -> None:
        super().__init__(title, "", "A new one", tell)

    def _ask(self) -> None:
        near = next((str(one) for one in Path(self.line.text()).parents if one.is_dir()), "")
        if name := QFileDialog.getExistingDirectory(self, self._title, near):
            self.line.setText(name)
            self._tell(name)


def path_box(title: str, kinds: str, none: str) -> Callable[[Tell], tuple[QWidget, Tell]]:
    """Return what makes a `PathBox` for a form."""

    def make(tell: Tell) -> tuple[QWidget, Tell]:
        box = PathBox(title, kinds, none, tell)
        return box, box.show_path

    return make


class HintedChecks(CheckList):
    """Things to check that says why there are none.

    Parameters
    ----------
    lines
        Lines that show at once.
    hint
        Why there are none.
    """

    def __init__(self, lines: int, hint: str) -> None:
        super().__init__(lines)
        self._hint = hint

    def show_items(self, items: Mapping[Any, str], checked: Collection[Any]) -> None:
        super().show_items(items, checked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if items else Qt.FocusPolicy.NoFocus)
        if not items:
            self.setFixedHeight(ROW + MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(2, 0, -2, 0)
            text = self.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            painter.end()


def checks(
    lines: int, items: Callable[[], Mapping[str, str]], hint: str = ""
) -> Callable[[Tell], tuple[CheckList, Tell]]:
    """Return what makes a list of things to check; `items` are asked whenever values are shown."""

    def make(tell: Tell) -> tuple[CheckList, Tell]:
        box = HintedChecks(lines, hint)
        box.edited.connect(lambda checked: tell(tuple(checked)))
        return box, lambda checked: box.show_items(items(), checked)

    return make


class ModelBox(Combo):
    """One of the models, or a folder that is chosen.

    Parameters
    ----------
    model
        Knows the models.
    none
        What stands for no model; empty where there must be one.
    tell
        Gets the key.
    """

    def __init__(self, model: ViewerModel, none: str, tell: Tell) -> None:
        super().__init__()
        self._model, self._none, self._tell = model, none, tell
        self._shown = ""
        self.setPlaceholderText("Choose a model")
        self.activated.connect(lambda _place: self._choose())

    def show_key(self, key: str) -> None:
        """Show a model, among all that there are."""
        self._shown = key
        self.clear()
        if self._none:
            self.addItem(self._none, "")
        names = dict(self._model.offered_models)
        if key and key not in names:
            names[key] = Path(key).name or key
        for one, name in names.items():
            self.addItem(name, one)
        self.addItem("From a folder...", OTHER)
        self.setCurrentIndex(self.findData(key))
        self.setToolTip(key)

    def _choose(self) -> None:
        if self.currentData() != OTHER:
            self._tell(self.currentData())
        elif name := ask_folder(self):
            self._tell(name)
        else:
            self.show_key(self._shown)


def ask_folder(parent: QWidget) -> str:
    """Let the person choose the folder of a model; empty for none."""
    return str(QFileDialog.getExistingDirectory(parent, "Choose the folder of a model"))


class ModelChecks(QWidget):
    """Several models to check, and a button that adds a folder.

    Parameters
    ----------
    model
        Knows the models.
    lines
        Lines that show at once.
    tell
        Gets the keys.
    """

    added = Signal(str)

    def __init__(self, model: ViewerModel, lines: int, tell: Tell) -> None:
        super().__init__()
        self._model, self._tell = model, tell
        self.list = CheckList(lines)
        self.list.setAccessibleName("Models")
        self.button = QPushButton("+")
        self.button.setFixedWidth(32)
        self.button.setProperty("role", "small")
        self.button.setAutoDefault(False)
        self.button.setToolTip("Add a model from a folder")
        self.button.setAccessibleName("Add a model from a folder")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.list)
        self.list.edited.connect(lambda checked: tell(tuple(checked)))
        self.button.clicked.connect(self._add)

    @property
    def checked(self) -> tuple[str, ...]:
        """Keys of what is checked."""
        return self.list.checked

    def show_keys(self, checked: Sequence[str]) -> None:
        """Show all models, and which are checked."""
        names = dict(self._model.offered_models)
        for key in checked:
            names.setdefault(key, Path(key).name or key)
        self.list.show_items(names, checked)

    def _add(self) -> None:
        if (name := ask_folder(self)) and name not in self.checked:
            self._tell((*self.checked, name))


def model_checks(model: ViewerModel, lines: int) -> Callable[[Tell], tuple[QWidget, Tell]]:
    """Return what makes a `ModelChecks` for a form."""

    def make(tell: Tell) -> tuple[QWidget, Tell]:
        box = ModelChecks(model, lines, tell)
        return box, box.show_keys

    return make


def model_box(model: ViewerModel, none: str) -> Callable[[Tell], tuple[QWidget, Tell]]:
    """Return what makes a `ModelBox` for a form."""

    def make(tell: Tell) -> tuple[QWidget, Tell]:
        box = ModelBox(model, none, tell)
        return box, box.show_key

    return make
