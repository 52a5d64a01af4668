"""Where everything lies in a figure: measured in the pixels of the painters, as many as make the wanted millimetres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qtpy.QtCore import QRectF

from gxview._qt.drawing.layout import FOLD_WIDTH, GAP, GROUP_HEIGHT, PADDING, GroupRow, Row
from gxview._qt.painters import AXIS_WIDTH, OVERVIEW_HEIGHT, RULER_HEIGHT
from gxview.errors import GxviewError
from gxview.viewer.figures.figure import FigureOptions
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track

TEXT_PX = 11
"""Size of the text in pixels for which all painters are made; a figure's font size says how large a pixel is."""
MARGIN = 6.0
"""Pixels around everything."""
TITLE_HEIGHT, LOCUS_HEIGHT, BAR_HEIGHT = 22.0, 18.0, 26.0
"""Pixels of the title, of the titles of several places, and of the scale bar."""
MIN_ROW = 10.0
"""Lowest row in pixels."""
LANE = 36.0
"""Rows up to this height keep it in figures of a fixed height."""
MIN_DATA = 60
"""Fewest pixels of data."""
BETWEEN = 10.0
"""Pixels between two places side by side."""


@dataclass(frozen=True, slots=True)
class FigureRow(Row):
    """A track in a figure at one place: names, axis and data have their own widths."""

    left: float
    names: float
    axis: float
    data_left: float
    data_width: float

    @property
    def name_rect(self) -> QRectF:
        """Where the name stands."""
        room = self.names if hasattr(self.track, "scale") else self.names + self.axis - 4
        return QRectF(self.left, self.top, max(0.0, room), self.height)

    @property
    def axis_rect(self) -> QRectF:
        """Where the axis stands."""
        return QRectF(self.left + self.names, self.top + PADDING, self.axis, self.height - 2 * PADDING)

    @property
    def data_rect(self) -> QRectF:
        """Where the data are drawn."""
        return QRectF(self.data_left, self.top, self.data_width, self.height)


