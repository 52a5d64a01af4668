"""The letters of the reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.look.glyphs import OTHER, codes
from gxview._qt.painters.base import Letters, Style, View
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import device_ratio, draw_text, fill_rects, inside, text_width
from gxview._qt.painters.ticks import span_label
from gxview.genome import reverse_complement

SEQUENCE_HEIGHT = 20

BLOCKS_FROM, LETTERS_FROM = 0.8, 4.0
"""Pixels per base from which coloured blocks and letters are drawn."""

SOFT_MASKED = 0.5
"""Strength of the colour of lower-case letters."""


def paint_sequence(
    painter: QPainter, rect: QRectF, view: View, letters: Letters | None, style: Style, reverse: bool = False
) -> None:
    """Draw the reference: letters where a base is wide enough, coloured blocks below, a hint when zoomed far out.

    Soft-masked letters are paler. Letters other than A, C, G, T and N (IUPAC codes) are written as they are in the
    colour of N.

    Parameters
    ----------
    letters
        The forward strand.
    reverse
        Draw the complement, each base in its own place.
    """
    with inside(painter, rect):
        if view.pixels_per_base < BLOCKS_FROM:
            _hint(painter, rect, view, style)
        elif letters is not None and letters.text:
            shown = _visible(view, letters)
            if reverse:
                shown = Letters(shown.start, reverse_complement(shown.text)[::-1])
            draw = _draw_letters if view.pixels_per_base * style.detail >= LETTERS_FROM else _draw_blocks
            draw(painter, rect, view, shown, style)


def _visible(view: View, letters: Letters) -> Letters:
    first = max(0, view.first - letters.start)
    last = max(first, view.last - letters.start)
    return Letters(letters.start + first, letters.text[first:last])


def _masked(text: str) -> NDArray[np.bool_]:
    """Tell the lower-case letters."""
    return np.frombuffer(text.encode("latin-1", "replace"), np.uint8) >= ord("a")


def _draw_letters(painter: QPainter, rect: QRectF, view: View, letters: Letters, style: Style) -> None:
    wide = view.pixels_per_base
    height = min(rect.height() - 2, 13.0)
    width = min(0.92 * wide, height * 0.82)
    left = rect.left() + view.xs(letters.start + np.arange(len(letters.text))) + (wide - width) / 2
    foot = round(rect.center().y() + height / 2)
    known, masked = codes(letters.text), _masked(letters.text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for which, strength in ((~masked, 1.0), (masked, SOFT_MASKED)):
        heights = np.where(which, float(round(height)), np.nan)
        paint_letters(painter, known, left, width, foot, heights, style.bases(strength))
    for i in np.flatnonzero(known == OTHER).tolist():
        color = style.bases(SOFT_MASKED if masked[i] else 1.0)[4]
        letter = letters.text[i].upper()
        x = left[i] + (width - text_width(style, letter, bold=True)) / 2
        draw_text(painter, x, rect.center().y(), letter, style, color, bold=True)


def _draw_blocks(painter: QPainter, rect: QRectF, view: View, letters: Letters, style: Style) -> None:
    ratio = device_ratio(painter)
    edges = view.xs(letters.start + np.arange(len(letters.text) + 1))
    edges = rect.left() + np.round(edges * ratio) / ratio
    known, masked = np.minimum(codes(letters.text), 4), _masked(letters.text)
    top, bottom = np.full(len(known), rect.top() + 3), np.full(len(known), rect.bottom() - 3)
    for which, colors in ((~masked, style.bases()), (masked, style.bases(SOFT_MASKED))):
        for code, color in enumerate(colors):
            at = np.flatnonzero(which & (known == code))
            fill_rects(painter, edges[at], edges[at + 1], top[at], bottom[at], color)


def _hint(painter: QPainter, rect: QRectF, view: View, style: Style) -> None:
    text = f"Zoom in below {span_label(view.width / BLOCKS_FROM // 100 * 100)} to see the sequence"
    x = rect.left() + (rect.width() - text_width(style, text)) / 2
    draw_text(painter, x, rect.center().y(), text, style, color=QColor(style.theme.muted))
