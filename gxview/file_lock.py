"""A lock that the system gives back when the process that holds it ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Marks a file as in use by this process.

    Parameters
    ----------
    path
        The lock file; it is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock; False when a living process holds it, or has just removed its file.

        Raises
        ------
        OSError
            The file cannot be made.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        if not self._is_current(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def _is_current(self, handle: int) -> bool:
        """Whether the path still names the file of a handle, which its holder may have removed meanwhile."""
        with contextlib.suppress(OSError):
            return os.path.samestat(os.fstat(handle), self.path.stat())
        return False

    def release(self, remove: bool = False) -> None:
        """Give the lock back, and remove its file if asked to."""
        if remove and sys.platform != "win32":  # before another process may take it; Windows removes no open file
            self._remove()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        if remove and sys.platform == "win32":
            self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
