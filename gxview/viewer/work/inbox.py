"""Takes what another thread says in handfuls, so that much talk does not keep the main thread busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from gxview.viewer.work.loop import Loop

T = TypeVar("T")


class Inbox(Generic[T]):
    """Carries things to the main thread, with one call for all that came in the meantime.

    Parameters
    ----------
    loop
        The main thread.
    take
        Called there with what came, in its order.
    """

    def __init__(self, loop: Loop, take: Callable[[list[T]], None]) -> None:
        self._loop = loop
        self._take = take
        self._waiting: deque[T] = deque()
        self._asked = False

    def put(self, thing: T) -> None:
        """Hand a thing over; may be called from any thread."""
        self._waiting.append(thing)
        if not self._asked:
            self._asked = True
            self._loop.post(self.empty)

    def empty(self) -> None:
        """Take all that came; main thread only."""
        # first, so that whatever comes from now on asks again
        self._asked = False
        taken: list[T] = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        if taken:
            self._take(taken)
