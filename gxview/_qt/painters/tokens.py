"""The token lane: where a model cuts the sequence and what relevance each token got."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import Letters, Style, TokenLike, View

TOKENS_HEIGHT = 24


def paint_tokens(
    painter: QPainter,
    rect: QRectF,
    view: View,
    tokens: Sequence[TokenLike],
    style: Style,
    letters: Letters | None = None,
    limit: float | None = None,
) -> None:
    """Draw tokens coloured by relevance; ``limit`` is the relevance of the full colour (default: largest shown)."""
