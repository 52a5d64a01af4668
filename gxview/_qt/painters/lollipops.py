"""Variants by their effect: a stem from zero to the effect with a head, red above zero and blue below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.painters.bars import paint_zero_line, zero_row
from gxview._qt.painters.base import Scale, Style, View
from gxview._qt.painters.shapes import badge, device_ratio, draw_text, fill_rects, inside, text_width

Values = NDArray[np.float64]

HEAD = 3.5
"""Pixels from the middle of a head to its edge."""
RING = 3.0
"""Pixels between a head and the ring that tells that its alternative is shown."""
STEMS_FROM = 40.0
"""Pixels of a row from which effects are heights; a lower row has coloured marks over its whole height."""
DENSE = 2.5
"""Fewer pixels per allele than this: the largest effect on either side of zero is drawn for each pixel."""
SHADES = 16
"""Shades of the stems on either side of zero."""
FAINTEST = 0.35
"""Strength of the colour of the smallest effect."""
REJECTED = 0.45
"""Strength of what a filter rejected."""
NEAR = 7.0
"""Pixels from a head within which it is meant."""
AIR = 4.0
"""Pixels above and below the scale, into which heads and rings reach."""
LABELLED = 48
"""Alleles on screen up to which labels are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Lollipops:
    """Alleles, (n,) each.

    Parameters
    ----------
    middles
        Middle of the changed bases on the genome.
    values, spreads
        Effect and its standard deviation; NaN where there is none.
    answered
        Whether it is known, be it that there is no number.
    passed
        False for what a filter rejected.
    shown
        Whether the alternative is shown in place of the reference.
    labels
        What is written beside the head.
    """

    middles: Values
    values: Values
    spreads: Values
    answered: NDArray[np.bool_]
    passed: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    labels: Sequence[str]


def paint_lollipops(painter: QPainter, rect: QRectF, view: View, data: Lollipops, scale: Scale, style: Style) -> None:
    """Draw each allele as high and as strongly coloured as its effect.

    What is not answered yet is a small ring on the line of zero, what has no number a cross. Where alleles lie closer
    than their heads, the largest effect on either side of zero stands for those of a pixel.
    """
    with inside(painter, rect):
        rect = scaled_part(rect)
        if rect.height() < STEMS_FROM:
            _paint_marks(painter, rect, view, data, scale, style)
            return
        paint_zero_line(painter, rect, scale, style)
        if len(data.middles) * DENSE > rect.width():
            _paint_extremes(painter, rect, view, data, scale, style)
            badge(painter, rect, "largest effect per pixel", style)
            return
        _paint_single(painter, rect, view, data, scale, style)


def scaled_part(rect: QRectF) -> QRectF:
    """Return the part of a row that the scale spans."""
    return rect.adjusted(0, AIR, 0, -AIR)


def strengths(values: Values, scale: Scale) -> Values:
    """Return how strong the colour of each effect is; NaN stays NaN."""
    bound = max(abs(scale.low), abs(scale.high)) or 1.0
    return np.asarray(FAINTEST + (1 - FAINTEST) * np.minimum(1.0, np.abs(values) / bound))


def nearest(rect: QRectF, view: View, data: Lollipops, scale: Scale, x: float, y: float) -> int | None:
    """Return the allele whose head or stem lies under a pixel, the nearest one; None where none is near."""
    rect = scaled_part(rect)
    if not len(data.middles) or len(data.middles) * DENSE > rect.width():
        return None
    across = np.abs(rect.left() + view.xs(data.middles) - x)
    if rect.height() < STEMS_FROM:
        place = int(across.argmin())
        return place if across[place] <= NEAR else None
    zero, heads = scale.y(0.0, rect), _heads(rect, data, scale)
    down = np.maximum(0.0, np.maximum(np.minimum(zero, heads) - y, y - np.maximum(zero, heads)))
    apart = np.hypot(across, down)
    if float(apart.min()) > NEAR:
        return None
    # of alleles at one base the one whose head is nearest
    close = np.flatnonzero(apart <= apart.min() + 1.0)
    return int(close[np.hypot(across[close], heads[close] - y).argmin()])


def _heads(rect: QRectF, data: Lollipops, scale: Scale) -> Values:
    ends = scale.ys(np.nan_to_num(data.values), rect)
    return np.clip(ends, rect.top() + HEAD, rect.bottom() - HEAD)


def _color(style: Style, value: float, strength: float) -> QColor:
    return style.color("positive" if value >= 0 else "negative", strength)


