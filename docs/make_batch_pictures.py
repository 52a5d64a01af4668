"""Make the pictures of the guide's section on batch exports, from a real export of the embedded sample.

Usage: ``python docs/make_batch_pictures.py``. Writes ``docs/images/batch-*.png``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qtpy.QtGui import QPainter, QPixmap

import gxview
from gxview._qt.batch.dialog import BatchDialog
from gxview._qt.idle import wait_until
from gxview.viewer.batch.run import BatchRun
from gxview.viewer.sample import open_sample
from gxview.viewer.work.jobs import JobState

IMAGES = Path(__file__).resolve().parent / "images"
GAP = 12
DOCK = (310, 215)
SHARE = 0.3
"""How far the export is in the first picture."""


def main() -> int:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as home:
        viewer = gxview.Viewer(theme="dark", size=(1600, 900))
        open_sample(viewer.window.viewer)
        viewer.wait()
        places = Path(home) / "peaks.bed"
        peaks = "".join(f"plasmid\t{start}\t{start + 500}\n" for start in range(1000, 190_000, 600))
        places.write_text(peaks + "plasmid\tx\t900\n")
        whole = Path(home) / "promoters.bed"
        whole.write_text(peaks)
        _dialog(viewer, Path("results"), whole)
        _jobs(viewer, Path(home) / "results", places)
        viewer.close()
    return 0


def _dialog(viewer: gxview.Viewer, folder: Path, places: Path) -> None:
    dialog = BatchDialog(viewer.window.viewer, viewer.window)
    dialog.draft.change(whole_genome=False, files=(places,), folder=folder.absolute())
    dialog.folder.setText("results")
    dialog.open()
    dialog.estimate.button.click()
    line = dialog.estimate
    wait_until(lambda: bool(line.warnings.text()) or "disk" in line.answer.text())
    dialog.grab().save(str(IMAGES / "batch-dialog.png"))
    dialog.close()


def _jobs(viewer: gxview.Viewer, folder: Path, places: Path) -> None:
    viewer.batch_export(folder, wait=False, files=places, whole_genome=True, models="sample-cnn")
    (run,) = viewer.window.viewer.batch.active
    shown = [
        _dock(
            viewer, run, lambda: run.progress is not None and run.progress.windows > SHARE * run.progress.windows_total
        )
    ]
    run.job.pause()
    shown.append(_dock(viewer, run, lambda: run.job.state is JobState.PAUSED))
    run.job.resume()
    shown.append(_dock(viewer, run, lambda: run.has_ended))
    width, height = shown[0].width(), shown[0].height()
    picture = QPixmap(len(shown) * (width + GAP) - GAP, height)
    picture.fill(viewer.window.palette().window().color())
    painter = QPainter(picture)
    for place, one in enumerate(shown):
        painter.drawPixmap(place * (width + GAP), 0, one)
    painter.end()
    picture.save(str(IMAGES / "batch-jobs.png"))


def _dock(viewer: gxview.Viewer, run: BatchRun, there: Callable[[], bool]) -> QPixmap:
    wait_until(there)
    dock = viewer.window.docks["jobs"]
    dock.setFloating(True)
    dock.resize(*DOCK)
    wait_until(lambda: True)
    return dock.widget().grab()


if __name__ == "__main__":
    sys.exit(main())
