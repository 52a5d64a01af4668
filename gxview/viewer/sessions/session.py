"""The open session: its file, whether it changed, how it is saved and opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.viewer.opening import Opener
from gxview.viewer.sessions.content import Missing, missing_of, moved, session_of, without
from gxview.viewer.sessions.file import SUFFIX, Genome, Session, read_session, write_session
from gxview.viewer.sessions.igv_session import is_igv_session, read_igv_session
from gxview.viewer.sessions.loading import SessionLoader
from gxview.viewer.sessions.paths import is_missing
from gxview.viewer.sessions.state import State
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import Outcome, Task, Workers

Answer: TypeAlias = Callable[[Mapping[str, str] | None], None]
"""Told where missing files lie now; those that are not named are left out. None: the session is not opened."""
AskMissing: TypeAlias = Callable[[Sequence[Missing], Answer], None]
"""Asks a person for missing files."""
Content: TypeAlias = tuple[State, Genome | None]


class Sessions:
    """The session that is open, if any.

    `changed` tells that the file or its being modified is another; `opened(path)` that a session was opened or saved.

    Parameters
    ----------
    model, undo, opener, jobs, notices
        Of the viewer.
    workers
        Threads that read.

    Attributes
    ----------
    path : Path or None
        File of the open session.
    ask_missing : AskMissing
        Who is asked for missing files; they are left out and told as they stand.
    may_replace : callable
        Asked before another session takes the place of what is shown; False keeps it.
    """

    changed = Signal()
    opened = Signal(Path)

    def __init__(
        self, model: ViewerModel, undo: Undo, opener: Opener, workers: Workers, jobs: JobList, notices: Notices
    ) -> None:
        self.path: Path | None = None
        self.ask_missing: AskMissing = self.leave_out
        self.may_replace: Callable[[], bool] = lambda: True
        self._model = model
        self._undo = undo
        self._workers = workers
        self._jobs = jobs
        self._notices = notices
        self._loader = SessionLoader(model, undo, opener, notices)
        self._saved: Content | None = None
        self._was_modified = False
        self._loads = 0
        self._differs = False
        opener.session_wanted.connect(lambda path, then: self.open(path, then))
        undo.settled.connect(self._look)

    @property
    def name(self) -> str:
        """Name of the file without its suffix; empty without a session."""
        return self.path.name.removesuffix(SUFFIX).removesuffix(".json") if self.path is not None else ""

    @property
    def is_modified(self) -> bool:
        """Whether anything but the places on screen differs from the file; False without a session."""
        return self.path is not None and self._saved != self._content()

    def save(self, path: Path | None = None) -> bool:
        """Write the session to its file or to another, which becomes its file; False where that failed (it is told)."""
        path = path or self.path
        if path is None:
            raise ValueError("a session without a file needs a path")
        try:
            write_session(path, session_of(self._model, self._undo.state))
        except GxviewError as error:
            self._notices.error(str(error))
            return False
        self._notices.info(f"Saved {path.name}.")
        self._settle(path)
        self.opened.emit(path)
        return True

    def open(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Open a session of gxview or IGV; `then` is called when that was tried."""
        if not self.may_replace():
            return
        job = self._jobs.start(f"Opening {path.name}")

        def done(outcome: Outcome) -> None:
            if not outcome.ok:
                self._fail(job, outcome, then)
                return
            session, notes, missing = outcome.value
            for note in notes:
                self._notices.warning(note)
            foreign = is_igv_session(path)

            def shown() -> None:
                self.opened.emit(path)
                if then is not None:
                    then()

            self._find(
                session, missing, lambda found: self._load(found, job, None if foreign else path, shown, foreign)
            )

        self._jobs.run(job)
        self._workers.submit(Task(lambda _tell, _ask: _read(path), done))

    def restore(self, session: Session, path: Path | None, then: Callable[[], None] | None = None) -> None:
        """Show what was kept automatically; `path` is the file of its session, which does not hold it yet."""
        if not self.may_replace():
            return
        job = self._jobs.start("Restoring")

        def restored() -> None:
            self._saved = None
            self.changed.emit()
            if then is not None:
                then()

        def done(outcome: Outcome) -> None:
            self._find(session, outcome.value or [], lambda found: self._load(found, job, path, restored, False))

        self._jobs.run(job)
        self._workers.submit(Task(lambda _tell, _ask: missing_of(session), done))

    def _find(self, session: Session, missing: list[Missing], load: Callable[[Session | None], None]) -> None:
        self._differs = bool(missing)
        if not missing:
            load(session)
            return

        def answered(places: Mapping[str, str] | None) -> None:
            if places is None:
                load(None)
                return
            left_out = {one.path for one in missing} - places.keys()
            load(moved(without(session, left_out), places))

        self.ask_missing(missing, answered)

    def _load(
        self, session: Session | None, job: Job, path: Path | None, then: Callable[[], None] | None, foreign: bool
    ) -> None:
        if session is None:
            self._jobs.end(job, JobState.CANCELLED)
            return
        self._loads += 1
        number = self._loads

        def done(worked: bool) -> None:
            if number != self._loads:
                self._jobs.end(job, JobState.CANCELLED)
            elif worked:
                self._jobs.end(job, JobState.DONE)
                self._settle(path, differs=self._differs)
                if then is not None:
                    then()
            else:
                genome = Missing(session.genome.path if session.genome else "", "genome")
                self._find(session, [genome], lambda found: self._load(found, job, path, then, foreign))

        self._loader.load(session, done, keep_genome=foreign)

    def _settle(self, path: Path | None, differs: bool = False) -> None:
        """Take a file as that of the session; `differs` where it names files that were located or left out."""
        self.path, self._saved = path, None if differs else self._content()
        self._was_modified = self.is_modified
        self.changed.emit()

    def _fail(self, job: Job, outcome: Outcome, then: Callable[[], None] | None) -> None:
        self._jobs.end(job, JobState.FAILED, outcome.error)
        self._notices.error(outcome.error)
        if then is not None:
            then()

    def _content(self) -> Content:
        reference = self._model.reference
        genome = Genome(path=str(reference.path)) if reference is not None and reference.has_letters else None
        return self._undo.state, genome

    def _look(self) -> None:
        modified = self.is_modified
        if modified != self._was_modified:
            self._was_modified = modified
            self.changed.emit()

    def leave_out(self, missing: Sequence[Missing], answer: Answer) -> None:
        """Tell what is missing and open the session without it."""
        for one in missing:
            self._notices.warning(missing_sentence(one))
        answer({})


def missing_sentence(missing: Missing) -> str:
    """Say that a file is missing and what that means."""
    users = f" ({', '.join(missing.used_by)})" if missing.used_by else ""
    why = "does not exist any more" if is_missing(missing.path) else "cannot be opened"
    return f"{missing.path} {why}; the {missing.what}{users} was left out of the session."


def _read(path: Path) -> tuple[Session, Collection[str], list[Missing]]:
    if is_igv_session(path):
        imported = read_igv_session(path)
        return imported.session, imported.notes, missing_of(imported.session)
    session = read_session(path)
    return session, (), missing_of(session)
