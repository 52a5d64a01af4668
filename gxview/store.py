"""Finished tasks on disk: one file each, keyed by the content of everything that went in.

A task is written aside, flushed to the disk and renamed, so that a file under its final name is whole whenever the
process is killed. Its first line is the checksum of the rest; what does not agree is computed again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from gxview.durable import write_durably

_MAGIC = b"gxview task 1 "


class Store:
    """The folder ``work`` of an evaluation; one process at a time writes to it.

    Parameters
    ----------
    folder
        Is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, kind: str, key: str) -> Path:
        """Return where a task of a kind (``explain``, ``measure`` ...) with a key lies."""
        return self.folder / f"{kind}-{key[:32]}.task"

    def has(self, kind: str, key: str) -> bool:
        """Whether the task is finished and whole."""
        return self.get(kind, key) is not None

    def get(self, kind: str, key: str) -> bytes | None:
        """Return the result of a task; None if it is not there or damaged."""
        try:
            content = self.path(kind, key).read_bytes()
        except OSError:
            return None
        head, _, body = content.partition(b"\n")
        return body if head == _head(body) else None

    def put(self, kind: str, key: str, body: bytes) -> None:
        """Keep the result of a task; it is safe when this returns.

        Raises
        ------
        OSError
            If there is no room.
        """
        write_durably(self.path(kind, key), _head(body) + b"\n" + body)

    def prune(self, keep: set[Path]) -> int:
        """Delete the tasks of an earlier configuration and half-written files; return how many."""
        gone = [path for path in sorted(self.folder.iterdir()) if path not in keep]
        for path in gone:
            path.unlink()
        return len(gone)


def _head(body: bytes) -> bytes:
    return _MAGIC + hashlib.sha256(body).hexdigest().encode()
