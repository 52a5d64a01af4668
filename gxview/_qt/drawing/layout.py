"""Where each visible track, and the line above each group, lies in the picture."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtCore import QRectF

from gxview._qt.painters import AXIS_WIDTH, RULER_HEIGHT
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.tracklist import TrackList

NAME_WIDTH = 138
HEADER_WIDTH = NAME_WIDTH + AXIS_WIDTH
"""Pixels left of the data: the name of a track, then its axis."""
GAP = 1
"""Pixels between two tracks."""
PADDING = 4
"""Air above and below the values of a track."""
GROUP_HEIGHT = 20
"""Height of the line above the tracks of a group."""
FOLD_WIDTH = 20
"""Room of the triangle that folds a group."""
BETWEEN = 7
"""Pixels between two places side by side."""
TITLE_HEIGHT = 21
"""Height of the line above the rulers that tells places side by side apart."""


def has_axis(track: Track) -> bool:
    """Whether an axis stands beside the data of a track: variants have one where they are coloured by an effect."""
    return bool(track.effect.score) if isinstance(track, VariantTrack) else hasattr(track, "scale")


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
        return QRectF(0, self.top, NAME_WIDTH if has_axis(self.track) else HEADER_WIDTH - 4, self.height)

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


@dataclass(frozen=True, slots=True)
class PlaceRow(Row):
    """The part of a row that belongs to one of several places side by side.

    Parameters
    ----------
    begin
        Left edge of its data; `width` is the right one.
    """

    begin: float

    @property
    def data_rect(self) -> QRectF:
        """Where the data are drawn."""
        return QRectF(self.begin, self.top, max(1.0, self.width - self.begin), self.height)


@dataclass(frozen=True, slots=True)
class Column:
    """Where the data of one place are drawn, in whole pixels from the left."""

    left: int
    width: int

    @property
    def right(self) -> int:
        """Right edge."""
        return self.left + self.width

    def part(self, top: float, height: float) -> QRectF:
        """Return a part of the column."""
        return QRectF(self.left, top, self.width, height)

    def of(self, row: Row) -> PlaceRow:
        """Return the part of a row that lies in the column."""
        return PlaceRow(row.track, row.top, row.height, self.right, self.left)

    @property
    def close_rect(self) -> QRectF:
        """Where the button stands that closes the place."""
        return QRectF(self.right - 18, 3, 15, 15)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The line above the tracks of a group and its place; pixels from the top of the picture."""

    group: TrackGroup
    top: float
    width: float

    @property
    def height(self) -> float:
        """Height of the line."""
        return GROUP_HEIGHT

    @property
    def rect(self) -> QRectF:
        """The whole line."""
        return QRectF(0, self.top, self.width, GROUP_HEIGHT)

    @property
    def fold_rect(self) -> QRectF:
        """Where the triangle stands."""
        return QRectF(0, self.top, FOLD_WIDTH, GROUP_HEIGHT)

    @property
    def name_rect(self) -> QRectF:
        """Where the name stands."""
        return QRectF(FOLD_WIDTH, self.top, HEADER_WIDTH - FOLD_WIDTH - 4, GROUP_HEIGHT)

    @property
    def data_rect(self) -> QRectF:
        """The rest of the line, beside the headers."""
        return QRectF(HEADER_WIDTH, self.top, max(1.0, self.width - HEADER_WIDTH), GROUP_HEIGHT)


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of the tracks, the lines of the groups, where they begin and where the picture ends."""

    rows: tuple[Row, ...]
    groups: tuple[GroupRow, ...]
    top: float
    height: float

    def between(self, top: float, bottom: float) -> Layout:
        """Return the part that lies at least partly from `top` to `bottom`."""
        rows = tuple(row for row in self.rows if row.top < bottom and row.top + row.height > top)
        groups = tuple(row for row in self.groups if row.top < bottom and row.top + row.height > top)
        return Layout(rows, groups, self.top, self.height)

    def at(self, y: float) -> Row | GroupRow | None:
        """Return the row or line at a height."""
        lines: list[Row | GroupRow] = [*self.rows, *self.groups]
        return next((row for row in lines if row.top <= y < row.top + row.height), None)


def lay_out(tracks: TrackList, width: float, top: float = RULER_HEIGHT) -> Layout:
    """Stack the shown tracks and the lines of their groups below `top`."""
    rows: list[Row] = []
    groups: list[GroupRow] = []
    begin = end = top
    for line in tracks.lines():
        if isinstance(line, TrackGroup):
            groups.append(GroupRow(line, top, width))
            end = top + GROUP_HEIGHT
        else:
            rows.append(Row(line, top, line.row_height, width))
            end = top + line.row_height
        top = end + GAP
    return Layout(tuple(rows), tuple(groups), begin, end)


def row_edges(tracks: TrackList, track: Track, width: float, top: float) -> tuple[int, int] | None:
    """Return how far the tracks are scrolled when a row is the first one, and where it ends; None if it is hidden."""
    row = next((row for row in lay_out(tracks, width, top).rows if row.track is track), None)
    return None if row is None else (round(row.top - top), round(row.top + row.height))


def columns(width: float, count: int) -> list[Column]:
    """Divide the room beside the headers evenly among places side by side, with `BETWEEN` pixels between them."""
    room = max(count, round(width) - HEADER_WIDTH - BETWEEN * (count - 1))
    edges = [HEADER_WIDTH + place * BETWEEN + room * place // count for place in range(count)]
    ends = [HEADER_WIDTH + place * BETWEEN + room * (place + 1) // count for place in range(count)]
    return [Column(left, right - left) for left, right in zip(edges, ends, strict=True)]


def frame_height(count: int) -> int:
    """Return the height of what stands above the tracks: the ruler, and titles above it for several places."""
    return RULER_HEIGHT + (TITLE_HEIGHT if count > 1 else 0)
