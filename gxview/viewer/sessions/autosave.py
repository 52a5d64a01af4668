"""Keeps what is shown, so that it can be restored after a crash."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.file_lock import FileLock
from gxview.viewer.files import write_whole
from gxview.viewer.sessions.content import session_of
from gxview.viewer.sessions.file import SUFFIX, Session, read_session, write_session
from gxview.viewer.sessions.session import Sessions
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import Call, Loop
from gxview.viewer.work.workers import Task, Workers

SECONDS, SOON = 30.0, 2.0
"""Seconds from a move on screen, and from a change of the tracks, to the file."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a program kept that ended without closing its window.

    Parameters
    ----------
    path, lock
        The file; it is held, so that no other window offers it too.
    time
        When it was kept.
    session
        What was shown.
    session_path
        File of the session that was open; None for none.
    """

    path: Path
    lock: FileLock
    time: datetime
    session: Session
    session_path: Path | None

    def discard(self) -> None:
        """Remove the file."""
        for path in (self.path, _note(self.path)):
            with contextlib.suppress(OSError):
                path.unlink()
        self.lock.release(remove=True)


class Autosave:
    """Writes what is shown into a folder while the program runs, and removes it when the window closes.

    Each window has a file of its own with a lock that ends with the process, so that windows do not fight and a file
    without a holder is what a crash left. `failed(reason)` tells, once, that the folder does not take it.

    Parameters
    ----------
    folder
        The user's folder for it.
    model, undo, sessions
        Of the viewer.
    workers
        Threads that write.
    loop
        Main thread.
    """

    failed = Signal(str)

    def __init__(
        self, folder: Path, model: ViewerModel, undo: Undo, sessions: Sessions, workers: Workers, loop: Loop
    ) -> None:
        self._folder = folder
        self._model = model
        self._undo = undo
        self._sessions = sessions
        self._workers = workers
        self._loop = loop
        self._timer: Call | None = None
        self._due = float("inf")
        self._lock: FileLock | None = None
        self._state = undo.state
        self._broken = False
        self.path = folder / f"{os.getpid()}-{next(_numbers)}{SUFFIX}"
        undo.settled.connect(self._on_settled)
        model.reference_changed.connect(lambda _reference: self._plan(SOON))
        model.loci.moved.connect(lambda _view: self._plan(SECONDS))

    def save(self) -> None:
        """Write what is shown now, in a worker thread; an empty window is not worth it."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        if self._broken or (self._model.reference is None and not len(self._model.tracks)):
            return
        session = session_of(self._model)
        note = {"session": str(self._sessions.path) if self._sessions.path is not None else None}
        self._workers.submit(Task(lambda _tell, _ask: self._write(session, note), lambda out: self._told(out.error)))

    def close(self) -> None:
        """Remove the file: the window was closed by a person. After the workers have ended."""
        self._broken = True
        if self._timer is not None:
            self._timer()
            self._timer = None
        for path in (self.path, _note(self.path)):
            with contextlib.suppress(OSError):
                path.unlink()
        if self._lock is not None:
            self._lock.release(remove=True)

    def _on_settled(self) -> None:
        state = self._undo.state
        if state != self._state:
            self._state = state
            self._plan(SOON)

    def _plan(self, seconds: float) -> None:
        """See to it that the file is written within some seconds."""
        if self._broken or (self._timer is not None and self._due <= seconds):
            return
        if self._timer is not None:
            self._timer()
        self._due = seconds
        self._timer = self._loop.later(seconds, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self.save()

    def _write(self, session: Session, note: dict[str, str | None]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._lock is None:
                lock = FileLock(_lock_path(self.path))
                lock.acquire()
                self._lock = lock
        except OSError as error:
            raise GxviewError(f"{self._folder} cannot be written: {error.strerror or error}.") from error
        write_whole(_note(self.path), json.dumps(note).encode())
        write_session(self.path, session)

    def _told(self, error: str) -> None:
        if error and not self._broken:
            self._broken = True
            self.failed.emit(f"What is open cannot be kept for the case of a crash: {error}")


def leftovers(folder: Path) -> Iterator[Leftover]:
    """Yield what ended programs left in a folder, the latest first; each is held until it is discarded or released.

    A file that cannot be read is removed.
    """
    with contextlib.suppress(OSError):
        for lock in folder.glob("*.lock"):
            _tidy(lock)
        found = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found:
            if (left := _leftover(path)) is not None:
                yield left


def _tidy(path: Path) -> None:
    """Remove the lock of a program that ended before it kept anything."""
    content = path.with_name(path.stem + SUFFIX)
    lock = FileLock(path)
    if not content.exists() and lock.acquire():
        Leftover(content, lock, datetime.min, Session(), None).discard()


def _leftover(path: Path) -> Leftover | None:
    lock = FileLock(_lock_path(path))
    if not lock.acquire():
        return None
    try:
        session, when = read_session(path), datetime.fromtimestamp(path.stat().st_mtime)
    except (GxviewError, OSError):
        Leftover(path, lock, datetime.min, Session(), None).discard()
        return None
    return Leftover(path, lock, when, session, _session_path(path))


def _session_path(path: Path) -> Path | None:
    try:
        name = json.loads(_note(path).read_text())["session"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(name) if name else None


def _note(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + ".note")


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + ".lock")
