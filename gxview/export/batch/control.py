"""Pausing and stopping a job, and how fast it goes."""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

RECENT = 60.0
"""Seconds over which the pace is measured."""
_SLICES = 12
_LEAST_SPREAD = 0.02  # no time left is told more exactly than this


class Control:
    """What a person asks of a running job; used from several threads."""

    def __init__(self) -> None:
        self._go = threading.Event()
        self._go.set()
        self._stop = threading.Event()

    def pause(self) -> None:
        """Hold before the next piece of work."""
        self._go.clear()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._go.set()

    def stop(self) -> None:
        """End soon; what is finished stays."""
        self._stop.set()
        self._go.set()

    @property
    def is_paused(self) -> bool:
        """Whether the work is held."""
        return not self._go.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether the job is to end."""
        return self._stop.is_set()

    def wait(self) -> bool:
        """Wait while paused; return whether the work goes on."""
        self._go.wait()
        return not self._stop.is_set()


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds that the rest takes: the estimate, and the ends of an interval that holds it about 19 times in 20."""

    seconds: float
    low: float
    high: float


class Pace:
    """Windows per second over the recent past, pauses left out, and what follows for the rest.

    Parameters
    ----------
    clock
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._samples: deque[tuple[float, int]] = deque()
        self._held: float | None = None
        self._skipped = 0.0
        self.done = 0

    def start(self) -> None:
        """Begin the measurement: work begins now."""
        self.note(0)

    def note(self, windows: int) -> None:
        """Note that so many more windows are done."""
        with self._lock:
            self.done += windows
            now = self._now()
            self._samples.append((now, self.done))
            while len(self._samples) > 2 and now - self._samples[1][0] > RECENT:
                self._samples.popleft()

    def hold(self, paused: bool) -> None:
        """Leave the time of a pause out of the measurement."""
        with self._lock:
            if paused and self._held is None:
                self._held = self._clock()
            elif not paused and self._held is not None:
                self._skipped += self._clock() - self._held
                self._held = None

    def _now(self) -> float:
        return (self._clock() if self._held is None else self._held) - self._skipped

    @property
    def rate(self) -> float:
        """Windows per second; 0 while too little is known."""
        with self._lock:
            if len(self._samples) < 2:
                return 0.0
            (began, first), (ended, last) = self._samples[0], self._samples[-1]
            return (last - first) / (ended - began) if ended > began else 0.0

    def left(self, windows: int) -> TimeLeft | None:
        """Return the time that so many windows take; None while it cannot be told."""
        rate = self.rate
        if rate <= 0:
            return None
        return interval(windows / rate, self._slices())

    def _slices(self) -> list[float]:
        """Return the rates in equal slices of the recent past."""
        with self._lock:
            samples = list(self._samples)
        step = max(1, (len(samples) - 1) // _SLICES)
        return [(b - a) / (t - s) for (s, a), (t, b) in pairwise(samples[::step]) if t > s]


def interval(seconds: float, rates: list[float]) -> TimeLeft:
    """Return a time with the uncertainty that the spread of some measured rates leaves."""
    spread = _LEAST_SPREAD
    if len(rates) > 1 and statistics.fmean(rates) > 0:
        error = statistics.stdev(rates) / math.sqrt(len(rates)) / statistics.fmean(rates)
        spread = max(spread, 2 * error)
    return TimeLeft(seconds, seconds / (1 + spread), seconds * (1 + spread))
