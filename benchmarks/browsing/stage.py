"""A window of the program for measuring: it knows when a frame with all its data has been painted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QApplication, QDockWidget

from gxview._qt.app import Start, application, begin, create_window
from gxview._qt.drawing.canvas import Canvas
from gxview._qt.drawing.layout import HEADER_WIDTH
from gxview._qt.idle import wait_until_idle
from gxview.cli.view import make_engine
from gxview.genome import Region
from gxview.tracks import open_source
from gxview.viewer.tracks.kinds import Track

DATA_WIDTH, HEIGHT = 1496, 900
"""Pixels of the data area, as in igv.js in a window of 1600 x 900, and height of the window."""
PATIENCE = 60.0


class Stage:
    """A shown window on a genome with tracks.

    Parameters
    ----------
    genome, files
        What is open.
    locus
        Where, as a person types it.
    models
        Name of each model that can be chosen, by its folder.
    """

    def __init__(self, genome: Path, files: Sequence[Path], locus: str, models: dict[str, str] | None = None) -> None:
        application()
        self.window = create_window(make_engine, open_source, models or {})
        self.viewer = self.window.viewer
        self._paints: list[bool] = []
        self._watch()
        for panel in self.window.findChildren(QDockWidget):
            panel.hide()
        self.window.resize(DATA_WIDTH + HEADER_WIDTH, HEIGHT)
        self.window.show()
        QApplication.processEvents()
        self.window.resize(self.window.width() + DATA_WIDTH + HEADER_WIDTH - self.window.canvas.width(), HEIGHT)
        begin(self.window, Start(genome=genome, files=tuple(files), locus=locus))
        self.settle()

    @property
    def tracks(self) -> list[Track]:
        """The tracks, top to bottom."""
        return list(self.viewer.model.tracks)

    @property
    def is_complete(self) -> bool:
        """Whether a frame painted now would show everything."""
        return self.viewer.data.is_complete

    def settle(self) -> None:
        """Work until nothing is left to do."""
        wait_until_idle(self.window)

    def frame(self, move: Callable[[], object]) -> tuple[float, float, bool]:
        """Move and wait for a picture with all its data.

        Returns
        -------
        float, float, bool
            Milliseconds on the wall, those that the main thread worked, and whether the first picture was complete.
        """
        self._paints.clear()
        began, worked = time.perf_counter(), time.thread_time()
        move()
        while not (self._paints and self._paints[-1]):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() - began > PATIENCE:
                raise SystemExit(f"A frame was not complete after {PATIENCE} s.")
        return (time.perf_counter() - began) * 1e3, (time.thread_time() - worked) * 1e3, self._paints[0]

    def jump(self, region: Region) -> float:
        """Go to a place by its text and wait until everything is drawn; milliseconds."""

        def there() -> bool:
            view = self.viewer.model.camera.view
            return view.chrom == region.chrom and view.region.start <= region.start < view.region.end

        self._paints.clear()
        began = time.perf_counter()
        self.viewer.go_to(str(region))
        while not (self._paints and self._paints[-1] and there()):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return (time.perf_counter() - began) * 1e3

    def rest(self, until: float) -> None:
        """Let the program work until a moment of the clock, as a screen does between its frames."""
        loop, left = QEventLoop(), until - time.perf_counter()
        if left > 0:
            QTimer.singleShot(round(left * 1e3), loop.quit)
            loop.exec()

    def picture(self) -> QImage:
        """Return what the canvas shows."""
        return self.window.canvas.grab().toImage()

    def leave(self) -> NoReturn:
        """End the process as the program does: Qt and the interpreter are not taken down piece by piece."""
        self.window.close()
        sys.stdout.flush()
        os._exit(0)

    def _watch(self) -> None:
        paint = Canvas.paintEvent
        stage = self

        def noted(canvas: Canvas, event: object) -> None:
            complete = stage.is_complete
            paint(canvas, event)  # type: ignore[arg-type]
            stage._paints.append(complete)

        Canvas.paintEvent = noted  # type: ignore[method-assign,assignment]
