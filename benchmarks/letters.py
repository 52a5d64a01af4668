"""Letters as tall as their relevance: this program's painter against the obvious way, in turns, in one run.

Four rows of 400 letters on 1600 x 900 pixels, antialiased. The obvious way makes one path per base and row in data
coordinates and fills it once. Run with ``python -m benchmarks.letters``; it writes ``benchmarks/results/letters.json``
(median milliseconds of processor time of each way and their ratio; only the ratio can be compared between machines).
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF, qVersion
from qtpy.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform
from qtpy.QtWidgets import QApplication

from benchmarks.record import save
from gxview._qt.look.glyphs import ORDER, UNIT, glyph
from gxview._qt.look.theme import LIGHT
from gxview._qt.painters import BaseValues, Letters, Scale, Style, View, paint_relevance

ROWS, LETTERS, WIDTH, HEIGHT, TURNS = 4, 400, 1600, 900, 15

Floats = NDArray[np.float32]


def rows(seed: int = 1) -> list[tuple[Floats, str]]:
    """Make signed values and letters for each row."""
    rng = np.random.default_rng(seed)
    return [
        (rng.standard_normal(LETTERS).astype(np.float32), "".join(rng.choice(list("ACGT"), LETTERS)))
        for _ in range(ROWS)
    ]


def place(row: int) -> QRectF:
    """Where a row lies in the picture."""
    return QRectF(0, row * HEIGHT / ROWS + 5, WIDTH, HEIGHT / ROWS - 10)


def ours(data: list[tuple[Floats, str]]) -> Callable[[QPainter], None]:
    """Return the painter of the window."""
    view, style = View.of("chr", 0, LETTERS, WIDTH), Style(LIGHT)

    def paint(painter: QPainter) -> None:
        for i, (values, text) in enumerate(data):
            scale = Scale.fit(float(values.min()), float(values.max()))
            paint_relevance(painter, place(i), view, BaseValues(0, values), Letters(0, text), scale, style)

    return paint


def obvious(data: list[tuple[Floats, str]]) -> Callable[[QPainter], None]:
    """Return a painter that fills one prepared path per base and row, in data coordinates."""
    prepared = []
    for values, text in data:
        paths = {letter: QPainterPath() for letter in "ACGT"}
        for k, (value, letter) in enumerate(zip(values.tolist(), text, strict=True)):
            paths[letter].addPath(QTransform(1 / UNIT, 0, 0, value / UNIT, k, 0).map(glyph(letter)))
        prepared.append((float(values.min()), float(values.max()), paths))

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for i, (low, high, paths) in enumerate(prepared):
            rect = place(i)
            up = rect.height() / (high - low)
            painter.setTransform(QTransform(WIDTH / LETTERS, 0, 0, -up, 0, rect.top() + high * up))
            for letter, path in paths.items():
                painter.fillPath(path, QColor(LIGHT.bases[ORDER.index(letter)]))

    return paint


def milliseconds(paint: Callable[[QPainter], None], image: QImage) -> float:
    """Time one repaint of the whole picture: processor time, since other programs may share the machine."""
    image.fill(QColor(LIGHT.canvas))
    start = time.process_time()
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return (time.process_time() - start) * 1e3


def main() -> None:
    """Measure both ways in turns and write the result."""
    app = QApplication.instance() or QApplication([])
    data, image = rows(), QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    ways = {"gxview": ours(data), "one_path_per_base_and_row": obvious(data)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for paint in ways.values():
        milliseconds(paint, image)
    for _ in range(TURNS):
        for name, paint in ways.items():
            times[name].append(milliseconds(paint, image))
    median = {name: round(statistics.median(values), 2) for name, values in times.items()}
    result = {
        "what": f"{ROWS} rows x {LETTERS} letters, {WIDTH} x {HEIGHT}, antialiased, offscreen raster",
        "median_ms": median,
        "obvious_over_gxview": round(median["one_path_per_base_and_row"] / median["gxview"], 1),
        "turns": TURNS,
        "qt": qVersion(),
    }
    print(json.dumps(result, indent=2))
    print(save("letters", result))
    del app


if __name__ == "__main__":
    main()
