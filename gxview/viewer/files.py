"""Writes a file aside and gives it its name only when it is whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from gxview.errors import GxviewError


def write_whole(path: Path, content: bytes, make_folder: bool = False) -> None:
    """Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path, content
        The file and what it shall hold.
    make_folder
        Make the folder if there is none.

    Raises
    ------
    GxviewError
        The folder or the disk does not take it.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise GxviewError(f"{path} cannot be written: {error.strerror or error}.") from error
