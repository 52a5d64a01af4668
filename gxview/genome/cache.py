"""Where results about a file are kept when they cost time, and how they are found again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

import platformdirs


def cache_folder(cache_dir: str | Path | None = None) -> Path:
    """Folder for indexes and checksums: `cache_dir`, or the user's cache folder of gxview."""
    return Path(cache_dir) if cache_dir is not None else Path(platformdirs.user_cache_dir("gxview")) / "genomes"


def cached_path(path: Path, suffix: str, cache_dir: str | Path | None = None) -> Path:
    """Name the cached file about `path`: it changes with the path, the size and the time of the last change."""
    state = path.stat()
    key = hashlib.sha256(f"{path.resolve()}\0{state.st_mtime_ns}\0{state.st_size}".encode()).hexdigest()[:24]
    return cache_folder(cache_dir) / f"{path.name}.{key}{suffix}"


def is_writable(folder: Path) -> bool:
    """Whether new files may be put into a folder; a folder without any write bit is left alone even by root."""
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees a half of it: aside first, then renamed.

    Raises
    ------
    OSError
        If the folder takes no file; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise
