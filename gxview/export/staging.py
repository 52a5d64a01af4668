"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome.cache import is_writable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def staged() -> Iterator[Callable[[Path], Path]]:
    """Write several files aside and put all of them in place at the end.

    Yields
    ------
    callable
        ``aside(path)`` returns the path, in the same folder, under which the file for `path` is written. When the
        block ends, every such file takes its final name, replacing what was there; when it raises, all are deleted.

    Raises
    ------
    GxviewError
        If a folder is missing or read-only or there is no room.
    """
    files: dict[Path, Path] = {}

    def aside(path: Path) -> Path:
        check_folder(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        files[path] = Path(name)
        return files[path]

    try:
        yield aside
        for path, part in files.items():
            part.chmod(0o666 & ~_umask())
            part.replace(path)
    except OSError as error:
        raise GxviewError(_sentence(error, next(iter(files), None))) from error
    finally:
        for part in files.values():
            with contextlib.suppress(OSError):
                part.unlink()


def check_folder(path: Path) -> None:
    """Raise :class:`~gxview.errors.GxviewError` unless a file can be put at `path`."""
    folder = path.parent
    if not folder.is_dir():
        raise GxviewError(f"{path} cannot be written: there is no folder {folder}; create it first.")
    if path.is_dir():
        raise GxviewError(f"{path} cannot be written: there is a folder of this name.")
    if not is_writable(folder):
        raise GxviewError(f"{path} cannot be written: the folder {folder} is read-only; choose another one.")


def _sentence(error: OSError, path: Path | None) -> str:
    name = path or error.filename or "The file"
    if error.errno in _FULL:
        return f"{name} cannot be written: there is no room left on its disk; nothing was kept."
    return f"{name} cannot be written: {error.strerror or error}."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
