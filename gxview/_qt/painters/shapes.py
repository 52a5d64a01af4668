"""Small drawing helpers shared by the painters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QLineF, QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from gxview._qt.painters.base import Style
from gxview._qt.painters.outlines import fill_outlines, is_vector
from gxview._qt.painters.rects import rects, whole_rects

Pixels = NDArray[np.float64]

DOTS = 2.5
"""Dots per logical pixel of a fine device, about; in print at 7 points a dot is a quarter of a point thick."""
WHOLE = 1e-6
"""Nearer than this to a whole device pixel is on it."""


@contextmanager
def inside(painter: QPainter, rect: QRectF, smooth: bool = False) -> Iterator[None]:
    """Draw within ``rect`` only and leave the painter's state as it was."""
    painter.save()
    try:
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(Qt.PenStyle.NoPen)
        yield
    finally:
        painter.restore()


@contextmanager
def within(painter: QPainter, *parts: QRectF) -> Iterator[None]:
    """Draw within the parts only and leave the painter's state as it was."""
    path = QPainterPath()
    for part in parts:
        path.addRect(part)
    painter.save()
    try:
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        yield
    finally:
        painter.restore()


def device_ratio(painter: QPainter) -> float:
    """Dots per logical pixel, through the painter's own scale as well (an export drawn at three times).

    A dot is one device pixel, on finer devices a few of them: lines one dot thick stay visible in print, and all that
    is snapped to dots lies on device pixels too.
    """
    pixels = max(1.0, abs(float(painter.deviceTransform().m11())))
    return pixels / max(1, round(pixels / DOTS))


def fill_rects(painter: QPainter, left: Pixels, right: Pixels, top: Pixels, bottom: Pixels, color: QColor) -> None:
    """Fill many rectangles at once; those without height are skipped."""
    keep = bottom > top
    count = np.count_nonzero(keep)
    if not count:
        return
    # each side in one piece of memory: what is done with all corners is twice as fast
    corners = np.empty((4, count)).T
    for place, side in enumerate((left, top, right, bottom)):
        corners[:, place] = side if count == len(keep) else side[keep]
    painter.setBrush(color)
    if is_vector(painter):
        fill_outlines(painter, corners)
    else:
        _fill(painter, corners, device_ratio(painter))


def _fill(painter: QPainter, corners: Pixels, ratio: float) -> None:
    """Fill rectangles: on whole device pixels, which is what painters round to, as integers, several times faster."""
    pixels = corners if ratio == 1 else corners * ratio
    whole = pixels.astype(np.int32)
    exact = (whole == pixels).all()
    if not exact:
        whole = np.rint(pixels).astype(np.int32)
    if not exact and np.abs(pixels - whole).max() >= WHOLE:
        painter.drawRects(rects(corners))
    elif ratio == 1:
        painter.drawRects(whole_rects(whole))
    else:
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawRects(whole_rects(whole))
        painter.restore()


def hatch(painter: QPainter, rect: QRectF, left: Pixels, right: Pixels, color: QColor, gap: float = 7.0) -> None:
    """Hatch spans of ``rect`` with thin diagonal lines: 'nothing known here'.

    Lines, no pattern brush, so that SVG has no image; all at once, as a sparse signal has many gaps. They lie on a
    grid of the whole picture, so that neighbouring pieces join.

    Parameters
    ----------
    left, right
        Ends of the spans in pixels, (n,).
    """
    height = rect.height()
    begin, end = np.ceil((left + rect.top()) / gap), np.floor((right + height + rect.top()) / gap)
    number = np.maximum(0, end - begin + 1).astype(np.int64)
    span = np.repeat(np.arange(len(number)), number)
    place = np.arange(len(span)) - np.repeat(np.cumsum(number) - number, number)
    # a line falls from (x, top) to (x - height, bottom); only what lies in its span is drawn
    x = (begin[span] + place) * gap - rect.top()
    upper, lower = np.maximum(0.0, x - right[span]), np.minimum(height, x - left[span])
    use = lower > upper
    x, upper, lower = x[use], upper[use], lower[use]
    sides = (x - upper, rect.top() + upper, x - lower, rect.top() + lower)
    painter.setPen(QPen(color, 1.0))
    painter.drawLines(list(map(QLineF, *(side.tolist() for side in sides))))
    painter.setPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=8192)
def text_width(style: Style, text: str, bold: bool = False, scale: float = 1.0) -> float:
    """Width of ``text`` in logical pixels; kept, as the same names are measured in every frame."""
    return float(QFontMetricsF(style.font(bold, scale)).horizontalAdvance(text))


def draw_text(
    painter: QPainter,
    x: float,
    middle: float,
    text: str,
    style: Style,
    color: QColor,
    bold: bool = False,
    scale: float = 1.0,
) -> None:
    """Write ``text`` from ``x``, its capitals centred on the pixel row ``middle``."""
    font = style.font(bold, scale)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(x, round(middle + QFontMetricsF(font).capHeight() / 2)), text)
    painter.setPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=8192)
def elided(style: Style, text: str, width: float, bold: bool = False, scale: float = 1.0, middle: bool = False) -> str:
    """Shorten ``text`` with an ellipsis to fit ``width`` pixels; in the ``middle`` names of one family stay apart."""
    metrics = QFontMetricsF(style.font(bold, scale))
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    return str(metrics.elidedText(text, mode, max(0.0, width)))


def badge(
    painter: QPainter,
    rect: QRectF,
    text: str,
    style: Style,
    bottom: bool = False,
    left: bool = False,
    most: float = 0.5,
) -> None:
    """Write a few words in a small box in a corner of ``rect``, the upper right one unless told otherwise.

    It is left out where it would take more than the share ``most`` of the width, or half of the height.
    """
    width, height = text_width(style, text, scale=0.85) + 10, style.text_px + 4.0
    if width > rect.width() * most or height > rect.height() / 2:
        return
    top = rect.bottom() - height - 2 if bottom else rect.top() + 3
    box = QRectF(rect.left() + 4 if left else rect.right() - width - 4, top, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.color("well"))
    painter.drawRoundedRect(box, 3, 3)
    draw_text(painter, box.left() + 5, box.center().y(), text, style, style.color("muted"), scale=0.85)
    painter.restore()
