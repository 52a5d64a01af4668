"""A long command as a job: ``gxview COMMAND ... --progress json``, whose events are the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from psygnal import Signal
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gxview.viewer.work.child import Child
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.program import ProgramRun
from gxview.viewer.work.progress import time_words

STATES = {"complete": JobState.DONE, "failed": JobState.FAILED, "stopped": JobState.CANCELLED}
STOPPING = "Stopping after the task at hand; once more ends it at once"
PARTS = 1000
PATIENCE = 15.0
"""Seconds that a program has to end after it was asked to; then it is killed."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Begin(_Event):
    """The work begins; `finished` tasks were done before."""

    event: Literal["start"]
    tasks: int = 0
    finished: int = 0


class Advance(_Event):
    """How far the work is, perhaps between two steps; `seconds_left` None while that is not known."""

    event: Literal["progress"]
    state: Literal["running", "writing"] = "running"
    done: float = 0
    total: float = 0
    seconds_left: float | None = None
    work: str = ""
    set: str = ""
    model: str = ""
    method: str = ""

    @property
    def details(self) -> str:
        """What is done now."""
        return ", ".join(part for part in (self.model, self.method, self.set) if part) or self.work


class Remark(_Event):
    """A sentence for the person."""

    event: Literal["note"]
    text: str


class Epoch(_Event):
    """A pass over the data is done; `fold` counts from 1, and is None where there are none."""

    event: Literal["epoch"]
    phase: str = "train"
    fold: int | None = None
    epoch: int
    epochs: int
    train_loss: float | None = None
    validation_loss: float | None = None
    measures: Mapping[str, float | None] = Field(default_factory=dict)


class End(_Event):
    """The work is over; `files` were written."""

    event: Literal["end"]
    status: Literal["complete", "failed", "stopped"]
    exit_code: int = 0
    files: tuple[str, ...] = ()
    failures: int = 0
    message: str = ""


Event: TypeAlias = Begin | Advance | Remark | Epoch | End
_READER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def read_event(line: str) -> Event | None:
    """Return what a line says; None for a line that is no event, or one of a kind that this program does not know."""
    try:
        return _READER.validate_json(line)
    except ValidationError:
        return None


class CommandRun(ProgramRun[Event]):
    """A running command, stopped by a signal; what it had finished is kept.

    `heard` tells of each epoch of a training.

    Parameters
    ----------
    child, folder, job, jobs, loop
        See `ProgramRun`.
    who
        What goes on from what was finished, as in "Evaluate goes on from there."
    """

    heard = Signal(Epoch)

    def __init__(self, child: Child, folder: Path, job: Job, jobs: JobList, loop: Loop, who: str) -> None:
        self.end: End | None = None
        self._loop = loop
        self._forget: Callable[[], None] = lambda: None
        self._kept = f"What is finished is kept; {who} goes on from there."
        super().__init__(child, folder, job, jobs, loop, read_event)

    def ask_to_stop(self) -> None:
        """Ask the program to stop after the task at hand."""
        self.child.terminate()
        self._forget = self._loop.later(PATIENCE, self.child.kill)
        self.tell(STOPPING)

    def hear(self, event: Event) -> None:
        """Take an event."""
        match event:
            case Advance():
                self._show(event)
            case Remark():
                self.notes.append(event.text)
            case Epoch():
                self.heard.emit(event)
            case End():
                self.end = event

    def verdict(self, code: int, complaint: str) -> tuple[JobState, str]:
        """Return how the job ended, and what is told about it."""
        self._forget()
        end = self.end
        if end is not None and (end.status != "stopped" or not self._stopping):
            kept = f" {self._kept}" if end.status == "stopped" else ""
            return STATES[end.status], f"{end.message}{kept}"
        if self._stopping:
            return JobState.CANCELLED, f"Stopped. {self._kept}"
        return JobState.FAILED, complaint or f"It ended without a word (exit code {code}). {self._kept}"

    def _show(self, event: Advance) -> None:
        # a job counts whole steps
        each = 1 if event.done == int(event.done) and event.total == int(event.total) else PARTS
        parts = (f"{int(100 * event.done // max(1, event.total))} %", time_words(event.seconds_left))
        shown = ", ".join(part for part in parts if part)
        if not self._stopping:
            self.job.told = "Writing the report" if event.state == "writing" else shown
        self.job.details = event.details
        self._jobs.run(self.job, round(each * event.done), round(each * event.total))
