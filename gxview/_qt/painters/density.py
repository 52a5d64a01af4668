"""How many features lie where, for views in which single ones cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import BinnedCounts, Style, View
from gxview._qt.painters.shapes import badge, draw_text, fill_rects, inside, text_width
from gxview._qt.painters.ticks import span_label
from gxview.tracks.base import Feature

BIN = 3
"""Width of a bar in pixels."""
AIR_FROM = 6.0
"""From this width in pixels on, bars stand a pixel apart."""
LABELLED_FROM = 40.0
"""Pixels of a row from which the highest count is written at its axis."""


def count_features(features: Sequence[Feature], view: View) -> BinnedCounts:
    """Count the middles of features in bins of a few pixels, by strand where any has one.

    The bins lie on a grid of the genome, not of the view, so that the bars move with the genome when it is dragged.
    """
    width = view.bases_per_pixel * BIN
    first = int(np.floor((view.origin + view.start) / width))
    bins = int(np.ceil(view.width / BIN)) + 1
    middles = np.array([(f.start + f.end) // 2 for f in features])
    place = np.floor(middles / width).astype(np.int64) - first
    seen, strand = (place >= 0) & (place < bins), np.array([f.strand for f in features], np.str_)
    down, edges = strand == "-", np.arange(first, first + bins + 1, dtype=np.float64) * width
    if not (down | (strand == "+")).any():
        return BinnedCounts(edges, np.bincount(place[seen], minlength=bins))
    return BinnedCounts(edges, *(np.bincount(place[seen & which], minlength=bins) for which in (~down, down)))


def paint_density(
    painter: QPainter, rect: QRectF, view: View, data: BinnedCounts, style: Style, rough: bool = False
) -> None:
    """Draw counts per bin as bars: forward ones up, reverse ones down; all up where the strands are not told apart.

    The height grows with the square root of the count, so that few features show beside many; the highest count is
    written at the axis.

    Parameters
    ----------
    rough
        Whether the counts are estimates from an index.
    """
    shown = _visible(view, data)
    limit = max(int(counts.max(initial=0)) for counts in (shown.forward, shown.reverse) if counts is not None)
    stranded = shown.reverse is not None
    with inside(painter, rect):
        foot = round(rect.center().y() if stranded else rect.bottom() - 1)
        room = (rect.height() / 2 if stranded else rect.height()) - 3
        edges = rect.left() + np.round(view.xs(shown.edges))
        left, right = edges[:-1], np.maximum(edges[:-1] + 1, edges[1:])
        right = np.where(right - left >= AIR_FROM, right - 1, right)
        feet = np.full(len(left), float(foot))
        color = style.color("forward" if stranded else "unstranded")
        fill_rects(painter, left, right, feet - _heights(shown.forward, limit, room), feet, color)
        if shown.reverse is not None:
            down = _heights(shown.reverse, limit, room)
            fill_rects(painter, left, right, feet + 1, feet + 1 + down, style.color("reverse"))
        painter.fillRect(QRectF(rect.left(), foot, rect.width(), 1), style.color("line"))
        badge(painter, rect, "density told by the index, square root" if rough else "density, square root", style)
        if limit and rect.height() >= LABELLED_FROM:
            width = float(np.median(np.diff(shown.edges)))
            _axis(painter, rect, foot - room, f"{'about ' if rough else ''}{limit:,} in {span_label(width)}", style)


def _visible(view: View, data: BinnedCounts) -> BinnedCounts:
    first = max(0, int(np.searchsorted(data.edges, view.first, "right")) - 1)
    last = max(first, min(len(data.forward), int(np.searchsorted(data.edges, view.last, "left"))))
    reverse = data.reverse[first:last] if data.reverse is not None else None
    return BinnedCounts(data.edges[first : last + 1], data.forward[first:last], reverse)


def _heights(counts: NDArray[np.int64], limit: int, room: float) -> NDArray[np.float64]:
    return np.asarray(np.ceil(room * np.sqrt(counts / max(1, limit))))


def _axis(painter: QPainter, rect: QRectF, row: float, text: str, style: Style) -> None:
    """Mark the height of the highest count at the left edge, on a patch that keeps it readable."""
    height, width = style.text_px + 1.0, text_width(style, text, scale=0.85)
    painter.fillRect(QRectF(rect.left(), row, 5, 1), style.color("muted"))
    top = max(rect.top(), row - height / 2)
    painter.fillRect(QRectF(rect.left() + 6, top, width + 4, height), style.color("canvas"))
    draw_text(painter, rect.left() + 8, top + height / 2, text, style, style.color("muted"), scale=0.85)
