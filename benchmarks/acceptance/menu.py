"""The same export from the menu of a real window and from the command line: are the bytes the same.

Run with ``python -m benchmarks.acceptance.menu``; it needs ``../shared/data`` (or ``--genome``), Xvfb, xdotool, openbox
and ImageMagick. The window is driven by keys and mouse on a virtual display: open E. coli, File > Batch export...,
both sample models, whole genome, Start; at the end the tracks are opened in the browser. Pictures go to
``docs/images/batch``, the result to ``benchmarks/results/menu.json``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.acceptance.exports import Job, run
from benchmarks.record import ROOT, save
from gxview.job_file import NAME

sys.path.append(str(ROOT / "docs"))
from real_window import RealWindow  # type: ignore[import-not-found]  # no package

GENOME = Path("shared") / "data" / "genomes" / "ecoli" / "NC_000913.3.fa.gz"
PICTURES = ROOT / "docs" / "images" / "batch"
MODELS = ("sample-dnabert2", "sample-cnn")
LOOK = 2.0
# Where things are in a window of 1600 x 1000 pixels; the last one is the button of the message at the end
BATCH, ADD, FOLDER, START, OPEN = (84, 274), (1210, 170), (461, 750), (1232, 784), (973, 943)


def from_the_menu(window: Any, genome: Path, folder: Path, locus: str) -> float:
    """Export by keys and mouse; return the seconds from Start to the end."""
    window.open()
    window.rest(3)
    window.key("Escape")
    window.key("ctrl+g")
    window.rest(1.5)
    window.type(str(genome))
    window.rest(4)
    window.key("alt+f")
    window.rest(1)
    window.shot("menu")
    window.click(*BATCH)
    window.rest(2)
    for _ in MODELS:
        window.click(*ADD)
        window.rest(1)
        window.key("Down")
        window.key("Return")
        window.rest(10)
    window.click(*FOLDER)
    window.key("ctrl+a")
    window.type(str(folder), enter=False)
    window.rest(1)
    window.shot("dialog")
    window.click(*START)
    begun, job = time.monotonic(), Job(folder / NAME, folder)
    window.rest(30)
    window.shot("running")
    if not job.file.exists():
        raise SystemExit("The export did not start; the pictures show why.")
    while job.manifest().get("status") != "complete":
        time.sleep(LOOK)
    seconds = time.monotonic() - begun
    window.rest(5)
    window.click(*OPEN)
    window.rest(3)
    window.key("ctrl+l")
    window.type(locus)
    window.rest(4)
    window.shot("result")
    return seconds


def main() -> int:
    """Do both and compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance.menu", description=__doc__)
    parser.add_argument("--genome", type=Path, default=ROOT.parent / GENOME)
    parser.add_argument("--locus", default="NC_000913.3:366,285-366,405", help="shown at the end")
    parser.add_argument("--pictures", type=Path, default=PICTURES)
    parser.add_argument("--work", type=Path, help="new folder for the exports; by default a temporary one")
    given = parser.parse_args()
    if not given.genome.exists():
        raise SystemExit(f"{given.genome} does not exist; give the genome by --genome.")
    work = given.work or Path(tempfile.mkdtemp(prefix="gxview-menu-"))
    work.mkdir(parents=True, exist_ok=True)
    window = RealWindow(work / "home", given.pictures)
    try:
        seconds = from_the_menu(window, given.genome, work / "menu", given.locus)
    finally:
        window.close()
    begun = time.monotonic()
    models = [word for model in MODELS for word in ("--model", model)]
    ended = run("--genome", given.genome, "--whole-genome", *models, "--output", work / "line")
    line, menu = Job(Path(), work / "line"), Job(Path(), work / "menu")
    different = menu.different(line.digests())
    result = {
        "genome": given.genome.name,
        "models": MODELS,
        "files": sorted(line.digests()),
        "exit_code": ended.exit_code,
        "seconds": {"menu": round(seconds, 1), "command line": round(time.monotonic() - begun, 1)},
        "different": different,
    }
    print(result, save("menu", result), sep="\n")
    return int(bool(different) or ended.exit_code != 0)


if __name__ == "__main__":
    sys.exit(main())
