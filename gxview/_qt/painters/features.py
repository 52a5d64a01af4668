"""Genes and other features: blocks, thick coding parts, strand chevrons and arrow tips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.look.theme import legible
from gxview._qt.painters.arrows import paint_chevrons, paint_tips
from gxview._qt.painters.base import Style, View
from gxview._qt.painters.density import count_features, paint_density
from gxview._qt.painters.feature_names import Boxes, Placed, paint_group_names, paint_names
from gxview._qt.painters.feature_shapes import THIN, Integers, Shapes, Spans, shapes
from gxview._qt.painters.shapes import badge, device_ratio, fill_rects, inside
from gxview.tracks.base import Feature

FEATURE_ROW_HEIGHT = 30

BOX, LOW_BOX = 13.0, 7.0
"""Height of a coding block in pixels, and the lowest one that still has a name below it."""

NAME_AIR = 3.0
"""Room of a name in pixels, on top of the size of its text."""

SMALLEST_ROW = 7.0
"""Rows are never squeezed below this many pixels."""

DENSE = 2.5
"""Fewer pixels per feature than this: the row becomes a density."""

TIP, TIPPED_FROM = 5.0, 12.0
"""Pixels of an arrow tip, and of a block from which it has one."""


@dataclass(frozen=True, slots=True)
class FeatureLook:
    """How features are drawn.

    Parameters
    ----------
    row_height
        Pixels from one row to the next. None takes :data:`FEATURE_ROW_HEIGHT`, or less (down to
        :data:`SMALLEST_ROW`) where that makes all rows fit.
    color
        Colour (``#rrggbb``) of features without one of their own; None takes that of the strand.
    labels
        Write names.
    """

    row_height: float | None = None
    color: str | None = None
    labels: bool = True


PLAIN = FeatureLook()


def paint_features(
    painter: QPainter,
    rect: QRectF,
    view: View,
    features: Sequence[Feature],
    rows: Sequence[int],
    style: Style,
    look: FeatureLook = PLAIN,
) -> None:
    """Draw each feature in its row, or their density where they are too many to tell apart.

    Low rows have lower boxes, and still lower ones name each group of the same name once; rows that do not fit are
    counted in a badge.

    Parameters
    ----------
    features
        Anything on the view's chromosome; those outside the view are skipped. The list must not change later: what
        is drawn of it is kept.
    rows
        Row of each feature, 0 on top; negative: not shown.
    """
    if rect.isEmpty():
        return
    parts = shapes(features, rows)
    shown = parts.shown(view.first, view.last)
    with inside(painter, rect):
        if len(shown) * DENSE > rect.width():
            paint_density(painter, rect, view, count_features([features[i] for i in shown.tolist()], view), style)
            return
        count = int(parts.row[shown].max(initial=0)) + 1
        lanes = _Lanes.of(rect, count, style, look)
        shown = shown[parts.row[shown] < lanes.fitting]
        _paint_shapes(painter, rect, view, features, parts, shown, lanes, style, look)
        if look.labels:
            _paint_labels(painter, rect, view, features, parts, shown, lanes, style, look)
        if (more := count - lanes.fitting) > 0:
            badge(painter, rect, f"+{more} more row{'s' if more > 1 else ''}", style, bottom=True)


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Where rows lie: distance of two rows, height of a box, whether names have room below, how many rows fit."""

    top: float
    pitch: float
    box: float
    named: bool
    fitting: int

    @classmethod
    def of(cls, rect: QRectF, count: int, style: Style, look: FeatureLook) -> _Lanes:
        room = style.text_px + NAME_AIR if look.labels else 2.0
        usual = FEATURE_ROW_HEIGHT if look.labels else BOX + 4
        pitch = look.row_height or max(SMALLEST_ROW, min(usual, int(rect.height() / count)))
        named = look.labels and pitch >= LOW_BOX + room
        box = round(min(BOX, pitch - (room if named else 2)))
        # names in low rows are a little higher than the boxes
        air = 2 if look.labels and not named else 1
        return cls(rect.top() + air, pitch, box, named, max(1, int(rect.height() / pitch)))

    def tops(self, rows: Integers) -> NDArray[np.float64]:
        """Return the upper edges of the boxes in rows."""
        return np.asarray(self.top + rows * self.pitch, np.float64)

    def middles(self, rows: Integers) -> NDArray[np.float64]:
        """Return the pixel rows of introns."""
        return np.asarray(self.tops(rows) + self.box // 2)


def feature_color(feature: Feature, style: Style, color: str | None = None) -> QColor:
    """Return the feature's own colour, else that of the track, else that of its strand; never lost on the canvas."""
    own = feature.color if feature.color and QColor(feature.color).isValid() else color
    by_strand = {"+": style.theme.forward, "-": style.theme.reverse}
    return legible(own, style.theme) if own else QColor(by_strand.get(feature.strand, style.theme.unstranded))


def _paint_shapes(
    painter: QPainter,
    rect: QRectF,
    view: View,
    features: Sequence[Feature],
    parts: Shapes,
    shown: Integers,
    lanes: _Lanes,
    style: Style,
    look: FeatureLook,
) -> None:
    """Draw the features of one colour after the other."""
    colors = {place: feature_color(features[place], style, look.color).name() for place in shown.tolist()}
    for color in dict.fromkeys(colors.values()):
        places = np.array([place for place, own in colors.items() if own == color], np.int64)
        brush = _Brush(painter, rect, view, parts, lanes, style, QColor(color))
        brush.introns(parts.introns.of(places), parts.whole.of(places))
        brush.blocks(parts.thin.of(places), THIN)
        brush.blocks(parts.full.of(places), 1.0)


@dataclass(frozen=True, slots=True)
class _Brush:
    """Draws the parts of features of one colour."""

    painter: QPainter
    rect: QRectF
    view: View
    parts: Shapes
    lanes: _Lanes
    style: Style
    color: QColor

    def introns(self, gaps: Spans, whole: Spans) -> None:
        """Draw a line through features with introns, and chevrons in the introns."""
        spliced = Spans(*(part[np.isin(whole.owner, gaps.owner)] for part in (whole.start, whole.end, whole.owner)))
        left, right = self._pixels(spliced)
        middle = self.lanes.middles(self.parts.row[spliced.owner])
        fill_rects(self.painter, left, right, middle, middle + 1, self.color)
        self._chevrons(gaps, 2.5, self.color)

    def blocks(self, spans: Spans, share: float) -> None:
        """Draw blocks on whole device pixels, at least one wide, with an arrow tip where a feature ends."""
        left, right = self._pixels(spans)
        height = max(2.0, round(self.lanes.box * share))
        top = np.round(self.lanes.tops(self.parts.row[spans.owner]) + (self.lanes.box - height) / 2)
        tip = self._tips(spans, right - left)
        forward, reverse = tip > 0, tip < 0
        size = min(TIP, height / 2)
        body = (left + size * reverse, right - size * forward)
        fill_rects(self.painter, *body, top, top + height, self.color)
        paint_tips(self.painter, left[reverse], body[0][reverse], top[reverse], height, self.color)
        paint_tips(self.painter, right[forward], body[1][forward], top[forward], height, self.color)
        if share == 1.0:
            light = self.style.on_canvas(self.color.name(), 0.25)
            self._chevrons(spans, min(3.0, self.lanes.box / 2 - 2), light, TIP)

    def _pixels(self, spans: Spans) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return left and right edges on whole device pixels, cut a little outside of the picture."""
        ratio = device_ratio(self.painter)
        ends = (self.rect.left() + np.round(self.view.xs(ends) * ratio) / ratio for ends in (spans.start, spans.end))
        left, right = (np.clip(end, self.rect.left() - 2 * TIP, self.rect.right() + 2 * TIP) for end in ends)
        return left, np.maximum(right, left + 1 / ratio)

    def _tips(self, spans: Spans, width: NDArray[np.float64]) -> Integers:
        """Tell which blocks are the last of their feature along its strand: 1 or -1; narrow ones have no tip."""
        strand, whole = self.parts.strand[spans.owner], self.parts.whole
        last = np.where(strand > 0, spans.end == whole.end[spans.owner], spans.start == whole.start[spans.owner])
        return np.where(last & (width >= TIPPED_FROM) & (self.lanes.box >= LOW_BOX), strand, 0)

    def _chevrons(self, spans: Spans, size: float, color: QColor, air: float = 0.0) -> None:
        start, end = (self.rect.left() + self.view.xs(ends) for ends in (spans.start, spans.end))
        middle = self.lanes.middles(self.parts.row[spans.owner]) + 0.5
        limits = self.rect.left(), self.rect.right()
        strand = self.parts.strand[spans.owner]
        paint_chevrons(self.painter, start + air, end - air, middle, strand, size, color, limits)


def _paint_labels(
    painter: QPainter,
    rect: QRectF,
    view: View,
    features: Sequence[Feature],
    parts: Shapes,
    shown: Integers,
    lanes: _Lanes,
    style: Style,
    look: FeatureLook,
) -> None:
    """Write the names below the boxes, or in the gaps of low rows."""
    order = shown[np.lexsort((parts.whole.start[shown], parts.row[shown]))]
    left = np.maximum(rect.left(), rect.left() + view.xs(parts.whole.start[order]))
    right = np.minimum(rect.right(), rect.left() + view.xs(parts.whole.end[order]))
    tops = lanes.tops(parts.row[order])
    sides = zip(order.tolist(), left.tolist(), np.maximum(right, left + 1).tolist(), tops.tolist(), strict=True)
    placed = [Placed(features[place], begin, end, top, lanes.box) for place, begin, end, top in sides]
    if lanes.named:
        paint_names(painter, rect, placed, style)
    else:
        boxes = np.concatenate(
            [_boxes(rect, view, parts, spans.of(shown), lanes) for spans in (parts.full, parts.thin)]
        )
        color_of = lambda feature: feature_color(feature, style, look.color)  # noqa: E731
        paint_group_names(painter, rect, view, placed, boxes, style, color_of)


def _boxes(rect: QRectF, view: View, parts: Shapes, spans: Spans, lanes: _Lanes) -> Boxes:
    """Return the rectangles of blocks; thin ones count as high as the others."""
    left, right = (rect.left() + view.xs(ends) for ends in (spans.start, spans.end))
    top = lanes.tops(parts.row[spans.owner])
    return np.stack([left, np.maximum(right, left + 1), top, top + lanes.box], axis=1)
