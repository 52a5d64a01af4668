"""From a cold start to a painted window with all its data, and the memory it then takes.

Every start is a process of its own that runs the command ``gxview view``; the time runs from before the process is made
to the end of the paint that lacks nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.browsing.data import BIG, ECOLI, big, ecoli
from gxview.cli.sample import ANNOTATION, GENOME, sample_file
from gxview.genome import Region

PROBE = """
import os, sys, time
from gxview.cli import main
began, wanted = float(sys.argv[1]), int(sys.argv[2])
from gxview._qt.drawing.canvas import Canvas
paint = Canvas.paintEvent
def noted(self, event):
    viewer = self._viewer
    complete = len(viewer.model.tracks) >= wanted and viewer.data.is_complete and not viewer.jobs.active
    paint(self, event)
    if complete:
        took = time.time() - began
        from qtpy.QtCore import QTimer
        QTimer.singleShot(1500, lambda: leave(took))
        Canvas.paintEvent = paint
def leave(took):
    sizes = {}
    for line in open("/proc/self/smaps_rollup"):
        name, _, rest = line.partition(":")
        if name in ("Pss", "Rss", "Pss_Anon"):
            sizes[name] = int(rest.split()[0]) / 1024
    import json
    print(json.dumps({"ms": took * 1e3, **sizes}), flush=True)
    os._exit(0)
Canvas.paintEvent = noted
sys.argv[1:] = ["view", *sys.argv[3:]]
main()
"""


def start(wanted: int, *arguments: str | Path) -> dict[str, float]:
    """Start the program, wait until it has painted `wanted` tracks; milliseconds and MB."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROBE, repr(time.time()), str(wanted), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
    if run.returncode:
        raise SystemExit(f"The program did not start: {run.stderr[-2000:]}")
    result: dict[str, float] = json.loads(run.stdout)
    return result


def starts(work: Path, genomes: Path) -> dict[str, tuple[int, list[str | Path]]]:
    """Return the starts: number of tracks and arguments."""
    small, large = ecoli(work, genomes), big(work)
    near, far = Region(ECOLI, 1_000_000, 1_001_000), Region(BIG, 200_000, 201_000)
    return {
        "bare": (0, []),
        "sample": (2, [sample_file(GENOME), sample_file(ANNOTATION)]),
        "twenty_bigwigs": (22, [small.genome, small.genes, *small.bins, "--locus", str(near)]),
        "big_without_reference": (20, [*large.bins, "--locus", str(far)]),
        "big_with_reference": (21, [large.genome, *large.bins, "--locus", str(far)]),
    }
