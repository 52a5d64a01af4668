"""One evaluation as a job: a program of its own, heard line by line, stopped by a signal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from psygnal import Signal
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gxview.viewer.batch.child import Child
from gxview.viewer.batch.inbox import Inbox
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.progress import time_words
from gxview.viewer.work.workers import AskCancelled, Outcome, Task
from gxview.viewer.work.workers import Progress as Tell

STATES = {"complete": JobState.DONE, "failed": JobState.FAILED, "stopped": JobState.CANCELLED}
KEPT = "What is finished is kept; Evaluate goes on from there."


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Advance(_Event):
    """How far the work is; `seconds_left` None while that is not known."""

    event: Literal["progress"]
    state: Literal["running", "writing"] = "running"
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    set: str = ""
    model: str = ""
    method: str = ""


class Remark(_Event):
    """A sentence for the person."""

    event: Literal["note"]
    text: str


class End(_Event):
    """The work is over."""

    event: Literal["end"]
    status: Literal["complete", "failed", "stopped"]
    failures: int = 0
    message: str = ""


Event: TypeAlias = Advance | Remark | End
_READER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def read_event(line: str) -> Event | None:
    """Return what a line says; None for a line that is no event, or one of a kind that this program does not know."""
    try:
        return _READER.validate_json(line)
    except ValidationError:
        return None


def arguments(config: Path, folder: Path) -> list[str]:
    """Return the arguments of the program that evaluates and reports."""
    return ["evaluate", "--config", str(config), "--output", str(folder), "--progress", "json"]


class EvaluationRun:
    """A running evaluation.

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
        self.child = child
        self.notes: list[str] = []
        self.end: End | None = None
        self._jobs = jobs
        self._stopping = False
        self._inbox: Inbox[Event] = Inbox(loop, self._take)
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
        """End the program; what is finished is on disk."""
        self._stopping = True
        self.child.kill()

    # -- in the thread that listens

    def _listen(self, _tell: Tell, _cancelled: AskCancelled) -> tuple[int, str]:
        try:
            for line in self.child.lines():
                if (event := read_event(line)) is not None:
                    self._inbox.put(event)
            code = self.child.wait()
            return code or 0, self.child.complaint()
        finally:
            self.child.close()

    # -- on the main thread

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case Advance():
                    self._show(event)
                case Remark():
                    self.notes.append(event.text)
                case End():
                    self.end = event

    def _show(self, event: Advance) -> None:
        parts = (f"{100 * event.done // max(1, event.total)} %", time_words(event.seconds_left))
        shown = ", ".join(part for part in parts if part)
        self.job.told = "Writing the report" if event.state == "writing" else shown
        self.job.details = ", ".join(part for part in (event.model, event.method, event.set) if part)
        self._jobs.run(self.job, event.done, event.total)

    def _done(self, outcome: Outcome) -> None:
        self._inbox.empty()
        self.job.details = ""
        if self._stopping:
            self._jobs.end(self.job, JobState.CANCELLED, f"Stopped. {KEPT}")
        elif self.end is not None:
            kept = f" {KEPT}" if self.end.status == "stopped" else ""
            self._jobs.end(self.job, STATES[self.end.status], f"{self.end.message}{kept}")
        else:
            code, complaint = outcome.value or (1, outcome.error)
            self._jobs.end(
                self.job, JobState.FAILED, complaint or f"It ended without a word (exit code {code}). {KEPT}"
            )
        self.ended.emit()
