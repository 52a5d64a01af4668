"""What every part of the measurement needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.peers.place import peers_python
from benchmarks.table import Row
from benchmarks.workers import Worker

NO_PEERS = (
    "lxt, captum's DeepLIFT, tangermeme and the bigWig libraries were not measured: their environment is missing; make "
    "it with `python -m benchmarks.peers.make_environment`."
)


@dataclass
class Run(AbstractContextManager["Run"]):
    """One run: its processes, its rows so far.

    Attributes
    ----------
    work
        Folder for models and data that are made.
    shared
        Folder with real genomes; it may be missing.
    quick
        Whether to measure less and in fewer turns.
    ours, peers
        The processes that measure; no peers where their environment is missing.
    """

    work: Path
    shared: Path
    quick: bool = False
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Run:
        self.work.mkdir(parents=True, exist_ok=True)
        self.ours = Worker(sys.executable, "benchmarks.engine.own")
        python = peers_python()
        self.peers = Worker(python, "benchmarks.peers.serve") if python else None
        self.versions["gxview"] = self.ours.ask("prepare", work=str(self.work))
        if self.peers:
            self.versions["peers"] = self.peers.ask("about")
        else:
            self.notes.append(NO_PEERS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the processes."""
        for worker in (self.ours, self.peers):
            if worker:
                worker.close()

    def add(self, *rows: Row) -> None:
        """Take rows into the table and show them."""
        for row in rows:
            self.rows.append(row)
            print("  ".join(cell for cell in row.cells() if cell), flush=True)


def in_turns(turns: int, ways: Mapping[str, Callable[[], Any]]) -> dict[str, list[Any]]:
    """Return the results of all ways, called one after the other, again and again."""
    found: dict[str, list[Any]] = {name: [] for name in ways}
    for _ in range(turns):
        for name, way in ways.items():
            found[name].append(way())
    return found
