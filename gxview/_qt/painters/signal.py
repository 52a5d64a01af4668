"""A signal: bars per base when a base is a pixel or wider, else the band of its values in each pixel column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.bars import BarColors, paint_bars, paint_clipped, paint_gaps, paint_zero_line
from gxview._qt.painters.base import Scale, SignalData, Style, View
from gxview._qt.painters.columns import Columns, columns, summary_text
from gxview._qt.painters.marks import paint_heatmap, paint_line, paint_points
from gxview._qt.painters.shapes import device_ratio, inside
from gxview._qt.painters.summary import paint_note

Mark: TypeAlias = Callable[[QPainter, QRectF, Columns, Scale, Style, BarColors], None]
MARKS: dict[str, Mark] = {"line": paint_line, "points": paint_points, "heatmap": paint_heatmap}
"""Ways to draw a signal besides bars."""


@dataclass(frozen=True, slots=True)
class SignalLook:
    """How a signal is drawn.

    Parameters
    ----------
    color, negative_color
        Colours of values above and below zero (``#rrggbb``); None takes the theme's.
    mark
        'bars', or one of `MARKS`.
    note
        Words that the badge of a summary adds.
    apart
        Leave a pixel between wide bars.
    """

    color: str | None = None
    negative_color: str | None = None
    mark: str = "bars"
    note: str = ""
    apart: bool = True

    def colors(self, style: Style) -> BarColors:
        """Return the colours on a canvas."""
        theme = style.theme
        return BarColors(self.color or theme.signal, self.negative_color or theme.signal_negative, apart=self.apart)


PLAIN = SignalLook()


def paint_signal(
    painter: QPainter,
    rect: QRectF,
    view: View,
    data: SignalData,
    scale: Scale,
    style: Style,
    look: SignalLook = PLAIN,
) -> None:
    """Draw a signal: a bar for each base, or where several share a pixel the band of their values and the mean.

    Parameters
    ----------
    data
        Values per base or a summary in bins; missing values (NaN) are hatched, zero is an empty place on the line.
    """
    with inside(painter, rect):
        shown = columns(view, data, device_ratio(painter))
        mark = MARKS.get(look.mark)
        if look.mark != "heatmap":
            paint_zero_line(painter, rect, scale, style)
        if mark is None:
            paint_bars(painter, rect, view, shown, scale, style, look.colors(style))
        else:
            mark(painter, rect, shown, scale, style, look.colors(style))
            paint_clipped(painter, rect, shown, scale, style)
            paint_gaps(painter, rect, shown, style)
        if shown.depth > 1:
            paint_note(painter, rect, summary_text(view, data, look.note), shown, scale, style)
