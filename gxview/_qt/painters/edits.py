"""Edits and selected bases: bands over the tracks, marks of inserted bases, gaps of deleted ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPolygonF

from gxview._qt.look.glyphs import codes
from gxview._qt.painters.base import Floats, Style, View
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.places import joined
from gxview._qt.painters.shapes import draw_text, fill_rects, inside, text_width
from gxview.genome import Edit

Pixels = NDArray[np.float64]

BAND, SELECTED = 0.13, 0.22
"""Opacity of the bands of edits and of selected bases."""
ROLE = "warning"
"""Colour of edits."""
LEAST = 2.0
"""Pixels: an edit is never narrower."""
MARK = 4.0
"""Half the width of the mark of inserted bases."""
WORDS_FROM, ROOM = 4.0, 40.0
"""Pixels per base, and of the row, from which the number of inserted bases is written."""
MOST = 300
"""Marks that are drawn one by one."""


def paint_edit_bands(painter: QPainter, rect: QRectF, view: View, edits: Sequence[Edit], style: Style) -> None:
    """Shade edited bases; before the data."""
    shown = [edit for edit in edits if edit.start <= view.last and max(edit.end, edit.start + 1) > view.first]
    if not shown:
        return
    left = np.array([view.x(edit.start) - (0.0 if edit.before else LEAST / 2) for edit in shown])
    right = np.maximum(np.array([view.x(edit.end) for edit in shown]), left + LEAST)
    color = style.color(ROLE)
    color.setAlphaF(BAND)
    with inside(painter, rect):
        for first, last in zip(*(side.tolist() for side in joined(left, right)), strict=True):
            painter.fillRect(QRectF(rect.left() + first, rect.top(), last - first, rect.height()), color)


def paint_selection(
    painter: QPainter, rect: QRectF, view: View, span: tuple[int, int], style: Style, typing: bool
) -> None:
    """Frame selected bases over all tracks; thicker while keys with letters change them."""
    left, right = view.x(span[0]), view.x(span[1])
    right = max(right, left + LEAST)
    if right < 0 or left > view.width:
        return
    color = style.color("accent")
    band = QColor(color)
    band.setAlphaF(SELECTED)
    wide = 2.0 if typing else 1.0
    with inside(painter, rect):
        painter.fillRect(QRectF(rect.left() + left, rect.top(), right - left, rect.height()), band)
        for x in (left, right - wide):
            painter.fillRect(QRectF(rect.left() + x, rect.top(), wide, rect.height()), color)


def paint_insertions(painter: QPainter, rect: QRectF, view: View, edits: Sequence[Edit], style: Style) -> None:
    """Draw a mark between two bases wherever bases are inserted, with their number where there is room.

    As genome browsers do: the reference keeps its places, and a mark stands for what has none.
    """
    inserted = [edit for edit in edits if edit.shift > 0 and view.first - 1 <= edit.end <= view.last + 1]
    with inside(painter, rect, smooth=True):
        for edit in inserted[:MOST]:
            _mark(painter, rect, rect.left() + view.x(edit.end), edit.shift, view, style)


def _mark(painter: QPainter, rect: QRectF, x: float, count: int, view: View, style: Style) -> None:
    color, top = style.color(ROLE), rect.top() + 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(x - MARK, top), QPointF(x + MARK, top), QPointF(x, top + 1.4 * MARK)]))
    painter.fillRect(QRectF(x - 0.75, top, 1.5, rect.height() - 2), color)
    if view.pixels_per_base >= WORDS_FROM and rect.height() >= ROOM:
        text = f"+{count:,}"
        width = text_width(style, text, scale=0.85, bold=True) + 6
        box = QRectF(x + 2, top, width, min(12.0, rect.height() - 2))
        painter.setBrush(color)
        painter.drawRoundedRect(box, 3, 3)
        ink = QColor(style.theme.canvas)
        draw_text(painter, box.left() + 3, box.center().y(), text, style, ink, scale=0.85, bold=True)


def paint_changed(painter: QPainter, rect: QRectF, view: View, edits: Sequence[Edit], style: Style) -> None:
    """Underline substituted bases and strike deleted ones out; over the letters of the edited sequence."""
    with inside(painter, rect):
        for edit in edits:
            middle = edit.start + edit.common
            _line(painter, rect, view, (edit.start, middle), rect.bottom() - 2.0, style)
            _line(painter, rect, view, (middle, edit.end), rect.center().y() - 1.0, style)


def _line(painter: QPainter, rect: QRectF, view: View, span: tuple[int, int], y: float, style: Style) -> None:
    left, right = max(-4.0, view.x(span[0])), min(view.width + 4.0, view.x(span[1]))
    if span[1] > span[0] and right > left:
        painter.fillRect(QRectF(rect.left() + left, y, max(LEAST, right - left), 2.0), style.color(ROLE))


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Reference and edited sequence column by column, see `gxview.viewer.explaining.engine.EditEffect`."""

    reference: str
    edited: str
    before: Floats
    after: Floats


