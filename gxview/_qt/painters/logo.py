"""Sequence logos: letters stacked by how common they are, as high together as the position tells (Schneider 1990)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.look.glyphs import codes
from gxview._qt.painters.base import Style
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import inside

BITS = 2.0
"""Most that a position can tell, in bits."""
CODES = codes("ACGT")


def heights(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the height of each letter of a logo, (4, W) in bits, against equally common bases.

    Parameters
    ----------
    probabilities
        How common each base is at each position, (4, W), rows A, C, G, T; columns sum to 1.
    """
    logs = np.log2(np.where(probabilities > 0, probabilities, 1.0))
    told = BITS + (probabilities * logs).sum(axis=0)
    return np.asarray(probabilities * np.maximum(told, 0.0))


def paint_logo(
    painter: QPainter, rect: QRectF, probabilities: NDArray[np.float64], first: float, wide: float, style: Style
) -> None:
    """Draw a logo whose first column begins `first` columns from the left edge.

    Parameters
    ----------
    painter, rect, style
        As for every painter.
    probabilities
        See `heights`.
    first
        Column of the first position.
    wide
        Pixels of a column.
    """
    bits = heights(probabilities) / BITS * rect.height()
    order = np.argsort(bits, axis=0, kind="stable")
    colors = style.bases()
    with inside(painter, rect, smooth=True):
        foot = QRectF(rect.left() + first * wide, rect.bottom() - 1, bits.shape[1] * wide, 1)
        painter.fillRect(foot, style.color("line"))
        for column in range(bits.shape[1]):
            left, foot = np.array([rect.left() + (first + column) * wide + 0.04 * wide]), rect.bottom() - 1
            for base in order[:, column].tolist():
                high = bits[base, column]
                paint_letters(painter, CODES[base : base + 1], left, 0.92 * wide, foot, np.array([high]), colors)
                foot -= high
