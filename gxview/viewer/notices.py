"""What the program has to say to the person, without stopping them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from psygnal import Signal


class Level(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence and its weight."""

    level: Level
    text: str


class Notices:
    """Where notices are given and heard."""

    added = Signal(Notice)

    def __init__(self) -> None:
        self.history: list[Notice] = []

    def info(self, text: str) -> None:
        """Say something good to know."""
        self._add(Notice(Level.INFO, text))

    def warning(self, text: str) -> None:
        """Say something that may matter."""
        self._add(Notice(Level.WARNING, text))

    def error(self, text: str) -> None:
        """Say what went wrong."""
        self._add(Notice(Level.ERROR, text))

    def errors(self) -> list[str]:
        """Return all errors so far."""
        return [notice.text for notice in self.history if notice.level is Level.ERROR]

    def _add(self, notice: Notice) -> None:
        self.history.append(notice)
        del self.history[:-200]
        self.added.emit(notice)
