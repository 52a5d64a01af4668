"""How many features lie where, for views in which single ones cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import BinnedCounts, Style, View
from gxview._qt.painters.shapes import badge, fill_rects, inside
from gxview.tracks.base import Feature

BIN = 3
"""Width of a bar in pixels."""


def count_features(features: Sequence[Feature], view: View) -> BinnedCounts:
    """Count the middles of features in bins of a few pixels, by strand.

    The bins lie on a grid of the genome, not of the view, so that the bars move with the genome when it is dragged.
    """
    width = view.bases_per_pixel * BIN
    first = int(np.floor((view.origin + view.start) / width))
    bins = int(np.ceil(view.width / BIN)) + 1
    middles = np.array([(f.start + f.end) // 2 for f in features])
    place = np.floor(middles / width).astype(np.int64) - first
    seen, down = (place >= 0) & (place < bins), np.array([f.strand == "-" for f in features])
    forward, reverse = (np.bincount(place[seen & which], minlength=bins) for which in (~down, down))
    return BinnedCounts(np.arange(first, first + bins + 1, dtype=np.float64) * width, forward, reverse)


def paint_density(painter: QPainter, rect: QRectF, view: View, data: BinnedCounts, style: Style) -> None:
    """Draw counts per bin as bars: forward ones up, reverse ones down; all up where the strands are not told apart."""
    limit = max(
        int(data.forward.max(initial=0)), int(data.reverse.max(initial=0)) if data.reverse is not None else 0, 1
    )
    with inside(painter, rect):
        stranded = data.reverse is not None
        foot = round(rect.center().y() if stranded else rect.bottom() - 1)
        room = (rect.height() / 2 if stranded else rect.height()) - 3
        left = rect.left() + np.round(view.xs(data.edges[:-1]))
        right = np.maximum(left + 1, rect.left() + np.round(view.xs(data.edges[1:])) - 1)
        feet = np.full(len(left), float(foot))
        up, color = np.ceil(room * data.forward / limit), "forward" if stranded else "unstranded"
        fill_rects(painter, left, right, feet - up, feet, style.color(color))
        if data.reverse is not None:
            down = np.ceil(room * data.reverse / limit)
            fill_rects(painter, left, right, feet + 1, feet + 1 + down, style.color("reverse"))
        painter.fillRect(QRectF(rect.left(), foot, rect.width(), 1), style.color("line"))
        badge(painter, rect, "density", style)
