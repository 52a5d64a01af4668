"""Looks again once a person rests, and tells of much in handfuls."""

from __future__ import annotations

from collections.abc import Callable

from gxview.viewer.work.loop import Call, Loop

DEBOUNCE = 0.12
"""Seconds without a move before work begins."""
TELL = 0.05
"""Seconds between two reports of what came; a fast model makes hundreds of tiles in a second."""


class Paced:
    """Keeps the two timers of whatever follows the camera; nothing happens any more once it is closed.

    Parameters
    ----------
    loop
        Main thread.
    look
        Called `DEBOUNCE` seconds after the last `refresh`.
    tell
        Called `TELL` seconds after the first `tell_soon`.
    """

    def __init__(self, loop: Loop, look: Callable[[], None], tell: Callable[[], None]) -> None:
        self._loop = loop
        self._look = look
        self._tell = tell
        self._looking: Call | None = None
        self._telling: Call | None = None
        self._closed = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and all was told."""
        return self._looking is None and self._telling is None

    def refresh(self) -> None:
        """Look again after the debounce."""
        if self._closed:
            return
        if self._looking is not None:
            self._looking()
        self._looking = self._loop.later(DEBOUNCE, self._look_now)

    def tell_soon(self) -> None:
        """Tell what came, with what else comes meanwhile."""
        if self._telling is None and not self._closed:
            self._telling = self._loop.later(TELL, self._tell_now)

    def close(self) -> None:
        """Look and tell no more."""
        self._closed = True
        for stop in (self._looking, self._telling):
            if stop is not None:
                stop()
        self._looking = self._telling = None

    def _look_now(self) -> None:
        self._looking = None
        self._look()

    def _tell_now(self) -> None:
        self._telling = None
        self._tell()
