"""Relevance: bars per base when zoomed out, letters as tall as their relevance when zoomed in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.glyphs import OTHER, codes
from gxview._qt.painters.bars import BarColors, paint_bars, paint_zero_line, zero_row
from gxview._qt.painters.base import BaseValues, Letters, Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, inside

BARS_BELOW, LETTERS_FROM = 2.0, 4.0
"""Pixels per base: below the first only bars, from the second on only letters, between them a fade."""


def letter_share(view: View, detail: float = 1.0) -> float:
    """How far the fade from bars (0) to letters (1) has come at this zoom."""
    share = (view.pixels_per_base * detail - BARS_BELOW) / (LETTERS_FROM - BARS_BELOW)
    return min(1.0, max(0.0, share))


def paint_relevance(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: SignalData,
    letters: Letters | None,
    scale: Scale,
    style: Style,
) -> None:
    """Draw relevance as bars, as letters, or in the fade between as both.

    Parameters
    ----------
    data
        Relevance per base (NaN is hatched) or a summary of it.
    letters
        The reference; may cover another part than ``data``. Bases without a letter stay bars.
    """
    share = letter_share(view, style.detail)
    with inside(painter, rect):
        ratio = device_ratio(painter)
        paint_zero_line(painter, rect, scale, style)
        if isinstance(data, BaseValues) and letters is not None and share > 0:
            visible = _visible(view, data)
            known = _codes_of(visible, letters)
            _bars(painter, rect, view, visible, known, scale, style, share)
            _letters(painter, rect, view, visible, known, scale, style, share)
            return
        shown = columns(view, data, ratio)
        paint_bars(painter, rect, view, shown, scale, style, _colors(style))
        if shown.depth > 1:
            badge(painter, rect, "summary", style)


def _colors(style: Style) -> BarColors:
    """Return the colours of bars; no mean, since that of signed relevance is next to nothing and says so of peaks."""
    return BarColors(style.theme.positive, style.theme.negative, mean=False)


def _visible(view: View, data: BaseValues) -> BaseValues:
    """Cut ``data`` to the view."""
    first = min(max(0, view.first - data.start), len(data.values))
    last = min(max(first, view.last - data.start), len(data.values))
    return BaseValues(data.start + first, data.values[first:last])


def _codes_of(data: BaseValues, letters: Letters) -> NDArray[np.uint8]:
    """Code of the letter of each value; ``OTHER`` where ``letters`` has none."""
    found = np.full(len(data.values), OTHER, np.uint8)
    first = max(data.start, letters.start)
    last = min(data.start + len(data.values), letters.start + len(letters.text))
    if first < last:
        text = letters.text[first - letters.start : last - letters.start]
        found[first - data.start : last - data.start] = codes(text)
    return found


def _bars(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: BaseValues,
    known: NDArray[np.uint8],
    scale: Scale,
    style: Style,
    share: float,
) -> None:
    """Draw the bars under the fading letters, and at full strength those of bases without a letter."""
    ratio = device_ratio(painter)
    if share < 1:
        under = columns(view, data, ratio)
        paint_bars(painter, rect, view, under, scale, style, replace(_colors(style), strength=1 - share))
        return
    rest = np.where((known == OTHER) | np.isnan(data.values), data.values, 0.0)
    if not rest.any():
        return
    paint_bars(painter, rect, view, columns(view, BaseValues(data.start, rest), ratio), scale, style, _colors(style))


def _letters(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: BaseValues,
    known: NDArray[np.uint8],
    scale: Scale,
    style: Style,
    share: float,
) -> None:
    """Draw the letters; from six pixels a base on they stand a little apart."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    foot = zero_row(rect, scale, device_ratio(painter))
    left = rect.left() + view.xs(data.start + np.arange(len(data.values)))
    air = 0.03 * view.pixels_per_base if view.pixels_per_base >= 6 else 0.0
    heights = foot - scale.ys(data.values, rect)
    paint_letters(painter, known, left + air, view.pixels_per_base - 2 * air, foot, heights, _faded(style, share))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _faded(style: Style, share: float) -> list[QColor]:
    colors = style.bases()
    for color in colors:
        color.setAlphaF(share)
    return colors