@dataclass(frozen=True, slots=True)
class FigureGroupRow(GroupRow):
    """The line of a group in a figure: as wide as its tracks, its name as wide as theirs and their axes.

    Parameters
    ----------
    left, names
        Where it begins, and the room for its name.
    """

    left: float
    names: float

    @property
    def rect(self) -> QRectF:
        """The whole line."""
        return QRectF(self.left, self.top, self.width - 2 * self.left, GROUP_HEIGHT)

    @property
    def fold_rect(self) -> QRectF:
        """Where the triangle stands."""
        return QRectF(self.left, self.top, FOLD_WIDTH, GROUP_HEIGHT)

    @property
    def name_rect(self) -> QRectF:
        """Where the name stands."""
        return QRectF(self.left + FOLD_WIDTH, self.top, max(0.0, self.names - FOLD_WIDTH - 4), GROUP_HEIGHT)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The geometry of a figure in pixels.

    Parameters
    ----------
    width, height
        Size of the whole; the width is a whole number.
    millimetres
        Size of a pixel.
    names, axis
        Widths of the names and of the axes.
    places
        Left edge and width of the data of each place, whole numbers.
    title, overview, loci, ruler, scale_bar
        Top of each part; None where it is left out. `loci` are the titles of several places.
    tops, heights
        Of each track.
    groups
        The groups that have a line, and its top.
    """

    width: int
    height: float
    millimetres: float
    names: float
    axis: float
    places: tuple[tuple[int, int], ...]
    title: float | None
    overview: float | None
    loci: float | None
    ruler: float | None
    scale_bar: float | None
    tracks: tuple[Track, ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    groups: tuple[tuple[TrackGroup, float], ...] = ()

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return self.width * self.millimetres, self.height * self.millimetres

    def rows(self, place: int) -> list[FigureRow]:
        """Return the rows of the tracks at a place, the first one on the left is 0."""
        left, width = self.places[place]
        around = (MARGIN, self.names, self.axis, float(left), float(width))
        lines = zip(self.tracks, self.tops, self.heights, strict=True)
        return [FigureRow(track, top, height, float(self.width), *around) for track, top, height in lines]

    @property
    def body(self) -> tuple[float, float]:
        """Top and bottom of all rows."""
        tops = [*self.tops, *(top for _, top in self.groups)]
        ends = [top + height for top, height in zip(self.tops, self.heights, strict=True)]
        return min(tops), max([*ends, *(top + GROUP_HEIGHT for _, top in self.groups)])

    def group_rows(self) -> list[FigureGroupRow]:
        """Return the lines of the groups."""
        around = (float(self.width), MARGIN, self.names + self.axis)
        return [FigureGroupRow(group, top, *around) for group, top in self.groups]

    def part(self, top: float, height: float, place: int) -> QRectF:
        """Return a part of a place, such as the rectangle above the data of a place."""
        left, width = self.places[place]
        return QRectF(left, top, width, height)


def pixel_mm(options: FigureOptions) -> float:
    """Return the size of a pixel in millimetres: text of `TEXT_PX` pixels has the wanted size in points."""
    rough = options.font_pt * 25.4 / 72 / TEXT_PX
    return options.width_mm / max(1, round(options.width_mm / rough))


def lay_out_figure(options: FigureOptions, lines: Sequence[Track | TrackGroup], names: float, places: int = 1) -> Sheet:
    """Place everything.

    Parameters
    ----------
    options
        What the person chose.
    lines
        The tracks that are drawn, and groups that have a line above theirs, top to bottom.
    names
        Width in pixels that the names need.
    places
        Number of places side by side.

    Raises
    ------
    GxviewError
        The figure is too small for what it shall hold.
    """
    tracks = [line for line in lines if not isinstance(line, TrackGroup)]
    unit = pixel_mm(options)
    width = round(options.width_mm / unit)
    names = float(math.ceil(_names_width(options, names, width, unit)))
    axis = float(AXIS_WIDTH) if options.show_axes and any(hasattr(track, "scale") for track in tracks) else 0.0
    spans = _places(width, names + axis, places)
    if spans[0][1] < MIN_DATA:
        raise GxviewError(
            f"A figure {options.width_mm:g} mm wide has no room for the data beside names and axes at "
            f"{options.font_pt:g} pt; make it wider, its font smaller, or leave names and axes out."
        )
    tops, end = _stack_frame(options, places)
    heights = _heights(options, tracks, unit, end + (GROUP_HEIGHT + GAP) * (len(lines) - len(tracks)))
    row_tops, groups, left = [], [], iter(heights)
    for line in lines:
        if isinstance(line, TrackGroup):
            groups.append((line, end))
            end += GROUP_HEIGHT + GAP
        else:
            row_tops.append(end)
            end += next(left) + GAP
    bar = end + 2 if options.show_scale_bar else None
    end += (BAR_HEIGHT if options.show_scale_bar else 0.0) + MARGIN - GAP
    whole = options.height_mm / unit if options.height_mm is not None else end
    rows = (tuple(tracks), tuple(row_tops), tuple(heights), tuple(groups))
    frame = (tops["title"], tops["overview"], tops["loci"], tops["ruler"], bar)
    return Sheet(width, whole, unit, names, axis, spans, *frame, *rows)


def _names_width(options: FigureOptions, wanted: float, width: int, unit: float) -> float:
    if not options.show_names:
        return 0.0
    if options.header_mm is not None:
        return options.header_mm / unit
    return min(wanted, width / 3)


def _places(width: int, header: float, count: int) -> tuple[tuple[int, int], ...]:
    left = MARGIN + header
    each = (width - MARGIN - left - (count - 1) * BETWEEN) / count
    return tuple((round(left + k * (each + BETWEEN)), int(each)) for k in range(count))


def _stack_frame(options: FigureOptions, places: int) -> tuple[dict[str, float | None], float]:
    """Return the tops of what stands above the rows, and where these begin."""
    tops: dict[str, float | None] = {}
    end = MARGIN
    parts = (
        ("title", options.show_title and bool(options.title or places == 1), TITLE_HEIGHT),
        ("overview", options.show_overview, OVERVIEW_HEIGHT),
        ("loci", places > 1, LOCUS_HEIGHT),
        ("ruler", options.show_ruler, RULER_HEIGHT),
    )
    for name, shown, height in parts:
        tops[name] = end if shown else None
        end += height if shown else 0.0
    return tops, end + (2.0 if options.show_ruler else 0.0)


def _heights(options: FigureOptions, tracks: Sequence[Track], unit: float, top: float) -> list[float]:
    """Return the heights of the rows; in a figure of fixed height those that nobody set share what is left."""
    chosen = {track.id: options.heights_mm.get(track.id) for track in tracks}
    heights = [mm / unit if (mm := chosen[track.id]) is not None else float(track.height) for track in tracks]
    if options.height_mm is None or not tracks:
        return heights
    below = (BAR_HEIGHT if options.show_scale_bar else 0.0) + MARGIN + GAP * (len(tracks) - 1)
    room = options.height_mm / unit - top - below
    fixed = sum(height for place, height in enumerate(heights) if chosen[tracks[place].id] is not None)
    _share(heights, [place for place, track in enumerate(tracks) if chosen[track.id] is None], room - fixed)
    if room < fixed - 0.5 or any(height < MIN_ROW for height in heights):
        raise GxviewError(
            f"{options.height_mm:g} mm are too low for {len(tracks)} tracks at {options.font_pt:g} pt; make the figure "
            "higher, its font smaller, or show fewer tracks."
        )
    return heights


def _share(heights: list[float], free: list[int], room: float) -> None:
    """Stretch or shrink rows to fill the room; low ones, lanes of letters or tokens, keep their height if they can."""
    high = [place for place in free if heights[place] > LANE]
    lanes = sum(heights[place] for place in free if heights[place] <= LANE)
    if high and room - lanes >= len(high) * LANE:
        free, room = high, room - lanes
    factor = room / (sum(heights[place] for place in free) or 1.0)
    for place in free:
        heights[place] *= factor
