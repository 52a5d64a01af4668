"""Genes and other features: blocks, thick coding parts, strand chevrons and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.painters.base import BinnedCounts, Style, View
from gxview._qt.painters.shapes import badge, device_ratio, draw_text, elided, fill_rects, inside, text_width
from gxview._qt.theme import mix
from gxview.tracks.base import Feature

FEATURE_ROW_HEIGHT = 30

BOX, LOW_BOX = 13.0, 7.0
"""Height of a coding block in pixels, and the lowest one that still has a name below it."""

NAME_AIR = 3.0
"""Room of a name in pixels, on top of the size of its text."""

THIN = 0.54
"""Height of an untranslated block as a share of a coding one."""

SMALLEST_ROW = 7.0
"""Rows are never squeezed below this many pixels."""

CHEVRON_STEP = 14.0
"""Pixels between two chevrons."""

DENSE = 2.5
"""Fewer pixels per feature than this: the row becomes a density."""

DENSITY_BIN = 3
"""Width of a bar of the density in pixels."""


def paint_features(
    painter: QPainter,
    rect: QRectF,
    view: View,
    features: Sequence[Feature],
    rows: Sequence[int],
    style: Style,
    row_height: float | None = None,
) -> None:
    """Draw each feature in its row, or their density where they are too many to tell apart.

    Parameters
    ----------
    features
        Anything on the view's chromosome; those outside the view are skipped.
    rows
        Row of each feature, 0 on top.
    row_height
        Pixels from one row to the next. None takes :data:`FEATURE_ROW_HEIGHT`, or less (down to
        :data:`SMALLEST_ROW`) where that makes all rows fit. Low rows have lower boxes and then no names; rows that do
        not fit are counted in a badge.
    """
    shown = [(f, r) for f, r in zip(features, rows, strict=True) if f.end > view.first and f.start < view.last]
    if rect.isEmpty():
        return
    with inside(painter, rect):
        if len(shown) * DENSE > rect.width():
            _paint_density(painter, rect, view, [f for f, _ in shown], style)
            return
        count = max((row for _, row in shown), default=0) + 1
        pitch = row_height or _pitch(rect, count)
        fitting = max(1, int(rect.height() / pitch))
        shown.sort(key=lambda pair: (pair[1], pair[0].start))
        ends: dict[int, float] = {}
        for feature, row in shown:
            if row < fitting:
                place = _Place.of(rect, view, feature, row, pitch, style)
                _paint_feature(painter, view, feature, place, style)
                if pitch >= _named_from(style):
                    ends[row] = _paint_name(painter, rect, feature, place, ends.get(row, rect.left()), style)
        if count > fitting:
            badge(painter, rect, f"{count - fitting} more rows", style)


def _pitch(rect: QRectF, count: int) -> float:
    """Return the height of a row that lets ``count`` rows fit, within bounds."""
    return max(SMALLEST_ROW, min(FEATURE_ROW_HEIGHT, int(rect.height() / count)))


def _named_from(style: Style) -> float:
    """Height of a row from which there is room for a name below a low box."""
    return LOW_BOX + style.text_px + NAME_AIR


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a feature lies in the picture: pixels, ``left`` and ``right`` cut to the view."""

    offset: float
    left: float
    right: float
    top: float
    box: float

    @classmethod
    def of(cls, rect: QRectF, view: View, feature: Feature, row: int, pitch: float, style: Style) -> _Place:
        left = max(rect.left(), rect.left() + view.x(feature.start))
        right = min(rect.right(), rect.left() + view.x(feature.end))
        name = style.text_px + NAME_AIR if pitch >= _named_from(style) else 2
        box = round(min(BOX, pitch - name))
        return cls(rect.left(), left, max(right, left + 1), rect.top() + 1 + row * pitch, box)


def feature_color(feature: Feature, style: Style) -> QColor:
    """Return the feature's own colour, else that of its strand."""
    own = QColor(feature.color) if feature.color else QColor()
    by_strand = {"+": style.theme.forward, "-": style.theme.reverse}
    return own if own.isValid() else QColor(by_strand.get(feature.strand, style.theme.unstranded))


