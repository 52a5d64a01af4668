"""Several signals or explanations over each other: one filled, the others as outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.painters.bars import BarColors, paint_bars, paint_zero_line
from gxview._qt.painters.base import BaseValues, Letters, Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns, summary_text
from gxview._qt.painters.marks import paint_outline
from gxview._qt.painters.relevance import letter_share, paint_relevance
from gxview._qt.painters.shapes import device_ratio, inside
from gxview._qt.painters.summary import paint_note

FILLED = 0.7
"""Strength of the colour of what is filled, so that outlines stand out."""
THICK, THICK_FROM = 2.0, 3.0
"""Pixels of an outline, and of a column from which it is that thick; narrower ones have a line of one pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A signal in an overlay.

    Parameters
    ----------
    data
        Values per base or a summary.
    color
        Its colour (``#rrggbb``), above and below zero.
    lettered
        Whether it is drawn as letters where bases are wide enough, if it is the one that is filled.
    """

    data: SignalData
    color: str
    lettered: bool = False


def paint_overlay(
    painter: QPainter,
    rect: QRectF,
    view: View,
    layers: Sequence[Layer],
    letters: Letters | None,
    scale: Scale,
    style: Style,
) -> None:
    """Draw the first layer filled, and over it the skylines of the others.

    A second set of letters would hide the first one, and says nothing new: the base is the same. Its skyline tells
    how high its letters would stand.
    """
    with inside(painter, rect):
        ratio = device_ratio(painter)
        front = layers[0]
        lettered = front.lettered and isinstance(front.data, BaseValues) and letters is not None
        lettered = lettered and letter_share(view, style.detail) > 0
        shown = [columns(view, layer.data, ratio) for layer in layers]
        paint_zero_line(painter, rect, scale, style)
        if lettered:
            paint_relevance(painter, rect, view, front.data, letters, scale, style)
        else:
            colors = BarColors(front.color, front.color, FILLED, mean=False)
            paint_bars(painter, rect, view, shown[0], scale, style, colors)
        for layer, data in zip(layers[:0:-1], shown[:0:-1], strict=True):
            wide = len(data.left) > 0 and np.median(data.right - data.left) >= THICK_FROM
            paint_outline(painter, rect, data, scale, QColor(layer.color), THICK if wide else 1.0)
        deepest = max(range(len(layers)), key=lambda place: shown[place].depth)
        if shown[deepest].depth > 1 and not lettered:
            paint_note(painter, rect, summary_text(view, layers[deepest].data), shown[0], scale, style)
