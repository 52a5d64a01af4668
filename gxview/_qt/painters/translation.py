"""The amino acids of the three reading frames of a strand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFontMetricsF, QPainter

from gxview._qt.painters.base import Letters, Style, View
from gxview._qt.painters.shapes import device_ratio, fill_rects, inside
from gxview.genome.translation import amino_acids

NAMED_FROM = 8.0
"""Pixels of a codon from which its amino acid is written."""
BOXES_FROM = 1.5
"""Pixels of a codon from which codons are told apart; narrower, only starts and stops show."""

_START, _STOP = ord("M"), ord("*")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The codons of one reading frame that show: first base and amino acid (ASCII) of each."""

    starts: NDArray[np.int64]
    letters: NDArray[np.uint8]


def frames(view: View, letters: Letters, reverse: bool) -> list[Frame]:
    """Return the codons of each frame of a strand that touch the view.

    A codon belongs to frame ``k`` if its first base on the genome (of either strand the one with the smallest
    position) is ``k`` modulo 3, so that frames do not change with the view.
    """
    first = max(letters.start, view.first - 2)
    last = min(letters.start + len(letters.text), view.last + 2)
    found = amino_acids(letters.text[max(0, first - letters.start) : max(0, last - letters.start)], reverse)
    starts = np.arange(first, first + len(found), dtype=np.int64)
    return [Frame(starts[starts % 3 == k], found[starts % 3 == k]) for k in range(3)]


def paint_translation(
    painter: QPainter, rect: QRectF, view: View, letters: Letters | None, style: Style, reverse: bool = False
) -> None:
    """Draw the reading frames below each other: a box for each codon, starts green, stops red.

    Parameters
    ----------
    letters
        The forward strand of the reference.
    reverse
        Translate the other strand; a box still lies over the three bases of its codon.
    """
    if letters is None or not letters.text or rect.height() < 9:
        return
    height = rect.height() / 3
    with inside(painter, rect):
        for place, frame in enumerate(frames(view, letters, reverse)):
            top = rect.top() + round(place * height)
            row = QRectF(rect.left(), top, rect.width(), round((place + 1) * height) - round(place * height) - 1)
            _paint_frame(painter, row, view, frame, style)


def _paint_frame(painter: QPainter, row: QRectF, view: View, frame: Frame, style: Style) -> None:
    ratio = device_ratio(painter)
    left, right = (row.left() + np.round(view.xs(frame.starts + k) * ratio) / ratio for k in (0, 3))
    right = np.maximum(right, left + 1 / ratio)
    top, bottom = np.full(len(left), row.top()), np.full(len(left), row.bottom())
    is_start, is_stop = frame.letters == _START, frame.letters == _STOP
    wide = 3 * view.pixels_per_base
    if wide >= BOXES_FROM:
        other, odd = ~(is_start | is_stop), frame.starts // 3 % 2 == 1
        for which, strength in ((other & ~odd, 0.45), (other & odd, 0.85)):
            fill_rects(painter, left[which], right[which], top[which], bottom[which], style.color("well", strength))
    else:
        painter.fillRect(row, style.color("well", 0.6))
    for which, color in ((is_start, start_color(style)), (is_stop, stop_color(style))):
        fill_rects(painter, left[which], right[which], top[which], bottom[which], color)
    if wide >= NAMED_FROM:
        _write(painter, row, (left + right) / 2, frame.letters, style)


def _write(
    painter: QPainter, row: QRectF, middle: NDArray[np.float64], letters: NDArray[np.uint8], style: Style
) -> None:
    """Write each amino acid in the middle of its box."""
    font = style.font(scale=0.95)
    metrics = QFontMetricsF(font)
    foot = round(row.center().y() + metrics.capHeight() / 2)
    halves = {code: metrics.horizontalAdvance(chr(code)) / 2 for code in np.unique(letters).tolist()}
    special = (letters == _START) | (letters == _STOP)
    painter.setFont(font)
    for which, color in ((~special, style.color("text", 0.85)), (special, style.color("canvas"))):
        painter.setPen(color)
        for x, code in zip(middle[which].tolist(), letters[which].tolist(), strict=True):
            painter.drawText(QPointF(x - halves[code], foot), chr(code))
    painter.setPen(Qt.PenStyle.NoPen)


def start_color(style: Style) -> QColor:
    """Colour of a start codon: that of A, green also in the colour-blind-safe set."""
    return style.bases()[0]


def stop_color(style: Style) -> QColor:
    """Colour of a stop codon: that of T, red also in the colour-blind-safe set."""
    return style.bases()[3]
