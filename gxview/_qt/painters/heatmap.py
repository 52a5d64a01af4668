"""The effect of every substitution: four rows of cells, red where it raises a prediction, blue where it lowers it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.look.glyphs import codes
from gxview._qt.painters.bars import paint_clipped, paint_gaps
from gxview._qt.painters.base import (
    BaseValues,
    BinnedValues,
    Floats,
    Letters,
    Positions,
    Scale,
    SignalData,
    Style,
    View,
)
from gxview._qt.painters.columns import Columns, columns
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, draw_text, fill_rects, inside, text_width
from gxview._qt.painters.ticks import end_label, span_label

SHADES = 32
"""Shades of each sign."""
AIR_FROM = 7.0
"""Pixels per base from which cells stand a pixel apart; rows do so from the same height on."""
LETTERS_FROM, DOTS_FROM = 6.0, 3.0
"""Pixels per base from which the base that is there is a letter in its cell, and from which it is a dot."""
REFERENCE = 0.8
"""Strength of the colour behind the letter of the base that is there."""
BAR = 6.0
"""Pixels of the bar of colours beside the rows."""
COUNT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Effects between consecutive positions: rows A, C, G, T, shape (4, n); NaN is missing.

    A bin of several bases holds the effect that lies furthest from zero.
    """

    edges: Positions
    values: Floats

    @property
    def step(self) -> float:
        """Bases of the widest bin."""
        return float(np.diff(self.edges).max(initial=0))


def around_zero(scale: Scale) -> Scale:
    """Return a scale that reaches as far below zero as above: colours of one strength are effects of one size."""
    bound = max(abs(scale.low), abs(scale.high))
    return Scale(-bound, bound, scale.log, scale.note)


def row_rects(rect: QRectF, ratio: float = 1.0) -> list[QRectF]:
    """Return where the four rows lie, on whole device pixels, with air between them where there is room."""
    edges = [round((rect.top() + rect.height() * place / COUNT) * ratio) / ratio for place in range(COUNT + 1)]
    air = 1.0 if rect.height() / COUNT >= AIR_FROM else 0.0
    return [
        QRectF(rect.left(), top, rect.width(), bottom - top - (air if place < COUNT - 1 else 0.0))
        for place, (top, bottom) in enumerate(pairwise(edges))
    ]


