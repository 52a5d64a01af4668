"""The folder of a long job: one program at a time writes to it, and what the system says becomes a sentence."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gxview.durable import make_folder
from gxview.errors import GxviewError, UsageError
from gxview.file_lock import FileLock

RESULTS = {
    "evaluating": ("gxview evaluate", "evaluation.json"),
    "testing": ("gxview mit", "mit.json"),
    "probing": ("gxview probe", "probe.json"),
    "scoring variants": ("gxview variants", "variants.json"),
}
"""What is done -> the command that does it, and the file that its folder has in the end."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def locked(folder: Path, lock_name: str, doing: str) -> Iterator[None]:
    """Make the folder and hold it for this process.

    Parameters
    ----------
    folder
        Where the results go.
    lock_name
        File of the lock in it.
    doing
        What this program does, one of `RESULTS`.

    Raises
    ------
    UsageError
        If the folder is a file, or holds the results of another command.
    GxviewError
        If it cannot be made, or another program holds it.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the results.")
    for other, (command, name) in RESULTS.items():
        if other != doing and (folder / name).exists():
            raise UsageError(f"{folder} holds the results of {command}; name another folder.")
    made = not folder.exists()
    make_folder(folder)
    lock = FileLock(folder / lock_name)
    if not lock.acquire():
        raise GxviewError(f"Another program is {doing} into {folder}; wait for it, or choose another folder.")
    try:
        yield
    finally:
        lock.release(remove=True)
        if made:
            with suppress(OSError):  # it stays when there is something in it
                folder.rmdir()


@contextmanager
def file_errors(folder: Path, what: str) -> Iterator[None]:
    """Turn what the system says about files into a sentence; `what` is the job: ``evaluation``."""
    try:
        yield
    except OSError as error:
        reason = "there is no room left on its disk" if error.errno in _FULL else error.strerror or str(error)
        raise GxviewError(
            f"The {what} in {folder} cannot go on: {reason}. Mend that and give the same command "
            "again; what is finished is kept."
        ) from error
