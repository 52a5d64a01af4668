"""The choices of a search for peaks."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from gxview._qt.look.widgets import Combo
from gxview.viewer.places.peak_finder import OVERS, PeakQuery
from gxview.viewer.places.peaks import RANKS
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer import Viewer

WIDEST = 240
"""Pixels of a choice."""


class PeaksForm(QWidget):
    """One line: what, of which track, where, how wide; and the button that begins."""

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self.rank_box, self.track_box, self.second_box, self.over_box = Combo(), Combo(), Combo(), Combo()
        self.width_box = QSpinBox()
        self.find_button = QPushButton("Find peaks")
        self._versus = QLabel("against")
        self._chosen: set[Combo] = set()
        self._build()
        for key, text in RANKS.items():
            self.rank_box.addItem(text, key)
        for over, words in OVERS.items():
            self.over_box.addItem(words, over)
        self.rank_box.currentIndexChanged.connect(lambda _index: self._show_fitting())
        self.over_box.currentIndexChanged.connect(lambda _index: self._show_fitting())
        for box in (self.track_box, self.second_box):
            box.activated.connect(lambda _index, box=box: self._chosen.add(box))
        self.find_button.clicked.connect(self._find)
        tracks = viewer.model.tracks
        tracks.shown_changed.connect(self.refresh)
        tracks.edited.connect(lambda _track, field: self.refresh() if field == "name" else None)
        self.refresh()
        self._show_fitting()

    def refresh(self) -> None:
        """Offer the tracks there are; what was chosen stays chosen."""
        known = self._viewer.peaks.candidates()
        known.sort(key=lambda track: not isinstance(track, RelevanceTrack))
        for box, fallback in ((self.track_box, 0), (self.second_box, 1)):
            chosen = box.currentData() if box in self._chosen else None
            with QSignalBlocker(box):
                box.clear()
                for track in known:
                    box.addItem(track.name, track.id)
                place = box.findData(chosen)
                box.setCurrentIndex(place if place >= 0 else min(fallback, len(known) - 1))
        self.find_button.setEnabled(bool(known))

    def _build(self) -> None:
        self.width_box.setRange(1, 1_000_000)
        self.width_box.setValue(200)
        self.width_box.setSuffix(" bp")
        self.width_box.setMinimumWidth(90)
        self.width_box.setToolTip("Width of a window")
        self.find_button.setProperty("role", "primary")
        self.track_box.setPlaceholderText("No track with values")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        parts = (self.rank_box, QLabel("of"), self.track_box, self._versus, self.second_box, QLabel("in"))
        for box in (self.rank_box, self.track_box, self.second_box, self.over_box):
            box.setMaximumWidth(WIDEST)
        for part in (*parts, self.over_box, self.width_box, self.find_button):
            layout.addWidget(part, 2 if isinstance(part, Combo) else 0)
        layout.addStretch(1)

    def _show_fitting(self) -> None:
        """Show the choices that matter: a second track for a disagreement, a width unless regions are rated."""
        two = self.rank_box.currentData() == "disagreement"
        self._versus.setVisible(two)
        self.second_box.setVisible(two)
        self.width_box.setVisible(self.over_box.currentData() != "regions")

    def _find(self) -> None:
        query = PeakQuery(
            self.track_box.currentData() or "",
            self.second_box.currentData() or "",
            self.rank_box.currentData(),
            self.over_box.currentData(),
            self.width_box.value(),
        )
        self._viewer.peaks.find(query)
