"""Waits for a finished picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication

from gxview.viewer.viewer import Viewer

CALM = 10
"""Looks in a row at which everything must be idle before a picture counts as finished."""
LOOK = 15
"""Milliseconds between two looks."""


class HasViewer(Protocol):
    """A window."""

    viewer: Viewer


def wait_until_idle(window: HasViewer) -> None:
    """Let the window work until all data and explanations that it asked for are there and painted."""
    wait_until(lambda: window.viewer.is_idle)


def wait_until(there: Callable[[], bool]) -> None:
    """Let the window work until something holds for a while, and is painted."""
    loop, timer, calm = QEventLoop(), QTimer(), 0

    def look() -> None:
        nonlocal calm
        calm = calm + 1 if there() else 0
        if calm >= CALM:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(LOOK)
    loop.exec()
    timer.stop()
    QApplication.processEvents()
