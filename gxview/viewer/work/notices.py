"""What the program has to say to the person, without stopping them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from psygnal import Signal

REPEATED = 20
"""Latest notices among which one that is said again is counted and not repeated."""


class Level(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person may do about a notice.

    Parameters
    ----------
    title
        Words on the button.
    call
        Does it.
    """

    title: str
    call: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence and its weight, how often it was said in a row of the same, and when last.

    Parameters
    ----------
    level, text
        Weight and sentence.
    count
        How often.
    time
        Seconds since 1970.
    offer
        What may be done about it.
    """

    level: Level
    text: str
    count: int = 1
    time: float = 0.0
    offer: Offer | None = None

    def is_like(self, other: Notice) -> bool:
        """Whether both say the same."""
        return (self.level, self.text) == (other.level, other.text)


class Notices:
    """Where notices are given and heard; `added` tells a new one, or one that was said again with its new count.

    Parameters
    ----------
    clock
        Seconds since 1970.
    """

    KEEP = 200

    added = Signal(Notice)
    cleared = Signal()

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.history: list[Notice] = []
        self._clock = clock

    def info(self, text: str, offer: Offer | None = None) -> None:
        """Say something good to know."""
        self._add(Notice(Level.INFO, text, offer=offer))

    def warning(self, text: str, offer: Offer | None = None) -> None:
        """Say something that may matter."""
        self._add(Notice(Level.WARNING, text, offer=offer))

    def error(self, text: str, offer: Offer | None = None) -> None:
        """Say what went wrong."""
        self._add(Notice(Level.ERROR, text, offer=offer))

    def errors(self) -> list[str]:
        """Return all errors so far."""
        return [notice.text for notice in self.history if notice.level is Level.ERROR]

    def clear(self) -> None:
        """Forget all notices."""
        self.history.clear()
        self.cleared.emit()

    def _add(self, notice: Notice) -> None:
        before = next((known for known in self.history[-REPEATED:] if known.is_like(notice)), None)
        if before is not None:
            self.history.remove(before)
        notice = replace(notice, count=before.count + 1 if before else 1, time=self._clock())
        self.history.append(notice)
        del self.history[: -self.KEEP]
        self.added.emit(notice)