LABELS = 74.0
WIDEST, NARROWEST = 17.0, 2.0
TEXT = 14.0
"""Pixels: room of the titles, widest and narrowest column, height of a line of letters."""


def paint_aligned(painter: QPainter, rect: QRectF, data: Aligned, style: Style) -> None:
    """Draw relevance and letters of reference and edited sequence above each other, and the change, on one scale."""
    room = rect.adjusted(LABELS, 0, -4, 0)
    wide = min(WIDEST, max(NARROWEST, room.width() / max(1, len(data.reference))))
    shown = int(room.width() // wide)
    left = room.left() + wide * np.arange(min(shown, len(data.reference)))
    before, after = data.before[:shown], data.after[:shown]
    change = after - before
    known = np.concatenate([before, after, change, [0.0]])
    span = float(np.nanmin(known)), float(np.nanmax(known))
    high = (rect.height() - 2 * TEXT - 8) / 3
    tops = (0.0, high + 2 * TEXT + 4, 2 * high + 2 * TEXT + 8)
    bands = [QRectF(rect.left(), rect.top() + place, rect.width(), high) for place in tops]
    _shade(painter, rect, data, left, wide, style)
    rows = ((data.reference, before), (data.edited, after), (data.edited, change))
    for band, title, (letters, values) in zip(bands, ("Reference", "Edited", "Change"), rows, strict=True):
        _band(painter, band, title, letters[:shown], values, (left, wide, span), style)
    for line, letters in enumerate((data.reference, data.edited)):
        _text(painter, rect.top() + high + 2 + line * TEXT, letters[:shown], left, wide, style)


def _shade(painter: QPainter, rect: QRectF, data: Aligned, left: Pixels, wide: float, style: Style) -> None:
    color = style.color(ROLE)
    color.setAlphaF(BAND)
    pairs = zip(data.reference, data.edited, left.tolist(), strict=False)
    for x in (x for one, other, x in pairs if one != other):
        painter.fillRect(QRectF(x, rect.top(), wide, rect.height()), color)


def _band(
    painter: QPainter,
    band: QRectF,
    title: str,
    letters: str,
    values: Floats,
    grid: tuple[Pixels, float, tuple[float, float]],
    style: Style,
) -> None:
    left, wide, (low, high) = grid
    unit = band.height() / ((high - low) or 1.0)
    foot = float(round(band.top() + high * unit))
    painter.fillRect(QRectF(band.left() + LABELS, foot, max(0.0, len(left) * wide), 1), style.color("grid"))
    draw_text(painter, band.left() + 6, band.center().y(), title, style, style.color("muted"))
    heights = values.astype(np.float64) * unit
    with inside(painter, band, smooth=True):
        paint_letters(painter, codes(letters), left + 0.04 * wide, 0.92 * wide, foot, heights, style.bases())


def _text(painter: QPainter, y: float, letters: str, left: Pixels, wide: float, style: Style) -> None:
    height = np.full(len(letters), 10.0)
    width = min(8.0, 0.86 * wide)
    shift = (wide - width) / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    paint_letters(painter, codes(letters), left + shift, width, y + 12, height, style.bases())
    gaps = left[np.array(list(letters), dtype="U1") == "-"]
    middle = np.full(len(gaps), y + 6.5)
    fill_rects(painter, gaps + 0.2 * wide, gaps + 0.8 * wide, middle, middle + 1.5, style.color("muted"))
