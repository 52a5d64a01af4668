"""The settings as a JSON file in the person's folder: read once, written a little after each change."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gxview.errors import GxviewError
from gxview.viewer.files import write_whole
from gxview.viewer.settings.settings import Settings
from gxview.viewer.work.loop import Call, Loop

log = logging.getLogger(__name__)

DELAY = 0.3
"""Seconds between a change and the file; a slider changes often."""


class Preferences:
    """Keeps a file the same as the settings.

    Parameters
    ----------
    path
        File; it need not exist.
    settings
        What is kept; filled from the file here.
    loop
        Main thread.
    overrides
        Settings that hold for this start only, by name: they are applied now and reach the file only once the person
        changes them.

    Attributes
    ----------
    problems
        Sentences about what could not be read; empty when all is well.
    """

    def __init__(
        self, path: Path, settings: Settings, loop: Loop, overrides: Mapping[str, object] | None = None
    ) -> None:
        self._path = path
        self._settings = settings
        self._loop = loop
        self._timer: Call | None = None
        self.problems = read_into(path, settings)
        self._held = {key: (getattr(settings, key), value) for key, value in (overrides or {}).items()}
        for key, value in (overrides or {}).items():
            setattr(settings, key, value)
        # a file with something wrong is written anew, so that this is told once
        self._written = "" if self.problems else self._content()
        settings.events.connect(self._on_change)

    def save(self) -> None:
        """Write the file now if anything changed.

        Raises
        ------
        GxviewError
            The folder or the disk does not take it.
        """
        if self._timer is not None:
            self._timer()
            self._timer = None
        content = self._content()
        if content != self._written:
            write_whole(self._path, content.encode(), make_folder=True)
            self._written = content

    def close(self) -> None:
        """Write what is not written yet; a disk that does not take it keeps nobody from leaving."""
        try:
            self.save()
        except GxviewError as error:
            log.warning("%s", error)

    def _on_change(self, _info: object) -> None:
        if self._timer is None:
            self._timer = self._loop.later(DELAY, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self.save()

    def _content(self) -> str:
        fields = self._settings.model_dump(mode="json")
        for key, (before, given) in self._held.items():
            if getattr(self._settings, key) == given:
                fields[key] = before
        return json.dumps(fields, indent=1, sort_keys=True) + "\n"


def read_into(path: Path, settings: Settings) -> list[str]:
    """Fill settings from a file; what is wrong in it keeps its default.

    Returns
    -------
    list of str
        Sentences about what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        return [f"The preferences {path} cannot be read ({_reason(error)}); the defaults are used."]
    try:
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("no object")
    except ValueError:
        kept = _put_aside(path)
        return [f"The preferences {path} are no valid JSON; the defaults are used{kept}."]
    bad = [key for key, value in fields.items() if not _take(settings, key, value)]
    if not bad:
        return []
    kept = _put_aside(path)
    return [f"In the preferences {path} these are not valid and keep their defaults{kept}: {', '.join(sorted(bad))}."]


def _take(settings: Settings, key: str, value: Any) -> bool:
    if key not in Settings.model_fields:
        return False
    try:
        setattr(settings, key, value)
    except ValidationError:
        return False
    return True


def _put_aside(path: Path) -> str:
    """Keep a copy of a file that will be written over."""
    copy = path.with_name(f"{path.stem}.bad{path.suffix}")
    try:
        copy.write_bytes(path.read_bytes())
    except OSError:
        return ""
    return f" (what the file held is kept in {copy.name})"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
