"""From a cold start to the painted window, against a bare Qt window, in turns, in one run.

Run with ``python -m benchmarks.startup``; writes ``results/startup.json``. Each start is a process of its own,
offscreen; the time runs from before the process is made to the end of the first paint. It also looks whether any
module of torch or transformers was imported until then (``-X importtime``).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from benchmarks.record import save
from gxview.cli.sample import ANNOTATION, GENOME, sample_file

TURNS = 9
BARE = """
import sys, time
from PyQt6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        self.painted = True
app = QApplication([])
window = Window()
"""
GXVIEW = """
import sys, time
from pathlib import Path
from gxview._qt import app as program
from gxview._qt.drawing.canvas import Canvas
from gxview.tracks import open_source
paint = Canvas.paintEvent
def noted(self, event):
    paint(self, event)
    window.painted = True
Canvas.paintEvent = noted
window = program.create_window(lambda: None, open_source, {})
window.painted = False
app = program.application()
program.begin(window, program.Start(genome=Path(sys.argv[2]), files=(Path(sys.argv[3]),)))
"""
SHOW = """
window.resize(1600, 900)
window.show()
while not window.painted:
    app.processEvents()
print(time.time() - float(sys.argv[1]), flush=True)
import os; os._exit(0)
"""


def start(script: str, *options: str) -> tuple[float, str]:
    """Start a process; return the seconds to its first paint and what it wrote to stderr."""
    files = [str(sample_file(GENOME)), str(sample_file(ANNOTATION))]
    command = [sys.executable, *options, "-c", script + SHOW, repr(time.time()), *files]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(run.stdout), run.stderr


def heavy_imports() -> list[str]:
    """Return the modules of torch and transformers that are imported before the first paint."""
    lines = start(GXVIEW, "-X", "importtime")[1].splitlines()
    modules = [line.rsplit("|", 1)[-1].strip() for line in lines if line.startswith("import time:")]
    return [name for name in modules if name.split(".")[0] in ("torch", "transformers", "tokenizers", "scipy")]


def main() -> None:
    """Measure both windows in turns and write the result."""
    times: dict[str, list[float]] = {"bare_qt": [], "gxview": []}
    for _ in range(TURNS):
        times["bare_qt"].append(start(BARE)[0])
        times["gxview"].append(start(GXVIEW)[0])
    median = {name: round(statistics.median(values), 3) for name, values in times.items()}
    result = {
        "what": "seconds from making the process to the end of the first paint, sample genome and genes opening",
        "median_s": median,
        "least_s": {name: round(min(values), 3) for name, values in times.items()},
        "gxview_over_bare_qt": round(median["gxview"] / median["bare_qt"], 2),
        "turns": TURNS,
        "heavy_modules_before_first_paint": heavy_imports(),
    }
    print(result)
    print(save("startup", result))


if __name__ == "__main__":
    main()
