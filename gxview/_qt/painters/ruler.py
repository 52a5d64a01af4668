"""The ruler above the tracks and the overview of the whole chromosome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter, QPen, QPolygonF

from gxview._qt.painters.base import Style, View
from gxview._qt.painters.shapes import device_ratio, draw_text, fill_rects, inside, text_width
from gxview._qt.painters.ticks import genome_label, genome_ticks, nice_step, span_label

RULER_HEIGHT = 38
OVERVIEW_HEIGHT = 32

SMALLEST_MARK = 3.0
"""The visible part of the overview is never narrower than this many pixels."""


def ruler_step(view: View, style: Style) -> int:
    """Return the distance of labelled ticks in bases: as close as their labels allow without crowding."""
    step = 1
    while True:
        label = genome_label(max(step, view.last // step * step), step)
        if step * view.pixels_per_base >= 1.35 * text_width(style, label) + 14:
            return step
        step = round(nice_step(step + 1))


def paint_ruler(painter: QPainter, rect: QRectF, view: View, style: Style) -> None:
    """Draw the span on top and below it ticks with 1-based positions.

    A tick stands in the middle of its base. Labels that would be cut by the edges are left out.
    """
    with inside(painter, rect):
        _paint_span(painter, rect, view, style)
        step = ruler_step(view, style)
        minor = _minor_step(step)
        if minor * view.pixels_per_base >= 4:
            _ticks(painter, rect, view, genome_ticks(view.first, view.last, minor), 3, style)
        labelled = genome_ticks(view.first, view.last, step)
        _ticks(painter, rect, view, labelled, 7, style)
        for position in labelled:
            _label(painter, rect, view, position, step, style)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), style.color("line"))


def _minor_step(step: int) -> int:
    digit = int(str(step)[0])
    return max(1, step // (4 if digit == 2 else 5))


def _ticks(painter: QPainter, rect: QRectF, view: View, positions: Sequence[int], height: int, style: Style) -> None:
    ratio = device_ratio(painter)
    middles = view.xs(np.array(positions, np.int64) - 1) + view.pixels_per_base / 2
    left = rect.left() + np.trunc(middles * ratio) / ratio
    bottom = np.full(len(left), rect.bottom() - 1)
    color = style.color("muted", 1.0 if height > 3 else 0.55)
    fill_rects(painter, left, left + 1, bottom - height, bottom, color)


def _label(painter: QPainter, rect: QRectF, view: View, position: int, step: int, style: Style) -> None:
    text = genome_label(position, step)
    width = text_width(style, text)
    x = round(rect.left() + view.x(position - 1) + view.pixels_per_base / 2 - width / 2)
    if x >= rect.left() + 2 and x + width <= rect.right() - 2:
        draw_text(painter, x, rect.bottom() - 15, text, style, style.color("text"))


def _paint_span(painter: QPainter, rect: QRectF, view: View, style: Style) -> None:
    """Draw the span as a dimension line: arrow heads at the edges, the length in its middle."""
    text = span_label(view.width * view.bases_per_pixel)
    width, middle, color = text_width(style, text), rect.top() + 8.5, style.color("muted", 0.6)
    if width + 40 > rect.width():
        return
    x = round(rect.center().x() - width / 2)
    painter.fillRect(QRectF(rect.left() + 2, middle - 0.5, x - 8 - rect.left() - 2, 1), color)
    painter.fillRect(QRectF(x + width + 8, middle - 0.5, rect.right() - 2 - x - width - 8, 1), color)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(color)
    for tip, inward in ((rect.left() + 2, 6.0), (rect.right() - 2, -6.0)):
        back = tip + inward
        painter.drawPolygon(QPolygonF([QPointF(tip, middle), QPointF(back, middle - 3), QPointF(back, middle + 3)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    draw_text(painter, x, middle, text, style, style.color("muted"))


def overview_bar(rect: QRectF) -> QRectF:
    """Return the bar inside the overview's ``rect``; its width is the whole chromosome (for clicks and drags)."""
    return QRectF(rect.left(), rect.bottom() - 13, rect.width(), 9)


def overview_mark(rect: QRectF, chrom_length: int, view: View) -> QRectF:
    """Return the visible part in the overview, at least :data:`SMALLEST_MARK` wide and within the bar."""
    bar = overview_bar(rect)
    scale = bar.width() / max(1, chrom_length)
    left = bar.left() + max(0.0, view.position(0.0)) * scale
    right = bar.left() + min(float(chrom_length), view.position(view.width)) * scale
    width = max(SMALLEST_MARK, right - left)
    left = min(max(bar.left(), (left + right - width) / 2), bar.right() - width)
    return QRectF(left, bar.top() - 2, width, bar.height() + 4)


def paint_overview(painter: QPainter, rect: QRectF, chrom_length: int, view: View, style: Style) -> None:
    """Draw the chromosome as a bar with its name, its length, positions, and the visible part."""
    bar = overview_bar(rect)
    with inside(painter, rect, smooth=True):
        painter.setBrush(style.color("well"))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        _overview_text(painter, rect, chrom_length, view, style)
        mark = overview_mark(rect, chrom_length, view)
        _paint_mark(painter, mark, style)


def _paint_mark(painter: QPainter, mark: QRectF, style: Style) -> None:
    """Draw the visible part: a frame through which the bar shows, or a solid mark when it is narrow."""
    radius = min(3.0, mark.width() / 2)
    if mark.width() < 10:
        painter.setBrush(style.color("accent"))
        painter.drawRoundedRect(mark, radius, radius)
        return
    through = style.color("accent")
    through.setAlphaF(0.3)
    painter.setBrush(through)
    painter.setPen(QPen(style.color("accent"), 1.5))
    painter.drawRoundedRect(mark.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)


def _overview_text(painter: QPainter, rect: QRectF, chrom_length: int, view: View, style: Style) -> None:
    """Write name and length at the ends, and between them positions with ticks on the bar."""
    middle, bar = rect.top() + 9.0, overview_bar(rect)
    length = f"{chrom_length:,} bp"
    name_end = rect.left() + 2 + text_width(style, view.chrom, bold=True)
    length_start = rect.right() - 2 - text_width(style, length)
    draw_text(painter, rect.left() + 2, middle, view.chrom, style, style.color("text"), bold=True)
    if length_start > name_end + 10:
        draw_text(painter, length_start, middle, length, style, style.color("muted"))
    step = max(1, round(nice_step(max(1.0, 110 * chrom_length / max(1.0, rect.width())))))
    for position in genome_ticks(0, chrom_length, step):
        text = genome_label(position, step)
        center = bar.left() + bar.width() * position / chrom_length
        width = text_width(style, text, scale=0.9)
        if center - width / 2 > name_end + 12 and center + width / 2 < length_start - 12:
            painter.fillRect(QRectF(round(center), bar.top(), 1, bar.height()), style.color("line"))
            draw_text(painter, center - width / 2, middle, text, style, style.color("muted", 0.8), scale=0.9)
