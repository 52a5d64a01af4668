"""Threads that do the waiting: a priority queue of tasks whose outcomes come back to the main thread."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from gxview.errors import Cancelled, GxviewError
from gxview.viewer.work.loop import Loop

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total)."""
AskCancelled: TypeAlias = Callable[[], bool]
"""Asked now and then; True stops the work."""
Work: TypeAlias = Callable[[Progress, AskCancelled], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: a value, or the reason why there is none."""

    value: Any = None
    error: str = ""
    cancelled: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return not self.error and not self.cancelled


class Task:
    """One piece of work.

    Parameters
    ----------
    work
        Called in a worker thread with a progress callback and a question "cancelled?".
    done
        Called on the main thread with the outcome, exactly once, unless the task was dropped.
    started
        Called on the main thread when the work begins.
    progress
        Called on the main thread with (done, total).
    """

    def __init__(
        self,
        work: Work,
        done: Callable[[Outcome], None],
        started: Callable[[], None] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.work = work
        self.done = done
        self.started = started
        self.progress = progress
        self._cancel = threading.Event()
        self._dropped = threading.Event()

    def cancel(self) -> None:
        """Stop the work; `done` still hears of it."""
        self._cancel.set()

    def drop(self) -> None:
        """Stop the work and hear no more of it: a late answer is thrown away."""
        self._dropped.set()
        self._cancel.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the work should stop."""
        return self._cancel.is_set()

    @property
    def is_dropped(self) -> bool:
        """Whether nobody waits for the answer."""
        return self._dropped.is_set()

    def tell_started(self) -> None:
        """Report the beginning, on the main thread."""
        if self.started is not None and not self.is_dropped:
            self.started()

    def tell_progress(self, done: int, total: int) -> None:
        """Report progress, on the main thread."""
        if self.progress is not None and not self.is_dropped:
            self.progress(done, total)

    def tell_done(self, outcome: Outcome) -> None:
        """Report the outcome, on the main thread."""
        if not self.is_dropped:
            self.done(outcome)


class Workers:
    """A few threads and one priority queue; the threads start when they are first needed.

    Parameters
    ----------
    name
        Name of the threads.
    size
        Number of threads.
    loop
        Main thread, where outcomes arrive.
    """

    def __init__(self, name: str, size: int, loop: Loop) -> None:
        self._name = name
        self._size = size
        self._loop = loop
        self._queue: list[tuple[int, int, Task]] = []
        self._order = count()
        self._wake = threading.Condition()
        self._running: set[Task] = set()
        self._closing = False
        self._held = False
        self._threads: list[threading.Thread] = []

    def submit(self, task: Task, priority: int = 0) -> Task:
        """Queue a task; small priorities first, then in the order of arrival."""
        with self._wake:
            if self._closing:
                task.drop()
                return task
            heapq.heappush(self._queue, (priority, next(self._order), task))
            if len(self._threads) < min(self._size, len(self._queue) + len(self._running)):
                self._start()
            self._wake.notify()
        return task

    @property
    def waiting(self) -> int:
        """Number of tasks queued or running that somebody waits for."""
        with self._wake:
            tasks = [task for _, _, task in self._queue] + list(self._running)
        return sum(not task.is_dropped for task in tasks)

    def waits_before(self, priority: int) -> bool:
        """Whether a task is queued whose priority comes before this one; may be asked from any thread."""
        with self._wake:
            return any(known < priority and not task.is_dropped for known, _, task in self._queue)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Begin no task meanwhile: the main thread draws, and Python lets only one thread run at a time."""
        self._held = True
        try:
            yield
        finally:
            with self._wake:
                self._held = False
                self._wake.notify_all()

    def stop(self) -> None:
        """Drop all tasks and take no new ones."""
        with self._wake:
            self._closing = True
            for task in [*(task for _, _, task in self._queue), *self._running]:
                task.drop()
            self._queue.clear()
            self._wake.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the threads after `stop`; False when one did not end within `timeout` seconds."""
        limit = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self) -> None:
        # daemons, so that a read from a dead disk cannot keep a closed program alive
        thread = threading.Thread(target=self._serve, name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while (task := self._take()) is not None:
            outcome = self._run(task)
            with self._wake:
                self._running.discard(task)
            self._post(task, outcome)

    def _post(self, task: Task, outcome: Outcome) -> None:
        self._loop.post(lambda: task.tell_done(outcome))

    def _take(self) -> Task | None:
        with self._wake:
            while not self._closing:
                if self._held or not self._queue:
                    self._wake.wait()
                    continue
                _, _, task = heapq.heappop(self._queue)
                if not task.is_dropped:
                    self._running.add(task)
                    return task
        return None

    def _run(self, task: Task) -> Outcome:
        if task.is_cancelled:
            return Outcome(cancelled=True)
        if task.started is not None:
            self._loop.post(task.tell_started)

        def progress(done: int, total: int) -> None:
            self._loop.post(lambda: task.tell_progress(done, total))

        try:
            return Outcome(value=task.work(progress, lambda: task.is_cancelled))
        except Cancelled:
            return Outcome(cancelled=True)
        except GxviewError as error:
            return Outcome(error=str(error))
        except MemoryError:
            return Outcome(error="There is not enough memory for this; close other programs or take a smaller region.")
        except Exception as error:
            log.exception("A task failed in thread %s", threading.current_thread().name)
            return Outcome(error=f"This failed unexpectedly: {error or type(error).__name__}.")
