"""Everything that takes a while and that a person may watch or stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from enum import StrEnum

from psygnal import Signal


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job:
    """One piece of work as the Jobs panel shows it; `JobList` changes it."""

    def __init__(self, title: str, cancel: Callable[[], None] | None) -> None:
        self.title = title
        self.state = JobState.WAITING
        self.done = 0
        self.total = 0
        self.message = ""
        self.began = time.monotonic()
        self._cancel = cancel

    @property
    def can_cancel(self) -> bool:
        """Whether it can still be stopped."""
        return self._cancel is not None and self.state not in ENDED

    @property
    def has_ended(self) -> bool:
        """Whether it is over, one way or another."""
        return self.state in ENDED

    def cancel(self) -> None:
        """Ask the work to stop."""
        if self._cancel is not None and not self.has_ended:
            self._cancel()

    def on_cancel(self, call: Callable[[], None]) -> None:
        """Say how the work is stopped, where that is known only after the job was made."""
        self._cancel = call


class JobList:
    """The jobs, oldest first; ended ones stay a while so that a failure can be read."""

    KEEP = 30

    added = Signal(Job)
    changed = Signal(Job)
    removed = Signal(Job)

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __len__(self) -> int:
        return len(self._jobs)

    def start(self, title: str, cancel: Callable[[], None] | None = None) -> Job:
        """Add a job."""
        job = Job(title, cancel)
        self._jobs.append(job)
        self.added.emit(job)
        for old in [job for job in self._jobs if job.has_ended][: max(0, len(self._jobs) - self.KEEP)]:
            self.remove(old)
        return job

    def run(self, job: Job, done: int = 0, total: int = 0) -> None:
        """Report that a job runs, and how far it is."""
        if not job.has_ended:
            job.state, job.done, job.total = JobState.RUNNING, done, total
            self.changed.emit(job)

    def end(self, job: Job, state: JobState, message: str = "") -> None:
        """Report that a job is over."""
        if not job.has_ended:
            job.state, job.message = state, message
            self.changed.emit(job)

    def remove(self, job: Job) -> None:
        """Forget a job."""
        if job in self._jobs:
            self._jobs.remove(job)
            self.removed.emit(job)

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for job in self:
            job.cancel()

    def clear_ended(self) -> None:
        """Forget the jobs that are over."""
        for job in self:
            if job.has_ended:
                self.remove(job)

    @property
    def active(self) -> list[Job]:
        """Jobs that are not over."""
        return [job for job in self._jobs if not job.has_ended]
