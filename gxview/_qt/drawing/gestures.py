"""Drags on the tracks: what each of them does while the mouse moves and when it is let go."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import Column
from gxview._qt.painters import Style
from gxview._qt.painters.shapes import draw_text, text_width
from gxview._qt.painters.ticks import span_label
from gxview.genome import Region
from gxview.viewer.places.camera import Camera
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.track_base import MAX_HEIGHT, MIN_HEIGHT

LEAST_BAND = 3.0
"""Pixels: a shorter rubber-band is a click."""


class Gesture(Protocol):
    """A drag under way."""

    cursor: Qt.CursorShape

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""

    def finish(self) -> None:
        """Do what is left to do when the button is let go."""

    def paint(self, painter: QPainter, height: float, style: Style) -> None:
        """Draw what shows while the drag lasts."""


class Pan:
    """The picture follows the pointer.

    Parameters
    ----------
    camera
        What moves.
    at
        Where the button was pressed.
    click
        Called with the pixel where the mouse was pressed and let go without a move.
    """

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, camera: Camera, at: QPointF, click: Callable[[float], None] | None = None) -> None:
        self._camera = camera
        self._x = self._from = at.x()
        self._click = click

    def move(self, at: QPointF) -> None:
        if abs(at.x() - self._from) > LEAST_BAND:
            self._click = None
        self._camera.pan(self._x - at.x())
        self._x = at.x()

    def finish(self) -> None:
        if self._click is not None:
            self._click(self._from)

    def paint(self, painter: QPainter, height: float, style: Style) -> None:
        pass


class Resize:
    """The lower edge of a track follows the pointer.

    Parameters
    ----------
    track
        Whose height changes.
    at
        Where the button was pressed.
    """

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, track: Track, at: QPointF) -> None:
        self._track = track
        self._height = track.height
        self._y = at.y()

    def move(self, at: QPointF) -> None:
        height = self._height + round(at.y() - self._y)
        self._track.height = max(MIN_HEIGHT, min(MAX_HEIGHT, height))

    def finish(self) -> None:
        pass

    def paint(self, painter: QPainter, height: float, style: Style) -> None:
        pass


class Band:
    """A stretch is marked, and something is done with it in the end.

    Parameters
    ----------
    camera, column
        What shows there, and where.
    at
        Where the button was pressed.
    done
        Called with the stretch unless it is too short to be meant.
    click
        Called with the position where the mouse was pressed and let go without a stretch.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        camera: Camera,
        column: Column,
        at: QPointF,
        done: Callable[[float, float], None],
        click: Callable[[float], None] | None = None,
    ) -> None:
        self._camera = camera
        self._column = column
        self._done = done
        self._click = click
        self._from = self._to = self._inside(at)

    def move(self, at: QPointF) -> None:
        self._to = self._inside(at)

    def finish(self) -> None:
        left, right = sorted((self._from, self._to))
        view = self._camera.view
        if right - left > LEAST_BAND:
            # whole bases: what the ruler names is what shows
            first = max(0, math.floor(view.position(left - self._column.left)))
            last = min(view.chrom_length, math.ceil(view.position(right - self._column.left)))
            if last > first:
                self._done(first, last)
        elif self._click is not None:
            self._click(view.position(self._from - self._column.left))

    def paint(self, painter: QPainter, height: float, style: Style) -> None:
        left, right = sorted((self._from, self._to))
        color = style.color("accent")
        color.setAlphaF(0.2)
        painter.fillRect(QRectF(left, 0, right - left, height), color)
        for x in (left, right - 1):
            painter.fillRect(QRectF(x, 0, 1, height), style.color("accent"))
        text = span_label((right - left) * self._camera.view.bases_per_pixel)
        width = text_width(style, text)
        if right - left > width + 12:
            draw_text(painter, (left + right - width) / 2, height - 14, text, style, style.color("text"))

    def _inside(self, at: QPointF) -> float:
        return min(max(at.x(), float(self._column.left)), float(self._column.right))


def whole_bases(chrom: str, first: float, last: float) -> Region:
    """Return the bases that a stretch touches."""
    start = int(first)
    return Region(chrom, start, max(start + 1, -int(-last // 1)))
