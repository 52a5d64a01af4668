"""Everything that takes a while and that a person may watch or stop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from psygnal import Signal


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
RATE_SECONDS = 15.0
"""Length of the past over which a rate is measured."""
RATE_FROM = 1.0
"""Seconds of work before a rate is told."""


@dataclass(frozen=True, slots=True)
class JobAction:
    """What a person may do once a job is over.

    Parameters
    ----------
    title, tip
        Words on the button, and what it does.
    call
        Does it.
    """

    title: str
    tip: str
    call: Callable[[], None]


class Job:
    """One piece of work as the Jobs panel shows it; `JobList` changes it.

    Parameters
    ----------
    title
        What is done.
    cancel
        Asks the work to stop; None where it cannot.
    unit, each
        What `done` and `total` count ('B' for bytes, 'bp' for bases, or a plural), and how many of it each step is.
    clock
        Seconds.
    apart
        Whether it is a program of its own: nobody waits for it, and only its own button stops it.

    Attributes
    ----------
    told
        How far it is in the words of the work itself, instead of those that `job_words` finds.
    details, warning
        Further lines: where the work is, and what went wrong so far.
    actions
        What a person may do once it is over.
    """

    def __init__(
        self,
        title: str,
        cancel: Callable[[], None] | None,
        unit: str = "",
        each: int = 1,
        clock: Callable[[], float] = time.monotonic,
        apart: bool = False,
    ) -> None:
        self.title = title
        self.unit = unit
        self.each = each
        self.state = JobState.WAITING
        self.done = 0
        self.total = 0
        self.message = ""
        self.told = self.details = self.warning = ""
        self.actions: Sequence[JobAction] = ()
        self.apart = apart
        self.began = clock()
        self.ended: float | None = None
        self._cancel = cancel
        self._pause: Callable[[bool], None] | None = None
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()

    @property
    def rate(self) -> float:
        """Steps per second, measured over the last `RATE_SECONDS` until now; 0 while too little is known."""
        if self.state is not JobState.RUNNING or not self._samples:
            return 0.0
        began, first = self._samples[0]
        spent = self._clock() - began
        return (self.done - first) / spent if spent >= RATE_FROM else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the rest takes at the measured rate; None while that cannot be told."""
        rate = self.rate
        return (self.total - self.done) / rate if rate > 0 and self.total > self.done else None

    def measure(self, done: int, total: int) -> None:
        """Note how far the work is; another total, or fewer steps than before, begin the measurement anew."""
        now = self._clock()
        if total != self.total or done < self.done:
            self._samples.clear()
        self.done, self.total = done, total
        self._samples.append((now, done))
        while len(self._samples) > 2 and now - self._samples[1][0] > RATE_SECONDS:
            self._samples.popleft()

    def finish(self, state: JobState, message: str) -> None:
        """Note how the work ended."""
        self.state, self.message, self.ended = state, message, self._clock()

    @property
    def can_cancel(self) -> bool:
        """Whether it can still be stopped."""
        return self._cancel is not None and self.state not in ENDED

    @property
    def can_pause(self) -> bool:
        """Whether it can rest a while, or goes on when told so."""
        return self._pause is not None and self.state in (JobState.RUNNING, JobState.PAUSED)

    @property
    def has_ended(self) -> bool:
        """Whether it is over, one way or another."""
        return self.state in ENDED

    def cancel(self) -> None:
        """Ask the work to stop."""
        if self._cancel is not None and not self.has_ended:
            self._cancel()

    def pause(self) -> None:
        """Ask the work to rest."""
        if self._pause is not None and self.state is JobState.RUNNING:
            self._pause(True)

    def resume(self) -> None:
        """Ask the work to go on after a rest."""
        if self._pause is not None and self.state is JobState.PAUSED:
            self._pause(False)

    def on_pause(self, call: Callable[[bool], None] | None) -> None:
        """Say how the work is told to rest (True) and to go on (False); None where it can no more."""
        self._pause = call

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

    def start(
        self,
        title: str,
        cancel: Callable[[], None] | None = None,
        unit: str = "",
        each: int = 1,
        *,
        apart: bool = False,
    ) -> Job:
        """Add a job; see `Job` for what is given."""
        job = Job(title, cancel, unit, each, apart=apart)
        self._jobs.append(job)
        self.added.emit(job)
        for old in [job for job in self._jobs if job.has_ended][: max(0, len(self._jobs) - self.KEEP)]:
            self.remove(old)
        return job

    def run(self, job: Job, done: int = 0, total: int = 0) -> None:
        """Report that a job runs, and how far it is."""
        if not job.has_ended:
            job.state = JobState.RUNNING
            job.measure(done, total)
            self.changed.emit(job)

    def rest(self, job: Job, done: int = 0, total: int = 0) -> None:
        """Report that a job rests, and how far it is."""
        if not job.has_ended:
            job.state = JobState.PAUSED
            job.measure(done, total)
            self.changed.emit(job)

    def end(self, job: Job, state: JobState, message: str = "") -> None:
        """Report that a job is over."""
        if not job.has_ended:
            job.finish(state, message)
            self.changed.emit(job)

    def remove(self, job: Job) -> None:
        """Forget a job."""
        if job in self._jobs:
            self._jobs.remove(job)
            self.removed.emit(job)

    def cancel_all(self) -> None:
        """Ask every job to stop, but those that are programs of their own: a key pressed by chance ends no night."""
        for job in self:
            if not job.apart:
                job.cancel()

    def clear_ended(self) -> None:
        """Forget the jobs that are over."""
        for job in self:
            if job.has_ended:
                self.remove(job)

    @property
    def awaited(self) -> list[Job]:
        """Jobs that are not over and whose results the window waits for."""
        return [job for job in self.active if not job.apart]

    @property
    def active(self) -> list[Job]:
        """Jobs that are not over."""
        return [job for job in self._jobs if not job.has_ended]
