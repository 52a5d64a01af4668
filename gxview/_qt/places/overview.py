"""The whole chromosome as a bar; a click or a drag moves the view there."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtCore import QRectF, QSize, Qt
from qtpy.QtGui import QMouseEvent, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from gxview._qt.drawing.columns import tables
from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview._qt.painters import OVERVIEW_HEIGHT, Style, overview_bar, paint_overview
from gxview._qt.painters.places import paint_other_mark, paint_overview_marks
from gxview._qt.rows import Scene
from gxview.viewer.places.camera import View
from gxview.viewer.viewer import Viewer


class Overview(QWidget):
    """Where the active place lies in its chromosome, with the other places and the regions on it."""

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._style = style
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(OVERVIEW_HEIGHT + 4)
        self.setToolTip("Click or drag to move along the chromosome")
        model, navigator = viewer.model, viewer.navigator
        model.loci.moved.connect(lambda _view: self.update())
        for signal in (model.loci.changed, model.regions.changed, model.peaks.changed):
            signal.connect(lambda: self.update())
        navigator.active_changed.connect(lambda _name: self.update())

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._style = style
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, OVERVIEW_HEIGHT + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("panel"))
        view = self._viewer.model.camera.view
        if view.chrom:
            self._paint(painter, view)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _paint(self, painter: QPainter, view: View) -> None:
        """Draw the chromosome of the active place, the regions on it, and where each place lies."""
        rect, style = self._bar_rect(), self._style
        scene = Scene(self._viewer, view, style)
        paint_overview(painter, rect, view.chrom_length, scene.view, style)
        for other in self._viewer.model.loci.views:
            if other is not view and other.chrom == view.chrom:
                paint_other_mark(painter, rect, view.chrom_length, replace(scene, camera=other).view, style)
        for role, spans, _ in tables(self._viewer, view.chrom):
            paint_overview_marks(painter, rect, view.chrom_length, spans, style, role)

    def _bar_rect(self) -> QRectF:
        return QRectF(HEADER_WIDTH, 2, self.width() - HEADER_WIDTH, OVERVIEW_HEIGHT)

    def _go(self, event: QMouseEvent) -> None:
        camera = self._viewer.model.camera
        bar = overview_bar(self._bar_rect())
        if camera.is_open:
            camera.center((event.position().x() - bar.left()) / bar.width() * camera.view.chrom_length)
