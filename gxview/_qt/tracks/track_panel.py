"""The panel of the tracks: the list, a row of buttons, and the controls of what is selected."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QToolButton, QVBoxLayout, QWidget

from gxview._qt.look.icons import icon
from gxview._qt.painters import Style
from gxview._qt.tracks.track_controls import Ends, Offers, TrackControls
from gxview._qt.tracks.track_list import TrackListView
from gxview._qt.tracks.track_menu import Keys, open_track_menu
from gxview.viewer.tracks.tracklist import TrackList

BUTTONS = (
    ("group", "group_tracks", "Group the selected tracks (Ctrl+Shift+G)"),
    ("copy", "duplicate_tracks", "Duplicate the selected tracks (Ctrl+D)"),
    ("solo", "solo_tracks", "Show the selected tracks alone (Alt+S, in the list S)"),
    ("up", "tracks_to_top", "Move the selected tracks to the top (Ctrl+Shift+Up)"),
    ("trash", "remove_track", "Remove the selected tracks (Delete)"),
)
"""Icon, action and tip of each button below the list."""


class TrackPanel(QWidget):
    """List, buttons and controls.

    Parameters
    ----------
    tracks
        What is shown and changed.
    style
        Colours.
    run
        Runs an action of the table by its name.
    keys
        Returns the keys of an action.
    ends
        Returns the ends of the scale of a track or group as it is drawn now.
    offers
        Returns by which numbers a track of variants can be coloured.
    """

    def __init__(
        self,
        tracks: TrackList,
        style: Style,
        run: Callable[[str], None],
        keys: Keys,
        ends: Ends | None = None,
        offers: Offers | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(200)
        self._tracks = tracks
        self._buttons: dict[str, QToolButton] = {}
        self.list = TrackListView(tracks, style, run, lambda at: open_track_menu(tracks, run, keys, self, at))
        self.controls = TrackControls(tracks, ends, offers)
        self._lay_out(run)
        tracks.selection_changed.connect(lambda _tracks: self._enable())
        tracks.shown_changed.connect(self._enable)
        self.set_style(style)
        self._enable()

    def sizeHint(self) -> QSize:
        return QSize(220, 600)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self.list.set_style(style)
        for name, _command, _tip in BUTTONS:
            self._buttons[name].setIcon(icon(name, style.theme.text))

    def _lay_out(self, run: Callable[[str], None]) -> None:
        upper, area, split = QWidget(), QScrollArea(), QSplitter(Qt.Orientation.Vertical)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.list, 1)
        column.addLayout(self._row(run))
        area.setWidget(self.controls)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        split.addWidget(upper)
        split.addWidget(area)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(5)
        split.setStretchFactor(0, 1)
        split.setSizes([420, 260])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(split)

    def _row(self, run: Callable[[str], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(2)
        for name, command, tip in BUTTONS:
            button = QToolButton()
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setCheckable(name == "solo")
            button.clicked.connect(lambda _checked, command=command: run(command))
            self._buttons[name] = button
            row.addWidget(button)
        row.insertStretch(len(BUTTONS) - 1)
        return row

    def _enable(self) -> None:
        for name, button in self._buttons.items():
            button.setEnabled(bool(self._tracks.selection) or (name == "solo" and bool(self._tracks.solo)))
        self._buttons["solo"].setChecked(bool(self._tracks.solo))
