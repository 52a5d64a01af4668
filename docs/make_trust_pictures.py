"""Make the pictures of the guide's section on trust, from the embedded sample.

Usage: ``python docs/make_trust_pictures.py``. Writes ``docs/images/trust/*.png``. With a folder as argument it makes
each picture there instead, in both themes and for a large and a small window, to be looked at.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from gxview._qt.idle import wait_until
from gxview.scripting import Viewer
from gxview.viewer.places.regions import RegionRow

OUT = Path(__file__).parent / "images" / "trust"
SAMPLE = Path(str(files("gxview.resources")))
LARGE, SMALL = (1600, 900), (1000, 700)
PROMOTER, WIDE = "plasmid:33,350-33,549", "plasmid:31,400-34,400"


def sample(theme: str, size: tuple[int, int]) -> Viewer:
    """Open the sample at a promoter."""
    names = ("sample.fa.gz", "sample.gff3.gz", "truth.bed.gz")
    viewer = Viewer(*(SAMPLE / name for name in names), theme=theme, size=size)
    for track in viewer.tracks:
        if track.kind == "features":
            track.height = 48
    viewer.go_to(PROMOTER)
    return viewer


def lanes(theme: str, size: tuple[int, int], path: Path) -> None:
    """Draw the lanes of both models."""
    viewer = sample(theme, size)
    for name in ("sample-dnabert2", "sample-cnn"):
        viewer.trust(viewer.add_relevance(name))
    viewer.screenshot(path)
    viewer.close()


def wide(theme: str, size: tuple[int, int], path: Path) -> None:
    """Draw a wide view with the lane of a model with random weights."""
    viewer = sample(theme, size)
    viewer.add_relevance("sample-cnn")
    viewer.run("control_randomised")
    viewer.trust(viewer.tracks.relevance()[1])
    viewer.go_to(WIDE)
    viewer.screenshot(path)
    viewer.close()


def controls(theme: str, size: tuple[int, int], path: Path) -> None:
    """Draw all controls of the CNN."""
    viewer = sample(theme, size)
    viewer.trust(viewer.add_relevance("sample-cnn"))
    viewer.run("controls")
    viewer.screenshot(path)
    viewer.close()


def evaluation(theme: str, size: tuple[int, int], path: Path) -> None:
    """Evaluate all promoters of a stretch and go to the worst."""
    viewer = sample(theme, size)
    viewer.trust(viewer.add_relevance("sample-cnn"))
    genes = next(track for track in viewer.tracks if track.name.startswith("sample.gff3"))
    source = viewer.window.viewer.data.source(genes)
    assert source is not None
    found = [one for one in source.search("P00", 40) if one.chrom == "plasmid" and one.kind == "promoter"]
    viewer.model.regions.rows = tuple(RegionRow(f.chrom, f.start, f.end, f.strand, f.name) for f in found)
    viewer.run("evaluate")
    panel, evaluating = viewer.window.evaluate_panel, viewer.window.viewer.evaluating
    with tempfile.TemporaryDirectory() as folder:
        panel.form.places.setCurrentIndex(1)
        panel.form.folder.setText(f"{folder}/promoters.evaluation")
        panel.form.methods.show_items(
            {"lrp": "LRP", "gradient_x_input": "Gradient x input", "random": "Random"}, ("lrp", "random")
        )
        panel.form.start_button.click()
        wait_until(lambda: evaluating.results is not None or not evaluating.is_running)
        wait_until(lambda: panel.values.rowCount() > 0)
        place = panel.series_box.findText("lrp, sample-cnn")
        panel.series_box.setCurrentIndex(place)
        panel.series_box.activated.emit(place)
        panel.table.clicked.emit(panel.values.index(0, 0))
        viewer.window.toasts.close_all()
        viewer.screenshot(path)
    viewer.close()


def every(folder: Path) -> None:
    """Make each picture in both themes and for both windows."""
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (lanes, wide, controls, evaluation):
        for theme in ("dark", "light"):
            for size in (LARGE, SMALL):
                draw(theme, size, folder / f"{draw.__name__}-{theme}-{size[0]}.png")


def main() -> None:
    """Make the pictures of the guide."""
    OUT.mkdir(parents=True, exist_ok=True)
    lanes("dark", LARGE, OUT / "lane-dark.png")
    wide("dark", LARGE, OUT / "wide-dark.png")
    controls("light", LARGE, OUT / "controls-light.png")
    evaluation("dark", LARGE, OUT / "evaluate-dark.png")


if __name__ == "__main__":
    every(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
