"""Units that come one after the other, for a device that waits for them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from contextlib import suppress

from gxview.export.batch.device import Work, WorkList

_BEAT = 0.1


class Inbox(WorkList):
    """A list of units that grows until it is closed."""

    def __init__(self) -> None:
        super().__init__(())
        self._coming: queue.SimpleQueue[Work | None] = queue.SimpleQueue()

    def put(self, work: Sequence[Work]) -> None:
        """Add units."""
        for one in work:
            self._coming.put(one)

    def close(self) -> None:
        """Let the device end."""
        self._coming.put(None)

    def take(self, given_up: Callable[[], bool] = lambda: False) -> Work | None:
        """Wait for the next unit; None when it is closed or given up."""
        while not given_up():
            with suppress(queue.Empty):
                return self._coming.get(timeout=_BEAT)
        return None
