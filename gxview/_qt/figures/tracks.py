"""Which tracks a figure draws, and how high."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QAbstractSpinBox, QCheckBox, QDoubleSpinBox, QGridLayout, QWidget

from gxview.viewer.tracks.kinds import Track

LOWEST, HIGHEST = 2.0, 300.0
"""Millimetres."""


class FigureTracks(QWidget):
    """A check mark and a height for each track.

    Parameters
    ----------
    tracks
        All tracks, top to bottom.
    """

    edited = Signal(object, object)

    def __init__(self, tracks: Sequence[Track], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.checks: dict[str, QCheckBox] = {}
        self.heights: dict[str, QDoubleSpinBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for place, track in enumerate(tracks):
            check, height = QCheckBox(), QDoubleSpinBox()
            check.setText(check.fontMetrics().elidedText(track.name, Qt.TextElideMode.ElideRight, 175))
            check.setToolTip(track.name)
            check.clicked.connect(self._tell)
            height.setRange(LOWEST - 1, HIGHEST)
            height.setDecimals(1)
            height.setSuffix(" mm")
            height.setSpecialValueText("Automatic")
            height.setKeyboardTracking(False)
            height.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            height.setAccessibleName(f"Height of {track.name}")
            height.setFixedWidth(88)
            height.valueChanged.connect(self._tell)
            self.checks[track.id], self.heights[track.id] = check, height
            grid.addWidget(check, place, 0)
            grid.addWidget(height, place, 1)

    def show_values(self, shown: Collection[str], heights: Mapping[str, float]) -> None:
        """Show which tracks are drawn, and the heights that a person set."""
        for key, box in self.heights.items():
            self.checks[key].setChecked(key in shown)
            blocker = QSignalBlocker(box)
            box.setValue(heights.get(key, LOWEST - 1))
            box.setEnabled(key in shown)
            blocker.unblock()

    def _tell(self, _value: object) -> None:
        tracks = tuple(key for key, check in self.checks.items() if check.isChecked())
        heights = {key: box.value() for key, box in self.heights.items() if box.value() >= LOWEST}
        self.edited.emit(tracks, heights)
