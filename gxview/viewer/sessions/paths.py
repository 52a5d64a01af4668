"""Paths of a session: relative to it where it may be moved together with its files, and found again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from gxview.tracks.places import url_of

UPWARDS = 3
"""Folders that a relative path may go up; what lies further away is no part of the same project."""


def is_folder_key(key: str) -> bool:
    """Whether the key of a model is the path of its folder, not a name."""
    return key.startswith(("./", "../", "/", "~")) or Path(key).is_absolute()


def relative(name: str, folder: Path) -> str:
    """Return a path as it is written into a session in a folder.

    Parameters
    ----------
    name
        Path or address; an address stays as it is.
    folder
        Where the session lies, absolute.

    Returns
    -------
    str
        With forward slashes, beginning with './' or '../', where the path lies in the same tree; else absolute.
    """
    if (url := url_of(name)) is not None:
        return url
    path = os.path.abspath(name)
    try:
        found = Path(os.path.relpath(path, folder))
        shared = Path(os.path.commonpath([path, folder]))
    except ValueError:  # another drive
        return path
    if found.parts.count("..") > UPWARDS or shared == Path(shared.anchor):
        return path
    return found.as_posix() if found.parts[:1] == ("..",) else f"./{found.as_posix()}"


def absolute(name: str, folder: Path, before: Path | None = None) -> str:
    """Return the path that a session means.

    Parameters
    ----------
    name
        As `relative` wrote it.
    folder
        Where the session lies now.
    before
        Where it was written: taken when there is nothing in `folder` but something there.
    """
    if (url := url_of(name)) is not None:
        return url
    found = os.path.abspath(folder / Path(name).expanduser())
    if before is not None and not os.path.exists(found):
        old = os.path.abspath(before / name)
        return old if os.path.exists(old) else found
    return found


def is_missing(name: str) -> bool:
    """Whether a path names nothing; an address is looked at only when it is opened."""
    return url_of(name) is None and not os.path.exists(name)


def found_with(old: str, new: str, others: Iterable[str]) -> dict[str, str]:
    """Find files that moved together with one that a person located.

    Parameters
    ----------
    old, new
        Where it was and where it is.
    others
        Other missing paths.

    Returns
    -------
    dict
        New path of each that was found: in the same place of the moved tree, else in the same new folder.
    """
    old_root, new_root = Path(old), Path(new)
    while old_root.name and old_root.name == new_root.name:
        old_root, new_root = old_root.parent, new_root.parent
    found = {}
    for other in others:
        wanted = [Path(new).parent / Path(other).name]
        if Path(other).is_relative_to(old_root):
            wanted.insert(0, new_root / Path(other).relative_to(old_root))
        if there := next((path for path in wanted if path.exists()), None):
            found[other] = str(there)
    return found
