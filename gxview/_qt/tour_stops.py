"""What the tour of the window tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gxview._qt.tour import Stop

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow


def tour_stops(window: MainWindow) -> list[Stop]:
    """Return the callouts for a window."""
    return [
        Stop(
            "Welcome to gxview",
            "Here a model's explanation is a track like any other. This takes half a minute; arrow keys or Next go on, "
            "Escape skips it. Help > Tour shows it again.",
            lambda: None,
        ),
        Stop(
            "Where you are",
            "Type a region, a chromosome or the name of a gene. Part two places by ; to see them side by side.",
            lambda: window.navigation,
        ),
        Stop(
            "The tracks",
            "Drop a genome and files of any kind here. The wheel zooms at the pointer, dragging moves, dragging on the "
            "ruler zooms to a stretch. Arrow keys and W A S D work too.",
            lambda: window.canvas,
        ),
        Stop(
            "The list of tracks",
            "The eye hides a track, dragging reorders, the controls below belong to what is selected. "
            "Every change can be undone with Ctrl+Z.",
            lambda: window.docks["tracks"],
        ),
        Stop(
            "Ask a model",
            "Choose a model: what it says about the stretch on screen appears as letters and follows as you move. "
            "Add a second one to compare them.",
            lambda: window.docks["explain"],
        ),
        Stop(
            "What runs",
            "Work goes on in the background, with its rate and the time left, and can be cancelled. Notices can be "
            "read again here.",
            lambda: window.docks["jobs"],
        ),
        Stop(
            "Find everything",
            "Ctrl+Shift+P finds each command by a few letters, F1 lists all keys. Help > Open sample opens a small "
            "genome with two trained models to try.",
            lambda: window.menuBar(),
        ),
    ]
