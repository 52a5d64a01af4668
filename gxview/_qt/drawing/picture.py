"""The whole picture, ruler and all rows, on any paint device: the window, a PNG, an SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QBuffer, QIODevice, QRectF, QSize
from qtpy.QtGui import QGuiApplication, QImage, QPainter
from qtpy.QtWidgets import QWidget

from gxview._qt.drawing.columns import paint_borders, paint_frame, paint_rows, paint_shades
from gxview._qt.drawing.layout import HEADER_WIDTH, Layout, frame_height, lay_out
from gxview._qt.painters import OVERVIEW_HEIGHT, paint_overview
from gxview._qt.rows import Scene
from gxview.errors import GxviewError
from gxview.viewer.files import write_whole

PNG_SCALE = 2.0
"""Device pixels per logical pixel of an exported PNG."""


def paint_picture(painter: QPainter, width: float, scene: Scene) -> None:
    """Draw overview, ruler and all visible tracks, however high they are together."""
    layout = _layout(width, scene)
    painter.fillRect(QRectF(0, 0, width, OVERVIEW_HEIGHT + layout.height), scene.style.color("canvas"))
    overview = QRectF(HEADER_WIDTH, 0, width - HEADER_WIDTH, OVERVIEW_HEIGHT)
    painter.fillRect(QRectF(0, 0, width, OVERVIEW_HEIGHT), scene.style.color("panel"))
    paint_overview(painter, overview, scene.camera.chrom_length, scene.view, scene.style)
    painter.translate(0, OVERVIEW_HEIGHT)
    paint_frame(painter, width, scene)
    paint_shades(painter, layout.top, layout.height, scene, width)
    paint_rows(painter, layout, scene, width)
    paint_borders(painter, layout.top, layout.height, scene, width)


def picture_size(width: float, scene: Scene) -> QSize:
    """Return the size of the whole picture in logical pixels."""
    return QSize(round(width), round(OVERVIEW_HEIGHT + _layout(width, scene).height))


def save_picture(path: Path, width: float, scene: Scene) -> None:
    """Write overview, ruler and tracks as PNG or SVG, by the suffix of the path.

    Raises
    ------
    GxviewError
        The suffix names another format, or the file cannot be written.
    """
    size = picture_size(width, scene)
    if path.suffix.lower() == ".svg":
        write_whole(path, _svg(size, lambda painter: paint_picture(painter, width, scene)))
    elif path.suffix.lower() == ".png":
        image = QImage(size * PNG_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(PNG_SCALE)
        painter = QPainter(image)
        paint_picture(painter, width, scene)
        painter.end()
        write_whole(path, _png(image))
    else:
        raise _unknown_format(path)


def save_window(path: Path, window: QWidget) -> None:
    """Write the whole window, panels and all, as PNG or SVG, by the suffix of the path.

    Raises
    ------
    GxviewError
        The suffix names another format, or the file cannot be written.
    """
    if path.suffix.lower() == ".svg":
        write_whole(path, _svg(window.size(), lambda painter: window.render(painter)))
    elif path.suffix.lower() == ".png":
        write_whole(path, _png(window.grab().toImage()))
    else:
        raise _unknown_format(path)


def _layout(width: float, scene: Scene) -> Layout:
    return lay_out(scene.viewer.model.tracks, width, frame_height(len(scene.views)))


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data())


def _svg(size: QSize, paint: Callable[[QPainter], None]) -> bytes:
    from qtpy.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the Tiny profile, its default, knows no clipping
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    # fonts in points would shrink: the file counts 72 of them to an inch unless told otherwise
    generator.setResolution(round(QGuiApplication.primaryScreen().logicalDotsPerInch()))
    generator.setTitle("gxview")
    painter = QPainter(generator)
    paint(painter)
    painter.end()
    return bytes(buffer.data())


def _unknown_format(path: Path) -> GxviewError:
    return GxviewError(f"{path.name} names no known format of pictures; end it in .png or .svg.")
