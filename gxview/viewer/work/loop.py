"""The main thread as the rest of the viewer sees it: somewhere to post calls to, now or a little later."""

from __future__ import annotations

import heapq
import queue
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol, TypeAlias

Call: TypeAlias = Callable[[], None]


class Loop(Protocol):
    """Runs calls on the main thread; the window's is `_qt.bridge.Bridge`."""

    def post(self, call: Call) -> None:
        """Run `call` on the main thread soon; may be called from any thread."""

    def later(self, seconds: float, call: Call) -> Call:
        """Run `call` after a while and return a function that prevents it; main thread only."""


class QueueLoop:
    """A main loop without a window, for scripts and tests: `run` works until a condition holds."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._timers: list[tuple[float, int, Call]] = []
        self._dead: set[int] = set()
        self._order = count()

    def post(self, call: Call) -> None:
        """Run `call` in the thread that calls `run`."""
        self._calls.put(call)

    def later(self, seconds: float, call: Call) -> Call:
        """Run `call` after a while; the function returned prevents it."""
        number = next(self._order)
        heapq.heappush(self._timers, (time.monotonic() + seconds, number, call))
        return lambda: self._dead.add(number)

    def run(self, until: Callable[[], bool], timeout: float = 30.0) -> bool:
        """Work until `until()` is true; False when that took longer than `timeout` seconds."""
        limit = time.monotonic() + timeout
        while not until():
            now = time.monotonic()
            if now > limit:
                return False
            self._fire(now)
            self._take(min(limit, self._next()) - now)
        return True

    def _next(self) -> float:
        return self._timers[0][0] if self._timers else float("inf")

    def _fire(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            _, number, call = heapq.heappop(self._timers)
            if number in self._dead:
                self._dead.discard(number)
            else:
                call()

    def _take(self, wait: float) -> None:
        try:
            call = self._calls.get(timeout=max(0.0, min(wait, 0.05)))
        except queue.Empty:
            return
        call()
