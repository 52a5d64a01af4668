"""Many wishes to refresh, few refreshes."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QWidget

INTERVAL = 60
"""Milliseconds between two refreshes; a progress bar paints the whole window each time it moves."""


class Coalesced:
    """Calls a function a little after the first of many triggers.

    Parameters
    ----------
    call
        What is to be done once.
    owner
        Its end is the end of this.
    interval
        Milliseconds from the first trigger to the call.
    """

    def __init__(self, call: Callable[[], None], owner: QWidget, interval: int = INTERVAL) -> None:
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(call)

    def trigger(self) -> None:
        """Wish for a call."""
        if not self._timer.isActive():
            self._timer.start()

    def cancel(self) -> None:
        """Wish no more."""
        self._timer.stop()
