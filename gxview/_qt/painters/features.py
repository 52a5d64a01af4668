"""Genes and other features: blocks, thick coding parts, strand chevrons and names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen

from gxview._qt.painters.base import Style, View
from gxview._qt.painters.density import count_features, paint_density
from gxview._qt.painters.shapes import badge, device_ratio, draw_text, elided, inside, text_width
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
        Row of each feature, 0 on top; negative: not shown.
    row_height
        Pixels from one row to the next. None takes :data:`FEATURE_ROW_HEIGHT`, or less (down to
        :data:`SMALLEST_ROW`) where that makes all rows fit. Low rows have lower boxes, and still lower ones
        name each group of the same name once; rows that do not fit are counted in a badge.
    """
    first, last = view.first, view.last
    shown = [(f, r) for f, r in zip(features, rows, strict=True) if f.end > first and f.start < last]
    if rect.isEmpty():
        return
    with inside(painter, rect):
        if len(shown) * DENSE > rect.width():
            paint_density(painter, rect, view, count_features([f for f, _ in shown], view), style)
            return
        count = max((row for _, row in shown), default=0) + 1
        pitch = row_height or _pitch(rect, max(1, count))
        fitting = max(1, int(rect.height() / pitch))
        shown = sorted((pair for pair in shown if 0 <= pair[1] < fitting), key=lambda pair: (pair[1], pair[0].start))
        placed = [(f, row, _Place.of(rect, view, f, row, pitch, style)) for f, row in shown]
        for feature, _, place in placed:
            _paint_feature(painter, view, feature, place, style)
        if pitch >= _named_from(style):
            _paint_names(painter, rect, placed, style)
        else:
            _paint_group_names(painter, rect, view, placed, style)
        if (more := count - fitting) > 0:
            badge(painter, rect, f"{more} more row{'s' if more > 1 else ''}", style)


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
    """Draw the introns as a line, the blocks, their coding parts thicker, and the chevrons."""
    color, middle = feature_color(feature, style), place.top + place.box // 2 + 0.5
    if len(feature.blocks) > 1:
        painter.fillRect(QRectF(place.left, middle - 0.5, place.right - place.left, 1), color)
    for (_, start), (end, _) in pairwise(feature.blocks):
        _chevrons(painter, view, place, (start, end), middle, feature.strand, 2.5, color)
    ratio = device_ratio(painter)
    for start, end in feature.blocks:
        for first, last, share in _parts(start, end, feature.thick):
            box = _box(view, place, first, last, share, ratio)
            if box is not None:
                painter.fillRect(box, color)
                if share == 1:
                    light = mix(color.name(), style.theme.canvas, 0.75)
                    size = min(3.0, place.box / 2 - 2)
                    _chevrons(painter, view, place, (first, last), middle, feature.strand, size, light)


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
    painter: QPainter,
    view: View,
    place: _Place,
    span: tuple[int, int],
    middle: float,
    strand: str,
    size: float,
    color: QColor,
) -> None:
    """Draw small arrow heads that point along the strand; none for features without one.

    They are counted from the start of ``span``, not of what is visible of it, so that they move with the genome.
    """
    start, end = (place.offset + view.x(position) for position in span)
    if strand not in ("+", "-") or size < 1.5 or end - start < CHEVRON_STEP:
        return
    count = int((end - start) / CHEVRON_STEP)
    first = start + (end - start - (count - 1) * CHEVRON_STEP) / 2
    visible = range(
        max(0, math.ceil((place.left - first) / CHEVRON_STEP)),
        min(count, math.floor((place.right - first) / CHEVRON_STEP) + 1),
    )
    tip = size if strand == "+" else -size
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(color, 1.2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for i in visible:
        x = first + i * CHEVRON_STEP - tip / 2
        painter.drawPolyline([QPointF(x, middle - size), QPointF(x + tip, middle), QPointF(x, middle + size)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_names(painter: QPainter, rect: QRectF, placed: list[tuple[Feature, int, _Place]], style: Style) -> None:
    """Write each name below the visible part of its box.

    It is centred there, or begins with the box where it is wider (as the packing of rows expects), is moved to stay
    within the view, and left out where it would touch the one before.
    """
    ends: dict[int, float] = {}
    for feature, row, place in placed:
        if not feature.name:
            continue
        text = elided(style, feature.name, rect.width() - 8)
        width = text_width(style, text)
        spare = place.right - place.left - width
        x = min(max(place.left + max(0.0, spare / 2), rect.left() + 3), rect.right() - 3 - width)
        if x >= ends.get(row, -math.inf) + 5:
            middle = place.top + place.box + 1 + style.text_px / 2
            draw_text(painter, round(x), middle, text, style, style.color("text", 0.9))
            ends[row] = x + width


def _paint_group_names(
    painter: QPainter, rect: QRectF, view: View, placed: list[tuple[Feature, int, _Place]], style: Style
) -> None:
    """Write over low rows each name once (the transcripts of a gene share one), where it hides nothing.

    That is within the box of a feature without introns, or in the widest visible intron, on a patch of the canvas.
    """
    done: set[str] = set()
    patches: list[QRectF] = []
    for feature, _, place in placed:
        whole = len(feature.blocks) == 1
        left, right = (place.left, place.right) if whole else _widest_intron(view, feature, place)
        width = text_width(style, feature.name, scale=0.9) + 6
        if not feature.name or feature.name in done or right - left < width + 8 or (whole and place.box < 9):
            continue
        height = place.box if whole else style.text_px + 2.0
        middle = min(max(place.top + place.box / 2, rect.top() + height / 2), rect.bottom() - height / 2)
        patch = QRectF(round((left + right - width) / 2), middle - height / 2, width, height)
        if not any(patch.intersects(other) for other in patches):
            ground = feature_color(feature, style) if whole else style.color("canvas")
            painter.fillRect(patch, ground)
            color = style.color("canvas" if whole else "text")
            draw_text(painter, patch.left() + 3, middle, feature.name, style, color, scale=0.9)
            patches.append(patch)
            done.add(feature.name)


def _widest_intron(view: View, feature: Feature, place: _Place) -> tuple[float, float]:
    """Return the widest visible intron in pixels."""
    gaps = [
        (place.offset + view.x(end), place.offset + view.x(start)) for (_, end), (start, _) in pairwise(feature.blocks)
    ]
    visible = [(max(place.left, left), min(place.right, right)) for left, right in gaps]
    return max(visible, key=lambda gap: gap[1] - gap[0])
