"""Files that are safely on the disk before they count."""

from __future__ import annotations

import os
from pathlib import Path

from gxview.errors import GxviewError


def make_folder(folder: Path, named: Path | None = None) -> None:
    """Make a folder and those above it, if they are not there.

    Parameters
    ----------
    folder
        What is made.
    named
        How a person named it, where that differs.

    Raises
    ------
    GxviewError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        above = next((one for one in folder.absolute().parents if os.path.exists(one)), folder)
        why = f"{above} is a file" if above.is_file() else f"{above} takes no new folder ({error.strerror or error})"
        raise GxviewError(
            f"The folder {named or folder} cannot be made: {why}. Name one in a place where you may write."
        ) from None


def write_durably(path: Path, data: bytes) -> None:
    """Write a file aside, flush it to the disk and rename it.

    Raises
    ------
    OSError
        If there is no room; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise
    os.replace(part, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names of a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
