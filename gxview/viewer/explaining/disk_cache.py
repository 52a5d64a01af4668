"""Explained tiles on disk, by the name that their provenance gives them; found again at the next start.

One SQLite file in write-ahead mode: a crash leaves every tile whole or not at all, several programs may share it, and
what has not been used for longest goes first when it grows too large. For one thread.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS tiles (name TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, data BLOB);
CREATE INDEX IF NOT EXISTS by_use ON tiles (used);
"""
PATIENCE = 2.0
"""Seconds to wait for another program that writes."""
ROOM = 0.9
"""Share of the limit that is left in use when tiles have to go."""


class DiskCache:
    """Bytes by name, up to a total size.

    Parameters
    ----------
    path
        File; made with its folder when it is first needed. A file that is no database is made anew.
    limit
        Largest total of bytes.
    failed
        Called once, with the reason, when the disk cannot be used; from then on nothing is kept.
    """

    def __init__(self, path: Path, limit: int, failed: Callable[[str], None]) -> None:
        self._path = path
        self._limit = limit
        self._failed = failed
        self._file: sqlite3.Connection | None = None
        self._broken = False

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def set_limit(self, limit: int) -> None:
        """Allow another total; what is too much goes with the next tile."""
        self._limit = limit

    def get(self, name: str) -> bytes | None:
        """Return what was kept under a name."""
        row = self._try(lambda file: _read(file, name))
        return bytes(row) if isinstance(row, bytes) else None

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes under a name; what has not been used for longest goes where there is no room."""
        if len(data) <= self._limit:
            self._try(lambda file: _write(file, name, data, self._limit))

    def drop(self, name: str) -> None:
        """Forget a name."""
        self._try(lambda file: file.execute("DELETE FROM tiles WHERE name = ?", (name,)))

    def size(self) -> int:
        """Return the bytes that are kept."""
        total = self._try(_total)
        return total if isinstance(total, int) else 0

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _try(self, call: Callable[[sqlite3.Connection], object]) -> object:
        """Call with the open file; a damaged one is made anew, any other failure ends the use of the disk."""
        for attempt in (1, 2):
            if self._broken:
                return None
            try:
                if self._file is None:
                    self._file = _open(self._path)
                with self._file:
                    return call(self._file)
            except (sqlite3.Error, OSError) as error:
                self.close()
                if attempt == 2 or not _is_damaged(error):
                    self._give_up(error)
                else:
                    log.warning("%s is damaged and made anew: %s", self._path, error)
                    _remove(self._path)
        return None

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        self._failed(f"Explanations cannot be kept in {self._path}: {getattr(error, 'strerror', None) or error}.")


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # opened by the device thread, closed by whoever ends it
    file = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
    try:
        # the first two hold from the making of the file on
        for pragma in ("auto_vacuum = FULL", "journal_mode = WAL", "synchronous = NORMAL"):
            file.execute(f"PRAGMA {pragma}")
        file.executescript(SCHEMA)
    except sqlite3.Error:
        file.close()
        raise
    return file


def _read(file: sqlite3.Connection, name: str) -> object:
    row = file.execute("SELECT data FROM tiles WHERE name = ?", (name,)).fetchone()
    if row is not None:
        file.execute("UPDATE tiles SET used = ? WHERE name = ?", (time.time_ns(), name))
    return row[0] if row is not None else None


def _write(file: sqlite3.Connection, name: str, data: bytes, limit: int) -> None:
    file.execute("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?)", (name, time.time_ns(), len(data), data))
    left = _total(file)
    if left <= limit:
        return
    for old, size in file.execute("SELECT name, size FROM tiles ORDER BY used").fetchall():
        if left <= limit * ROOM or old == name:
            break
        file.execute("DELETE FROM tiles WHERE name = ?", (old,))
        left -= size


def _total(file: sqlite3.Connection) -> int:
    return int(file.execute("SELECT coalesce(sum(size), 0) FROM tiles").fetchone()[0])


def _is_damaged(error: Exception) -> bool:
    # its subclasses tell of locks, full disks and missing rights
    return type(error) is sqlite3.DatabaseError


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
