"""How many regions a file holds and how long they are, counted in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from psygnal import Signal

from gxview.errors import Cancelled
from gxview.tracks.text import is_comment, read_lines
from gxview.viewer.work.workers import AskCancelled, Outcome, Task, Workers

OFTEN = 10_000
"""Lines between two questions whether somebody still waits."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file of regions holds.

    Parameters
    ----------
    regions, bases
        How many regions, and their lengths together.
    length
        The length that all of them have; None where they differ.
    broken
        Lines that hold no region.
    error
        Why the file cannot be read.
    """

    regions: int = 0
    bases: int = 0
    length: int | None = None
    broken: int = 0
    error: str = ""


Stamp: TypeAlias = tuple[Path, int, int]


class Surveys:
    """Counts each file once, until it changes; `changed` tells that one was counted.

    Parameters
    ----------
    workers
        Threads that read.
    """

    changed = Signal()

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._known: dict[Stamp, Survey] = {}
        self._asked: dict[Stamp, Task] = {}

    def of(self, path: Path) -> Survey | None:
        """Return what a file holds; None while it is being counted, which begins now."""
        try:
            state = path.stat()
        except OSError as error:
            return Survey(error=f"{path.name} cannot be read: {error.strerror}.")
        stamp = (path, state.st_mtime_ns, state.st_size)
        if stamp not in self._known and stamp not in self._asked:
            self._ask(stamp)
        return self._known.get(stamp)

    def close(self) -> None:
        """Count no more."""
        for task in self._asked.values():
            task.drop()
        self._asked.clear()

    def _ask(self, stamp: Stamp) -> None:
        def done(outcome: Outcome) -> None:
            del self._asked[stamp]
            self._known[stamp] = outcome.value if outcome.ok else Survey(error=outcome.error)
            self.changed.emit()

        self._asked[stamp] = task = Task(lambda _tell, cancelled: survey(stamp[0], cancelled), done)
        self._workers.submit(task)


def survey(path: Path, cancelled: AskCancelled = lambda: False) -> Survey:
    """Count the regions of a BED, narrowPeak or broadPeak file or a table of gxview; plain or gzip.

    Raises
    ------
    GxviewError
        The file cannot be read.
    Cancelled
        Nobody waits any more.
    """
    regions = bases = broken = 0
    lengths: set[int] = set()
    for number, line in read_lines(path):
        if number % OFTEN == 0 and cancelled():
            raise Cancelled("Nobody waits for this any more.")
        if is_comment(line):
            continue
        length = _length(line)
        if length is None:
            broken += 1
            continue
        regions, bases = regions + 1, bases + length
        if len(lengths) < 2:
            lengths.add(length)
    return Survey(regions, bases, next(iter(lengths)) if len(lengths) == 1 else None, broken)


def _length(line: str) -> int | None:
    """Return the length of the region in a line, None for a line that holds none."""
    cells = line.split("\t") if "\t" in line else line.split()
    try:
        start, end = int(cells[1]), int(cells[2])
    except (IndexError, ValueError):
        return None
    return end - start if 0 <= start < end else None