def _paint_single(painter: QPainter, rect: QRectF, view: View, data: Lollipops, scale: Scale, style: Style) -> None:
    ratio = device_ratio(painter)
    zero, heads = zero_row(rect, scale, ratio), _heads(rect, data, scale)
    xs = rect.left() + np.floor(view.xs(data.middles) * ratio) / ratio
    strong = strengths(data.values, scale) * np.where(data.passed, 1.0, REJECTED)
    known = np.isfinite(data.values)
    order = np.argsort(np.where(known, np.abs(data.values), -1.0), kind="stable").tolist()
    _stems(painter, xs, zero, heads, data, strong, style, ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for place in order:
        at = QPointF(xs[place] + 0.5 / ratio, heads[place])
        if known[place]:
            _head(painter, at, _color(style, data.values[place], strong[place]), style)
            if data.shown[place]:
                _ring(painter, at, style)
        else:
            _unknown(painter, at, bool(data.answered[place]), style)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if len(order) <= LABELLED:
        _label(painter, rect, xs, heads, zero, data, order, style)


def _stems(
    painter: QPainter,
    xs: Values,
    zero: float,
    heads: Values,
    data: Lollipops,
    strong: Values,
    style: Style,
    ratio: float,
) -> None:
    """Fill the stems, those of one shade together."""
    top, bottom, wide = np.minimum(zero, heads), np.maximum(zero, heads), max(1.0, 1 / ratio)
    shade = np.where(data.values >= 0, 1, -1) * np.ceil(np.nan_to_num(strong) * SHADES)
    for one in np.unique(shade[np.isfinite(data.values)]).tolist():
        at = (shade == one) & np.isfinite(data.values)
        fill_rects(painter, xs[at], xs[at] + wide, top[at], bottom[at], _color(style, one, abs(one) / SHADES))


def _head(painter: QPainter, at: QPointF, color: QColor, style: Style) -> None:
    painter.setPen(QPen(style.color("canvas"), 1.0))
    painter.setBrush(color)
    painter.drawEllipse(at, HEAD, HEAD)


def _ring(painter: QPainter, at: QPointF, style: Style) -> None:
    painter.setPen(QPen(style.color("accent"), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, HEAD + RING, HEAD + RING)


def _unknown(painter: QPainter, at: QPointF, answered: bool, style: Style) -> None:
    painter.setPen(QPen(style.color("muted"), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if answered:
        painter.drawLine(QPointF(at.x() - 3, at.y() - 3), QPointF(at.x() + 3, at.y() + 3))
        painter.drawLine(QPointF(at.x() - 3, at.y() + 3), QPointF(at.x() + 3, at.y() - 3))
    else:
        painter.drawEllipse(at, 2.5, 2.5)


def _paint_marks(painter: QPainter, rect: QRectF, view: View, data: Lollipops, scale: Scale, style: Style) -> None:
    """Fill the height of a low row, the strongest effect last."""
    xs = rect.left() + np.round(view.xs(data.middles)) - 1
    wide = max(2.0, min(8.0, view.pixels_per_base - 1))
    strong = strengths(data.values, scale) * np.where(data.passed, 1.0, REJECTED)
    for place in np.argsort(np.nan_to_num(np.abs(data.values), nan=-1.0), kind="stable").tolist():
        value = data.values[place]
        color = _color(style, value, strong[place]) if np.isfinite(value) else style.color("line")
        painter.fillRect(QRectF(xs[place] - wide / 2 + 1, rect.top(), wide, rect.height() - 2), color)


def _paint_extremes(painter: QPainter, rect: QRectF, view: View, data: Lollipops, scale: Scale, style: Style) -> None:
    """Draw a bar to the largest and one to the smallest effect of each pixel, and a tick where one has no number."""
    ratio = device_ratio(painter)
    count = int(np.ceil(rect.width()))
    place = np.floor(view.xs(data.middles)).astype(np.int64)
    seen = (place >= 0) & (place < count)
    use = np.isfinite(data.values) & seen
    ends = np.zeros((2, count))
    np.maximum.at(ends[0], place[use], data.values[use])
    np.minimum.at(ends[1], place[use], data.values[use])
    zero = zero_row(rect, scale, ratio)
    left = rect.left() + np.arange(count, dtype=np.float64)
    unknown = np.unique(place[seen & ~use])
    middle = np.full(len(unknown), zero)
    fill_rects(painter, left[unknown], left[unknown] + 1, middle - 2, middle + 3, style.color("muted"))
    for values, role in ((ends[0], "positive"), (ends[1], "negative")):
        at = np.flatnonzero(values)
        rows = np.round(scale.ys(values[at], rect) * ratio) / ratio
        top, bottom = np.minimum(rows, zero), np.maximum(rows, zero)
        bottom = np.where(bottom - top < 1 / ratio, top + 1 / ratio, bottom)
        fill_rects(painter, left[at], left[at] + 1, top, bottom, style.color(role))


def _label(
    painter: QPainter,
    rect: QRectF,
    xs: Values,
    heads: Values,
    zero: float,
    data: Lollipops,
    order: Sequence[int],
    style: Style,
) -> None:
    """Write the alleles beside their heads, those of the largest effects first, where nothing else is drawn."""
    taken: list[tuple[int, QRectF]] = []
    for place in order:
        taken.append((place, QRectF(xs[place] - HEAD, heads[place] - HEAD, 2 * HEAD, 2 * HEAD)))
        if np.isfinite(data.values[place]):
            top, bottom = min(zero, heads[place]), max(zero, heads[place])
            taken.append((place, QRectF(xs[place] - 1, top, 3, bottom - top)))
    high = style.text_px * 0.9
    for place in reversed(order):
        text = data.labels[place]
        width = text_width(style, text, scale=0.85)
        apart = HEAD + 3 + (RING if data.shown[place] else 0)
        sides = (xs[place] + apart, xs[place] - apart - width)
        middle = min(max(heads[place], rect.top() + high / 2), rect.bottom() - high / 2)
        boxes = [QRectF(x, middle - high / 2, width, high) for x in sides]
        seen = [box for box in boxes if rect.left() <= box.left() and box.right() <= rect.right()]
        free = [box for box in seen if _is_free(box, place, taken)]
        if text and free:
            box = free[0]
            draw_text(painter, round(box.left()), middle, text, style, style.color("text", 0.85), scale=0.85)
            taken.append((-1, box.adjusted(-2, 0, 2, 0)))


def _is_free(box: QRectF, place: int, taken: Sequence[tuple[int, QRectF]]) -> bool:
    return not any(owner != place and box.intersects(other) for owner, other in taken)
