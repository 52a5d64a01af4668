"""Where the bytes of a track are: in a file that may change, or behind an http address."""

from __future__ import annotations

import io
import os
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from gxview.errors import Cancelled, GxviewError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Progress: TypeAlias = Callable[[int, int], None]
"""Called with bytes read and bytes in all (0 if unknown)."""
AskCancelled: TypeAlias = Callable[[], bool]
"""Asked now and then; True stops the work."""

_URL = re.compile(r"(https?):/+(?=[^/])", re.IGNORECASE)
_BUFFER = 1 << 16
_WORK, _PAUSE = 0.008, 0.0002
"""Seconds of work after which whoever reads a text makes a pause. A thread that reads what the disk cache has takes the
interpreter back before any other one wakes; without pauses the window stood still for up to a second."""


class ByteSource(Protocol):
    """Bytes that are read piece by piece; safe to use from several threads at once."""

    place: str
    """Path or address, for messages."""
    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly so many bytes; GxviewError if they are not there, or the file has changed."""


def url_of(path: str | Path) -> str | None:
    """Return the address that a path means, also where `Path` has joined its slashes; None for a file."""
    match = _URL.match(str(path))
    return f"{match[1].lower()}://{str(path)[match.end() :]}" if match else None


def open_bytes(path: str | Path) -> ByteSource:
    """Open a file or an address for reading piece by piece.

    Raises
    ------
    GxviewError
        If it is missing or cannot be reached.
    """
    url = url_of(path)
    if url is None:
        return LocalBytes(Path(path))
    from gxview.tracks.remote import RemoteBytes  # the network modules cost a tenth of the start

    return RemoteBytes(url)


def open_stream(path: str | Path) -> tuple[BinaryIO, int]:
    """Open a file or an address for reading from beginning to end; its size with it (0 if unknown)."""
    url = url_of(path)
    if url is None:
        file = opened(Path(path))
        return file, os.fstat(file.fileno()).st_size
    from gxview.tracks.remote import remote_stream

    return remote_stream(url)


def opened(path: Path) -> BinaryIO:
    """Open a file without a buffer.

    Raises
    ------
    GxviewError
        If it is missing, a folder, or cannot be read.
    """
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise GxviewError(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise GxviewError(f"{path} is a folder; name a file in it.") from error
    except (OSError, ValueError) as error:
        raise GxviewError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise GxviewError(f"{path} is a pipe or a device; save what comes from it in a file.")
    return file


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and time of a file, by which a change is noticed."""

    path: Path
    size: int
    modified: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Take the stamp of a file that is there."""
        with opened(path) as file:
            status = os.fstat(file.fileno())
        return cls(path, status.st_size, status.st_mtime_ns)

    def check(self, status: os.stat_result | None = None) -> None:
        """Raise GxviewError if the file is gone, or is not what it was."""
        try:
            now = self.path.stat() if status is None else status
        except OSError as error:
            raise GxviewError(f"{self.path} is gone; put it back, or remove its track.") from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise GxviewError(f"{self.path} changed on disk since it was opened; open it again.")


class LocalBytes:
    """A file on this machine. It is opened for each piece, so nothing stays locked and a change is seen.

    Raises
    ------
    GxviewError
        If the file is missing.
    """

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        self._path = path
        self._stamp = Stamp.of(path)
        self.size = self._stamp.size

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly so many bytes.

        Raises
        ------
        GxviewError
            If the file is gone, has changed, cannot be read, or is cut off.
        """
        if offset < 0 or size < 0 or offset + size > self.size:
            self._stamp.check()
            raise GxviewError(f"{self._path} is cut off or damaged; copy or download it again.")
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(offset)
                data = file.read(size)
                self._stamp.check(os.fstat(file.fileno()))
        except FileNotFoundError:
            self._stamp.check()
            raise
        except OSError as error:
            raise GxviewError(f"{self._path} cannot be read: {error.strerror}.") from error
        if len(data) != size:
            raise GxviewError(f"{self._path} changed on disk since it was opened; open it again.")
        return data


class WatchedStream(io.RawIOBase):
    """A stream that tells how far it was read, and stops when asked to.

    Parameters
    ----------
    stream : BinaryIO
        Read from beginning to end.
    total : int
        Bytes in all; 0 if unknown.
    progress, cancelled : callable, optional
        The first is called a hundred times a second at most, the other asked for each piece of 64 KiB.
    place : path or str
        For the message of :class:`Cancelled`.
    """

    def __init__(
        self,
        stream: BinaryIO,
        total: int,
        progress: Progress | None = None,
        cancelled: AskCancelled | None = None,
        place: str | Path = "",
    ) -> None:
        self._stream, self._total, self._place = stream, total, place
        self._progress, self._cancelled = progress, cancelled
        self._done, self._paused = 0, time.monotonic()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next piece."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled(f"Opening {Path(self._place).name} was stopped.")
        data = self._stream.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(data)] = data
        self._done += len(data)
        if not data and self._done < self._total:
            raise OSError(f"it ended after {self._done:,} of {self._total:,} bytes")
        if not data or time.monotonic() - self._paused > _WORK:
            if self._progress is not None:
                self._progress(self._done, max(self._total, self._done))
            time.sleep(_PAUSE)
            self._paused = time.monotonic()
        return len(data)

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()

    def buffered(self) -> io.BufferedReader:
        """Return a reader that takes 64 KiB at a time."""
        return io.BufferedReader(self, _BUFFER)
