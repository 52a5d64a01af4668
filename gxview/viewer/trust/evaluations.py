"""Evaluated stretches of the genome: asked of the device thread when nothing on screen waits, kept for the way back."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from psygnal import Signal

from gxview.genome import Reference, Region
from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.engine import EngineProtocol
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.trust.evaluator import WindowTrust
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task

STRETCH = 128
"""Bases in a stretch: the unit that is asked for; a few windows at most, so that a pan wastes little."""
KEPT = 4096
"""Stretches kept; the least recently used go first."""

StretchKey: TypeAlias = tuple[int, str, int]
"""Number of the source, chromosome, index."""


@dataclass(frozen=True, slots=True)
class TrustSource:
    """What the numbers depend on besides the place."""

    options: ExplainOptions
    second: str | None
    device: str
    threads: int = 0


@dataclass(frozen=True, slots=True)
class _Timed:
    windows: tuple[WindowTrust, ...]
    seconds: float


@dataclass(eq=False)
class _Pending:
    task: Task
    reference: Reference
    watchers: set[str] = field(default_factory=set)
    running: bool = False


def stretches_of(start: int, end: int) -> range:
    """Return the indices of the stretches that [start, end) touches."""
    return range(max(0, start) // STRETCH, (end - 1) // STRETCH + 1)


class Evaluations:
    """Evaluated stretches and the reasons of those that failed.

    Work of the lane stands back: as soon as anything on screen or beside it waits to be explained, the stretch under
    way stops between two batches and goes on afterwards.

    Parameters
    ----------
    device
        Where evaluations are made.
    """

    changed = Signal(object)

    def __init__(self, device: DeviceThread) -> None:
        self._device = device
        self._found: OrderedDict[StretchKey, tuple[WindowTrust, ...]] = OrderedDict()
        self._failed: dict[StretchKey, str] = {}
        self._sources: list[TrustSource] = []
        self._pending: dict[StretchKey, _Pending] = {}
        self._times: dict[int, deque[float]] = {}

    def number(self, source: TrustSource) -> int:
        """Return the number that stands for a source in the keys."""
        if source not in self._sources:
            self._sources.append(source)
        return self._sources.index(source)

    def get(self, key: StretchKey) -> tuple[WindowTrust, ...] | None:
        """Return the windows of a stretch that is at hand."""
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def failure(self, key: StretchKey) -> str:
        """Return why a stretch failed; empty if it did not."""
        return self._failed.get(key, "")

    def seconds(self, number: int) -> float:
        """Return how long a stretch of a source takes (median of the last); 0 before the first."""
        times = self._times.get(number, ())
        return float(np.median(times)) if times else 0.0

    @property
    def pending(self) -> list[StretchKey]:
        """Stretches that are queued or being evaluated."""
        return list(self._pending)

    def is_running(self, key: StretchKey) -> bool:
        """Whether a stretch is being evaluated at this moment."""
        return key in self._pending and self._pending[key].running

    def request(self, key: StretchKey, reference: Reference, watcher: str) -> None:
        """Ask for a stretch on behalf of a watcher."""
        if key in self._found or key in self._failed:
            return
        if key not in self._pending:
            self._pending[key] = _Pending(self._submit(key, reference), reference)
        self._pending[key].watchers.add(watcher)

    def release(self, watcher: str, keep: Iterable[StretchKey] = ()) -> None:
        """Withdraw a watcher from all stretches but `keep`; those without a watcher are dropped."""
        kept = set(keep)
        for key, pending in list(self._pending.items()):
            if key not in kept:
                pending.watchers.discard(watcher)
            if not pending.watchers:
                pending.task.drop()
                del self._pending[key]

    def forgive(self, number: int) -> None:
        """Forget the failures of a source, so that it is tried again."""
        for key in [key for key in self._failed if key[0] == number]:
            del self._failed[key]

    def clear(self) -> None:
        """Forget everything; answers on their way are dropped."""
        for pending in self._pending.values():
            pending.task.drop()
        self._pending.clear()
        self._found.clear()
        self._failed.clear()

    def _submit(self, key: StretchKey, reference: Reference) -> Task:
        number, chrom, index = key
        source, device = self._sources[number], self._device
        region = Region(chrom, index * STRETCH, min((index + 1) * STRETCH, reference.sizes[chrom]))

        def work(engine: EngineProtocol, _progress: Progress, cancelled: AskCancelled) -> _Timed:
            began = time.monotonic()
            windows = evaluate(
                engine, reference, region, source, lambda: cancelled() or device.waits_before(Priority.TRUST)
            )
            return _Timed(tuple(windows), time.monotonic() - began)

        return device.submit(
            Priority.TRUST, work, lambda outcome: self._receive(key, outcome), lambda: self._started(key)
        )

    def _started(self, key: StretchKey) -> None:
        pending = self._pending.get(key)
        if pending is not None:
            pending.running = True
            self.changed.emit(key)

    def _receive(self, key: StretchKey, outcome: Outcome) -> None:
        pending = self._pending.pop(key)
        if outcome.cancelled:
            # it made room for what is on screen, and goes on where it stopped
            self._pending[key] = _Pending(self._submit(key, pending.reference), pending.reference, pending.watchers)
            return
        if outcome.error:
            self._failed[key] = outcome.error
        else:
            self._keep(key, outcome.value)
        self.changed.emit(key)

    def _keep(self, key: StretchKey, found: _Timed) -> None:
        self._found[key] = found.windows
        if found.windows:
            self._times.setdefault(key[0], deque(maxlen=20)).append(found.seconds)
        while len(self._found) > KEPT:
            self._found.popitem(last=False)


def evaluate(
    engine: EngineProtocol, reference: Reference, region: Region, source: TrustSource, cancelled: AskCancelled
) -> Sequence[WindowTrust]:
    """Evaluate a region as a source says; runs in the device thread."""
    engine.set_threads(source.threads)
    engine.load(source.options.model, source.device)
    return engine.evaluate(
        reference,
        region,
        model=source.options.model,
        second=source.second,
        cancelled=cancelled,
        **source.options.rules(),
    )
