"""Genes and other features: blocks, thick coding parts, strand chevrons and names."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.painters.base import FeatureLike, Style, View

FEATURE_ROW_HEIGHT = 30


def paint_features(
    painter: QPainter,
    rect: QRectF,
    view: View,
    features: Sequence[FeatureLike],
    rows: Sequence[int],
    style: Style,
    row_height: float = FEATURE_ROW_HEIGHT,
) -> None:
    """Draw each feature in its row (``rows[i]`` is the row of ``features[i]``, 0 on top)."""
