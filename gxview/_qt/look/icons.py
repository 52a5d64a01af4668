"""The icons of the program in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from qtpy.QtCore import QByteArray, QRectF, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPixmap
from qtpy.QtSvg import QSvgRenderer

SIZE = 18


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = files("gxview.icons").joinpath(f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def draw_icon(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Draw an icon by name, scaled to fit `rect`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    _renderer(name, color.name()).render(painter, rect)


def icon(name: str, color: str = "#808080") -> QIcon:
    """Return an icon by name in a colour."""
    found = QIcon()
    for scale in (1, 2):
        pixmap = QPixmap(SIZE * scale, SIZE * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_icon(painter, QRectF(0, 0, SIZE * scale, SIZE * scale), name, QColor(color))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        found.addPixmap(pixmap)
    return found
