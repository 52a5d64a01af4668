"""What stands around the data: axis, header, state of a job, the column under the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.look.theme import mix
from gxview._qt.painters.base import Scale, State, Style, View
from gxview._qt.painters.shapes import device_ratio, draw_text, elided, inside, text_width
from gxview._qt.painters.ticks import end_label, log_ticks, value_label, value_ticks

AXIS_WIDTH = 52
HEADER_HEIGHT = 18

ROW_PER_LABEL = 22.0
"""Pixels between two axis labels, at least."""


def paint_axis(painter: QPainter, rect: QRectF, scale: Scale, style: Style) -> None:
    """Draw the value axis: its ends, zero and ticks between them, right-aligned; the scale's note stands upright.

    A ``rect`` without width leaves it out.
    """
    if rect.width() <= 0:
        return
    with inside(painter, rect):
        ratio = device_ratio(painter)
        edge = rect.right() - 1 / ratio
        painter.fillRect(QRectF(edge, rect.top(), 1 / ratio, rect.height()), style.color("line"))
        left = rect.right()
        for tick in axis_ticks(scale, rect, style):
            row = min(round(scale.y(tick.value, rect) * ratio) / ratio, rect.bottom() - 1 / ratio)
            painter.fillRect(QRectF(edge - 4, row, 4, 1 / ratio), style.color("muted"))
            x = edge - 7 - text_width(style, tick.label, scale=0.9)
            draw_text(painter, x, tick.middle, tick.label, style, style.color("muted"), scale=0.9)
            left = min(left, x)
        if scale.note:
            _note(painter, QRectF(rect.left(), rect.top(), left - rect.left(), rect.height()), scale.note, style)


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on the axis, how it is written, and the pixel row of the writing's middle."""

    value: float
    label: str
    middle: float


def axis_ticks(scale: Scale, rect: QRectF, style: Style) -> tuple[Tick, ...]:
    """Return the ticks of an axis: zero, its ends, and between them as many as have room."""
    return _ticks(scale, rect.top(), rect.width(), rect.height(), style)


@lru_cache(maxsize=1024)
def _ticks(scale: Scale, top: float, width: float, height: float, style: Style) -> tuple[Tick, ...]:
    """See `axis_ticks`; kept, as most frames of a drag show the same axes."""
    rect, half = QRectF(0, top, width, height), style.text_px * 0.45
    kept: list[Tick] = []
    for place, (value, text) in enumerate(_candidates(scale, rect)):
        # the ends may stand close to zero, what lies between them keeps away
        room = style.text_px + 1 if place < 3 else 1.8 * style.text_px
        middle = min(max(scale.y(value, rect), rect.top() + half), rect.bottom() - half)
        label = elided(style, text, rect.width() - 8, scale=0.9)
        if all(abs(middle - other.middle) >= room and label != other.label for other in kept):
            kept.append(Tick(value, label, middle))
    return tuple(kept)


def _candidates(scale: Scale, rect: QRectF) -> list[tuple[float, str]]:
    """Return values and labels of an axis, the more important first."""
    if scale.log and max(-scale.low, scale.high) > 1:
        inner = sorted(log_ticks(scale.low, scale.high), key=lambda value: (value != 0, -abs(value)))
        step = 1.0
    else:
        inner = value_ticks(scale.low, scale.high, max(2, int(rect.height() / ROW_PER_LABEL)))
        step = min((b - a for a, b in pairwise(inner)), default=abs(scale.high - scale.low))
        inner.sort(key=lambda value: (value != 0, abs(value)))
    first = [(0.0, "0")] if inner and inner[0] == 0 else []
    ends = [(value, end_label(value)) for value in (scale.high, scale.low)]
    return [*first, *ends, *((value, value_label(value, step)) for value in inner[len(first) :])]


def _note(painter: QPainter, rect: QRectF, text: str, style: Style) -> None:
    """Write a word upright in the middle of ``rect``, at its left edge, if it fits."""
    height, width = style.text_px * 0.9, text_width(style, text, scale=0.85)
    if rect.width() < height or rect.height() < width + 4:
        return
    painter.save()
    painter.translate(rect.left() + height / 2, rect.center().y() + width / 2)
    painter.rotate(-90)
    draw_text(painter, 0, 0, text, style, style.color("accent"), scale=0.85)
    painter.restore()


