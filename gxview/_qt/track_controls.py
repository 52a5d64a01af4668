"""The controls of the selected track, made from the properties that it has."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError
from qtpy.QtCore import QSignalBlocker
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QColorDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from gxview._qt.widgets import Combo, Switch
from gxview.viewer.scale import ScaleOptions
from gxview.viewer.tracklist import TrackList
from gxview.viewer.tracks import (
    MAX_HEIGHT,
    MIN_HEIGHT,
    FeatureTrack,
    RelevanceTrack,
    ScoreTrack,
    SignalTrack,
    Track,
)

MODES = {"auto": "Fit what shows", "symmetric": "Symmetric", "fixed": "Fixed"}


class TrackControls(QWidget):
    """Height, scale, colour: whatever the selected track has."""

    def __init__(self, tracks: TrackList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._refresh: list[Callable[[], None]] = []
        self._form = QFormLayout(self)
        self._form.setContentsMargins(10, 6, 10, 10)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(6)
        tracks.selected_changed.connect(self._rebuild)
        tracks.edited.connect(self._on_edit)
        self._rebuild(tracks.selected)

    def _rebuild(self, track: Track | None) -> None:
        self._refresh.clear()
        while self._form.rowCount():
            self._form.removeRow(0)
        if track is None:
            hint = QLabel("Select a track to see its controls.")
            hint.setProperty("role", "muted")
            hint.setWordWrap(True)
            self._form.addRow(hint)
            return
        self._add_height(track)
        if isinstance(track, SignalTrack | ScoreTrack | RelevanceTrack):
            self._add_scale(track)
        if isinstance(track, SignalTrack | ScoreTrack):
            self._add_color(track)
        if isinstance(track, FeatureTrack):
            self._add_collapsed(track)
        self._update()

    def _on_edit(self, track: Track, _field: str) -> None:
        if track is self._tracks.selected:
            self._update()

    def _update(self) -> None:
        for refresh in self._refresh:
            refresh()

    def _add_height(self, track: Track) -> None:
        box = QSpinBox()
        box.setRange(MIN_HEIGHT, MAX_HEIGHT)
        box.setSuffix(" px")
        box.setSingleStep(5)
        box.valueChanged.connect(lambda height: setattr(track, "height", height))
        self._show(box, lambda: box.setValue(track.height))
        self._form.addRow("Height", box)

    def _add_scale(self, track: SignalTrack | ScoreTrack | RelevanceTrack) -> None:
        mode = Combo()
        for key, text in MODES.items():
            mode.addItem(text, key)
        low, high = _number(), _number()
        ends = QWidget()
        row = QHBoxLayout(ends)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(low)
        row.addWidget(QLabel("to"))
        row.addWidget(high)

        def apply() -> None:
            try:
                track.scale = ScaleOptions(mode=mode.currentData(), low=low.value(), high=high.value())
            except ValidationError:
                self._update()

        def show() -> None:
            mode.setCurrentIndex(mode.findData(track.scale.mode))
            low.setValue(track.scale.low)
            high.setValue(track.scale.high)
            ends.setEnabled(track.scale.mode == "fixed")

        mode.currentIndexChanged.connect(apply)
        low.editingFinished.connect(apply)
        high.editingFinished.connect(apply)
        self._show(mode, show, low, high)
        self._form.addRow("Scale", mode)
        self._form.addRow("", ends)

    def _add_color(self, track: SignalTrack | ScoreTrack) -> None:
        button = QPushButton()

        def choose() -> None:
            color = QColorDialog.getColor(QColor(track.color or "#45b5a8"), self, f"Colour of {track.name}")
            if color.isValid():
                track.color = color.name()

        button.clicked.connect(choose)
        self._show(button, lambda: button.setText(track.color or "Of the theme"))
        self._form.addRow("Colour", button)

    def _add_collapsed(self, track: FeatureTrack) -> None:
        switch = Switch("All in one row")
        switch.toggled.connect(lambda on: setattr(track, "mode", "collapsed" if on else "packed"))
        self._show(switch, lambda: switch.setChecked(track.mode == "collapsed"))
        self._form.addRow(switch)

    def _show(self, widget: QWidget, show: Callable[[], None], *others: QWidget) -> None:
        def refresh() -> None:
            blockers = [QSignalBlocker(one) for one in (widget, *others)]
            show()
            for blocker in blockers:
                blocker.unblock()
            widget.update()

        self._refresh.append(refresh)


def _number() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-1e9, 1e9)
    box.setDecimals(3)
    box.setMinimumWidth(56)
    return box
