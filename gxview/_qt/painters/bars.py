"""Bars and bands: what a signal and a zoomed-out relevance track look like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Scale, Style, View
from gxview._qt.painters.columns import Columns
from gxview._qt.painters.shapes import device_ratio, fill_rects, hatch

FILL, BAND, SOLID, DEEP = 0.3, 0.66, 0.8, 3.0
"""Strength of the colour between zero and the band, within it, and of both where the mean is not told, once a column
holds 2**DEEP bases or more.

With fewer they come gradually from full strength, so that zooming out past one base per pixel changes nothing at once.
"""

CLIP_MARK = 2.0
"""Pixels of the mark of values beyond the scale."""
AIR_FROM = 6.0
"""From this width in pixels on, bars stand a pixel apart."""


Values: TypeAlias = NDArray[np.float64]
Span: TypeAlias = tuple[bool, Values, Values, float]
"""What to fill: above zero or below, top and bottom row of each column, strength of the colour."""


@dataclass(frozen=True, slots=True)
class BarColors:
    """Colours (``#rrggbb``) above and below zero, their strength (1 full, 0 gone), and whether the mean is told.

    Without the mean a summary is solid from zero to its extremes. Wide bars stand ``apart`` unless told otherwise.
    """

    positive: str
    negative: str
    strength: float = 1.0
    mean: bool = True
    apart: bool = True


def zero_row(rect: QRectF, scale: Scale, ratio: float) -> float:
    """Pixel row where bars begin: zero, or the edge of the scale nearest to it, on a whole device pixel."""
    return _snap(scale.y(0.0, rect), ratio)


def paint_zero_line(painter: QPainter, rect: QRectF, scale: Scale, style: Style) -> None:
    """Draw the line of zero one device pixel thick."""
    ratio = device_ratio(painter)
    row = min(zero_row(rect, scale, ratio), rect.bottom() - 1 / ratio)
    painter.fillRect(QRectF(rect.left(), row, rect.width(), 1 / ratio), style.color("line"))


def paint_bars(
    painter: QPainter, rect: QRectF, view: View, data: Columns, scale: Scale, style: Style, colors: BarColors
) -> None:
    """Draw a bar for each single value, and for a summary the band from its smallest to its largest value.

    Every value other than zero gets at least one device pixel on its side of the zero line, so that a lone peak
    between opposite signs is never lost. Missing values are hatched where the gap is wide enough to see.
    """
    ratio = device_ratio(painter)
    left, right = rect.left() + data.left, rect.left() + data.right
    if data.depth <= 1 and colors.apart:
        right = np.where(right - left >= AIR_FROM, right - 1 / ratio, right)
    spans = _spans(rect, scale, ratio, data, (FILL, BAND) if colors.mean else (SOLID, SOLID))
    spans += _mean_line(rect, scale, ratio, data) if colors.mean else []
    for above, top, bottom, strength in spans:
        color = style.on_canvas(colors.positive if above else colors.negative, strength * colors.strength)
        fill_rects(painter, left, right, top, bottom, color)
    paint_clipped(painter, rect, data, scale, style)
    paint_gaps(painter, rect, data, style)


def paint_clipped(painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style) -> None:
    """Mark the edge of the row where values go on beyond the scale."""
    left, right = rect.left() + data.left, rect.left() + data.right
    with np.errstate(invalid="ignore"):
        sides = ((rect.top(), data.high > scale.high), (rect.bottom() - CLIP_MARK, data.low < scale.low))
    for top, beyond in sides:
        if beyond.any():
            tops = np.full(int(beyond.sum()), top)
            fill_rects(painter, left[beyond], right[beyond], tops, tops + CLIP_MARK, style.color("warning"))


def _spans(rect: QRectF, scale: Scale, ratio: float, data: Columns, strengths: tuple[float, float]) -> list[Span]:
    """Rows to fill; columns without a part have no height."""
    deep = min(1.0, math.log2(max(1.0, data.depth)) / DEEP)
    fill, band = (1 - deep * (1 - strength) for strength in strengths)
    with np.errstate(invalid="ignore"):
        return [span for above in (True, False) for span in _side(rect, scale, ratio, data, above, fill, band)]


def _side(rect: QRectF, scale: Scale, ratio: float, data: Columns, above: bool, fill: float, band: float) -> list[Span]:
    """Return what lies above or below zero: from zero to the band, and the band; one span where both look the same."""
    tips, feet = (data.high, data.low) if above else (data.low, data.high)
    here = tips > 0 if above else tips < 0
    if not here.any():
        return []
    zero, outer = zero_row(rect, scale, ratio), np.minimum if above else np.maximum
    zeros = np.full(len(tips), zero)
    ends = outer(_snaps(scale.ys(tips, rect), ratio), zero - 1 / ratio if above else zero + 1 / ratio)
    ends = np.where(here, ends, zero)
    if fill == band:
        return [_span(above, ends, zeros, fill)]
    apart, inner = feet > 0 if above else feet < 0, np.maximum if above else np.minimum
    begins = np.where(apart, inner(_snaps(scale.ys(feet, rect), ratio), ends), zero)
    return [_span(above, begins, zeros, fill), _span(above, ends, begins, band)]


def _span(above: bool, end: Values, begin: Values, strength: float) -> Span:
    """Order the rows from top to bottom."""
    return (True, end, begin, strength) if above else (False, begin, end, strength)


def _mean_line(rect: QRectF, scale: Scale, ratio: float, data: Columns) -> list[Span]:
    """Rows of the mean of summaries, one device pixel thick, stretched to meet the column before.

    Above and below zero the line has the colour of its side.
    """
    if data.depth <= 1:
        return []
    zero, pixel = zero_row(rect, scale, ratio), 1 / ratio
    row = _snaps(scale.ys(data.mean, rect), ratio)
    row = np.where(data.mean >= 0, np.minimum(row, zero - pixel), np.maximum(row, zero))
    joined = np.concatenate(([False], data.left[1:] == data.right[:-1]))
    before = np.where(joined, np.concatenate((row[:1], row[:-1])), row)
    before = np.where(np.isnan(before), row, before)
    top, bottom = np.minimum(row, before), np.maximum(row, before) + pixel
    above = [(True, top, np.minimum(bottom, zero), 1.0)]
    return above if (bottom <= zero).all() else [*above, (False, np.maximum(top, zero), bottom, 1.0)]


def paint_gaps(painter: QPainter, rect: QRectF, data: Columns, style: Style, narrowest: float = 3.0) -> None:
    """Hatch the runs of missing values that are wide enough to see."""
    missing = np.isnan(data.mean)
    if not missing.any():
        return
    changes = np.flatnonzero(np.diff(missing.astype(np.int8), prepend=0, append=0))
    left, right = data.left[changes[::2]], data.right[changes[1::2] - 1]
    wide = right - left >= narrowest
    hatch(painter, rect, rect.left() + left[wide], rect.left() + right[wide], style.color("line", 0.6))


def _snap(row: float, ratio: float) -> float:
    return round(row * ratio) / ratio


def _snaps(rows: Values, ratio: float) -> Values:
    return np.asarray(np.rint(rows) if ratio == 1 else np.rint(rows * ratio) / ratio)
