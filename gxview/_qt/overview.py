"""The whole chromosome as a bar; a click or a drag moves the view there."""

from __future__ import annotations

from qtpy.QtCore import QRectF, QSize, Qt
from qtpy.QtGui import QMouseEvent, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from gxview._qt.layout import HEADER_WIDTH
from gxview._qt.painters import OVERVIEW_HEIGHT, Style, overview_bar, paint_overview
from gxview._qt.rows import Scene
from gxview.viewer.viewer import Viewer


class Overview(QWidget):
    """Where the view lies in its chromosome."""

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._style = style
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(OVERVIEW_HEIGHT + 4)
        self.setToolTip("Click or drag to move along the chromosome")
        viewer.model.loci.moved.connect(lambda _view: self.update())

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
            scene = Scene(self._viewer, view, self._style)
            paint_overview(painter, self._bar_rect(), view.chrom_length, scene.view, self._style)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _bar_rect(self) -> QRectF:
        return QRectF(HEADER_WIDTH, 2, self.width() - HEADER_WIDTH, OVERVIEW_HEIGHT)

    def _go(self, event: QMouseEvent) -> None:
        camera = self._viewer.model.camera
        bar = overview_bar(self._bar_rect())
        if camera.is_open:
            camera.center((event.position().x() - bar.left()) / bar.width() * camera.view.chrom_length)