def row_at(rect: QRectF, y: float) -> int | None:
    """Return the row at a pixel, 0 for A; None above and below."""
    place = int((y - rect.top()) // max(1e-9, rect.height() / COUNT))
    return place if 0 <= place < COUNT else None


def paint_heatmap(
    painter: QPainter, rect: QRectF, view: View, data: Cells, letters: Letters | None, scale: Scale, style: Style
) -> None:
    """Draw a cell for each base and each of A, C, G, T; where several bases share a pixel the strongest of them.

    Parameters
    ----------
    data
        Effects; missing ones are hatched, those of bases that are no A, C, G or T too.
    letters
        The reference, whose cells are marked; None where it is not at hand.
    scale
        The same on both sides of zero, see `around_zero`.
    """
    ratio = device_ratio(painter)
    rows = row_rects(rect, ratio)
    with inside(painter, rect):
        shown = _known(data, letters) if data.step <= 1 else data
        parts = [columns(view, _row_data(shown, row), ratio) for row in shown.values]
        _paint_rows(painter, rows, parts, scale, style, ratio)
        for row, part in zip(rows, parts, strict=True):
            paint_gaps(painter, row, part, style)
        if letters is not None and data.step <= 1:
            _mark_reference(painter, rows, view, shown, letters, style, ratio)
        if view.bases_per_pixel > ratio or data.step > 1:
            depth = max(data.step, view.bases_per_pixel)
            text = span_label(depth) if depth >= 10 else f"{depth:.2g} bp"
            badge(painter, rect, f"strongest of {text} per cell", style)


def _row_data(data: Cells, values: Floats) -> SignalData:
    if data.step <= 1:
        return BaseValues(int(data.edges[0]), values)
    return BinnedValues(data.edges, values, values, values)


def _known(data: Cells, letters: Letters | None) -> Cells:
    """Take the effects of bases away that are no A, C, G or T: nothing was put in their place."""
    if letters is None:
        return data
    starts = np.asarray(data.edges[:-1], np.int64) - letters.start
    code = codes(letters.text)
    there = (starts >= 0) & (starts < len(code))
    unknown = there & (code[np.clip(starts, 0, max(0, len(code) - 1))] >= COUNT) if len(code) else there
    return Cells(data.edges, np.where(unknown[None, :], np.nan, data.values)) if unknown.any() else data


def _paint_rows(
    painter: QPainter, rows: list[QRectF], parts: list[Columns], scale: Scale, style: Style, ratio: float
) -> None:
    """Fill the cells of all rows, one shade after the other: few calls with many cells each."""
    level = np.concatenate([shades(part, scale) for part in parts])
    left = rows[0].left() + np.concatenate([part.left for part in parts])
    right = rows[0].left() + np.concatenate([part.right for part in parts])
    right = np.where(right - left >= AIR_FROM, right - 1 / ratio, right)
    counts = [len(part.left) for part in parts]
    top = np.repeat([row.top() for row in rows], counts)
    bottom = np.repeat([row.bottom() for row in rows], counts)
    theme = style.theme
    for shade in np.unique(level[np.isfinite(level) & (level != 0)]).tolist():
        at = level == shade
        color = style.on_canvas(theme.positive if shade > 0 else theme.negative, abs(shade) / SHADES)
        fill_rects(painter, left[at], right[at], top[at], bottom[at], color)
    if scale.note.startswith("fix"):
        for row, part in zip(rows, parts, strict=True):
            paint_clipped(painter, row, part, scale, style)


def shades(part: Columns, scale: Scale) -> NDArray[np.float64]:
    """Return the shade of each column: its end that lies furthest from zero, -SHADES to SHADES, NaN where missing.

    Any effect other than 0 has at least the faintest shade.
    """
    unit = QRectF(0, 0, 1, 2 * SHADES)
    up, down = SHADES - scale.ys(part.high, unit), scale.ys(part.low, unit) - SHADES
    with np.errstate(invalid="ignore"):
        strongest = np.where(up >= down, up, -down)
        sign = np.where(up >= down, np.sign(part.high), np.sign(part.low))
    return np.asarray(sign * np.clip(np.ceil(np.abs(strongest)), 1, SHADES), np.float64)


def _mark_reference(
    painter: QPainter, rows: list[QRectF], view: View, data: Cells, letters: Letters, style: Style, ratio: float
) -> None:
    """Mark the cell of the base that is there: its letter, or a dot where a letter has no room."""
    if view.pixels_per_base < DOTS_FROM:
        return
    first = max(view.first, letters.start, int(data.edges[0]))
    last = min(view.last, letters.start + len(letters.text), int(data.edges[-1]))
    if last <= first:
        return
    code = codes(letters.text[first - letters.start : last - letters.start])
    there = data.values[:, first - int(data.edges[0]) : last - int(data.edges[0])]
    edges = rows[0].left() + np.round(view.xs(np.arange(first, last + 1)) * ratio) / ratio
    for base, row in enumerate(rows):
        at = np.flatnonzero((code == base) & ~np.isnan(there[base]))
        left, right = edges[at], edges[at + 1]
        right = np.where(right - left >= AIR_FROM, right - 1 / ratio, right)
        if view.pixels_per_base * style.detail >= LETTERS_FROM and row.height() >= 9:
            _write(painter, row, left, right, base, style)
        else:
            _dot(painter, row, left, right, style, ratio)


def _write(
    painter: QPainter, row: QRectF, left: NDArray[np.float64], right: NDArray[np.float64], base: int, style: Style
) -> None:
    top = np.full(len(left), row.top())
    fill_rects(painter, left, right, top, top + row.height(), style.color("well", REFERENCE))
    if not len(left):
        return
    high = min(row.height() - 4, 11.0)
    wide = float(np.min(right - left))
    width = min(0.86 * wide, high * 0.82)
    foot = round(row.center().y() + high / 2)
    heights = np.full(len(left), float(round(high)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    code = np.full(len(left), base, np.uint8)
    paint_letters(painter, code, left + (right - left - width) / 2, width, foot, heights, style.bases())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _dot(
    painter: QPainter,
    row: QRectF,
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    style: Style,
    ratio: float,
) -> None:
    size = max(1.0, min(2.0, row.height() - 2))
    x = np.round(((left + right) / 2 - size / 2) * ratio) / ratio
    top = np.full(len(left), round((row.center().y() - size / 2) * ratio) / ratio)
    fill_rects(painter, x, x + size, top, top + size, style.color("muted"))


def paint_heat_axis(painter: QPainter, rect: QRectF, scale: Scale, style: Style) -> None:
    """Draw what stands beside the rows: the base of each, and the bar of colours with its ends.

    A `rect` without width leaves it out.
    """
    if rect.width() <= 0:
        return
    ratio = device_ratio(painter)
    with inside(painter, rect):
        edge = rect.right() - 1 / ratio
        painter.fillRect(QRectF(edge, rect.top(), 1 / ratio, rect.height()), style.color("line"))
        for base, row in enumerate(row_rects(rect, ratio)):
            if row.height() >= 8:
                text = "ACGT"[base]
                size = min(1.0, row.height() / (style.text_px + 2))
                x = edge - 9 - text_width(style, text, bold=True, scale=size) / 2
                draw_text(painter, x, row.center().y(), text, style, style.bases()[base], bold=True, scale=size)
        _paint_bar(painter, QRectF(edge - 18 - BAR, rect.top(), BAR, rect.height()), rect.left(), scale, style)


def _paint_bar(painter: QPainter, bar: QRectF, left: float, scale: Scale, style: Style) -> None:
    """Draw the colours from the largest effect on top to the smallest, and write the ends."""
    theme, pieces = style.theme, 2 * SHADES
    for piece in range(pieces):
        share = 1 - (piece + 0.5) / (pieces / 2)
        color = style.on_canvas(theme.positive if share > 0 else theme.negative, abs(share))
        top = bar.top() + bar.height() * piece / pieces
        bottom = bar.top() + bar.height() * (piece + 1) / pieces
        painter.fillRect(QRectF(bar.left(), top, bar.width(), bottom - top), color)
    half = style.text_px * 0.45
    for value, middle in ((scale.high, bar.top() + half), (0.0, bar.center().y()), (scale.low, bar.bottom() - half)):
        if value == 0 and bar.height() < 3.4 * style.text_px:
            continue
        text = end_label(value)
        x = max(left, bar.left() - 3 - text_width(style, text, scale=0.85))
        draw_text(painter, x, middle, text, style, style.color("muted"), scale=0.85)
