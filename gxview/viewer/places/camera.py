"""Where the window looks: one chromosome, a left edge, a zoom, a width in pixels.

A genome position stays a Python integer. The left edge is kept as an integer `origin` and a fraction of a base, and
a pixel is computed from `position - origin`, a small number: Qt's 32-bit floats would be off by 16 bases at 2.4e8.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from psygnal import Signal

from gxview.genome import Region

MIN_BASES = 20
"""Fewest bases that fill the width of the window."""


@dataclass(frozen=True, slots=True)
class View:
    """What a camera shows at one moment.

    Parameters
    ----------
    chrom
        Chromosome name of the reference.
    chrom_length
        Its length in bases.
    origin
        First base at the left edge, 0-based.
    offset
        Part of that base that lies left of the edge, in [0, 1).
    bases_per_pixel
        Zoom.
    width
        Width in pixels.
    """

    chrom: str
    chrom_length: int
    origin: int
    offset: float
    bases_per_pixel: float
    width: int

    @property
    def start(self) -> float:
        """Left edge in bases."""
        return self.origin + self.offset

    @property
    def span(self) -> float:
        """Bases from edge to edge."""
        return self.width * self.bases_per_pixel

    @property
    def end(self) -> float:
        """Right edge in bases."""
        return self.start + self.span

    @property
    def region(self) -> Region:
        """Every base of which at least a part shows."""
        return _region(self)

    def x(self, position: int | float) -> float:
        """Return the pixel of the left side of a base."""
        return ((position - self.origin) - self.offset) / self.bases_per_pixel

    def position(self, x: float) -> float:
        """Return the genome position (with fraction) under a pixel."""
        return self.origin + (self.offset + x * self.bases_per_pixel)

    def base_at(self, x: float) -> int | None:
        """Return the base under a pixel, 0-based; None beside the chromosome."""
        base = self.origin + math.floor(self.offset + x * self.bases_per_pixel + 1e-9)
        return base if 0 <= base < self.chrom_length else None


@lru_cache(maxsize=64)
def _region(view: View) -> Region:
    """See `View.region`; kept, as a frame asks for it a hundred times."""
    # 1e-6 of a base is rounding, not a visible part
    end = view.origin + math.ceil(view.offset + view.span - 1e-6)
    return Region(view.chrom, max(0, view.origin), min(view.chrom_length, max(end, view.origin + 1)))


def make_view(chrom: str, chrom_length: int, start: float, bases_per_pixel: float, width: int) -> View:
    """Build the view nearest to the request that lies inside the chromosome.

    Parameters
    ----------
    chrom, chrom_length
        Chromosome and its length in bases.
    start
        Wanted left edge in bases.
    bases_per_pixel
        Wanted zoom; kept between `MIN_BASES` across and the whole chromosome.
    width
        Pixels.
    """
    width, length = max(1, width), max(1, chrom_length)
    smallest = min(MIN_BASES, length) / width
    zoom = min(max(bases_per_pixel, smallest), length / width)
    start = min(max(start, 0.0), max(0.0, length - zoom * width))
    origin = math.floor(start)
    return View(chrom, length, origin, start - origin, zoom, width)


EMPTY = View("", 1, 0, 0.0, 1.0, 1)
"""The view before a genome is open."""


class Camera:
    """The view and the way it moves; every move goes through here.

    Parameters
    ----------
    clock
        Seconds; moves closer than `SETTLE` are one step of the history.
    """

    SETTLE = 0.8
    HISTORY = 200

    changed = Signal(View)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._view = EMPTY
        self._clock = clock
        self._moved_at = -math.inf
        self._back: list[View] = []
        self._forward: list[View] = []

    @property
    def view(self) -> View:
        """The current view."""
        return self._view

    @property
    def is_open(self) -> bool:
        """Whether there is a chromosome to look at."""
        return bool(self._view.chrom)

    def show(self, chrom: str, chrom_length: int, start: float, end: float) -> None:
        """Go to a place so that [start, end) fills the width; one step of the history.

        Parameters
        ----------
        chrom, chrom_length
            Chromosome and its length in bases.
        start, end
            0-based edges.
        """
        span = max(end - start, min(MIN_BASES, chrom_length))
        left = (start + end - span) / 2
        self._step(make_view(chrom, chrom_length, left, span / self._view.width, self._view.width))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom so that the base under a pixel stays there.

        Parameters
        ----------
        factor
            Below 1 zooms in, above 1 zooms out.
        x
            Pixel that stays; the middle when None.
        """
        old = self._view
        at = old.width / 2 if x is None else x
        probe = make_view(old.chrom, old.chrom_length, 0, old.bases_per_pixel * factor, old.width)
        start = old.origin + (old.offset + at * (old.bases_per_pixel - probe.bases_per_pixel))
        self._glide(make_view(old.chrom, old.chrom_length, start, probe.bases_per_pixel, old.width))

    def pan(self, pixels: float) -> None:
        """Move the window to the right (positive) or left by pixels."""
        old = self._view
        self._glide(self._at(old.start + pixels * old.bases_per_pixel))

    def pan_by(self, fraction: float) -> None:
        """Move by a fraction of the width."""
        self.pan(fraction * self._view.width)

    def center(self, position: float) -> None:
        """Put a position into the middle."""
        self._glide(self._at(position - self._view.span / 2))

    def to_start(self) -> None:
        """Go to the start of the chromosome."""
        self._step(self._at(0))

    def to_end(self) -> None:
        """Go to the end of the chromosome."""
        self._step(self._at(self._view.chrom_length))

    def resize(self, width: int) -> None:
        """Give the view another width in pixels; the bases shown stay."""
        old = self._view
        if width < 1 or width == old.width:
            return
        if not self.is_open:
            self._set(replace(old, width=width))
            return
        self._set(make_view(old.chrom, old.chrom_length, old.start, old.span / width, width))

    def clear(self) -> None:
        """Forget place and history."""
        self._back.clear()
        self._forward.clear()
        self._moved_at = -math.inf
        self._set(replace(EMPTY, width=self._view.width))

    @property
    def can_go_back(self) -> bool:
        """Whether an earlier place is known."""
        return bool(self._back)

    @property
    def can_go_forward(self) -> bool:
        """Whether a later place is known."""
        return bool(self._forward)

    @property
    def past(self) -> tuple[View, ...]:
        """Earlier places, the latest one last."""
        return tuple(self._back)

    @property
    def future(self) -> tuple[View, ...]:
        """Places that `back` left, the one that `forward` returns to last."""
        return tuple(self._forward)

    def back(self, steps: int = 1) -> None:
        """Return to the place before, or further back."""
        self._travel(self._back, self._forward, steps)

    def forward(self, steps: int = 1) -> None:
        """Return to the place that `back` left, or further on."""
        self._travel(self._forward, self._back, steps)

    def _travel(self, source: list[View], other: list[View], steps: int) -> None:
        steps = min(steps, len(source))
        if steps < 1:
            return
        target = self._view
        for _ in range(steps):
            other.append(target)
            target = source.pop()
        self._moved_at = -math.inf
        width = self._view.width
        self._set(make_view(target.chrom, target.chrom_length, target.start, target.span / width, width))

    def _at(self, start: float) -> View:
        old = self._view
        return make_view(old.chrom, old.chrom_length, start, old.bases_per_pixel, old.width)

    def _step(self, view: View) -> None:
        self._remember()
        self._moved_at = -math.inf
        self._set(view)

    def _glide(self, view: View) -> None:
        if view == self._view or not self.is_open:
            return
        now = self._clock()
        if now - self._moved_at > self.SETTLE:
            self._remember()
        self._moved_at = now
        self._set(view)

    def _remember(self) -> None:
        if self.is_open:
            self._back.append(self._view)
            del self._back[: -self.HISTORY]
            self._forward.clear()

    def _set(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self.changed.emit(view)
