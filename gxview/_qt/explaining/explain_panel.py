"""The Explain panel: which model, which method, which target, which rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gxview._qt.explaining.method_box import MethodBox
from gxview._qt.look.icons import icon
from gxview._qt.look.widgets import Combo, ElidedLabel, Section, Switch
from gxview._qt.painters import Style
from gxview.viewer.explaining.engine import ModelInfo, OptionInfo
from gxview.viewer.explaining.live import NO_WINDOW
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer import Viewer

STRANDS = {"+": "Plus", "-": "Minus", "mean": "Mean of both"}
OPEN_MODEL = "open..."


class ExplainPanel(QWidget):
    """Edits the current explanation; the first model chosen adds its tracks."""

    model_wanted = Signal()

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.track_box, self.model_box, self.target_box, self.strand_box, self.device_box = (Combo() for _ in range(5))
        self.method_box = MethodBox()
        self.cost_label = QLabel()
        self.cost_label.setWordWrap(True)
        self.cost_label.setProperty("role", "muted")
        self.add_button, self.remove_button = QToolButton(), QToolButton()
        self.add_menu = QMenu(self.add_button)
        self.live_switch = Switch("Explain while browsing")
        self.region_button = QPushButton("Explain this region")
        self.region_button.setProperty("role", "primary")
        self.state_label = QLabel()
        self.state_label.setWordWrap(True)
        self.state_label.setProperty("role", "muted")
        self._rules = _Rules(viewer)
        self._build()
        self._connect()
        self.refresh()

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.add_button.setIcon(icon("add", style.theme.text))
        self.remove_button.setIcon(icon("remove", style.theme.text))

    def refresh(self) -> None:
        """Show the current explanation."""
        track = self._viewer.current_explanation()
        info = self._viewer.explanations.info(track) if track is not None else None
        self._fill_tracks(track)
        self._fill_models(track)
        self._fill_methods(track, info)
        self._fill_targets(track, info)
        self._fill(self.strand_box, STRANDS, track.options.strand if track is not None else "+", info is not None)
        model = self._viewer.model
        names = dict.fromkeys(["auto", *model.devices, model.settings.device])
        self._fill(self.device_box, {name: _device_name(name) for name in names}, model.settings.device, True)
        self._rules.show_track(track)
        with QSignalBlocker(self.live_switch):
            self.live_switch.setChecked(self._viewer.model.settings.live)
        self.region_button.setEnabled(track is not None and self._viewer.model.reference is not None)
        self.refresh_state()

    def _done(self, track: RelevanceTrack) -> str:
        found = self._viewer.live.slice(track, self._viewer.model.camera.view)
        return "Everything on screen is explained." if found is not None and found.has_values else f"{NO_WINDOW}."

    def refresh_state(self) -> None:
        """Show how far the explanation is."""
        track = self._viewer.current_explanation()
        self.state_label.setVisible(track is not None)
        if track is None:
            return
        state = self._viewer.live.state(track)
        words = {
            "running": f"Explaining: {state.done} of {state.total} tiles.",
            "waiting": f"{state.text or 'Waiting'}...",
        }
        self.state_label.setText(self._done(track) if state.kind == "done" else words.get(state.kind, state.text))
        role = "error" if state.kind == "failed" else "muted"
        if self.state_label.property("role") != role:
            self.state_label.setProperty("role", role)
            self.state_label.style().polish(self.state_label)

    def _build(self) -> None:
        which = QHBoxLayout()
        which.setSpacing(4)
        which.addWidget(self.track_box, 1)
        self.add_button.setToolTip("Compare with another model or method")
        self.add_button.setObjectName("compare")
        self.add_button.setMenu(self.add_menu)
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.remove_button.setToolTip("Remove this explanation")
        which.addWidget(self.add_button)
        which.addWidget(self.remove_button)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(7)
        form.addRow("Track", which)
        for text, box in (
            ("Model", self.model_box),
            ("Method", self.method_box),
            ("Target", self.target_box),
            ("Strand", self.strand_box),
            ("Device", self.device_box),
        ):
            form.addRow(text, box)
            if box is self.method_box:
                form.addRow("", self.cost_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(9)
        layout.addLayout(form)
        layout.addWidget(Section("Rules and windows", self._rules))
        layout.addWidget(self.live_switch)
        layout.addWidget(self.region_button)
        layout.addWidget(self.state_label)
        layout.addStretch(1)

    def _connect(self) -> None:
        viewer = self._viewer
        self.track_box.activated.connect(self._choose_track)
        self.model_box.activated.connect(self._choose_model)
        self.method_box.activated.connect(lambda: self._change(method=self.method_box.currentData()))
        self.target_box.activated.connect(lambda: self._change(target=self.target_box.currentData()))
        self.strand_box.activated.connect(lambda: self._change(strand=self.strand_box.currentData()))
        self.device_box.activated.connect(
            lambda: setattr(viewer.model.settings, "device", self.device_box.currentData())
        )
        self.add_menu.aboutToShow.connect(self._fill_candidates)
        self.remove_button.clicked.connect(self._remove)
        self.live_switch.toggled.connect(lambda on: setattr(viewer.model.settings, "live", on))
        self.region_button.clicked.connect(viewer.explain_region)
        viewer.model.models_changed.connect(self.refresh)
        viewer.model.reference_changed.connect(lambda _reference: self.refresh())
        viewer.model.settings.events.connect(lambda _info: self.refresh())
        viewer.model.tracks.selected_changed.connect(lambda _track: self.refresh())
        viewer.model.tracks.inserted.connect(lambda _index, _track: self.refresh())
        viewer.model.tracks.removed.connect(lambda _index, _track: self.refresh())
        viewer.model.tracks.edited.connect(
            lambda _track, field: self.refresh() if field in ("options", "name") else None
        )
        viewer.live.changed.connect(lambda _track: self.refresh_state())

    def _fill(self, box: Combo, items: Mapping[Any, str], current: object, enabled: bool) -> None:
        with QSignalBlocker(box):
            box.clear()
            for key, text in items.items():
                box.addItem(text, key)
                box.setItemData(box.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
            box.setCurrentIndex(list(items).index(current) if current in items else -1)
        box.setEnabled(enabled and bool(items))

    def _fill_tracks(self, track: RelevanceTrack | None) -> None:
        known = [one for one in self._viewer.model.tracks.relevance() if not one.control]
        names = {one.id: f"{place + 1}. {one.name}" for place, one in enumerate(known)}
        self._fill(self.track_box, names, track.id if track is not None else None, len(names) > 0)
        self.track_box.setPlaceholderText("None yet")
        self.add_button.setEnabled(track is not None)
        self.remove_button.setEnabled(track is not None)

    def _fill_models(self, track: RelevanceTrack | None) -> None:
        items: dict[Any, str] = dict(self._viewer.model.offered_models)
        items[OPEN_MODEL] = "Open model..."
        self._fill(self.model_box, items, track.options.model if track is not None else None, True)
        self.model_box.setPlaceholderText("Choose a model")

    def _fill_methods(self, track: RelevanceTrack | None, info: ModelInfo | None) -> None:
        method = self._viewer.explanations.method(track) if track is not None else None
        slow = self.method_box.show_methods(info, method)
        self.cost_label.setText(slow)
        self.cost_label.setVisible(bool(slow))

    def _fill_targets(self, track: RelevanceTrack | None, info: ModelInfo | None) -> None:
        items: dict[Any, str] = {}
        if info is not None:
            items = {index: f"{index}: {name}" for index, name in enumerate(info.targets)}
            if len(info.targets) == 2:
                items["contrast"] = f"{info.targets[1]} \N{MINUS SIGN} {info.targets[0]}"
        current = track.options.target if track is not None else None
        if current is None and info is not None:
            current = info.positive
        self._fill(self.target_box, items, current, True)

    def _choose_track(self) -> None:
        track = self._viewer.model.tracks.get(self.track_box.currentData())
        if track is not None:
            self._viewer.model.tracks.selected = track

    def _choose_model(self) -> None:
        key = self.model_box.currentData()
        if key == OPEN_MODEL:
            self.refresh()
            self.model_wanted.emit()
            return
        track = self._viewer.current_explanation()
        if track is None:
            self._viewer.explanations.add(key)
        else:
            self._viewer.explanations.change(track, model=key)

    def _change(self, **changes: Any) -> None:
        track = self._viewer.current_explanation()
        if track is not None:
            self._viewer.explanations.change(track, **changes)

    def _fill_candidates(self) -> None:
        """List what the current explanation can be compared with."""
        self.add_menu.clear()
        track, comparisons = self._viewer.current_explanation(), self._viewer.comparisons
        if track is not None:
            for one in comparisons.candidates(track):
                self.add_menu.addAction(one.text, partial(comparisons.add, track, one))

    def _remove(self) -> None:
        track = self._viewer.current_explanation()
        if track is not None:
            self._viewer.model.tracks.remove(track)


def _device_name(name: str) -> str:
    return {"auto": "Automatic", "cpu": "CPU"}.get(name, f"GPU ({name})")


class _Rules(QWidget):
    """The options of the method and of the windows."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._form = QFormLayout(self)
        self._form.setContentsMargins(4, 2, 0, 4)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(6)
        self._shown: object = None

    def show_track(self, track: RelevanceTrack | None) -> None:
        """Show the options of a track; nothing is rebuilt while they stay the same."""
        method = self._viewer.explanations.method(track) if track is not None else None
        stamp = (track.id if track is not None else None, method, track.options if track is not None else None)
        if stamp == self._shown:
            return
        self._shown = stamp
        while self._form.rowCount():
            self._form.removeRow(0)
        info = self._viewer.explanations.info(track) if track is not None else None
        if track is None or method is None or info is None:
            hint = ElidedLabel("Choose a model first.")
            hint.setProperty("role", "muted")
            self._form.addRow(hint)
            return
        for option in method.options:
            self._add_choice(track, option)
        self._add_number(track, "stride", "Stride", f"{max(1, info.window_length // 2)} (auto)", 10_000)
        self._add_number(track, "phases", "Phases", "", 64)

    def _add_choice(self, track: RelevanceTrack, option: OptionInfo) -> None:
        box = Combo()
        for choice in option.choices:
            box.addItem(choice.replace("_", " "), choice)
        box.setCurrentIndex(box.findData(getattr(track.options, option.name) or option.default))
        box.activated.connect(lambda: self._viewer.explanations.change(track, **{option.name: box.currentData()}))
        self._form.addRow(option.label, box)

    def _add_number(self, track: RelevanceTrack, name: str, label: str, automatic: str, limit: int) -> None:
        box = QSpinBox()
        box.setRange(0 if automatic else 1, limit)
        if automatic:
            box.setSpecialValueText(automatic)
        box.setKeyboardTracking(False)
        box.setValue(getattr(track.options, name) or box.minimum())
        box.valueChanged.connect(lambda value: self._viewer.explanations.change(track, **{name: value or None}))
        self._form.addRow(label, box)
