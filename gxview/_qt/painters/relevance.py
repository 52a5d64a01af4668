"""Relevance: bars per base when zoomed out, letters as tall as their relevance when zoomed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.look.glyphs import OTHER, codes
from gxview._qt.painters.bars import BarColors, paint_bars, paint_clipped, paint_zero_line, zero_row
from gxview._qt.painters.base import BaseValues, Floats, Letters, Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns, summary_text
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, fill_rects, inside
from gxview._qt.painters.summary import paint_note

BARS_BELOW, LETTERS_FROM = 2.0, 4.0
"""Pixels per base: below the first only bars, from the second on only letters, between them a fade."""
BAND, WHISKER = 0.3, 0.75
"""Strength of the colour of the text in the band behind bars, and in whiskers."""


@dataclass(frozen=True, slots=True)
class RelevanceLook:
    """How relevance is drawn.

    Parameters
    ----------
    color, negative_color
        Colours of bars above and below zero (``#rrggbb``); None takes the theme's.
    note
        Words that stand in the badge, with a summary or alone.
    strength
        How far the colours stand out from the canvas, 0 to 1.
    """

    color: str | None = None
    negative_color: str | None = None
    note: str = ""
    strength: float = 1.0

    def colors(self, style: Style) -> BarColors:
        """Return the colours of bars; no mean, since that of signed relevance is next to nothing even at peaks."""
        theme = style.theme
        return BarColors(
            self.color or theme.positive, self.negative_color or theme.negative, strength=self.strength, mean=False
        )


PLAIN = RelevanceLook()


def letter_share(view: View, detail: float = 1.0) -> float:
    """How far the fade from bars (0) to letters (1) has come at this zoom.

    What is looked at finer than a screen, paper, does not fade: nobody zooms there.
    """
    share = (view.pixels_per_base * detail - BARS_BELOW) / (LETTERS_FROM - BARS_BELOW)
    share = min(1.0, max(0.0, share))
    return share if detail <= 1 else float(share >= 0.5)


def paint_relevance(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: SignalData,
    letters: Letters | None,
    scale: Scale,
    style: Style,
    look: RelevanceLook = PLAIN,
    ends: tuple[SignalData, SignalData] | None = None,
) -> None:
    """Draw relevance as bars, as letters, or in the fade between as both.

    How far each value may lie off is a pale band behind the bars, and a whisker through each base once only letters
    show: over fading bars it would only be a stripe.

    Parameters
    ----------
    data
        Relevance per base (NaN is hatched) or a summary of it.
    letters
        The reference; may cover another part than ``data``. Bases without a letter stay bars.
    ends
        Lower and upper end of where each value may lie, like ``data``; may cover another part than it.
    """
    share = letter_share(view, style.detail)
    with inside(painter, rect):
        if ends is not None and share < 1:
            _paint_band(painter, rect, view, ends, scale, style, look.strength)
        paint_zero_line(painter, rect, scale, style)
        if isinstance(data, BaseValues) and letters is not None and share > 0:
            visible = _visible(view, data)
            row = _Row(painter, rect, view, visible, _codes_of(visible, letters), scale, style, look)
            row.bars(share)
            row.letters(share)
            row.clipped()
            if look.note:
                badge(painter, rect, look.note, style)
        else:
            shown = columns(view, data, device_ratio(painter))
            paint_bars(painter, rect, view, shown, scale, style, look.colors(style))
            if note := summary_text(view, data, look.note) if shown.depth > 1 else look.note:
                paint_note(painter, rect, note, shown, scale, style)
        if ends is not None and share == 1:
            _paint_whiskers(painter, rect, view, ends, scale, style, look.strength)


def _paint_band(
    painter: QPainter,
    rect: QRectF,
    view: View,
    ends: tuple[SignalData, SignalData],
    scale: Scale,
    style: Style,
    strength: float,
) -> None:
    """Fill each column from the lowest lower end to the highest upper end of its bases."""
    lower, upper = (columns(view, side, device_ratio(painter)) for side in ends)
    left, right = rect.left() + lower.left, rect.left() + lower.right
    top, bottom = scale.ys(upper.high, rect), scale.ys(lower.low, rect)
    fill_rects(painter, left, right, top, bottom, style.color("text", BAND * strength))


def _paint_whiskers(
    painter: QPainter,
    rect: QRectF,
    view: View,
    ends: tuple[SignalData, SignalData],
    scale: Scale,
    style: Style,
    strength: float,
) -> None:
    """Draw a thin line through each base from its lower to its upper end."""
    lower, upper = ends
    if not isinstance(lower, BaseValues) or not isinstance(upper, BaseValues):
        return
    lower, upper = _visible(view, lower), _visible(view, upper)
    ratio = device_ratio(painter)
    places = rect.left() + view.xs(lower.start + np.arange(len(lower.values))) + view.pixels_per_base / 2
    middle = np.round(places * ratio) / ratio
    top, bottom = scale.ys(upper.values, rect), scale.ys(lower.values, rect)
    fill_rects(painter, middle, middle + 1, top, bottom, style.color("text", WHISKER * strength))


def _visible(view: View, data: BaseValues) -> BaseValues:
    """Cut values to the view."""
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


@dataclass(frozen=True, slots=True)
class _Row:
    """Draws the bases that show."""

    painter: QPainter
    rect: QRectF
    view: View
    data: BaseValues
    known: NDArray[np.uint8]
    scale: Scale
    style: Style
    look: RelevanceLook

    def bars(self, share: float) -> None:
        """Draw the bars under the fading letters, and at full strength those of bases without a letter."""
        if share < 1:
            self._paint_bars(self.data.values, 1 - share)
            return
        rest = np.where((self.known == OTHER) | np.isnan(self.data.values), self.data.values, 0.0)
        if rest.any():
            self._paint_bars(rest, 1.0)

    def letters(self, share: float) -> None:
        """Draw the letters; from six pixels a base on they stand a little apart."""
        painter, wide = self.painter, self.view.pixels_per_base
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        foot = zero_row(self.rect, self.scale, device_ratio(painter))
        air = 0.03 * wide if wide >= 6 else 0.0
        heights = foot - self.scale.ys(self.data.values, self.rect)
        # opaque: Qt fills letters that let something through four times slower
        colors = self.style.bases(share * self.look.strength)
        paint_letters(painter, self.known, self._left() + air, wide - 2 * air, foot, heights, colors)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def clipped(self) -> None:
        """Mark the bases whose values go on beyond the scale."""
        with np.errstate(invalid="ignore"):
            beyond = (self.data.values > self.scale.high) | (self.data.values < self.scale.low)
        if beyond.any():
            shown = columns(self.view, self.data, device_ratio(self.painter))
            paint_clipped(self.painter, self.rect, shown, self.scale, self.style)

    def _left(self) -> NDArray[np.float64]:
        return np.asarray(self.rect.left() + self.view.xs(self.data.start + np.arange(len(self.data.values))))

    def _paint_bars(self, values: Floats, strength: float) -> None:
        shown = columns(self.view, BaseValues(self.data.start, values), device_ratio(self.painter))
        colors = replace(self.look.colors(self.style), strength=strength * self.look.strength)
        paint_bars(self.painter, self.rect, self.view, shown, self.scale, self.style, colors)
