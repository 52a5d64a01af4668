"""What every painter is told: where the view is, how values map to height, and the data in plain numpy.

A painter is a function ``paint_x(painter, rect, view, data, ..., style)``. It draws inside ``rect`` and nowhere else,
leaves the painter's state as it found it, holds no state of its own and knows no widget, so that the window, a PNG
and an SVG file come from the same code. Genome positions are integers until :meth:`View.x` subtracts the view's
origin; only small differences ever become floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QFont

from gxview._qt.look.theme import Theme, mix
from gxview._qt.painters.ticks import round_ends

Floats: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
Positions: TypeAlias = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """The visible part of one chromosome, as a map from genome positions to pixels.

    The left edge of the picture is the genome position ``origin + start``; position ``p`` is the left border of base
    ``p`` (0-based), so base ``p`` fills the pixels from ``x(p)`` to ``x(p + 1)``.

    Parameters
    ----------
    chrom
        Name of the chromosome, as shown.
    origin
        Integer genome position near the left edge; subtracted before anything becomes a float.
    start
        Offset of the left edge from ``origin`` in bases.
    bases_per_pixel
        Zoom: bases in one logical pixel, larger than zero.
    width
        Width of the picture in logical pixels.
    """

    chrom: str
    origin: int
    start: float
    bases_per_pixel: float
    width: float

    @classmethod
    def at(cls, chrom: str, start: float, bases_per_pixel: float, width: float) -> View:
        """Return the view whose left edge is the genome position ``start``."""
        origin = int(np.floor(start))
        return cls(chrom, origin, float(start - origin), bases_per_pixel, width)

    @classmethod
    def of(cls, chrom: str, start: int, end: int, width: float) -> View:
        """Return the view that shows exactly the bases ``start`` to ``end`` (half-open)."""
        return cls(chrom, int(start), 0.0, (end - start) / width, width)

    @property
    def pixels_per_base(self) -> float:
        """Width of one base in logical pixels."""
        return 1.0 / self.bases_per_pixel

    def x(self, position: float) -> float:
        """Pixel of the left border of base ``position``, counted from the picture's left edge."""
        return float((position - self.origin) - self.start) / self.bases_per_pixel

    def xs(self, positions: Positions) -> NDArray[np.float64]:
        """:meth:`x` for an array of positions; the integers are subtracted before they become floats."""
        return ((np.asarray(positions) - self.origin).astype(np.float64) - self.start) / self.bases_per_pixel

    def position(self, x: float) -> float:
        """Genome position (fractional) at pixel ``x``."""
        return self.origin + (self.start + x * self.bases_per_pixel)

    def base(self, x: float) -> int:
        """Return the base under pixel ``x``, 0-based."""
        return self.origin + int(np.floor(self.start + x * self.bases_per_pixel))

    @property
    def first(self) -> int:
        """First base that is at least partly visible, 0-based."""
        return self.base(0.0)

    @property
    def last(self) -> int:
        """End (exclusive) of the bases that are at least partly visible."""
        return self.origin + int(np.ceil(self.start + self.width * self.bases_per_pixel))


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture is drawn.

    Parameters
    ----------
    theme
        Colours.
    text_px
        Size of the text in logical pixels.
    detail
        How many times finer than a screen the picture is looked at: letters are drawn on bases that much narrower.
    """

    theme: Theme
    text_px: int = 11
    detail: float = 1.0

    def font(self, bold: bool = False, scale: float = 1.0) -> QFont:
        """Return the font of labels in the picture."""
        font = QFont()
        font.setPixelSize(max(1, round(self.text_px * scale)))
        font.setBold(bold)
        return font

    def color(self, role: str, strength: float = 1.0) -> QColor:
        """Return a colour of the theme by the name of its field, for instance ``'muted'``.

        A ``strength`` below 1 gives the paler colour that it would be on the canvas, still opaque.
        """
        return self.on_canvas(getattr(self.theme, role), strength)

    def on_canvas(self, color: str, strength: float = 1.0) -> QColor:
        """Return ``color`` (``#rrggbb``) as it looks on the canvas with this opacity; the result is opaque."""
        return mix(self.theme.canvas, color, strength)

    def bases(self, strength: float = 1.0) -> list[QColor]:
        """Return the colours of A, C, G, T and N."""
        return [self.on_canvas(color, strength) for color in self.theme.bases]


@dataclass(frozen=True, slots=True)
class Scale:
    """Map of values onto a row's height; ``low < high``.

    Parameters
    ----------
    low, high
        Values at the lower and the upper edge.
    log
        Heights grow with ``sign(v) * log10(1 + |v|)`` instead of with ``v``.
    note
        Word beside the axis that says what kind of scale it is; empty for the usual one.
    """

    low: float
    high: float
    log: bool = False
    note: str = ""

    @classmethod
    def fit(cls, low: float, high: float, signed: bool = False) -> Scale:
        """Return a scale that holds ``low`` to ``high`` and always zero, with round ends.

        Round ends leave some air, read well on the axis, and stay while the extremes change a little.

        Parameters
        ----------
        low, high
            Extreme values; NaN (nothing on screen) counts as zero.
        signed
            Keep zero in the row's middle.
        """
        low, high = min(0.0, _finite(low)), max(0.0, _finite(high))
        if signed:
            high = max(high, -low)
            low = -high
        return cls(*round_ends(low, high)) if low < high else cls(-1.0 if signed else 0.0, 1.0)

    def y(self, value: float, rect: QRectF) -> float:
        """Pixel row of ``value`` in ``rect``; values outside the scale are clipped to its edges."""
        inner, low, high = min(max(float(value), self.low), self.high), self.low, self.high
        if self.log:
            inner, low, high = signed_log(inner), signed_log(low), signed_log(high)
        return float(rect.bottom() - (inner - low) / (high - low) * rect.height())

    def ys(self, values: Floats, rect: QRectF) -> NDArray[np.float64]:
        """:meth:`y` for an array; NaN stays NaN."""
        inner = np.clip(values.astype(np.float64), self.low, self.high)
        low, high = self.low, self.high
        if self.log:
            inner = np.sign(inner) * np.log10(1 + np.abs(inner))
            low, high = signed_log(low), signed_log(high)
        return np.asarray(rect.bottom() - (inner - low) / (high - low) * rect.height())


def _finite(value: float) -> float:
    """Return 0 for NaN, the largest number for infinity."""
    value = float(value)
    return value if math.isfinite(value) else float(np.nan_to_num(value))


def signed_log(value: float) -> float:
    """Return ``sign(v) * log10(1 + |v|)``."""
    return math.copysign(math.log10(1 + abs(value)), value)


@dataclass(frozen=True, slots=True)
class Letters:
    """A piece of the reference: ``text[i]`` is base ``start + i``; lower case is soft-masked."""

    start: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class BaseValues:
    """One value per base: ``values[i]`` belongs to base ``start + i``; NaN is missing."""

    start: int
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BinnedValues:
    """Summary of a signal: bin ``i`` covers the positions ``edges[i]`` to ``edges[i + 1]``; NaN is missing.

    Parameters
    ----------
    edges
        Genome positions, ascending, shape (bins + 1,), int64 or float64.
    low, high, mean
        Smallest, largest and mean value in each bin, shape (bins,).
    """

    edges: Positions
    low: Floats
    high: Floats
    mean: Floats

    @classmethod
    def even(cls, start: int, end: int, low: Floats, high: Floats, mean: Floats) -> BinnedValues:
        """Return a summary whose bins divide ``start`` to ``end`` evenly."""
        return cls(np.linspace(start, end, len(mean) + 1), low, high, mean)


SignalData: TypeAlias = BaseValues | BinnedValues


@dataclass(frozen=True, slots=True, eq=False)
class BinnedCounts:
    """How many features lie in each bin, shape (bins,); ``reverse`` None: the strands are not told apart."""

    edges: Positions
    forward: NDArray[np.int64]
    reverse: NDArray[np.int64] | None = None


class TokenLike(Protocol):
    """A token on the genome and the relevance it got."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def relevance(self) -> float: ...


@dataclass(frozen=True, slots=True)
class State:
    """What a track without data has to say: ``kind`` is 'waiting', 'running', 'failed' or 'empty'."""

    kind: str
    text: str = ""
    done: int = 0
    total: int = 0
