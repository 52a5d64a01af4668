"""A program as a job: a run of ``gxview`` beside the window, heard line by line until it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from psygnal import Signal

from gxview.viewer.work.child import Child
from gxview.viewer.work.inbox import Inbox
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.workers import AskCancelled, Outcome, Task
from gxview.viewer.work.workers import Progress as Tell

E = TypeVar("E")


class ProgramRun(Generic[E]):
    """A running program; kinds of programs say what their events mean and how they are stopped.

    `ended` tells that it is over.

    Parameters
    ----------
    child
        The program.
    folder
        Where the results go.
    job, jobs
        How it is shown.
    loop
        The main thread.
    read
        Returns what a line says; None for a line that is no event.
    """

    ended = Signal()

    def __init__(
        self, child: Child, folder: Path, job: Job, jobs: JobList, loop: Loop, read: Callable[[str], E | None]
    ) -> None:
        self.child = child
        self.folder = folder
        self.job = job
        self.notes: list[str] = []
        self._jobs = jobs
        self._read = read
        self._stopping = False
        self._inbox: Inbox[E] = Inbox(loop, self._take)
        job.on_cancel(self.stop)
        job.told = "Starting"
        jobs.run(job)

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.job.has_ended

    def task(self) -> Task:
        """Return the work that listens to the program until it ends."""
        return Task(self._listen, self._done)

    def stop(self) -> None:
        """Ask the program to stop after the task at hand; asked again, end it at once."""
        if self._stopping:
            self.child.kill()
            return
        self._stopping = True
        self.ask_to_stop()

    # -- what kinds of programs say

    def ask_to_stop(self) -> None:
        """Ask the program to stop after the task at hand."""
        raise NotImplementedError

    def hear(self, event: E) -> None:
        """Take an event, on the main thread."""
        raise NotImplementedError

    def verdict(self, code: int, complaint: str) -> tuple[JobState, str]:
        """Return how the job ended and what is told about it.

        Parameters
        ----------
        code
            Exit code of the program; negative for a signal.
        complaint
            What it wrote to stderr last.
        """
        raise NotImplementedError

    def tell(self, text: str) -> None:
        """Say how far it is."""
        self.job.told = text
        self._jobs.changed.emit(self.job)

    # -- in the thread that listens

    def _listen(self, _tell: Tell, _cancelled: AskCancelled) -> tuple[int, str]:
        """Hear the program until it ends; return its exit code and what it wrote to stderr last."""
        try:
            for line in self.child.lines():
                if (event := self._read(line)) is not None:
                    self._inbox.put(event)
            code = self.child.wait()
            return code or 0, self.child.complaint()
        finally:
            self.child.close()

    # -- on the main thread

    def _take(self, events: Sequence[E]) -> None:
        for event in events:
            self.hear(event)

    def _done(self, outcome: Outcome) -> None:
        self._inbox.empty()
        self.job.details = self.job.warning = ""
        code, complaint = outcome.value or (1, outcome.error)
        self._jobs.end(self.job, *self.verdict(code, complaint))
        self.ended.emit()
