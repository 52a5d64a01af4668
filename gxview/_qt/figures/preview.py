"""The page of a figure on screen: the same painter at the same millimetres, as large as the person likes."""

from __future__ import annotations

import math

from qtpy.QtCore import QPoint, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPixmap, QResizeEvent, QWheelEvent
from qtpy.QtWidgets import QScrollArea, QWidget

from gxview._qt.figures.paint import Figure

BORDER = 16
"""Pixels around the page."""
SMALLEST, LARGEST, NOTCH = 0.1, 8.0, 1.15
"""Smallest and largest zoom, and the factor of a notch of the wheel; at 1 a millimetre is one on the screen."""


class FigurePreview(QScrollArea):
    """Shows a figure; Ctrl+wheel zooms, without a zoom of its own it fits the window."""

    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = _Page(self)
        self._zoom: float | None = None
        self.setWidget(self.page)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(380, 320)

    @property
    def zoom(self) -> float:
        """Size on screen over size on paper."""
        return self._zoom if self._zoom is not None else self._fitting()

    def set_figure(self, figure: Figure | None, text: str = "") -> None:
        """Show a figure, or a sentence that says why there is none."""
        self.page.figure, self.page.text = figure, text
        self._resize()

    def set_zoom(self, zoom: float | None) -> None:
        """Show the page larger or smaller; None fits it into the window."""
        self._zoom = None if zoom is None else min(LARGEST, max(SMALLEST, zoom))
        self._resize()

    def repaint_figure(self) -> None:
        """Draw the figure anew."""
        self.page.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resize()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * NOTCH ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def _per_mm(self) -> float:
        return float(self.logicalDpiX()) / 25.4

    def _fitting(self) -> float:
        figure = self.page.figure
        if figure is None:
            return 1.0
        width, height = figure.sheet.size_mm
        room = self.viewport().size()
        across = (room.width() - 2 * BORDER) / (width * self._per_mm())
        down = (room.height() - 2 * BORDER) / (height * self._per_mm())
        return max(SMALLEST, min(across, down))

    def _resize(self) -> None:
        figure = self.page.figure
        if figure is None:
            self.page.resize(self.viewport().size())
        else:
            width, height = (side * self._per_mm() * self.zoom for side in figure.sheet.size_mm)
            self.page.resize(QSize(round(width) + 2 * BORDER, round(height) + 2 * BORDER))
        self.page.forget()
        self.zoomed.emit(self.zoom)


class _Page(QWidget):
    """Draws the figure once and keeps the picture while nothing changes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.figure: Figure | None = None
        self.text = ""
        self._picture: QPixmap | None = None

    def forget(self) -> None:
        """Draw anew."""
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.figure is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(30, 30, -30, -30), int(flags), self.text)
        else:
            page = self.rect().adjusted(BORDER, BORDER, -BORDER, -BORDER)
            painter.fillRect(page.translated(2, 3), QColor(0, 0, 0, 60))
            painter.fillRect(page.adjusted(-1, -1, 1, 1), self.palette().color(QPalette.ColorRole.Mid))
            if self._picture is None:
                self._picture = self._draw(page.size())
            painter.drawPixmap(QPoint(page.left(), page.top()), self._picture)
        painter.end()

    def _draw(self, size: QSize) -> QPixmap:
        assert self.figure is not None
        ratio = self.devicePixelRatioF()
        across, down = size.width() / self.figure.sheet.width, size.height() / self.figure.sheet.height
        # painters snap to their own pixels: smaller than that, the page is drawn larger and shrunk
        times = max(1, math.ceil(1 / (across * ratio)))
        picture = QPixmap(size * ratio * times)
        painter = QPainter(picture)
        painter.scale(across * ratio * times, down * ratio * times)
        self.figure.paint(painter)
        painter.end()
        if times > 1:
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        picture.setDevicePixelRatio(ratio)
        return picture
