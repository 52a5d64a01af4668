"""The token lane: where a model cuts the sequence and what relevance each token got."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.glyphs import codes
from gxview._qt.painters.base import Letters, Style, TokenLike, View
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, inside
from gxview._qt.theme import mix

TOKENS_HEIGHT = 24

BORDERS_FROM = 3.0
"""Mean width of a token in pixels from which borders are drawn."""

LETTERS_FROM = 6.0
"""Pixels per base from which a token shows its letters."""


def paint_tokens(
    painter: QPainter,
    rect: QRectF,
    view: View,
    tokens: Sequence[TokenLike],
    style: Style,
    letters: Letters | None = None,
    limit: float | None = None,
) -> None:
    """Draw the tokens, coloured by relevance, with their letters where these fit.

    Parameters
    ----------
    tokens
        In order of their starts; they do not overlap.
    letters
        The reference under the tokens.
    limit
        Relevance of the full colour; None takes the largest absolute relevance on screen.
    """
    shown = [(i, t) for i, t in enumerate(tokens) if t.end > view.first and t.start < view.last]
    if not shown:
        return
    sizes = [abs(t.relevance) for _, t in shown if np.isfinite(t.relevance)]
    limit = limit or max(sizes, default=0.0) or 1.0
    mean_width = float(np.mean([t.end - t.start for _, t in shown])) * view.pixels_per_base
    with inside(painter, rect):
        if mean_width < 1:
            _paint_columns(painter, rect, view, [t for _, t in shown], style, limit)
            badge(painter, rect, "summary", style)
            return
        for i, token in shown:
            _paint_token(painter, rect, view, token, i % 2 == 1, style, limit, mean_width >= BORDERS_FROM)
        if letters is not None and view.pixels_per_base >= LETTERS_FROM:
            _paint_token_letters(painter, rect, view, [t for _, t in shown], letters, style)


def token_color(relevance: float, odd: bool, style: Style, limit: float) -> QColor:
    """Return the colour of a token: diverging by relevance over one of two plain shades that alternate."""
    theme = style.theme
    plain = mix(theme.canvas, theme.text, 0.13 if odd else 0.06)
    if not np.isfinite(relevance):
        return plain
    share = min(1.0, abs(relevance) / limit)
    return mix(plain.name(), theme.positive if relevance > 0 else theme.negative, 0.85 * share)


def _paint_token(
    painter: QPainter, rect: QRectF, view: View, token: TokenLike, odd: bool, style: Style, limit: float, border: bool
) -> None:
    ratio = device_ratio(painter)
    left = rect.left() + round(view.x(token.start) * ratio) / ratio
    right = rect.left() + round(view.x(token.end) * ratio) / ratio
    gap = 1.0 if border else 0.0
    box = QRectF(left, rect.top() + 1, max(1 / ratio, right - left - gap), rect.height() - 2)
    painter.fillRect(box, token_color(token.relevance, odd, style, limit))


def _paint_columns(
    painter: QPainter, rect: QRectF, view: View, tokens: Sequence[TokenLike], style: Style, limit: float
) -> None:
    """Several tokens share a pixel: show the one with the largest absolute relevance."""
    strongest: dict[int, float] = {}
    for token in tokens:
        column = int(view.x((token.start + token.end) // 2))
        if abs(token.relevance) > abs(strongest.get(column, 0.0)):
            strongest[column] = token.relevance
    for column, relevance in strongest.items():
        box = QRectF(rect.left() + column, rect.top() + 1, 1, rect.height() - 2)
        painter.fillRect(box, token_color(relevance, False, style, limit))


def _paint_token_letters(
    painter: QPainter, rect: QRectF, view: View, tokens: Sequence[TokenLike], letters: Letters, style: Style
) -> None:
    """Write the letters of the tokens in one colour, each in the column of its base."""
    first = max(view.first, letters.start, tokens[0].start)
    last = min(view.last, letters.start + len(letters.text), tokens[-1].end)
    if last <= first:
        return
    known = codes(letters.text[first - letters.start : last - letters.start])
    height = round(min(rect.height() - 8, 11.0))
    width = min(0.8 * view.pixels_per_base, height * 0.8)
    left = rect.left() + view.xs(np.arange(first, last)) + (view.pixels_per_base - width) / 2
    covered = np.zeros(last - first, np.bool_)
    for token in tokens:
        covered[max(0, token.start - first) : max(0, token.end - first)] = True
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    foot = round(rect.center().y() + height / 2)
    heights = np.where(covered, float(height), np.nan)
    paint_letters(painter, known, left, width, foot, heights, [QColor(style.theme.text)] * 5)
