"""The one place where results of other threads enter the Qt main thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from qtpy.QtCore import QObject, Qt, QTimer, Signal

Call: TypeAlias = Callable[[], None]

BUDGET = 0.008
"""Seconds of posted calls in one go; then the window may paint and hear the mouse."""


class Bridge(QObject):
    """Runs calls on the main thread, see `gxview.viewer.loop.Loop`."""

    _called = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: deque[Call] = deque()
        self._timers: set[QTimer] = set()
        self._closed = False
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._run)

    def post(self, call: Call) -> None:
        """Run `call` on the main thread soon; may be called from any thread."""
        self._calls.append(call)
        if not self._closed:
            self._called.emit()

    def later(self, seconds: float, call: Call) -> Call:
        """Run `call` after a while and return a function that prevents it; main thread only."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        self._timers.add(timer)

        def stop() -> None:
            if timer in self._timers:
                self._timers.discard(timer)
                timer.stop()
                timer.deleteLater()

        def fire() -> None:
            stop()
            call()

        timer.timeout.connect(fire)
        timer.start(round(seconds * 1000))
        return stop

    def close(self) -> None:
        """Run nothing any more."""
        self._closed = True
        self._rest.stop()
        self._calls.clear()
        for timer in list(self._timers):
            timer.stop()
            timer.deleteLater()
        self._timers.clear()

    def _run(self) -> None:
        limit = time.monotonic() + BUDGET
        try:
            while self._calls and not self._closed:
                self._calls.popleft()()
                if time.monotonic() > limit:
                    break
        finally:
            if self._calls and not self._closed:
                # a timer and not the signal: Qt would serve the signal before it paints or hears the mouse
                self._rest.start()
