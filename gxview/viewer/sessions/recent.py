"""The files that were opened last, kept for the next start."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.tracks.places import url_of
from gxview.viewer.files import write_whole

LIMIT = 12


class Recent:
    """Paths and addresses, the latest first.

    Attributes
    ----------
    path : Path or None
        Where they are kept; None keeps them for this window only.
    """

    changed = Signal()

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Paths and addresses, the latest first; another window may have added some."""
        if self.path is not None:
            with contextlib.suppress(OSError, ValueError):
                names = json.loads(self.path.read_text(encoding="utf-8"))
                if isinstance(names, list):
                    self._names = tuple(name for name in names if isinstance(name, str))[:LIMIT]
        return self._names

    def add(self, path: str | Path) -> None:
        """Put a file on top."""
        name = url_of(path) or str(Path(path).absolute())
        self._set(lambda names: (name, *(known for known in names if known != name)))

    def remove(self, name: str) -> None:
        """Take a file out, for instance because it is gone."""
        self._set(lambda names: tuple(known for known in names if known != name))

    def clear(self) -> None:
        """Forget all."""
        self._set(lambda _names: ())

    def _set(self, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        self._names = change(self.names)[:LIMIT]
        if self.path is not None:
            # nobody misses a list of files enough to be told that it could not be kept
            with contextlib.suppress(GxviewError):
                write_whole(self.path, json.dumps(self._names).encode(), make_folder=True)
        self.changed.emit()
