"""One batch export as a job: hears the program that works, and tells it what the person wants."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal

from gxview.job_file import FAILURES
from gxview.viewer.batch.child import Child
from gxview.viewer.batch.events import Ended, Event, Failure, Note, Progress, Started, read_event
from gxview.viewer.batch.inbox import Inbox
from gxview.viewer.batch.words import death_words, end_words, failure_words, place_words, progress_words
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.workers import AskCancelled, Outcome, Task
from gxview.viewer.work.workers import Progress as Tell

STATES = {
    "complete": JobState.DONE,
    "incomplete": JobState.FAILED,
    "failed": JobState.FAILED,
    "stopped": JobState.CANCELLED,
}
"""How the job ends, by the status that the program tells."""


class BatchRun:
    """A running export.

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
    """

    ended = Signal()

    def __init__(self, child: Child, folder: Path, job: Job, jobs: JobList, loop: Loop) -> None:
        self.folder = folder
        self.job = job
        self.progress: Progress | None = None
        self.end: Ended | None = None
        self.failures = 0
        self.notes: list[str] = []
        self._child = child
        self._jobs = jobs
        self._stopping = False
        self._inbox: Inbox[Event] = Inbox(loop, self._take)
        job.on_cancel(self.stop)
        job.on_pause(self._pause)
        job.told = "Starting"
        jobs.run(job)

    @property
    def child(self) -> Child:
        """The program."""
        return self._child

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.job.has_ended

    @property
    def files(self) -> list[Path]:
        """What was written, once it is over."""
        return [self.folder / name for name in self.end.files] if self.end is not None else []

    @property
    def failure_list(self) -> Path | None:
        """The list of what is missing and why, where there is one."""
        path = self.folder / FAILURES
        return path if path.is_file() else None

    def task(self) -> Task:
        """Return the work that listens to the program until it ends."""
        return Task(self._listen, self._done)

    def stop(self) -> None:
        """Ask the program to stop after the windows under way; asked again, end it at once."""
        if self._stopping:
            self._child.kill()
            return
        self._stopping = True
        self.job.on_pause(None)
        self._child.say("stop")
        self._tell("Stopping after the windows under way; Cancel again stops at once")

    def _pause(self, on: bool) -> None:
        self._child.say("pause" if on else "continue")
        self._tell("Pausing after the windows under way" if on else "Going on")

    def _tell(self, text: str) -> None:
        self.job.told = text
        self._jobs.changed.emit(self.job)

    # -- in the thread that listens

    def _listen(self, _tell: Tell, _cancelled: AskCancelled) -> tuple[int, str]:
        """Hear the program until it ends; return its exit code and what it wrote to stderr last."""
        try:
            for line in self._child.lines():
                if (event := read_event(line)) is not None:
                    self._inbox.put(event)
            code = self._child.wait()
            return code or 0, self._child.complaint()
        finally:
            self._child.close()

    # -- on the main thread

    def _take(self, events: list[Event]) -> None:
        for event in events:
            self._hear(event)
        if not self.has_ended and self.progress is not None:
            self._show(self.progress)

    def _hear(self, event: Event) -> None:
        match event:
            case Progress():
                self.progress = event
            case Failure():
                self.failures += 1
            case Note():
                self.notes.append(event.text)
            case Ended():
                self.end = event
            case Started():
                self.job.details = event.device

    def _show(self, progress: Progress) -> None:
        job = self.job
        job.details, job.warning = place_words(progress), failure_words(self.failures)
        if not self._stopping:
            job.told = progress_words(progress)
        tell = self._jobs.rest if progress.state == "paused" else self._jobs.run
        tell(job, progress.windows, progress.windows_total)

    def _done(self, outcome: Outcome) -> None:
        self._inbox.empty()
        self.job.details = self.job.warning = ""
        if self.end is not None:
            self._jobs.end(self.job, STATES[self.end.status], end_words(self.end, self.folder))
        elif self._stopping:
            stopped = Ended(event="end", status="stopped")
            self._jobs.end(self.job, JobState.CANCELLED, end_words(stopped, self.folder))
        else:
            code, complaint = outcome.value or (1, outcome.error)
            self._jobs.end(self.job, JobState.FAILED, death_words(code, complaint))
        self.ended.emit()
