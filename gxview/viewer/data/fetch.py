"""Reads pieces of files off the main thread, keeps the recent ones, forgets requests that nobody wants any more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from psygnal import Signal

from gxview.viewer.work.workers import Outcome, Task, Workers

SCREEN, MARGIN, FAR = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of data that can be read.

    Parameters
    ----------
    key
        Names the piece within its owner.
    load
        Reads it; called in a worker thread.
    priority
        `SCREEN` for what shows, `MARGIN` for what lies beside it, `FAR` for what a zoom would show.
    """

    key: Hashable
    load: Callable[[], Any]
    priority: int = SCREEN


class Fetcher:
    """Pieces of data by owner (a track) and key.

    Parameters
    ----------
    workers
        Threads that read.
    capacity
        Pieces kept; the least recently used go first. A piece with an attribute `weight` counts as so many.

    Attributes
    ----------
    version
        Grows whenever a piece comes or goes: what was made of pieces is still right while it stays.
    """

    arrived = Signal(str)
    """A piece that shows has come, or one could not be read: its owner."""
    failed = Signal(str, str)

    def __init__(self, workers: Workers, capacity: int = 4000) -> None:
        self._workers = workers
        self._capacity = capacity
        self._pieces: OrderedDict[tuple[str, Hashable], Any] = OrderedDict()
        self._pending: dict[tuple[str, Hashable], Task] = {}
        self._weight = 0
        self._shown: dict[str, list[tuple[str, Hashable]]] = {}
        self._failures: dict[str, dict[Hashable, str]] = {}
        self.version = 0

    def want(self, owner: str, pieces: Iterable[Piece]) -> None:
        """Say which pieces an owner needs now; what it no longer needs and has not begun to arrive is dropped."""
        wanted = {(owner, piece.key): piece for piece in pieces}
        self._shown[owner] = [key for key, piece in wanted.items() if piece.priority == SCREEN]
        for key in [key for key in self._pending if key[0] == owner and key not in wanted]:
            self._pending.pop(key).drop()
        failed = self._failures.get(owner, {})
        for key, piece in wanted.items():
            if key not in self._pieces and key not in self._pending and piece.key not in failed:
                self._request(key, piece)

    def get(self, owner: str, key: Hashable) -> Any:
        """Return a piece that is at hand, else None."""
        piece = self._pieces.get((owner, key))
        if piece is not None:
            self._pieces.move_to_end((owner, key))
        return piece

    def failure(self, owner: str) -> str:
        """Return why the last piece of an owner could not be read; empty when all went well."""
        failed = self._failures.get(owner)
        return next(reversed(failed.values())) if failed else ""

    def forget(self, owner: str) -> None:
        """Drop all that belongs to an owner."""
        self.version += 1
        for key in [key for key in self._pending if key[0] == owner]:
            self._pending.pop(key).drop()
        for key in [key for key in self._pieces if key[0] == owner]:
            self._weight -= _weight(self._pieces.pop(key))
        self._failures.pop(owner, None)
        self._shown.pop(owner, None)

    def is_pending(self, owner: str) -> bool:
        """Whether an owner waits for data."""
        return any(key[0] == owner for key in self._pending)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return not self._pending

    @property
    def is_complete(self) -> bool:
        """Whether all that shows is at hand, or has failed."""
        return all(
            key in self._pieces or key[1] in self._failures.get(owner, ())
            for owner, keys in self._shown.items()
            for key in keys
        )

    def _request(self, key: tuple[str, Hashable], piece: Piece) -> None:
        task = Task(lambda _progress, _cancelled: piece.load(), lambda outcome: self._receive(key, outcome))
        self._pending[key] = task
        self._workers.submit(task, piece.priority)

    def _receive(self, key: tuple[str, Hashable], outcome: Outcome) -> None:
        self.version += 1
        self._pending.pop(key, None)
        if outcome.error:
            failures = self._failures.setdefault(key[0], {})
            failures[key[1]] = outcome.error
            if len(failures) == 1:
                self.failed.emit(key[0], outcome.error)
        elif outcome.ok:
            self._pieces[key] = outcome.value
            self._weight += _weight(outcome.value)
            while self._weight > self._capacity and len(self._pieces) > 1:
                self._weight -= _weight(self._pieces.popitem(last=False)[1])
        # what lies beside the view is kept for the next move; nobody has to draw again for it
        if outcome.error or key in self._shown.get(key[0], ()):
            self.arrived.emit(key[0])


def _weight(piece: Any) -> int:
    return max(1, int(getattr(piece, "weight", 1)))
