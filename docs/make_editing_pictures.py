"""Make the pictures of editing and of the motif under the cursor, from the embedded sample.

Usage: ``python docs/make_editing_pictures.py MOTIFS``, where MOTIFS is a file of motifs. Writes
``docs/images/editing/*`` and ``docs/images/motifs/*``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# settings and sessions of the person who runs this stay untouched
_HOME = tempfile.TemporaryDirectory()
for _name in ("CONFIG", "STATE", "DATA"):
    os.environ[f"XDG_{_name}_HOME"] = f"{_HOME.name}/{_name.lower()}"

import gxview  # noqa: E402  the places of the settings come first

IMAGES = Path(__file__).resolve().parent / "images"
SAMPLE = Path(str(files("gxview.resources")))
PROMOTER = "chromosome:6,780-6,860"
BOX_10 = "chromosome:6,825-6,830"
LARGE, SMALL = (1600, 900), (1000, 700)


def opened(theme: str, size: tuple[int, int], model: str, place: str = PROMOTER) -> gxview.Viewer:
    """Return a window on a promoter of the sample and its explanation."""
    viewer = gxview.Viewer(SAMPLE / "sample.fa.gz", SAMPLE / "sample.gff3.gz", theme=theme, size=size)
    viewer.go_to(place)
    viewer.add_relevance(model=model)
    viewer.run("panel_jobs")
    viewer.tracks[1].height = 46
    return viewer


def picture(viewer: gxview.Viewer, name: str) -> None:
    """Write the window without its notices, and close it."""
    viewer.wait()
    for toast in viewer.window.toasts.shown:
        toast.hide()
    path = IMAGES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    viewer.screenshot(path)
    viewer.close()


def substitution(theme: str, size: tuple[int, int], name: str) -> None:
    """Change one base of the -10 box."""
    viewer = opened(theme, size, "sample-cnn")
    viewer.edit("chromosome:6,826", "C")
    viewer.effects()
    picture(viewer, name)


def indels(theme: str, size: tuple[int, int], name: str) -> None:
    """Make the spacer between the boxes longer and take bases out behind them; the tracks alone."""
    viewer = opened(theme, size, "sample-cnn")
    viewer.edit("chromosome:6,812", "CAGTTC")
    viewer.edit("chromosome:6,841-6,845", "")
    viewer.run("panel_edits")
    viewer.run("panel_explain")
    picture(viewer, name)


def tokens(theme: str, size: tuple[int, int], name: str) -> None:
    """Write over the -10 box, whereupon a transformer reads other tokens."""
    viewer = opened(theme, size, "sample-dnabert2")
    viewer.edit(BOX_10, "CGCGCG")
    viewer.effects()
    picture(viewer, name)


def motif(theme: str, size: tuple[int, int], name: str, path: Path) -> None:
    """Ask what the -10 box looks like."""
    viewer = opened(theme, size, "sample-cnn")
    viewer.motifs("chromosome:6,823-6,832", path)
    viewer.window.shell.show_panel("motifs", True)
    picture(viewer, name)


def main(path: Path) -> None:
    """Make all pictures."""
    for theme in ("dark", "light"):
        substitution(theme, LARGE, f"editing/substitution-{theme}.png")
        indels(theme, LARGE, f"editing/indels-{theme}.png")
        motif(theme, LARGE, f"motifs/box-{theme}.png", path)
    tokens("dark", LARGE, "editing/tokens-dark.png")
    substitution("light", SMALL, "editing/small-light.png")
    motif("dark", SMALL, "motifs/small-dark.png", path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
