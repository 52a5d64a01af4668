"""The share of G and C, where letters have no room."""

from __future__ import annotations

import math

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns
from gxview._qt.painters.shapes import device_ratio, fill_rects, inside

STEP, NARROWEST = 10, 20
"""The ends of the scale are multiples of the first, and at least the second apart, in percent."""


def gc_scale(low: float, high: float) -> Scale:
    """Return a scale that holds shares from ``low`` to ``high`` percent, between round ends."""
    if not low <= high:
        return Scale(0.0, 100.0)
    bottom, top = STEP * math.floor(low / STEP), STEP * math.ceil(high / STEP)
    while top - bottom < NARROWEST:
        bottom, top = max(0, bottom - STEP), min(100, top + STEP)
    return Scale(float(bottom), float(top))


def paint_gc(painter: QPainter, rect: QRectF, view: View, data: SignalData, scale: Scale, style: Style) -> None:
    """Draw the share of G and C as a curve over a pale ground; nothing where no base is known."""
    with inside(painter, rect):
        ratio = device_ratio(painter)
        shown = columns(view, data, ratio)
        left, right = rect.left() + shown.left, rect.left() + shown.right
        row = np.minimum(np.round(scale.ys(shown.mean, rect) * ratio) / ratio, rect.bottom() - 1 / ratio)
        before = np.concatenate((row[:1], row[:-1]))
        before = np.where(np.isnan(before), row, before)
        ground = np.full(len(row), rect.bottom())
        fill_rects(painter, left, right, row, ground, style.on_canvas(style.theme.signal, 0.25))
        top, bottom = np.minimum(row, before), np.maximum(row, before) + 1 / ratio
        fill_rects(painter, left, right, top, bottom, style.on_canvas(style.theme.signal, 0.9))
