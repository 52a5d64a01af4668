"""Draw into an image or an SVG and look at what came out."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
from qtpy.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from qtpy.QtGui import QColor, QImage, QPainter
from qtpy.QtSvg import QSvgGenerator

from gxview._qt.look.theme import theme
from gxview._qt.painters import Style

WIDTH, HEIGHT = 800, 200
Paint = Callable[[QPainter], None]


@pytest.fixture(params=["dark", "light"])
def style(request: pytest.FixtureRequest) -> Style:
    return Style(theme(request.param))


class Picture:
    """Pixels of an image, (height, width, 3) uint8, in device pixels."""

    def __init__(self, image: QImage, style: Style) -> None:
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        stride = image.bytesPerLine()
        flat = np.frombuffer(image.constBits().asstring(stride * image.height()), np.uint8)
        self.pixels = flat.reshape(image.height(), stride)[:, : 3 * image.width()].reshape(image.height(), -1, 3)
        self.style = style

    def ink(self) -> np.ndarray:
        """Where anything but the canvas was drawn, (height, width)."""
        return (self.pixels != rgb(self.style.theme.canvas)).any(axis=2)

    def near(self, color: str, tolerance: int = 6) -> np.ndarray:
        """Where the colour is this one, (height, width)."""
        return (np.abs(self.pixels.astype(int) - rgb(color)) <= tolerance).all(axis=2)


def state_of(painter: QPainter) -> tuple[object, ...]:
    """Return all that a painter of ours may change."""
    clip = painter.hasClipping()
    return painter.pen(), painter.brush(), painter.transform(), painter.font(), painter.renderHints(), clip


def rgb(color: str) -> np.ndarray:
    c = QColor(color)
    return np.array([c.red(), c.green(), c.blue()])


@pytest.fixture
def draw(qapp: object, style: Style) -> Callable[..., Picture]:
    def draw_on_canvas(paint: Paint, width: int = WIDTH, height: int = HEIGHT, ratio: float = 1.0) -> Picture:
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(style.theme.canvas))
        painter = QPainter(image)
        try:
            before = state_of(painter)
            paint(painter)
            assert before == state_of(painter), "a painter must leave the painter's state as it was"
        finally:
            painter.end()
        return Picture(image, style)

    return draw_on_canvas


class Svg:
    """The elements of an exported SVG."""

    def __init__(self, content: bytes) -> None:
        self.content = content.decode()
        self.root = ElementTree.fromstring(self.content)

    def tags(self, name: str) -> list[ElementTree.Element]:
        return [e for e in self.root.iter() if e.tag.rsplit("}", 1)[-1] == name]

    def texts(self) -> list[tuple[float, float, str]]:
        """All texts as (x, y, text)."""
        return [(float(e.get("x")), float(e.get("y")), (e.text or "").strip()) for e in self.tags("text")]

    def fills(self) -> list[tuple[str, tuple[float, ...]]]:
        """Fill colour and transform matrix of every group."""
        groups = [e for e in self.tags("g") if e.get("transform")]
        return [
            (e.get("fill", ""), tuple(float(n) for n in re.findall(r"[-+.\de]+", e.get("transform", "")[7:-1])))
            for e in groups
            if e.get("fill") not in (None, "none") and len(e)
        ]


@pytest.fixture
def svg(qapp: object) -> Callable[..., Svg]:
    def draw_svg(paint: Paint, width: int = WIDTH, height: int = HEIGHT) -> Svg:
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setSize(QSize(width, height))
        generator.setViewBox(QRect(0, 0, width, height))
        painter = QPainter(generator)
        try:
            paint(painter)
        finally:
            painter.end()
        return Svg(bytes(content))

    return draw_svg
