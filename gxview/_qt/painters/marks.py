"""Lines, points and shades: other ways than bars to draw the columns of a signal, two values per pixel at most."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF
from qtpy.QtGui import QColor, QPainter, QPen, QPolygonF

from gxview._qt.painters.bars import BarColors, zero_row
from gxview._qt.painters.base import Scale, Style
from gxview._qt.painters.columns import Columns, Values
from gxview._qt.painters.shapes import device_ratio, fill_rects, inside

Corners: TypeAlias = tuple[Values, Values, Values, Values]

BAND = 0.35
"""Strength of the colour between the extremes of a summary."""
DOT = 3.0
"""Pixels of a point."""
SLOPED_FROM = 2.0
"""Pixels of a column from which values are joined by slopes; narrower ones by steps."""
RUN = 12
"""Slopes in a stroke: the time that a smooth one takes grows faster than its length."""
SHADES = 32
"""Shades of each sign."""


def paint_line(painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style, colors: BarColors) -> None:
    """Join the values by a line; of a summary the means, within the band from smallest to largest value."""
    ratio = device_ratio(painter)
    if data.depth > 1:
        _fill_between(painter, rect, data, scale, style, colors)
    wide = float(np.median(data.right - data.left)) if len(data.left) else 0.0
    if data.depth <= 1 and wide >= SLOPED_FROM:
        _paint_slopes(painter, rect, data, scale, style, colors)
        return
    zero = zero_row(rect, scale, ratio)
    for left, right, top, bottom in _steps(painter, rect, data, data.mean, scale, 1.0, skyline=False):
        fill_rects(painter, left, right, top, np.minimum(bottom, zero), style.on_canvas(colors.positive))
        fill_rects(painter, left, right, np.maximum(top, zero), bottom, style.on_canvas(colors.negative))


def paint_points(painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style, colors: BarColors) -> None:
    """Draw a point for each value; of a summary one for the largest and one for the smallest value."""
    ratio = device_ratio(painter)
    size = DOT if data.depth <= 1 else 2.0
    middle = np.round((rect.left() + (data.left + data.right) / 2 - size / 2) * ratio) / ratio
    for values in (data.low, data.high) if data.depth > 1 else (data.mean,):
        top = np.round((scale.ys(values, rect) - size / 2) * ratio) / ratio
        top = np.clip(top, rect.top(), rect.bottom() - size)
        for which, color in ((values >= 0, colors.positive), (values < 0, colors.negative)):
            at = top[which]
            fill_rects(painter, middle[which], middle[which] + size, at, at + size, style.on_canvas(color))


def paint_heatmap(
    painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style, colors: BarColors
) -> None:
    """Fill each column over the whole height, the stronger the further its most extreme value lies from zero."""
    zero = scale.y(0.0, rect)
    up = _share(zero - scale.ys(data.high, rect), zero - rect.top())
    down = _share(scale.ys(data.low, rect) - zero, rect.bottom() - zero)
    level = np.where(up >= down, up, -down)
    left, right = rect.left() + data.left, rect.left() + data.right
    for shade in np.unique(level[np.isfinite(level) & (level != 0)]).tolist():
        at = level == shade
        top = np.full(int(at.sum()), rect.top())
        color = colors.positive if shade > 0 else colors.negative
        color_of = style.on_canvas(color, abs(shade) / SHADES)
        fill_rects(painter, left[at], right[at], top, top + rect.height(), color_of)


def paint_outline(
    painter: QPainter, rect: QRectF, data: Columns, scale: Scale, color: QColor, thick: float = 1.0
) -> None:
    """Draw the skyline of a signal: its largest values above zero and its smallest below, as steps from zero.

    Parameters
    ----------
    thick
        Pixels of the line.
    """
    for values in (np.fmax(data.high, 0), np.fmin(data.low, 0)):
        for corners in _steps(
            painter, rect, data, np.where(np.isnan(data.mean), 0.0, values), scale, thick, skyline=True
        ):
            fill_rects(painter, *corners, color)


def _steps(
    painter: QPainter, rect: QRectF, data: Columns, values: Values, scale: Scale, thick: float, skyline: bool
) -> tuple[Corners, Corners]:
    """Return the level and the upright strokes through values: left, right, top, bottom.

    A skyline falls to zero beside gaps and leaves out what lies at zero; another line breaks at gaps.
    """
    ratio = device_ratio(painter)
    pixel = max(1, round(thick * ratio)) / ratio
    zero = zero_row(rect, scale, ratio)
    row = np.minimum(np.round(scale.ys(values, rect) * ratio) / ratio, rect.bottom() - pixel)
    joined = np.concatenate(([False], data.left[1:] == data.right[:-1]))
    before = np.where(joined, np.concatenate((row[:1], row[:-1])), zero if skyline else np.nan)
    left, right = rect.left() + data.left, rect.left() + data.right
    if skyline:
        # the last column of each run falls to zero on its right side
        ends = np.flatnonzero(np.append(~joined[1:], True)) if len(row) else np.empty(0, np.int64)
        at = np.concatenate((left, right[ends]))
        begin, end = np.concatenate((before, row[ends])), np.concatenate((row, np.full(len(ends), zero)))
        level = row != zero
    else:
        at, begin, end = left, before, row
        level = ~np.isnan(values)
    upright = np.flatnonzero(begin != end)
    top, bottom = np.minimum(begin, end)[upright], np.maximum(begin, end)[upright] + pixel
    return (left[level], right[level], row[level], row[level] + pixel), (at[upright], at[upright] + pixel, top, bottom)


def _fill_between(
    painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style, colors: BarColors
) -> None:
    ratio = device_ratio(painter)
    zero, pixel = zero_row(rect, scale, ratio), 1 / ratio
    top = np.round(scale.ys(data.high, rect) * ratio) / ratio
    bottom = np.maximum(np.round(scale.ys(data.low, rect) * ratio) / ratio, top + pixel)
    left, right = rect.left() + data.left, rect.left() + data.right
    fill_rects(painter, left, right, top, np.minimum(bottom, zero), style.on_canvas(colors.positive, BAND))
    fill_rects(painter, left, right, np.maximum(top, zero), bottom, style.on_canvas(colors.negative, BAND))


def _paint_slopes(
    painter: QPainter, rect: QRectF, data: Columns, scale: Scale, style: Style, colors: BarColors
) -> None:
    """Join the middles of columns, in pieces between gaps; the part below zero in its own colour."""
    x, y = rect.left() + (data.left + data.right) / 2, scale.ys(data.mean, rect)
    zero = scale.y(0.0, rect)
    breaks = np.isnan(y) | np.concatenate(([True], data.left[1:] != data.right[:-1]))
    begins = np.flatnonzero(breaks)
    pieces = []
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(y)], strict=True):
        first = begin + 1 if np.isnan(y[begin]) else begin
        points = list(map(QPointF, x[first:end].tolist(), y[first:end].tolist()))
        pieces += [QPolygonF(points[at : at + RUN + 1]) for at in range(0, max(1, len(points) - 1), RUN)]
    for top, bottom, color in ((rect.top(), zero, colors.positive), (zero, rect.bottom(), colors.negative)):
        if bottom <= top:
            continue
        with inside(painter, QRectF(rect.left(), top - 1, rect.width(), bottom - top + 2), smooth=True):
            painter.setPen(QPen(style.on_canvas(color), 1.5))
            for piece in pieces:
                painter.drawPolyline(piece) if piece.size() > 1 else painter.drawPoints(piece)


def _share(height: Values, room: float) -> NDArray[np.float64]:
    """Return the shade of heights above zero: 0 for none, at least 1 for any; NaN stays NaN."""
    shade = np.clip(np.ceil(height / max(room, 1e-9) * SHADES), 1.0, float(SHADES))
    return np.where(height > 0, shade, np.where(np.isnan(height), np.nan, 0.0))
