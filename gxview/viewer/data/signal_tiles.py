"""Signals in tiles of a fixed number of bins, whose width is a power of two of bases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks import SignalSource
from gxview.viewer.data.fetch import FAR, MARGIN, SCREEN, Piece
from gxview.viewer.places.camera import View

BINS = 1024
MAX_LEVEL = 40

Floats: TypeAlias = NDArray[np.float32]
TileKey: TypeAlias = tuple[str, int, int]
MISSING: Floats = np.full(BINS, np.nan, np.float32)
"""What is drawn of a tile that is not there yet."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalSlice:
    """A signal around the view: bin `i` covers the bases `start + i * step` up to the next; NaN is missing.

    With `step` 1 these are the values of the bases themselves and the three arrays are one.
    """

    start: int
    step: int
    low: Floats
    high: Floats
    mean: Floats

    @property
    def is_summary(self) -> bool:
        """Whether a bin holds more than one base."""
        return self.step > 1

    def visible(self, view: View) -> SignalSlice:
        """Return the part that shows in a view."""
        region = view.region
        first = max(0, (region.start - self.start) // self.step)
        last = max(first, -(-(region.end - self.start) // self.step))
        low, high, mean = (array[first:last] for array in (self.low, self.high, self.mean))
        return SignalSlice(self.start + first * self.step, self.step, low, high, mean)


def level_of(view: View) -> int:
    """Return the zoom level: bins of 2**level bases, one to two of them per pixel."""
    return min(MAX_LEVEL, max(0, math.floor(math.log2(max(view.bases_per_pixel, 1e-9)))))


def tile_range(view: View, level: int) -> range:
    """Return the tiles that show."""
    size = BINS << level
    region = view.region
    return range(region.start // size, (region.end - 1) // size + 1)


def signal_pieces(source: SignalSource, view: View) -> Iterator[Piece]:
    """List the tiles to read for a view: those on screen, two on each side, those of the nearer zoom level."""
    level = level_of(view)
    shown = tile_range(view, level)
    last = (view.chrom_length - 1) // (BINS << level)
    for index in shown:
        yield _piece(source, view, level, index, SCREEN)
    for index in (shown.start - 1, shown.stop, shown.start - 2, shown.stop + 1):
        if 0 <= index <= last:
            yield _piece(source, view, level, index, MARGIN)
    nearer = next_level(view)
    if nearer != level:
        for index in tile_range(view, nearer):
            yield _piece(source, view, nearer, index, FAR)


def next_level(view: View) -> int:
    """Return the zoom level that a zoom reaches first, in or out; the view's own where there is no other."""
    exact, level = math.log2(max(view.bases_per_pixel, 1e-9)), level_of(view)
    farthest = level_of(replace(view, bases_per_pixel=view.chrom_length / view.width))
    if exact - math.floor(exact) > 0.5 and exact > -1:
        return min(level + 1, MAX_LEVEL) if level < farthest else max(0, level - 1)
    return max(0, level - 1)


def assemble(get: Callable[[TileKey], Any], view: View) -> SignalSlice | None:
    """Join the tiles at hand: of the view's own level, else of the nearest level that has any."""
    wanted = level_of(view)
    levels = sorted(range(max(0, wanted - 3), wanted + 8), key=lambda level: abs(level - wanted))
    best: tuple[float, SignalSlice] | None = None
    for level in levels:
        share, joined = _join(get, view, level)
        if joined is not None and (best is None or share > best[0]):
            best = share, joined
        if share == 1.0:
            break
    return best[1] if best else None


def _piece(source: SignalSource, view: View, level: int, index: int, priority: int) -> Piece:
    return Piece((view.chrom, level, index), lambda: _load(source, view, level, index), priority)


def _load(source: SignalSource, view: View, level: int, index: int) -> tuple[Floats, Floats, Floats]:
    size = BINS << level
    region = Region(view.chrom, index * size, min((index + 1) * size, view.chrom_length))
    if level == 0:
        values = np.asarray(source.values(region), dtype=np.float32)
        return values, values, values
    step = 1 << level
    whole = region.length // step
    # what is only drawn may be told by the zoom records of a file
    summary = getattr(source, "sketch", source.summary)
    parts = []
    if whole:
        parts.append(summary(Region(region.chrom, region.start, region.start + whole * step), whole))
    if region.length % step:
        parts.append(summary(Region(region.chrom, region.start + whole * step, region.end), 1))
    low, high, mean = (np.concatenate([getattr(part, name) for part in parts]) for name in ("min", "max", "mean"))
    return low, high, mean


def _join(get: Callable[[TileKey], Any], view: View, level: int) -> tuple[float, SignalSlice | None]:
    shown = tile_range(view, level)
    if len(shown) > 64:
        return 0.0, None
    tiles = [get((view.chrom, level, index)) for index in shown]
    known = sum(tile is not None for tile in tiles)
    if not known:
        return 0.0, None
    low, high, mean = (np.concatenate([MISSING if tile is None else tile[part] for tile in tiles]) for part in range(3))
    return known / len(tiles), SignalSlice(shown.start * (BINS << level), 1 << level, low, high, mean)
