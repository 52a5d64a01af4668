"""A plot in a panel: dots, lines or bars along two axes, with a legend and words where the pointer is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from qtpy.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QToolTip, QWidget

from gxview._qt.painters import Style
from gxview._qt.painters.shapes import draw_text, elided, text_width
from gxview._qt.painters.ticks import value_label, value_ticks
from gxview.viewer.assessing.plots import Mark, Plot, Series

COLORS = ("signal", "accent", "warning", "negative", "positive", "signal_negative", "reverse", "forward")
"""Colours of series, by name of the theme's field."""
TOP, SIDE, SMALL = 8, 14, 0.9
NAMES = 0.42
"""Part of the width that names of lines take at most."""
DOT, REACH = 3.5, 9.0
"""Radius of a dot; pixels from which the pointer takes it."""
LEGEND = 16
"""Height of a line of the legend."""
LINES = 2
"""Lines of the legend, at most; the tool tips tell the rest."""
TEXTS = 48
"""Marks that have their words beside them, at most."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where numbers are in pixels; with `lines`, x counts lines from the top and y goes from left to right."""

    area: QRectF
    x: tuple[float, float]
    y: tuple[float, float]
    lines: bool = False

    @property
    def across(self) -> tuple[float, float]:
        """Ends of the axis from left to right."""
        return self.y if self.lines else self.x

    def at(self, x: float, y: float) -> QPointF:
        """Return the pixel of a pair of numbers."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        if self.lines:
            across, up = up, 1.0 - across
        return QPointF(self.area.left() + across * self.area.width(), self.area.bottom() - up * self.area.height())


class Chart(QWidget):
    """Draws a `Plot`.

    Parameters
    ----------
    style
        Colours and text.
    empty
        What stands there without a plot.
    """

    def __init__(self, style: Style, empty: str = "Nothing to show yet", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._empty = empty
        self.plot: Plot | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(180, 120)

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def show_plot(self, plot: Plot | None) -> None:
        """Show another plot, or none."""
        if plot != self.plot:
            self.plot = plot
            words = [part for part in (plot.y, plot.x) if part] if plot is not None else []
            self.setAccessibleName(" over ".join(words) or "Plot")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, 200)

    def frame_of(self, plot: Plot) -> Frame:
        """Return where the numbers of a plot are."""
        style = self._style
        x, y = plot.ends()
        labels = plot.names or [value_label(tick, step) for tick, step in self._ticks(*y, self.height() / 34)]
        widest = max([text_width(style, text, scale=SMALL) for text in labels] or [0.0])
        left = min(widest + 14, NAMES * self.width()) if plot.names else 26 + widest
        top = TOP + LEGEND * len(self._legend_lines(plot, left))
        bottom = 24 + (16 if self._lower(plot) else 0)
        area = QRectF(left, top, max(1.0, self.width() - left - SIDE), max(1.0, self.height() - top - bottom))
        return Frame(area, x, y, bool(plot.names))

    def _lower(self, plot: Plot) -> str:
        """Return what the axis from left to right is."""
        return plot.y if plot.names else plot.x

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style, plot = QPainter(self), self._style, self.plot
        painter.fillRect(self.rect(), style.color("canvas"))
        if plot is None or not plot.marks:
            text = elided(style, self._empty, self.width() - 12)
            draw_text(
                painter,
                (self.width() - text_width(style, text)) / 2,
                self.height() / 2,
                text,
                style,
                style.color("muted"),
            )
            painter.end()
            return
        frame = self.frame_of(plot)
        self._paint_axes(painter, plot, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.save()
        painter.setClipRect(frame.area.adjusted(-DOT - 2, -DOT - 2, DOT + 2, 1))
        self._paint_guides(painter, plot, frame)
        for one in plot.series:
            self._paint_series(painter, one, frame)
        painter.restore()
        self._paint_texts(painter, plot, frame)
        self._paint_legend(painter, plot, frame)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self._under(event.position())
        if mark is not None and mark.about:
            QToolTip.showText(event.globalPosition().toPoint(), mark.about, self)
        else:
            QToolTip.hideText()

    def _under(self, at: QPointF) -> Mark | None:
        if self.plot is None or not self.plot.marks:
            return None
        frame = self.frame_of(self.plot)
        best, found = REACH, None
        for one in self.plot.series:
            for mark in one.marks:
                if one.look == "bars":
                    left, right = frame.at(mark.left, 0).x(), frame.at(mark.right, 0).x()
                    away = 0.0 if left <= at.x() < right and frame.area.contains(at) else math.inf
                else:
                    place = frame.at(mark.x, mark.y)
                    away = math.hypot(place.x() - at.x(), place.y() - at.y())
                if away < best:
                    best, found = away, mark
        return found

    def _color(self, one: Series, strength: float = 1.0) -> QColor:
        if one.color is None:
            return self._style.color("muted", 0.75 * strength)
        return self._style.color(COLORS[one.color % len(COLORS)], strength)

    def _ticks(self, low: float, high: float, count: float) -> list[tuple[float, float]]:
        """Return ticks, each with their step."""
        ticks = value_ticks(low, high, max(2, int(count)))
        step = min((b - a for a, b in pairwise(ticks)), default=high - low)
        return [(tick, step) for tick in ticks]

    # -- axes

    def _paint_axes(self, painter: QPainter, plot: Plot, frame: Frame) -> None:
        style, area = self._style, frame.area
        if plot.names:
            self._paint_names(painter, plot.names, frame)
        else:
            self._paint_y(painter, frame)
            self._paint_y_title(painter, plot.y, frame)
        self._paint_x(painter, frame)
        painter.fillRect(QRectF(area.left(), round(area.bottom()), area.width(), 1), style.color("line"))
        text = elided(style, self._lower(plot), area.width(), scale=SMALL)
        x = area.center().x() - text_width(style, text, scale=SMALL) / 2
        draw_text(painter, x, self.height() - 9, text, style, style.color("muted"), scale=SMALL)

    def _paint_y(self, painter: QPainter, frame: Frame) -> None:
        style, area = self._style, frame.area
        for tick, step in self._ticks(*frame.y, self.height() / 34):
            y = round(frame.at(frame.x[0], tick).y())
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), style.color("line" if tick == 0 else "grid"))
            text = value_label(tick, step)
            x = area.left() - 6 - text_width(style, text, scale=SMALL)
            draw_text(painter, x, y, text, style, style.color("muted"), scale=SMALL)

    def _paint_y_title(self, painter: QPainter, title: str, frame: Frame) -> None:
        style, area = self._style, frame.area
        text = elided(style, title, area.height() + 20, scale=SMALL)
        painter.save()
        painter.translate(10, area.center().y())
        painter.rotate(-90)
        draw_text(painter, -text_width(style, text, scale=SMALL) / 2, 0, text, style, style.color("muted"), scale=SMALL)
        painter.restore()

    def _paint_x(self, painter: QPainter, frame: Frame) -> None:
        style, area = self._style, frame.area
        low, high = frame.across
        for tick, step in self._ticks(low, high, area.width() / 62):
            x = round(area.left() + (tick - low) / (high - low) * area.width())
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), style.color("grid"))
            text = value_label(tick, step)
            width = text_width(style, text, scale=SMALL)
            left = min(max(0.0, x - width / 2), self.width() - width - 2)
            draw_text(painter, left, area.bottom() + 12, text, style, style.color("muted"), scale=SMALL)

    def _paint_names(self, painter: QPainter, names: tuple[str, ...], frame: Frame) -> None:
        style, area = self._style, frame.area
        for place, name in enumerate(names):
            y = frame.at(place, frame.y[0]).y()
            text = elided(style, name, area.left() - 10, scale=SMALL, middle=True)
            x = area.left() - 8 - text_width(style, text, scale=SMALL)
            draw_text(painter, x, y, text, style, style.color("text"), scale=SMALL)
            if place:
                between = round(frame.at(place - 0.5, frame.y[0]).y())
                painter.fillRect(QRectF(area.left(), between, area.width(), 1), style.color("grid"))

    def _paint_guides(self, painter: QPainter, plot: Plot, frame: Frame) -> None:
        style, area = self._style, frame.area
        for guide in plot.guides:
            painter.setPen(QPen(style.color("muted", 0.7), 1, Qt.PenStyle.DashLine))
            if guide.kind == "x":
                x = round(frame.at(guide.at, frame.y[0]).x()) + 0.5
                painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
                width = text_width(style, guide.text, scale=SMALL)
                left = x + 4 if x + 6 + width < area.right() else x - 4 - width
                top = _is_low(plot, guide.at, frame)
                y = area.top() + 8 if top else area.bottom() - 8
                draw_text(painter, left, y, guide.text, style, style.color("muted"), scale=SMALL)
            elif guide.kind == "y":
                painter.drawLine(QLineF(frame.at(frame.x[0], guide.at), frame.at(frame.x[1], guide.at)))
            else:
                low, high = max(frame.x[0], frame.y[0]), min(frame.x[1], frame.y[1])
                painter.drawLine(QLineF(frame.at(low, low), frame.at(high, high)))

    # -- series

    def _paint_series(self, painter: QPainter, one: Series, frame: Frame) -> None:
        known = _known(one)
        if one.look == "bars":
            self._paint_bars(painter, one, known, frame)
            return
        pen = QPen(self._color(one), 1.8, Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine)
        if one.look == "line":
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([frame.at(mark.x, mark.y) for mark in known]))
        self._paint_intervals(painter, one, known, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color(one))
        # of a long line the dots would hide the line
        if one.look == "dots" or len(known) <= 40:
            size = DOT if one.look == "dots" else DOT - 1.2
            for mark in known:
                painter.drawEllipse(frame.at(mark.x, mark.y), size, size)

    def _paint_bars(self, painter: QPainter, one: Series, marks: list[Mark], frame: Frame) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color(one, 0.85))
        for mark in marks:
            left, right = frame.at(mark.left, mark.y), frame.at(mark.right, 0.0)
            width = max(1.0, right.x() - left.x() - 1)
            painter.drawRect(QRectF(left.x(), left.y(), width, max(0.0, right.y() - left.y())))

    def _paint_intervals(self, painter: QPainter, one: Series, marks: list[Mark], frame: Frame) -> None:
        painter.setPen(QPen(self._color(one, 0.55), 1.2))
        for mark in marks:
            if math.isfinite(mark.low) and math.isfinite(mark.high):
                painter.drawLine(QLineF(frame.at(mark.x, mark.low), frame.at(mark.x, mark.high)))
            if math.isfinite(mark.left) and math.isfinite(mark.right):
                painter.drawLine(QLineF(frame.at(mark.left, mark.y), frame.at(mark.right, mark.y)))

    def _paint_texts(self, painter: QPainter, plot: Plot, frame: Frame) -> None:
        """Write words beside marks where they cover nothing that is written already."""
        style = self._style
        wanted = [(one, mark) for one in plot.series for mark in one.marks if mark.text and mark.is_known]
        marks = [frame.at(mark.x, mark.y) for _, mark in wanted]
        taken = [QRectF(at.x() - DOT, at.y() - DOT, 2 * DOT, 2 * DOT) for at in marks]
        for (one, mark), at in list(zip(wanted, marks, strict=True))[:TEXTS]:
            width, height = text_width(style, mark.text, scale=SMALL), style.text_px + 1.0
            for dx, dy in ((7, 0), (-7 - width, 0), (-width / 2, -11), (-width / 2, 12), (7, 10), (-7 - width, 10)):
                box = QRectF(at.x() + dx, at.y() + dy - height / 2, width, height)
                inside = frame.area.adjusted(-4, -6, 10, 4).contains(box)
                if inside and not any(box.intersects(known) for known in taken):
                    taken.append(box)
                    draw_text(painter, box.left(), at.y() + dy, mark.text, style, self._color(one), scale=SMALL)
                    break

    # -- legend

    def _legend_lines(self, plot: Plot, left: float) -> list[list[tuple[float, Series, str]]]:
        """Return the lines of the legend: where each name begins."""
        style, named = self._style, [one for one in plot.series if one.name]
        if len(named) < 2 and not any(one.dashed for one in named):
            return []
        lines: list[list[tuple[float, Series, str]]] = [[]]
        x = left
        for one in named:
            text = elided(style, one.name, max(40.0, self.width() - left - SIDE - 22), scale=SMALL, middle=True)
            width = 22 + text_width(style, text, scale=SMALL) + 14
            if lines[-1] and x + width > self.width() - SIDE:
                if len(lines) == LINES:
                    break
                lines.append([])
                x = left
            lines[-1].append((x, one, text))
            x += width
        return lines

    def _paint_legend(self, painter: QPainter, plot: Plot, frame: Frame) -> None:
        style = self._style
        for row, line in enumerate(self._legend_lines(plot, frame.area.left())):
            y = TOP / 2 + LEGEND * (row + 0.5)
            for x, one, text in line:
                if one.look == "line":
                    painter.setPen(
                        QPen(self._color(one), 1.8, Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine)
                    )
                    painter.drawLine(QLineF(x, y, x + 16, y))
                else:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(self._color(one))
                    painter.drawEllipse(QPointF(x + 8, y), DOT, DOT)
                draw_text(painter, x + 21, y, text, style, style.color("text"), scale=SMALL)


def _is_low(plot: Plot, x: float, frame: Frame) -> bool:
    """Whether what is drawn nearest to a place leaves more room above it than below."""
    nearest = [min(known, key=lambda mark: abs(mark.x - x)) for one in plot.series if (known := _known(one))]
    heights = [mark.y for mark in nearest]
    return not heights or frame.y[1] - max(heights) >= min(heights) - frame.y[0]


def _known(one: Series) -> list[Mark]:
    return [mark for mark in one.marks if mark.is_known]