def _paint_feature(painter: QPainter, view: View, feature: Feature, place: _Place, style: Style) -> None:
    """Draw the intron line, the blocks, their coding parts thicker, and the chevrons."""
    color, middle = feature_color(feature, style), place.top + place.box / 2
    if len(feature.blocks) > 1:
        painter.fillRect(QRectF(place.left, middle - 0.5, place.right - place.left, 1), color)
        _chevrons(painter, place.left, place.right, middle, feature.strand, 2.5, color)
    ratio = device_ratio(painter)
    for start, end in feature.blocks:
        for first, last, share in _parts(start, end, feature.thick):
            box = _box(view, place, first, last, share, ratio)
            if box is not None:
                painter.fillRect(box, color)
                if share == 1 and box.width() >= CHEVRON_STEP:
                    light = mix(color.name(), style.theme.canvas, 0.75)
                    size = min(3.0, place.box / 2 - 2)
                    _chevrons(painter, box.left(), box.right(), middle, feature.strand, size, light)


def _parts(start: int, end: int, thick: tuple[int, int] | None) -> list[tuple[int, int, float]]:
    """Cut a block at the borders of the coding part: (start, end, share of the full height)."""
    if thick is None:
        return [(start, end, 1.0)]
    first, last = min(max(start, thick[0]), end), max(min(end, thick[1]), start)
    if first >= last:
        return [(start, end, THIN)]
    parts = [(start, first, THIN), (first, last, 1.0), (last, end, THIN)]
    return [part for part in parts if part[0] < part[1]]


def _box(view: View, place: _Place, start: int, end: int, share: float, ratio: float) -> QRectF | None:
    """Return the visible rectangle of a block, on whole device pixels and at least one wide."""
    left = max(place.left, place.offset + round(view.x(start) * ratio) / ratio)
    right = min(place.right, place.offset + round(view.x(end) * ratio) / ratio)
    if right < place.left or left > place.right:
        return None
    height = max(2.0, round(place.box * share))
    return QRectF(left, round(place.top + (place.box - height) / 2), max(1 / ratio, right - left), height)


def _chevrons(
    painter: QPainter, left: float, right: float, middle: float, strand: str, size: float, color: QColor
) -> None:
    """Draw small arrow heads that point along the strand; none for features without one."""
    if strand not in ("+", "-") or size < 1.5:
        return
    tip = size if strand == "+" else -size
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(color, 1.2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    count = int((right - left) / CHEVRON_STEP)
    first = (left + right) / 2 - (count - 1) * CHEVRON_STEP / 2
    for i in range(count):
        x = first + i * CHEVRON_STEP - tip / 2
        painter.drawPolyline([QPointF(x, middle - size), QPointF(x + tip, middle), QPointF(x, middle + size)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_name(
    painter: QPainter, rect: QRectF, feature: Feature, place: _Place, free_from: float, style: Style
) -> float:
    """Write the name below the visible part; return where the row is free again.

    The name is centred under what is visible of the feature, moved to stay within the view, and left out where it
    would touch the one before.
    """
    if not feature.name:
        return free_from
    text = elided(style, feature.name, rect.width() - 8)
    width = text_width(style, text)
    center = (place.left + place.right) / 2
    x = min(max(center - width / 2, rect.left() + 3), rect.right() - 3 - width)
    if x < free_from + (5 if free_from > rect.left() else 0):
        return free_from
    middle = place.top + place.box + 1 + style.text_px / 2
    draw_text(painter, round(x), middle, text, style, style.color("text", 0.9))
    return float(x + width)


def _paint_density(painter: QPainter, rect: QRectF, view: View, features: Sequence[Feature], style: Style) -> None:
    """Draw how many features have their middle in each small bin: forward ones upwards, reverse ones downwards."""
    bins = int(np.ceil(rect.width() / DENSITY_BIN))
    edges = view.origin + view.start + np.arange(bins + 1, dtype=np.float64) * (view.bases_per_pixel * DENSITY_BIN)
    middles = np.array([(f.start + f.end) // 2 for f in features])
    place = np.clip(np.searchsorted(edges, middles, "right") - 1, 0, bins - 1)
    down = np.array([f.strand == "-" for f in features])
    counts = [np.bincount(place[which], minlength=bins) for which in (~down, down)]
    paint_density(painter, rect, view, BinnedCounts(edges, counts[0], counts[1]), style)


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
