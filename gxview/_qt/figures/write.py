"""A figure as PNG, SVG or PDF."""

from __future__ import annotations

import re
from pathlib import Path

from qtpy.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from qtpy.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from qtpy.QtSvg import QSvgGenerator

from gxview._qt.figures.paint import Figure
from gxview.errors import GxviewError
from gxview.viewer.figures.figure import FORMATS, FigureOptions
from gxview.viewer.files import write_whole

INCH = 25.4
VECTOR_DPI = 1200
"""Steps per inch in which a PDF counts."""
SVG_STEPS = 4
"""Steps per pixel in which an SVG counts."""
MOST_PIXELS = 20_000
"""Device pixels along one side of a PNG, at most."""


def write_figure(path: Path, figure: Figure, options: FigureOptions) -> list[str]:
    """Write a figure whole or not at all; the suffix of the path names the format.

    Returns
    -------
    list of str
        What a person should know about the file: parts of a vector file that are made of pixels.

    Raises
    ------
    GxviewError
        The suffix names another format, the picture would be too large, or the file cannot be written.
    """
    check_suffix(path)
    kind = path.suffix.lower()
    content = {".png": figure_png, ".svg": figure_svg, ".pdf": figure_pdf}[kind](figure, options)
    write_whole(path, content)
    images = count_images(content) if kind != ".png" else 0
    return [f"{path.name} holds {images} part{'s' * (images > 1)} made of pixels."] if images else []


def check_suffix(path: Path) -> None:
    """Raise `GxviewError` for a path that names no known format of figures."""
    if path.suffix.lower() not in FORMATS:
        raise GxviewError(f"{path.name} names no known format of figures; end it in {', '.join(FORMATS)}.")


def figure_image(figure: Figure, options: FigureOptions) -> QImage:
    """Return the figure as an image of exactly ``dpi * width`` device pixels."""
    size = [round(side / INCH * options.dpi) for side in figure.sheet.size_mm]
    if max(size) > MOST_PIXELS:
        raise GxviewError(f"The picture would be {size[0]:,} x {size[1]:,} pixels; lower the resolution or its size.")
    image = QImage(QSize(*size), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(options.dpi / INCH * 1000))
    image.setDotsPerMeterY(round(options.dpi / INCH * 1000))
    painter = QPainter(image)
    painter.scale(size[0] / figure.sheet.width, size[1] / figure.sheet.height)
    figure.paint(painter)
    painter.end()
    return image


def figure_png(figure: Figure, options: FigureOptions) -> bytes:
    """Return the figure as a PNG file."""
    buffer = _buffer()
    figure_image(figure, options).save(buffer, "PNG")
    return bytes(buffer.data())


def figure_svg(figure: Figure, options: FigureOptions) -> bytes:
    """Return the figure as an SVG file: text as text, letters of bases as outlines."""
    sheet, buffer = figure.sheet, _buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the Tiny profile, its default, knows no clipping
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(sheet.width, round(sheet.height)) * SVG_STEPS)
    generator.setViewBox(QRectF(0, 0, sheet.width * SVG_STEPS, sheet.height * SVG_STEPS))
    generator.setTitle(options.title or "gxview")
    generator.setDescription("Drawn by gxview")
    painter = QPainter(generator)
    painter.scale(SVG_STEPS, SVG_STEPS)
    figure.paint(painter)
    painter.end()
    return _finished_svg(bytes(buffer.data()), *sheet.size_mm)


def figure_pdf(figure: Figure, options: FigureOptions) -> bytes:
    """Return the figure as a PDF file of one page with embedded fonts."""
    sheet, buffer = figure.sheet, _buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(VECTOR_DPI)
    page = QPageSize(QSizeF(*sheet.size_mm), QPageSize.Unit.Millimeter, "figure", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageSize(page)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(options.title or "gxview")
    writer.setCreator("gxview")
    painter = QPainter(writer)
    step = VECTOR_DPI / INCH * sheet.millimetres
    painter.scale(step, step)
    figure.paint(painter)
    painter.end()
    return _exact_page(bytes(buffer.data()), *sheet.size_mm)


def count_images(content: bytes) -> int:
    """Return how many parts of an SVG or PDF file are images."""
    return len(re.findall(rb"<image\b|/Subtype\s*/Image\b", content))


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _finished_svg(svg: bytes, width: float, height: float) -> bytes:
    """Put what Qt leaves out into an SVG file: the exact size, edges without seams, a font for other machines."""
    size = f'<svg width="{width:.4f}mm" height="{height:.4f}mm"'.encode()
    svg = re.sub(rb'<svg width="[^"]*" height="[^"]*"', size, svg, count=1)
    # neighbouring bars: smoothed edges would let the paper through
    svg = svg.replace(b"<defs>", b"<style>rect { shape-rendering: crispEdges }</style>\n<defs>", 1)
    return re.sub(rb'font-family="([^"]*)"', rb"""font-family="'\1', sans-serif" """, svg)


def _exact_page(pdf: bytes, width: float, height: float) -> bytes:
    """Replace the size of the page, which Qt rounds to whole points, by the exact one."""

    def exact(found: re.Match[bytes]) -> bytes:
        # as many characters as before: the file tells the places of its parts in bytes
        sides = (
            f"{side / INCH * 72:.{len(old)}f}"[: len(old)].encode()
            for side, old in zip(mm, found.groups()[1:], strict=True)
        )
        return found[1] + b" ".join(sides) + b"]"

    mm = (width, height)
    return re.sub(rb"(/MediaBox \[0 0 )(\d+\.\d+) (\d+\.\d+)\]", exact, pdf)
