"""One model of a batch export: its methods, targets and strands."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gxview._qt.batch.check_list import CheckList
from gxview._qt.look.widgets import ElidedLabel
from gxview.job_file import ModelChoice
from gxview.viewer.batch.defaults import target_names
from gxview.viewer.explaining.costs import titled
from gxview.viewer.explaining.engine import ModelInfo

STRANDS = {"+": "Plus", "-": "Minus", "mean": "Mean of both"}
DEFAULT = "Default of the model"


class ModelCard(QFrame):
    """Shows a model and tells what a person checks: every method with every target on every strand is a track."""

    edited = Signal(str, object)
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.name, self.state = ElidedLabel(), QLabel()
        self.name.setProperty("role", "name")
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        self.remove_button = QToolButton()
        self.remove_button.setText("Remove")
        self.remove_button.setToolTip("Leave this model out")
        self.remove_button.clicked.connect(lambda _checked: self.removed.emit())
        self.lists = {field: CheckList() for field in ("methods", "targets", "strands")}
        self._lay_out()
        for field, box in self.lists.items():
            box.setAccessibleName(field.capitalize())
            box.edited.connect(lambda values, field=field: self.edited.emit(field, values))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.remove_button)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(2)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field, box in self.lists.items():
            label = QLabel(field.capitalize())
            label.setProperty("role", "muted")
            label.setContentsMargins(0, 3, 0, 0)
            form.addRow(label, box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.state)
        layout.addLayout(form)

    def show_choice(self, name: str, choice: ModelChoice, info: ModelInfo | None, failure: str) -> None:
        """Show what is chosen of a model; `failure` says why it cannot be used."""
        self.name.set_text(name)
        self.remove_button.setAccessibleName(f"Remove {name}")
        methods: dict[Any, str] = (
            {method.name: titled(method, info) for method in info.methods} if info is not None else {}
        )
        targets: dict[Any, str] = dict(target_names(info)) if info is not None else {}
        self._fill("methods", methods, choice.methods)
        self._fill("targets", targets, choice.targets)
        self._fill("strands", dict(STRANDS), choice.strands)
        waiting = "" if info is not None else "Its methods and targets can be chosen once it is loaded."
        self.state.setText(failure or waiting)
        self.state.setVisible(bool(self.state.text()))
        self.state.setProperty("role", "error" if failure else "muted")
        self.state.style().polish(self.state)

    def _fill(self, field: str, known: dict[Any, str], chosen: tuple[Any, ...]) -> None:
        given = {value: DEFAULT if value is None else str(value) for value in chosen}
        self.lists[field].show_items(
            {**known, **{key: text for key, text in given.items() if key not in known}}, chosen
        )
