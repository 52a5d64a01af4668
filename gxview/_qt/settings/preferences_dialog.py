"""The preferences: a form for each section of the settings, applied at once."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.look.forms import Choices, ModelForm, Tell
from gxview._qt.settings.base_color_control import BaseColorControl
from gxview.viewer.settings.settings import SECTIONS, Settings
from gxview.viewer.viewer_model import ViewerModel

HINTS = {
    "Appearance": "Changes show at once.",
    "Browsing": "With the wheel set to scroll, Ctrl+wheel zooms.",
    "Cache": "What is explained stays in memory for the way back. On disk it is found again at the next start; it is "
    "used only for the same model, method, genome, device and versions.",
    "Compute": "Numbers may differ in the last digits between devices and numbers of threads, so explanations are made "
    "anew after a change.",
    "Trust": "A window of the trust lane fails below these. Deletion is in logits, the others are similarities from -1 "
    "to 1. What is common depends on the model: look at its randomised control.",
    "Startup": "These hold from the next start on.",
}
"""A sentence for each section."""
METHODS = {
    "token_method": ("attnlrp", "cplrp", "gradient_x_input"),
    "base_method": ("lrp", "gradient_x_input", "corrected_saliency"),
}
"""Names of the methods that the program comes with; those of loaded models are offered besides."""
LABELS = {
    "attnlrp": "AttnLRP",
    "cplrp": "CP-LRP",
    "lrp": "LRP",
    "gradient_x_input": "Gradient x input",
    "corrected_saliency": "Corrected saliency",
}


class PreferencesDialog(QDialog):
    """Shows and changes the settings.

    Parameters
    ----------
    model
        Its settings are changed; its models and devices are offered.
    """

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._settings: Settings = model.settings
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.forms: list[ModelForm] = []
        self.sections = QListWidget()
        self.sections.setFixedWidth(140)
        self.sections.setSpacing(3)
        self.sections.addItems(list(SECTIONS))
        self._stack = QStackedWidget()
        for title, fields in SECTIONS.items():
            self._stack.addWidget(self._section(title, fields))
        self.sections.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.sections.setCurrentRow(0)
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self._lay_out()
        self._settings.events.connect(self._on_change)
        self.finished.connect(lambda _code: self._settings.events.disconnect(self._on_change, missing_ok=True))
        self._show()
        self.resize(640, 440)

    def _lay_out(self) -> None:
        reset, close = QPushButton("Defaults of this section"), QPushButton("Close")
        reset.setAutoDefault(False)
        reset.clicked.connect(lambda _checked: self.reset_section())
        close.clicked.connect(self.close)
        top = QHBoxLayout()
        top.addWidget(self.sections)
        top.addWidget(self._stack, 1)
        end = QHBoxLayout()
        end.addWidget(reset)
        end.addWidget(self.problem, 1)
        end.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addLayout(top, 1)
        layout.addLayout(end)

    def reset_section(self) -> None:
        """Give the settings of the shown section their defaults back."""
        usual = Settings()
        for name in SECTIONS[self.sections.currentItem().text()]:
            setattr(self._settings, name, getattr(usual, name))

    def _section(self, title: str, fields: tuple[str, ...]) -> QWidget:
        page = QWidget()
        page.setObjectName("panel")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(12)
        form = ModelForm(Settings, fields, self._choices(), {"base_colors": _base_colors})
        form.edited.connect(self._edit)
        self.forms.append(form)
        hint = QLabel(HINTS[title])
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        layout.addWidget(form)
        layout.addWidget(hint)
        layout.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(page)
        area.setWidgetResizable(True)
        return area

    def _choices(self) -> Choices:
        devices = dict.fromkeys(["auto", *self._model.devices, self._settings.device])
        wheel = [("Zooms", "zoom"), ("Scrolls the tracks", "scroll")]
        chosen: dict[str, list[tuple[str, Any]]] = {
            "wheel": wheel,
            "device": [("Automatic" if name == "auto" else name.upper(), name) for name in devices],
        }
        for field, known in METHODS.items():
            names = {name: LABELS[name] for name in known} | self._loaded_methods(field == "token_method")
            offered = [(label, name) for name, label in names.items()]
            chosen[field] = [("Default of the model", ""), *offered]
            chosen[f"second_{field}"] = [("Automatic", ""), *offered]
        return chosen

    def _loaded_methods(self, on_tokens: bool) -> dict[str, str]:
        infos = [info for info in self._model.loaded_models.values() if info.has_tokens == on_tokens]
        return {method.name: method.label for info in infos for method in info.methods}

    def _edit(self, name: str, value: Any) -> None:
        try:
            setattr(self._settings, name, value)
        except ValidationError as error:
            self.problem.setText(error.errors()[0]["msg"])
        else:
            self.problem.setText("")
        self._show()

    def _on_change(self, _info: object) -> None:
        self._show()

    def _show(self) -> None:
        for form in self.forms:
            form.show_values(self._settings)


def _base_colors(tell: Tell) -> tuple[QWidget, Tell]:
    control = BaseColorControl()
    control.edited.connect(tell)
    return control, control.show_colors
