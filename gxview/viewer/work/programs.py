"""The commands that a window runs beside itself, and the threads that listen to them and read their results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gxview.errors import GxviewError
from gxview.viewer.work.child import PROGRAM, Child
from gxview.viewer.work.command import CommandRun
from gxview.viewer.work.jobs import JobList
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.workers import Outcome, Task, Workers

MOST = 5
"""Commands that may run at once: one of each panel."""
READERS = 2
"""Threads that read results."""
GRACE = 0.3
"""Seconds that a killed program is waited for."""


class Programs:
    """Runs commands.

    Parameters
    ----------
    jobs
        Where progress is shown.
    loop
        The main thread.
    """

    def __init__(self, jobs: JobList, loop: Loop) -> None:
        self.program: Sequence[str] = PROGRAM
        self.runs: list[CommandRun] = []
        self._jobs = jobs
        self._loop = loop
        # each command is listened to all the time that it runs
        self._workers = Workers("gxview-programs", MOST + READERS, loop)

    @property
    def active(self) -> list[CommandRun]:
        """Those that are not over."""
        return [run for run in self.runs if not run.has_ended]

    def start(
        self, arguments: Sequence[str], folder: Path, title: str, who: str, program: Sequence[str] | None = None
    ) -> CommandRun:
        """Run a command, or go on with the same one in its folder.

        Parameters
        ----------
        arguments
            Of the program, with ``--progress json``.
        folder
            Where the results go.
        title
            What the job is called.
        who
            What goes on from what was finished, see `CommandRun`.
        program
            What is started instead of `program`.

        Raises
        ------
        GxviewError
            One runs into this folder, or the system starts no program.
        """
        if any(run.folder.resolve() == folder.resolve() for run in self.active):
            raise GxviewError(f"A program writes into {folder} already; see the Jobs panel, or choose another folder.")
        child = Child(arguments, program or self.program)
        job = self._jobs.start(title, unit="steps", apart=True)
        run = CommandRun(child, folder, job, self._jobs, self._loop, who)
        self.runs = [*self.active, run]
        self._workers.submit(run.task())
        return run

    def read(self, work: Callable[[], Any], done: Callable[[Outcome], None]) -> None:
        """Do a short piece of work, such as reading results, and hand over its outcome on the main thread."""
        self._workers.submit(Task(lambda _tell, _cancelled: work(), done))

    def stop(self) -> None:
        """End everything, since the window closes; what is finished is on disk."""
        for run in self.active:
            run.child.terminate()
        self._workers.stop()

    def join(self, timeout: float) -> bool:
        """Wait for programs and threads after `stop`; False when one stays."""
        limit = time.monotonic() + timeout
        for run in self.active:
            if run.child.wait(max(0.0, limit - GRACE - time.monotonic())) is None:
                run.child.kill()
                run.child.wait(GRACE)
        ended = self._workers.join(max(GRACE, limit - time.monotonic()))
        for run in self.active if ended else ():
            # one that nobody listened to yet
            run.child.close()
        return ended
