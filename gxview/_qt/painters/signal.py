"""A signal: bars per base when a base is a pixel or wider, else the band of its values in each pixel column."""

from __future__ import annotations

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.bars import BarColors, paint_bars, paint_zero_line
from gxview._qt.painters.base import Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns
from gxview._qt.painters.shapes import badge, device_ratio, inside


def paint_signal(
    painter: QPainter, rect: QRectF, view: View, data: SignalData, scale: Scale, style: Style, color: str | None = None
) -> None:
    """Draw a signal: a bar for each base, or where several share a pixel the band of their values and the mean.

    Parameters
    ----------
    data
        Values per base or a summary in bins; missing values (NaN) are hatched, zero is an empty place on the line.
    color
        Colour of values above zero (``#rrggbb``), the theme's when None; values below have a colour of their own.
    """
    colors = BarColors(color or style.theme.signal, style.theme.signal_negative)
    with inside(painter, rect):
        shown = columns(view, data, device_ratio(painter))
        paint_zero_line(painter, rect, scale, style)
        paint_bars(painter, rect, view, shown, scale, style, colors)
        if shown.depth > 1:
            badge(painter, rect, "summary", style)
