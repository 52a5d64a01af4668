"""Room on the disk, taken before a library writes that hangs or crashes when there is none."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

if sys.platform != "win32":
    import resource

_KEEP_SIZE = 1
_STEP = 1 << 24
PER_VALUE, PER_RUN, PER_NAME = 8, 640, 128


class Room:
    """Keeps room for a file while it is written.

    On Linux the blocks behind the end of the file are taken, so that nobody else can fill the disk meanwhile; elsewhere
    the free space is looked at.

    Parameters
    ----------
    path : Path
        The file; it is there already.
    size : int
        Bytes that the file may have to begin with.

    Raises
    ------
    OSError
        If there is no room.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = 0
        self.ensure(size, step=0)

    def ensure(self, size: int, step: int = _STEP) -> None:
        """Take room for a file of `size` bytes if there is not enough; in larger steps, as taking costs time.

        Raises
        ------
        OSError
            If there is no room.
        """
        if size > self._size:
            self._take(size + step)

    def _take(self, size: int) -> None:
        _check_limit(self._path, size)
        if sys.platform == "linux":
            _allocate(self._path, size)
        elif shutil.disk_usage(self._path).free < size - self._path.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        self._size = size

    def release(self) -> None:
        """Give back what the file, which is closed, does not need."""
        os.truncate(self._path, self._path.stat().st_size)


def size_bound(sizes: Mapping[str, int], values: int, runs: int) -> int:
    """Return a size in bytes that a bigWig file of so many values in so many runs will not exceed."""
    names = sum(len(name.encode()) for name in sizes)
    return (1 << 18) + 2 * names + PER_NAME * len(sizes) + PER_VALUE * values + PER_RUN * runs


def _check_limit(path: Path, size: int) -> None:
    # taking blocks behind the end of a file does not ask for the limit of its size
    if sys.platform != "win32":
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        if limit not in (resource.RLIM_INFINITY, -1) and size > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))


def _allocate(path: Path, size: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    handle = os.open(path, os.O_WRONLY)
    try:
        if library.fallocate(handle, _KEEP_SIZE, 0, size):
            code = ctypes.get_errno()
            if code not in (errno.EOPNOTSUPP, errno.ENOSYS):
                raise OSError(code, os.strerror(code), str(path))
    finally:
        os.close(handle)
