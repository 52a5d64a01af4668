"""A plot of the numbers of one metric: a line of dots for each model and method, the control pale below it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qtpy.QtCore import QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QToolTip, QWidget

from gxview._qt.look.table import number_text
from gxview._qt.painters import Style
from gxview._qt.painters.shapes import draw_text, elided, text_width
from gxview._qt.painters.ticks import value_label, value_ticks
from gxview.viewer.evaluating.results import REAL, Value, median

LABELS, FOOT, TOP, SIDE = 176, 24, 8, 14
"""Pixels of the names at the left, the axis below, and the air above and at the right."""
LINE = 17
"""Least height of a line; where more of them are than have room, the plot scrolls."""
DOT, REACH = 3.0, 7.0
"""Radius of a dot; pixels from which the pointer takes it."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A number and where it is drawn."""

    value: Value
    at: QPointF


class StripPlot(QWidget):
    """Dots along one axis. `chosen` tells that a dot was clicked.

    Parameters
    ----------
    style
        Colours and text.
    """

    chosen = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._values: Sequence[Value] = ()
        self._current: Value | None = None
        self.setMouseTracking(True)
        self.setMinimumWidth(LABELS + 100)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def show_values(self, values: Sequence[Value]) -> None:
        """Show numbers, of the real set and of controls."""
        self._values = [one for one in values if not math.isnan(one.value)]
        self._current = None
        self.setMinimumHeight(TOP + FOOT + LINE * max(3, len(self.lines)))
        self.update()

    def mark(self, value: Value | None) -> None:
        """Mark one of the numbers."""
        self._current = value
        self.update()

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines from the top: model and method, and the set."""
        found = dict.fromkeys((one.series, one.set) for one in self._values)
        return sorted(found, key=lambda line: (line[0], line[1] != REAL, line[1]))

    def dots(self) -> list[Dot]:
        """Return where each number is drawn."""
        low, high = self._ends()
        lines = {line: place for place, line in enumerate(self.lines)}
        area = self._area()
        step = area.height() / max(1, len(lines))
        found = []
        for one in self._values:
            x = area.left() + (one.value - low) / (high - low) * area.width()
            aside = (zlib.crc32(one.sequence.encode()) % 1000 / 1000 - 0.5) * min(0.6 * step, 22)
            found.append(Dot(one, QPointF(x, area.top() + (lines[one.series, one.set] + 0.5) * step + aside)))
        return found

    def sizeHint(self) -> QSize:
        return QSize(420, 220)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style = QPainter(self), self._style
        painter.fillRect(self.rect(), style.color("canvas"))
        if not self._values:
            text = "No numbers to show"
            x = (self.width() - text_width(style, text)) / 2
            draw_text(painter, x, self.height() / 2, text, style, style.color("muted"))
            painter.end()
            return
        self._paint_axis(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._paint_lines(painter)
        for dot in self.dots():
            self._paint_dot(painter, dot)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        dot = self._under(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if dot is not None else Qt.CursorShape.ArrowCursor)
        if dot is not None:
            place = f"\n{dot.value.region}" if dot.value.region is not None else ""
            tip = f"{dot.value.sequence}: {number_text(dot.value.value)}{place}\n{dot.value.series}, {dot.value.set}"
            QToolTip.showText(event.globalPosition().toPoint(), tip, self)
        else:
            QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        dot = self._under(event.position())
        if dot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(dot.value)

    def _under(self, at: QPointF) -> Dot | None:
        near = [(math.hypot(dot.at.x() - at.x(), dot.at.y() - at.y()), dot) for dot in self.dots()]
        distance, dot = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return dot if distance <= REACH else None

    def _area(self) -> QRectF:
        return QRectF(LABELS, TOP, max(1, self.width() - LABELS - SIDE), max(1, self.height() - TOP - FOOT))

    def _ends(self) -> tuple[float, float]:
        numbers = [one.value for one in self._values]
        low, high = min(numbers, default=0.0), max(numbers, default=1.0)
        air = 0.04 * (high - low) or 0.5
        return low - air, high + air

    def _paint_axis(self, painter: QPainter) -> None:
        style, area, (low, high) = self._style, self._area(), self._ends()
        ticks = value_ticks(low, high, max(2, int(area.width() / 80)))
        step = min((b - a for a, b in pairwise(ticks)), default=high - low)
        for tick in ticks:
            x = round(area.left() + (tick - low) / (high - low) * area.width())
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), style.color("line" if tick == 0 else "grid"))
            text = value_label(tick, step)
            left = min(
                x - text_width(style, text, scale=0.9) / 2, self.width() - text_width(style, text, scale=0.9) - 2
            )
            draw_text(painter, left, area.bottom() + FOOT / 2, text, style, style.color("muted"), scale=0.9)

    def _paint_lines(self, painter: QPainter) -> None:
        style, area, lines = self._style, self._area(), self.lines
        step = area.height() / max(1, len(lines))
        low, high = self._ends()
        for place, (series, set_name) in enumerate(lines):
            middle, real = area.top() + (place + 0.5) * step, set_name == REAL
            text = elided(style, series if real else set_name, LABELS - 16, middle=True)
            x = LABELS - 8 - text_width(style, text)
            draw_text(painter, x, middle, text, style, style.color("text" if real else "muted"))
            if place:
                painter.fillRect(QRectF(LABELS, area.top() + place * step, area.width(), 1), style.color("grid"))
            centre = median([one for one in self._values if (one.series, one.set) == (series, set_name)])
            x = area.left() + (centre - low) / (high - low) * area.width()
            painter.fillRect(QRectF(round(x) - 1, middle - 0.4 * step, 2, 0.8 * step), style.color("text", 0.7))

    def _paint_dot(self, painter: QPainter, dot: Dot) -> None:
        style = self._style
        real, current = dot.value.set == REAL, dot.value is self._current
        color = QColor(style.on_canvas(style.theme.signal, 0.9 if real else 0.35))
        painter.setPen(QPen(style.color("accent"), 2) if current else Qt.PenStyle.NoPen)
        painter.setBrush(color)
        size = DOT + (2 if current else 0)
        painter.drawEllipse(dot.at, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
