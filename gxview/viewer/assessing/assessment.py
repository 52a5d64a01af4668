"""One of the panels about models without its window: choices, the command that works, what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from psygnal import Signal
from pydantic import ValidationError

from gxview.errors import GxviewError
from gxview.viewer.assessing.choices import Choices
from gxview.viewer.batch.defaults import results_folder, typed_path
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.child import PROGRAM
from gxview.viewer.work.command import CommandRun
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Notices, Offer
from gxview.viewer.work.programs import Programs
from gxview.viewer.work.workers import Outcome

C = TypeVar("C", bound=Choices)
R = TypeVar("R")
REPORT = "report.html"
NOTES = 3
SHOWN = 200
"""Letters of a typed path that a sentence repeats."""


class Assessment(ABC, Generic[C, R]):
    """A command of the window, one at a time, and the results that show.

    `changed` tells that choices changed, another run began or ended, or other results show.

    Parameters
    ----------
    model
        State of the viewer.
    programs
        Runs the command.
    notices
        Where the end is told.
    """

    changed = Signal()
    key: ClassVar[str]
    """Name of the command and of the choices among the settings."""
    title: ClassVar[str]
    """Name of the panel."""
    results_in: ClassVar[str]
    """File of the folder that says that results are there."""
    folder: Path | None
    """Where the next run goes; None leaves the choice open."""
    results_folder: Path | None
    """Where the results that show are from."""

    def __init__(self, model: ViewerModel, programs: Programs, notices: Notices) -> None:
        self.program: Sequence[str] = PROGRAM
        self.show_path: Callable[[Path], bool] = lambda _path: False
        self.model = model
        self.run: CommandRun | None = None
        self.results: R | None = None
        self.folder: Path | None = None
        self.results_folder: Path | None = None
        self.failure = ""
        self._programs = programs
        self._notices = notices
        self._reading: object = None
        getattr(model.settings.events, self.key).connect(self._changed)

    # -- what each command says

    @abstractmethod
    def arguments(self, folder: Path) -> list[str]:
        """Return the arguments of the command for the choices.

        Raises
        ------
        GxviewError
            The choices cannot be run: what is missing, and what to do.
        """

    @abstractmethod
    def read(self, folder: Path) -> R:
        """Return what a folder holds; called in a thread that reads.

        Raises
        ------
        GxviewError
            It holds no results of this command.
        """

    def began(self, run: CommandRun) -> None:
        """Hear that a run began."""

    # -- choices

    @property
    def choices(self) -> C:
        """What is chosen."""
        return getattr(self.model.settings, self.key)  # type: ignore[no-any-return]

    def choose(self, **changes: Any) -> None:
        """Choose something else.

        Raises
        ------
        GxviewError
            There is no such choice, or the value makes no sense.
        """
        known = type(self.choices).model_fields
        if unknown := changes.keys() - known.keys():
            raise GxviewError(f"{self.title} has no choice '{min(unknown)}'; it has {', '.join(known)}.")
        try:
            chosen = type(self.choices).model_validate({**self.choices.model_dump(), **changes})
        except ValidationError as error:
            first = error.errors()[0]
            raise GxviewError(f"{first['loc'][0]} of {self.title} cannot be that: {first['msg']}.") from None
        setattr(self.model.settings, self.key, chosen)

    @property
    def problem(self) -> str:
        """Why the choices cannot be run; empty when they can."""
        try:
            self.arguments(self.folder or self.free_folder())
        except GxviewError as error:
            return str(error)
        return ""

    def free_folder(self) -> Path:
        """Return a new folder for results, beside the genome where that takes one."""
        return results_folder(self.model, self.key)

    # -- work

    @property
    def is_running(self) -> bool:
        """Whether the command runs."""
        return self.run is not None and not self.run.has_ended

    def start(self, folder: Path) -> CommandRun:
        """Run the command, or go on with the same one in its folder.

        Raises
        ------
        GxviewError
            It runs already, the choices cannot be run, or the system starts no program.
        """
        if self.is_running:
            raise GxviewError(f"{self.title} is running already; see the Jobs panel.")
        wanted = [*self.arguments(folder), "--output", str(folder), "--progress", "json"]
        run = self._programs.start(wanted, folder, f"{self.title} into {folder.name}", self.title, self.program)
        self.run, self.folder, self.failure = run, folder, ""
        self.began(run)
        run.ended.connect(lambda: self._finish(run))
        self.changed.emit()
        return run

    def stop(self) -> None:
        """Stop the command after the task at hand; asked again, at once."""
        if self.run is not None and self.is_running:
            self.run.stop()

    @property
    def status(self) -> str:
        """How far the command is, or how it ended; a failure stands in `failure`."""
        if self.run is None or self.run.job.state is JobState.FAILED:
            return ""
        job = self.run.job
        return job.message if job.has_ended else ", ".join(part for part in (job.told, job.details) if part)

    def open(self, folder: Path) -> None:
        """Read the results in a folder and show them, unless others are asked for meanwhile."""
        mark = self._reading = object()

        def done(outcome: Outcome) -> None:
            if mark is not self._reading:
                return
            self._reading = None
            if outcome.ok:
                self.results, self.results_folder, self.failure = outcome.value, folder, ""
                if not self.is_running:
                    self.folder = folder
            else:
                self.failure = outcome.error
            self.changed.emit()

        self._programs.read(lambda: self.read(folder), done)

    @property
    def is_reading(self) -> bool:
        """Whether results are being read."""
        return self._reading is not None

    @property
    def report(self) -> Path | None:
        """The report of the results that show, where there is one."""
        folder = self.results_folder if self.results is not None else None
        path = folder / REPORT if folder is not None else None
        return path if path is not None and path.is_file() else None

    def show(self, path: Path | None) -> None:
        """Open a file outside of the program."""
        if path is not None and not self.show_path(path):
            self._notices.info(f"Nothing on this computer opens it; look at {path}.")

    def chosen_model(self, key: str) -> str:
        """Return how the command line names a model: its folder or its name."""
        return str(Path(key).absolute()) if Path(key).is_dir() else key

    def _finish(self, run: CommandRun) -> None:
        for note in list(dict.fromkeys(run.notes))[:NOTES]:
            self._notices.info(note)
        if run.job.state is JobState.DONE:
            self.open(run.folder)
            offer = Offer("Report", lambda: self.show(run.folder / REPORT))
            # what was found stands in the panel: a notice as long as a report would cover the tracks
            told = run.job.message.rsplit("\n", 1)[-1]
            self._notices.info(told, offer if (run.folder / REPORT).is_file() else None)
        elif run.job.state is JobState.FAILED:
            self.failure = run.job.message
            self._notices.error(f"{run.job.title}: {run.job.message}")
        self.changed.emit()

    def _changed(self) -> None:
        # what went wrong before was about other choices
        self.failure = ""
        self.changed.emit()


def needed_file(text: str, what: str) -> Path:
    """Return the file that a text names.

    Raises
    ------
    GxviewError
        It names none, or there is none.
    """
    if not text:
        raise GxviewError(f"Choose {what}.")
    path = typed_path(text)
    try:
        found = path.is_file()
    except OSError:
        # pasted letters are longer than any name may be
        found = False
    if not found:
        shown = str(path) if len(text) <= SHOWN else f"{text[:SHOWN]}\N{HORIZONTAL ELLIPSIS}"
        raise GxviewError(f"{shown} is no file; choose {what}.")
    return path


def numbers(text: str, what: str, kind: type[float] | type[int] = float) -> list[str]:
    """Return the numbers of a text, parted by commas or blanks, as the command line takes them.

    Raises
    ------
    GxviewError
        Something in it is no number.
    """
    parts = text.replace(",", " ").replace("\N{MINUS SIGN}", "-").split()
    for part in parts:
        try:
            kind(part)
        except ValueError:
            raise GxviewError(f"'{part}' is no number; {what} are numbers parted by commas.") from None
    return parts
