"""Regions of a table: bands over the tracks, marks on the ruler and in the overview."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.painters.base import Positions, Style, View
from gxview._qt.painters.ruler import overview_bar, overview_mark
from gxview._qt.painters.shapes import fill_rects, inside

LEAST_BAND, LEAST_MARK = 2.0, 2.0
"""Pixels: narrower regions have a mark but no band; a mark is never narrower."""
MARK_HEIGHT = 3.0
EDGES = 200
"""More bands than this are drawn without their edges."""
BAND, CURRENT, EDGE = 0.07, 0.05, 0.6
"""Opacity of a band, of what the current one adds to it, and of edges."""

Spans = tuple[Positions, Positions]
Pixels = NDArray[np.float64]


def paint_bands(
    painter: QPainter,
    rect: QRectF,
    view: View,
    spans: Spans,
    style: Style,
    role: str,
    current: tuple[int, int] | None = None,
) -> None:
    """Shade regions; before the data, whose colours then stay what they are.

    Parameters
    ----------
    painter, rect, view, style
        As for every painter.
    spans
        Starts (ascending) and ends of the regions, each (n,).
    role
        Colour of the theme.
    current
        Start and end of the current region, which is shaded more.
    """
    with inside(painter, rect):
        _shade(painter, rect, *joined(*_bands(view, spans)), style.color(role), BAND)
        if current is not None:
            first, last = view.x(current[0]), view.x(current[1])
            _shade(painter, rect, np.array([first]), np.array([max(last, first + 1)]), style.color(role), CURRENT)


def paint_band_edges(painter: QPainter, rect: QRectF, view: View, spans: Spans, style: Style, role: str) -> None:
    """Draw the edges of regions, after the data; those of very many regions are left out."""
    left, right = _bands(view, spans)
    if len(left) <= EDGES:
        x = np.unique(np.rint(np.concatenate([left, right])))
        with inside(painter, rect):
            _shade(painter, rect, x - 0.5, x + 0.5, style.color(role), EDGE)


def paint_ruler_marks(painter: QPainter, rect: QRectF, view: View, spans: Spans, style: Style, role: str) -> None:
    """Draw a thin bar for each region along the top of a ruler."""
    left, right = _visible(view, *spans)
    with inside(painter, rect):
        _marks(painter, rect.left() + left, rect.left() + right, rect.top(), style.color(role))


def paint_overview_marks(
    painter: QPainter, rect: QRectF, chrom_length: int, spans: Spans, style: Style, role: str
) -> None:
    """Draw a thin bar for each region below the bar of the overview."""
    bar = overview_bar(rect)
    scale = bar.width() / max(1, chrom_length)
    starts, ends = spans
    with inside(painter, rect):
        _marks(painter, bar.left() + starts * scale, bar.left() + ends * scale, bar.bottom() + 1, style.color(role))


def paint_other_mark(painter: QPainter, rect: QRectF, chrom_length: int, view: View, style: Style) -> None:
    """Frame in the overview what another place than the active one shows."""
    mark = overview_mark(rect, chrom_length, view)
    with inside(painter, rect, smooth=True):
        painter.setPen(QPen(style.color("muted"), 1.2))
        painter.drawRoundedRect(mark.adjusted(0.6, 0.6, -0.6, -0.6), 2, 2)


def joined(left: Pixels, right: Pixels) -> tuple[Pixels, Pixels]:
    """Join spans that overlap or touch.

    Parameters
    ----------
    left, right
        Edges, `left` ascending, each (n,).

    Returns
    -------
    left, right
        Edges of the spans that are left, each (m,).
    """
    if not len(left):
        return left, right
    reach = np.maximum.accumulate(right)
    fresh = np.flatnonzero(np.concatenate([[True], left[1:] > reach[:-1]]))
    last = np.concatenate([fresh[1:], [len(left)]]) - 1
    return left[fresh], reach[last]


def _visible(view: View, starts: Positions, ends: Positions) -> tuple[Pixels, Pixels]:
    stop = int(np.searchsorted(starts, view.last, "left"))
    shown = ends[:stop] > view.first
    left, right = view.xs(starts[:stop][shown]), view.xs(ends[:stop][shown])
    return np.maximum(left, -4.0), np.minimum(right, view.width + 4.0)


def _marks(painter: QPainter, left: Pixels, right: Pixels, top: float, color: QColor) -> None:
    left = np.floor(left)
    left, right = joined(left, np.maximum(np.ceil(right), left + LEAST_MARK))
    heights = np.full(len(left), MARK_HEIGHT)
    fill_rects(painter, left, right, np.full(len(left), top), top + heights, color)


def _bands(view: View, spans: Spans) -> tuple[Pixels, Pixels]:
    left, right = _visible(view, *spans)
    wide = right - left >= LEAST_BAND
    return left[wide], right[wide]


def _shade(painter: QPainter, rect: QRectF, left: Pixels, right: Pixels, color: QColor, opacity: float) -> None:
    color = QColor(color)
    color.setAlphaF(opacity)
    for first, last in zip(left.tolist(), right.tolist(), strict=True):
        painter.fillRect(QRectF(rect.left() + first, rect.top(), last - first, rect.height()), color)
