"""One batch export as a job: hears the program that works, and tells it what the person wants."""

from __future__ import annotations

from pathlib import Path

from gxview.job_file import FAILURES
from gxview.viewer.batch.events import Ended, Event, Failure, Note, Progress, Started, read_event
from gxview.viewer.batch.words import death_words, end_words, failure_words, place_words, progress_words
from gxview.viewer.work.child import Child
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.program import ProgramRun

STATES = {
    "complete": JobState.DONE,
    "incomplete": JobState.FAILED,
    "failed": JobState.FAILED,
    "stopped": JobState.CANCELLED,
}
"""How the job ends, by the status that the program tells."""


class BatchRun(ProgramRun[Event]):
    """A running export; told to pause, go on and stop by words."""

    def __init__(self, child: Child, folder: Path, job: Job, jobs: JobList, loop: Loop) -> None:
        self.progress: Progress | None = None
        self.end: Ended | None = None
        self.failures = 0
        super().__init__(child, folder, job, jobs, loop, read_event)
        job.on_pause(self._pause)

    @property
    def files(self) -> list[Path]:
        """What was written, once it is over."""
        return [self.folder / name for name in self.end.files] if self.end is not None else []

    @property
    def failure_list(self) -> Path | None:
        """The list of what is missing and why, where there is one."""
        path = self.folder / FAILURES
        return path if path.is_file() else None

    def ask_to_stop(self) -> None:
        """Ask the program to stop after the task at hand."""
        self.job.on_pause(None)
        self.child.say("stop")
        self.tell("Stopping after the windows under way; Cancel again stops at once")

    def hear(self, event: Event) -> None:
        """Take an event."""
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
        if not self.has_ended and self.progress is not None:
            self._show(self.progress)

    def verdict(self, code: int, complaint: str) -> tuple[JobState, str]:
        """Return how the job ended, and what is told about it."""
        if self.end is not None:
            return STATES[self.end.status], end_words(self.end, self.folder)
        if self._stopping:
            return JobState.CANCELLED, end_words(Ended(event="end", status="stopped"), self.folder)
        return JobState.FAILED, death_words(code, complaint)

    def _pause(self, on: bool) -> None:
        self.child.say("pause" if on else "continue")
        self.tell("Pausing after the windows under way" if on else "Going on")

    def _show(self, progress: Progress) -> None:
        job = self.job
        job.details, job.warning = place_words(progress), failure_words(self.failures)
        if not self._stopping:
            job.told = progress_words(progress)
        tell = self._jobs.rest if progress.state == "paused" else self._jobs.run
        tell(job, progress.windows, progress.windows_total)
