"""The trust lane: a strip of cells for each window, and what fails marked by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QLineF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.look.theme import mix
from gxview._qt.painters.base import Style, View
from gxview._qt.painters.shapes import device_ratio, draw_text, elided, hatch, inside, text_width

MARK = 7.0
"""Width of the cross of a failing cell."""
MARK_FROM, TEXT_AIR = 13.0, 4.0
"""Pixels of a cell from which it has room for a cross; pixels around a number."""
TEXT_SCALE = 0.85
NARROW = 0.45
"""Height of a cell that holds, by that of one that fails, where neither has room for a mark."""


@dataclass(frozen=True, slots=True)
class CellLook:
    """A cell: what it says ('holds', 'fails', 'tells', 'missing') and its words, the longest that fit are written."""

    verdict: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The cells of one window, top to bottom, above the bases [start, end)."""

    start: int
    end: int
    cells: tuple[CellLook, ...]


def paint_trust(painter: QPainter, rect: QRectF, view: View, strips: Sequence[Strip], style: Style) -> None:
    """Draw the strips of windows; those that fail come last, so that no other hides them where windows are narrow."""
    if not strips:
        return
    ratio = device_ratio(painter)
    with inside(painter, rect):
        for strip in sorted(strips, key=lambda one: one.cells[0].verdict == "fails"):
            left, right = _edges(painter, rect, view, strip)
            gap = 1.0 if right - left >= 4 else 0.0
            step = rect.height() / len(strip.cells)
            for place, cell in enumerate(strip.cells):
                top, bottom = (round((rect.top() + line * step) * ratio) / ratio for line in (place, place + 1))
                _paint_cell(painter, QRectF(left, top, max(1.0, right - left - gap), bottom - top - 1), cell, style)


def verdict_color(verdict: str, style: Style) -> QColor:
    """Return the ground of a cell."""
    theme = style.theme
    ends = {"holds": (theme.signal, 0.30), "fails": (theme.error, 0.42), "tells": (theme.text, 0.12)}
    end, share = ends.get(verdict, (theme.text, 0.04))
    return mix(theme.canvas, end, share)


def _edges(painter: QPainter, rect: QRectF, view: View, strip: Strip) -> tuple[float, float]:
    """Return the ends of a strip on whole dots, cut to what shows."""
    ratio = device_ratio(painter)
    left, right = (rect.left() + round(view.x(base) * ratio) / ratio for base in (strip.start, strip.end))
    return max(left, rect.left()), min(right, rect.right())


def _paint_cell(painter: QPainter, rect: QRectF, cell: CellLook, style: Style) -> None:
    fails, room = cell.verdict == "fails", rect.width() >= MARK_FROM
    ground = verdict_color(cell.verdict, style)
    if not room and not fails:
        # without room for a cross the height tells: what fails is as high as the cell
        low = max(1.0, rect.height() * NARROW)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - low, rect.width(), low), ground)
        return
    painter.fillRect(rect, ground)
    if cell.verdict == "missing":
        hatch(painter, rect, np.array([rect.left()]), np.array([rect.right()]), style.color("line"), gap=6.0)
    if fails and room:
        painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), style.color("error"))
    _paint_words(painter, rect, cell, style, fails)


def _paint_words(painter: QPainter, rect: QRectF, cell: CellLook, style: Style, fails: bool) -> None:
    """Write the longest words that fit, in the middle, after a cross where the cell fails."""
    aside = MARK + 4 if fails and rect.width() >= MARK_FROM else 0.0
    room = rect.width() - 2 * TEXT_AIR - aside
    high = rect.height() >= style.text_px * TEXT_SCALE
    text = next((one for one in cell.words if text_width(style, one, scale=TEXT_SCALE) <= room), "") if high else ""
    width = aside + text_width(style, text, scale=TEXT_SCALE) if text else MARK
    left = round(rect.center().x() - width / 2)
    color = style.color("text" if cell.verdict != "missing" else "muted")
    if aside:
        _cross(painter, QRectF(left, rect.center().y() - MARK / 2, MARK, MARK), color)
    if text:
        draw_text(painter, left + aside, rect.center().y(), text, style, color, scale=TEXT_SCALE)


def _cross(painter: QPainter, rect: QRectF, color: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(color, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    box = rect.adjusted(1, 1, -1, -1)
    painter.drawLines([QLineF(box.topLeft(), box.bottomRight()), QLineF(box.bottomLeft(), box.topRight())])
    painter.restore()


def paint_titles(painter: QPainter, rect: QRectF, titles: Sequence[str], style: Style, fails: bool) -> None:
    """Write what each line of the lane is, right-aligned; the first one stands out."""
    with inside(painter, rect):
        step = rect.height() / len(titles)
        for place, title in enumerate(titles):
            text = elided(style, title, rect.width() - 10, scale=TEXT_SCALE, bold=not place)
            x = rect.right() - 6 - text_width(style, text, scale=TEXT_SCALE, bold=not place)
            color = style.color("muted" if place else "error" if fails else "text")
            middle = rect.top() + (place + 0.5) * step - 0.5
            draw_text(painter, x, middle, text, style, color, scale=TEXT_SCALE, bold=not place)
