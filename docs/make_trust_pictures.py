"""Make the pictures of the guide's section on trust, from the embedded sample.

Usage: ``python docs/make_trust_pictures.py``. Writes ``docs/images/trust/*.png``.
"""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from gxview._qt.idle import wait_until
from gxview.scripting import Viewer
from gxview.viewer.places.regions import RegionRow

OUT = Path(__file__).parent / "images" / "trust"
SAMPLE = Path(str(files("gxview.resources")))
PROMOTER, WIDE = "plasmid:33,350-33,549", "plasmid:31,400-34,400"


def sample(theme: str) -> Viewer:
    """Open the sample at a promoter."""
    viewer = Viewer(*(SAMPLE / name for name in ("sample.fa.gz", "sample.gff3.gz", "truth.bed.gz")), theme=theme)
    for track in viewer.tracks:
        if track.kind == "features":
            track.height = 48
    viewer.go_to(PROMOTER)
    return viewer


def lanes() -> None:
    """Draw the lanes of both models, then a wide view with the lane of a model with random weights."""
    viewer = sample("dark")
    for name in ("sample-dnabert2", "sample-cnn"):
        viewer.trust(viewer.add_relevance(name))
    viewer.screenshot(OUT / "lane-dark.png")
    first, second = viewer.tracks.relevance()
    viewer.tracks.remove(first)
    viewer.tracks.selected = second
    viewer.run("control_randomised")
    viewer.trust(viewer.tracks.relevance()[1])
    viewer.go_to(WIDE)
    viewer.screenshot(OUT / "wide-dark.png")
    viewer.close()


def controls() -> None:
    """Draw all controls of the CNN."""
    viewer = sample("light")
    viewer.trust(viewer.add_relevance("sample-cnn"))
    viewer.run("controls")
    viewer.screenshot(OUT / "controls-light.png")
    viewer.close()


def evaluation() -> None:
    """Evaluate all promoters of a stretch and go to the worst."""
    viewer = sample("dark")
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
        viewer.screenshot(OUT / "evaluate-dark.png")
    viewer.close()


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for draw in (lanes, controls, evaluation):
        draw()
