"""The program once more, started beside the window: told what to do by words or signals, heard line by line."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from gxview.errors import GxviewError

NICENESS = 10
"""How far it stands back behind the window that is worked with (POSIX)."""
PROGRAM: tuple[str, ...] = (sys.executable, "-m", "gxview")
"""How the program itself is started."""


class Child:
    """A run of the program with a pipe to it and one from it.

    Parameters
    ----------
    arguments
        Of the program.
    program
        What is started.
    place
        Folder of its job file, which is removed when it is let go.

    Raises
    ------
    GxviewError
        The system starts no program.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        program: Sequence[str] = PROGRAM,
        place: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        self._place = place
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with the program
        try:
            self._process = subprocess.Popen(
                [*program, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONIOENCODING": "utf-8"},
                **_aside(),
            )
        except OSError as error:
            self._let_go(self._errors)
            raise GxviewError(f"The program cannot be started: {error.strerror or error}.") from None
        self._stand_back()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self._process.poll() is not None

    def say(self, word: str) -> None:
        """Tell it a word, such as 'pause'; one that has ended hears nothing."""
        with contextlib.suppress(OSError, ValueError):
            self._input().write(f"{word}\n".encode())
            self._input().flush()

    def say_no_more(self) -> None:
        """End what it hears, which means that it shall stop."""
        with contextlib.suppress(OSError, ValueError):
            self._input().close()

    def lines(self) -> Iterator[str]:
        """Yield what it says, line by line, until it ends."""
        output = self._process.stdout
        assert output is not None
        for line in output:
            yield line.decode("utf-8", "replace").strip()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end; return the exit code (negative for a signal), or None when it did not end in time."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        """Ask it to end after the task at hand (where there are signals; else it ends at once)."""
        with contextlib.suppress(OSError):
            self._process.terminate()

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            elif not self.has_ended:
                os.killpg(self._process.pid, signal.SIGKILL)

    def complaint(self) -> str:
        """Return the last line that it wrote to stderr, without the name of the program; once it has ended."""
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            said = [line for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
            return said[-1].strip().removeprefix("gxview: ") if said else ""
        return ""

    def close(self) -> None:
        """Let the pipes and the job file go; it must have ended."""
        self.say_no_more()
        self._let_go(self._process.stdout, self._errors)

    def _let_go(self, *pipes: IO[bytes] | None) -> None:
        for pipe in pipes:
            if pipe is not None:
                pipe.close()
        if self._place is not None:
            self._place.cleanup()

    def _input(self) -> Any:
        assert self._process.stdin is not None
        return self._process.stdin

    def _stand_back(self) -> None:
        if sys.platform != "win32":
            # before it has started threads, which inherit this
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


def _aside() -> dict[str, Any]:
    """Return what parts it from the window: a Ctrl+C in the terminal of the window does not reach it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}
