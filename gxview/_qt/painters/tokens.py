"""The token lane: where a model cuts the sequence and what relevance each token got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.look.glyphs import codes
from gxview._qt.look.theme import Theme, mix
from gxview._qt.painters.base import Letters, Style, TokenLike, View
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, inside

TOKENS_HEIGHT = 24

BORDERS_FROM = 3.0
"""Mean width of a token in pixels from which borders are drawn."""

LETTERS_FROM = 6.0
"""Pixels per base from which a token shows its letters."""

LEVELS = 64
"""Shades of each sign."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tokens:
    """The tokens in view as arrays; ``odd`` alternates along the genome."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    relevance: NDArray[np.float64]
    odd: NDArray[np.bool_]

    @classmethod
    def of(cls, tokens: Sequence[TokenLike], view: View) -> _Tokens:
        start = np.array([token.start for token in tokens], np.int64)
        end = np.array([token.end for token in tokens], np.int64)
        seen = np.flatnonzero((end > view.first) & (start < view.last))
        relevance = np.array([tokens[i].relevance for i in seen.tolist()], np.float64)
        return cls(start[seen], end[seen], relevance, seen % 2 == 1)


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
    shown = _Tokens.of(tokens, view)
    if not len(shown.start):
        return
    limit = limit or float(np.fmax.reduce(np.abs(shown.relevance), initial=0.0)) or 1.0
    mean_width = float((shown.end - shown.start).mean()) * view.pixels_per_base
    with inside(painter, rect):
        if mean_width < 1:
            _paint_columns(painter, rect, view, shown, style, limit)
            badge(painter, rect, "summary", style)
            return
        _paint_boxes(painter, rect, view, shown, style, limit, 1.0 if mean_width >= BORDERS_FROM else 0.0)
        if letters is not None and view.pixels_per_base >= LETTERS_FROM:
            _paint_letters(painter, rect, view, shown, letters, style)


@cache
def _shades(theme: Theme) -> tuple[tuple[QColor, ...], tuple[QColor, ...]]:
    """Colours from most negative to most positive, for even and for odd tokens."""
    both = []
    for plain in (mix(theme.canvas, theme.text, 0.06), mix(theme.canvas, theme.text, 0.13)):
        shares = [level / LEVELS for level in range(-LEVELS, LEVELS + 1)]
        ends = [theme.negative if share < 0 else theme.positive for share in shares]
        both.append(tuple(mix(plain.name(), e, 0.85 * abs(s)) for e, s in zip(ends, shares, strict=True)))
    return both[0], both[1]


def token_color(relevance: float, odd: bool, style: Style, limit: float) -> QColor:
    """Return the colour of a token: diverging by relevance over one of two plain shades that alternate."""
    return _shades(style.theme)[odd][_level(np.array([relevance]), limit)[0]]


def _level(relevance: NDArray[np.float64], limit: float) -> NDArray[np.int64]:
    """Index of the shade; missing relevance is plain."""
    share = np.clip(np.nan_to_num(relevance / limit), -1, 1)
    return np.round(share * LEVELS).astype(np.int64) + LEVELS


def _paint_boxes(
    painter: QPainter, rect: QRectF, view: View, tokens: _Tokens, style: Style, limit: float, gap: float
) -> None:
    ratio, shades = device_ratio(painter), _shades(style.theme)
    left = rect.left() + np.round(view.xs(tokens.start) * ratio) / ratio
    width = np.maximum(1 / ratio, rect.left() + np.round(view.xs(tokens.end) * ratio) / ratio - left - gap)
    levels = _level(tokens.relevance, limit)
    top, height = rect.top() + 1, rect.height() - 2
    boxes = zip(left.tolist(), width.tolist(), tokens.odd.tolist(), levels.tolist(), strict=True)
    for x, wide, odd, level in boxes:
        painter.fillRect(QRectF(x, top, wide, height), shades[odd][level])


def _paint_columns(painter: QPainter, rect: QRectF, view: View, tokens: _Tokens, style: Style, limit: float) -> None:
    """Several tokens share a pixel: show the one with the largest absolute relevance."""
    column = np.floor((view.xs(tokens.start) + view.xs(tokens.end)) / 2).astype(np.int64)
    order = np.lexsort((np.abs(np.nan_to_num(tokens.relevance)), column))
    last = np.flatnonzero(np.diff(column[order], append=np.iinfo(np.int64).max))
    strongest = order[last]
    shades, top, height = _shades(style.theme)[0], rect.top() + 1, rect.height() - 2
    levels = _level(tokens.relevance[strongest], limit)
    for x, level in zip(column[strongest].tolist(), levels.tolist(), strict=True):
        painter.fillRect(QRectF(rect.left() + x, top, 1, height), shades[level])


def _paint_letters(
    painter: QPainter, rect: QRectF, view: View, tokens: _Tokens, letters: Letters, style: Style
) -> None:
    """Write the letters of the tokens in one colour, each in the column of its base."""
    first = max(view.first, letters.start)
    last = min(view.last, letters.start + len(letters.text))
    if last <= first:
        return
    known = codes(letters.text[first - letters.start : last - letters.start])
    height = round(min(rect.height() - 8, 11.0))
    width = min(0.8 * view.pixels_per_base, height * 0.8)
    bases = np.arange(first, last)
    left = rect.left() + view.xs(bases) + (view.pixels_per_base - width) / 2
    owner = np.searchsorted(tokens.start, bases, "right") - 1
    covered = (owner >= 0) & (bases < tokens.end[owner])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    foot = round(rect.center().y() + height / 2)
    heights = np.where(covered, float(height), np.nan)
    paint_letters(painter, known, left, width, foot, heights, [QColor(style.theme.text)] * 5)
