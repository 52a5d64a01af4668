"""Where each visible track lies in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qtpy.QtCore import QRectF

from gxview._qt.painters import AXIS_WIDTH, RULER_HEIGHT
from gxview.viewer.tracks import Track

NAME_WIDTH = 138
HEADER_WIDTH = NAME_WIDTH + AXIS_WIDTH
"""Pixels left of the data: the name of a track, then its axis."""
GAP = 1
"""Pixels between two tracks."""
PADDING = 4
"""Air above and below the values of a track."""


@dataclass(frozen=True, slots=True)
class Row:
    """A track and its place; pixels from the top of the picture."""

    track: Track
    top: float
    height: float
    width: float

    @property
    def name_rect(self) -> QRectF:
        """Where the name stands: beside the axis, or on its place where there is none."""
        has_axis = hasattr(self.track, "scale")
        return QRectF(0, self.top, NAME_WIDTH if has_axis else HEADER_WIDTH - 4, self.height)

    @property
    def axis_rect(self) -> QRectF:
        """Where the axis stands, as high as the values."""
        return QRectF(NAME_WIDTH, self.top + PADDING, AXIS_WIDTH, self.height - 2 * PADDING)

    @property
    def data_rect(self) -> QRectF:
        """Where the data are drawn."""
        return QRectF(HEADER_WIDTH, self.top, max(1.0, self.width - HEADER_WIDTH), self.height)

    @property
    def value_rect(self) -> QRectF:
        """Where values are drawn: the data with some air above and below."""
        return self.data_rect.adjusted(0, PADDING, 0, -PADDING)


def lay_out(tracks: Iterable[Track], width: float, top: float = RULER_HEIGHT) -> list[Row]:
    """Stack tracks below `top`."""
    rows = []
    for track in tracks:
        rows.append(Row(track, top, track.height, width))
        top += track.height + GAP
    return rows


def total_height(rows: list[Row], top: float = RULER_HEIGHT) -> float:
    """Return the height of the whole picture."""
    return rows[-1].top + rows[-1].height if rows else top
