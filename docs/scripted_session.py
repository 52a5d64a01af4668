"""Work in a real window as a person does, and keep a picture of every step.

Usage: ``python docs/scripted_session.py``. Opens E. coli from ``../shared/data``, searches a gene, zooms to the bases,
explains, compares scales, undoes, saves, is killed, recovers, writes a figure; every step is done with keys and mouse
on a virtual display. Pictures go to ``docs/images/session/``, the page to ``docs/session.md``. Exits with 1 when a step
did not do what it should.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from real_window import RealWindow

DOCS = Path(__file__).resolve().parent
SHOTS = DOCS / "images" / "session"
SHARED = DOCS.parents[1] / "shared" / "data"
REGIONS = (("lac", 366_285, 366_405), ("araBAD", 70_020, 70_120), ("trp", 1_321_200, 1_321_300))
CHROM = "NC_000913.3"


INTRODUCTION = """# A session in a real window

Recorded by `python docs/scripted_session.py`: keys and mouse on a virtual display, nothing else.

"""


@dataclass
class Story:
    """The steps that were done, each with its picture and what was checked."""

    window: RealWindow
    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def step(self, name: str, text: str, holds: bool = True) -> None:
        """Take a picture of the screen after a step."""
        number = len(self.lines) + 1
        shot = self.window.shot(f"{number:02d}-{name}")
        mark = "" if holds else " **This did not work.**"
        self.lines.append(f"{number}. {text}{mark}\n\n   ![{text}](images/session/{shot.name})\n")
        if not holds:
            self.failed.append(text)


def bed(folder: Path) -> Path:
    """Write the promoters to step through."""
    path = folder / "promoters.bed"
    path.write_text("".join(f"{CHROM}\t{start}\t{end}\t{name}\n" for name, start, end in REGIONS))
    return path


def signals(folder: Path) -> list[Path]:
    """Write two signals of different height."""
    import numpy as np
    import pyBigWig

    paths = []
    for name, height in (("low", 1.0), ("high", 10.0)):
        path = folder / f"{name}.bw"
        with pyBigWig.open(str(path), "w") as file:
            file.addHeader([(CHROM, 4_641_652)])
            values = height * (1 + np.sin(np.arange(46_000) / 7))
            file.addEntries(CHROM, 0, values=values.tolist(), span=100, step=100)
        paths.append(path)
    return paths


def browse(story: Story, home: Path) -> None:
    """Open a genome, find a gene, see the bases and why the model says so."""
    window, ecoli = story.window, SHARED / "genomes" / "ecoli"
    window.open()
    story.step("empty", "The first start, with the tour")
    window.key("Escape")
    window.key("ctrl+g")
    window.rest(1)
    window.type(str(ecoli / "NC_000913.3.fa.gz"))
    window.rest(2)
    window.key("ctrl+o")
    window.rest(1)
    window.type(str(ecoli / "NC_000913.3.gff.gz"))
    window.rest(2)
    window.key("ctrl+l")
    window.type("lacZ")
    window.rest(2)
    story.step("gene", "Ctrl+G opens the genome, Ctrl+O the genes, Ctrl+L and `lacZ` go to the gene")
    window.key("ctrl+b")
    window.rest(1)
    story.step("bases", "Ctrl+B zooms to the bases")
    window.click(*MODEL)
    window.type("sample-cnn")
    window.rest(9)
    window.key("ctrl+l")
    window.type(f"{CHROM}:366,285-366,405")
    window.rest(3)
    story.step("live", "A model is chosen: what is on screen is explained")


def regions_and_groups(story: Story, home: Path) -> None:
    """Step through regions, group two signals, edit their scale, undo."""
    window = story.window
    window.key("ctrl+shift+o")
    window.rest(1)
    window.type(str(bed(home)))
    window.rest(1.5)
    window.click(*CANVAS)
    window.key("n")
    window.key("n")
    window.rest(3)
    story.step("regions", "Ctrl+Shift+O opens a table of regions, N steps: here the second, araBAD")
    for path in signals(home):
        window.key("ctrl+o")
        window.rest(1)
        window.type(str(path))
        window.rest(1)
    story.step("signals", "Two signals of different height, each on its own scale")
    window.click(*LOW)
    window.click(*HIGH, modifier="shift")
    window.key("ctrl+shift+g")
    window.rest(1)
    story.step("group", "Both are selected in the list, Ctrl+Shift+G makes them a group")
    window.key("ctrl+alt+g")
    window.rest(1)
    story.step("together", "Ctrl+Alt+G scales them together: now the heights can be compared")
    window.click(*SCALE)
    window.type("Percentile")
    window.rest(1)
    story.step("scale", "The scale of the group is edited: 99 % of the values")
    window.click(*CANVAS)
    window.key("ctrl+z")
    window.rest(1)
    story.step("undo", "Ctrl+Z takes the scale back")
    window.key("ctrl+shift+z")
    window.rest(1)
    story.step("redo", "Ctrl+Shift+Z sets it again")


def keep(story: Story, home: Path) -> None:
    """Save, be killed, recover, write a figure."""
    window, session = story.window, home / "lac.gxview.json"
    window.key("ctrl+s")
    window.rest(1)
    window.key("ctrl+a")
    window.type(str(session))
    window.rest(1.5)
    story.step("saved", "Ctrl+S saves the session", session.exists())
    window.click(*LOW)
    window.key("F2")
    window.rest(0.5)
    window.key("ctrl+a")
    window.type("edited after saving")
    window.rest(4)
    window.kill()
    window.open()
    window.rest(3)
    story.step("offer", "The program was killed; the next start offers to restore what was shown")
    window.click(*RESTORE)
    window.rest(9)
    story.step("recovered", "Restore brings back everything, also the name that was edited after saving")
    window.key("ctrl+shift+f")
    window.rest(2.5)
    story.step("figure", "Ctrl+Shift+F: the figure dialog, whose preview is the figure")
    figure = home / "lac.pdf"
    window.click(*EXPORT)
    window.rest(1)
    window.key("ctrl+a")
    window.type(str(figure))
    window.rest(3)
    written = figure.exists() and figure.read_bytes().startswith(b"%PDF")
    story.step("exported", "Export writes the PDF, 180 mm wide", written)
    window.key("Escape")
    window.key("ctrl+q")
    window.rest(1.5)
    story.step("closing", "Ctrl+Q asks, as the session has changes that are not in its file")
    window.key("Return")
    ended = window.wait_closed() == 0 and not list(home.glob("state/gxview/autosave/*.json"))
    ended = ended and "edited after saving" in session.read_text()
    end = "Save keeps them, the program ends with exit code 0, and nothing is left to recover"
    story.lines.append(f"{end}: {'yes' if ended else 'no'}.\n")
    if not ended:
        story.failed.append("The program did not end cleanly.")


MODEL, CANVAS = (1470, 149), (850, 640)
LOW, HIGH, SCALE, RESTORE = (80, 166), (80, 191), (110, 546), (1185, 85)
EXPORT = (1239, 835)


def main() -> int:
    """Play the whole session."""
    home = Path(tempfile.mkdtemp(prefix="gxview-session-"))
    story = Story(RealWindow(home, SHOTS))
    try:
        browse(story, home)
        regions_and_groups(story, home)
        keep(story, home)
    finally:
        story.window.close()
    (DOCS / "session.md").write_text(INTRODUCTION + "\n".join(story.lines))
    for text in story.failed:
        sys.stderr.write(f"failed: {text}\n")
    return int(bool(story.failed))


if __name__ == "__main__":
    sys.exit(main())
