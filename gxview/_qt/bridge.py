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
    """Runs calls on the main thread, see `gxview.viewer.work.loop.Loop`."""

    _called = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: deque[Call] = deque()
        # timers are used again: to connect one lets other threads run, and every move of a camera asks for one
        self._due: dict[QTimer, list[Call]] = {}
        self._spare: list[QTimer] = []
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
        timer = self._spare.pop() if self._spare else self._make_timer()
        due = self._due[timer] = [call]
        timer.start(round(seconds * 1000))

        def stop() -> None:
            # the timer may serve another call by now
            if self._due.get(timer) is due:
                timer.stop()
                self._spare.append(timer)
                del self._due[timer]

        return stop

    def close(self) -> None:
        """Run nothing any more."""
        self._closed = True
        self._rest.stop()
        self._calls.clear()
        for timer in (*self._due, *self._spare):
            timer.stop()
            timer.deleteLater()
        self._due.clear()
        self._spare.clear()

    def _make_timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._fire(timer))
        return timer

    def _fire(self, timer: QTimer) -> None:
        due = self._due.pop(timer, None)
        if due is not None:
            self._spare.append(timer)
            due[0]()

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
