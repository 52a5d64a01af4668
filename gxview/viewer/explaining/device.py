"""The one thread that owns the models."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import Any, TypeAlias

from gxview.viewer.explaining.engine import EngineFactory, EngineProtocol
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task, Workers

STEPS_BACK = 10
"""How much nicer than the window the threads of a model are."""

EngineWork: TypeAlias = Callable[[EngineProtocol, Progress, AskCancelled], Any]


class Priority(IntEnum):
    """Who is served first."""

    SCREEN = 0
    NEAR = 1
    TRUST = 2
    EXPORT = 3


class DeviceThread:
    """Serves a priority queue in a thread of its own, which starts with the first task.

    Parameters
    ----------
    factory
        Makes the engine; called in the device thread when the first task runs, so that no import of a model library
        ever holds the window up.
    loop
        Main thread, where answers arrive.
    """

    def __init__(self, factory: EngineFactory, loop: Loop) -> None:
        self._factory = factory
        self._engine: EngineProtocol | None = None
        self._workers = Workers("gxview-device", 1, loop)

    def submit(
        self,
        priority: Priority,
        work: EngineWork,
        done: Callable[[Outcome], None],
        started: Callable[[], None] | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Queue work for the engine; the callbacks run on the main thread."""

        def with_engine(tell: Progress, cancelled: AskCancelled) -> Any:
            if self._engine is None:
                stand_back()
                self._engine = self._factory()
            return work(self._engine, tell, cancelled)

        return self._workers.submit(Task(with_engine, done, started, progress), priority)

    def waits_before(self, priority: Priority) -> bool:
        """Whether anything more urgent than `priority` is queued; may be asked from any thread."""
        return self._workers.waits_before(priority)

    @property
    def waiting(self) -> int:
        """Number of tasks queued or running that somebody waits for."""
        return self._workers.waiting

    def stop(self) -> None:
        """Cancel everything and take no new work."""
        self._workers.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the thread after `stop`; False when it did not end within `timeout` seconds."""
        return self._workers.join(timeout)


def stand_back() -> None:
    """Let other threads go before this one and those that it starts, as the model libraries do on every core.

    Only Linux has priorities of single threads; elsewhere nothing changes.
    """
    if sys.platform.startswith("linux"):
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STEPS_BACK)