def paint_header(
    painter: QPainter, rect: QRectF, name: str, style: Style, detail: str = "", selected: bool = False
) -> None:
    """Draw a track's name and a muted detail beside it, elided to fit; a selected track gets the accent's mark."""
    with inside(painter, rect):
        left = rect.left() + 8
        if selected:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), style.color("accent"))
        room = rect.right() - 4 - left
        middle = rect.top() + min(rect.height(), HEADER_HEIGHT) / 2
        title = elided(style, name, room, bold=True, middle=True)
        draw_text(painter, left, middle, title, style, style.color("text"), bold=True)
        used = text_width(style, title, bold=True) + 8
        if detail and room - used > 24:
            text = elided(style, detail, room - used)
            draw_text(painter, left + used, middle, text, style, style.color("muted"))


def paint_state(painter: QPainter, rect: QRectF, state: State, style: Style) -> None:
    """Draw what a track without data has to say: waiting, running n of m, failed and why, empty."""
    failed = state.kind == "failed"
    color = style.color("error" if failed else "muted")
    with inside(painter, rect, smooth=True):
        text = elided(style, _words(state), rect.width() - 60)
        width = text_width(style, text)
        busy = state.kind == "running" and state.total > 0
        middle = rect.center().y() - (6 if busy and rect.height() >= 34 else 0)
        x = round(rect.center().x() - width / 2)
        if failed:
            _warning_sign(painter, QPointF(x - 12, middle), color)
        draw_text(painter, x, middle, text, style, color)
        if busy:
            _progress(painter, rect, middle + style.text_px, state.done / state.total, style)


def _words(state: State) -> str:
    """Say the state in words; the state's own text comes first where it has one."""
    if state.kind == "running" and state.total > 0:
        return f"{state.text or 'Computing'} {min(state.done, state.total):,} of {state.total:,}"
    usual = {"waiting": "Waiting\N{HORIZONTAL ELLIPSIS}", "running": "Computing\N{HORIZONTAL ELLIPSIS}"}
    usual |= {"failed": "Failed", "empty": "Nothing here"}
    return state.text or usual.get(state.kind, state.kind)


def _progress(painter: QPainter, rect: QRectF, top: float, share: float, style: Style) -> None:
    """Draw a thin progress bar, at the bottom edge where the row is too low for one of its own."""
    width = min(220.0, rect.width() * 0.6)
    bar = QRectF(rect.center().x() - width / 2, min(top, rect.bottom() - 5), width, 4)
    painter.setBrush(style.color("well"))
    painter.drawRoundedRect(bar, 2, 2)
    bar.setWidth(max(4.0, width * min(1.0, max(0.0, share))))
    painter.setBrush(style.color("accent"))
    painter.drawRoundedRect(bar, 2, 2)


def _warning_sign(painter: QPainter, middle: QPointF, color: QColor) -> None:
    """Draw a small ring with an exclamation mark."""
    painter.setPen(QPen(color, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, 5.5, 5.5)
    painter.drawLine(QPointF(middle.x(), middle.y() - 3), QPointF(middle.x(), middle.y() + 0.5))
    painter.drawPoint(QPointF(middle.x(), middle.y() + 3))
    painter.setPen(Qt.PenStyle.NoPen)


def paint_cursor(painter: QPainter, rect: QRectF, view: View, base: int, style: Style) -> None:
    """Mark the column of one base over the full height of ``rect``: a faint band, or a line when bases are narrow."""
    color = mix(style.theme.canvas, style.theme.accent, 1.0)
    with inside(painter, rect):
        left = rect.left() + view.x(base)
        if view.pixels_per_base >= 3:
            color.setAlphaF(0.18)
            painter.fillRect(QRectF(left, rect.top(), view.pixels_per_base, rect.height()), color)
        else:
            color.setAlphaF(0.6)
            x = round(left + view.pixels_per_base / 2)
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), color)
