"""Speed of explaining and of batch exports in one table, ours and others' in turns.

Run with ``python -m benchmarks engine``; it writes ``benchmarks/results/engine.json`` and ``engine.md``. The peers need
an environment, which ``python -m benchmarks.peers.make_environment`` makes; without it their lines are left out. Ratios
are medians of those within a turn; only they can be compared between machines.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.batch_export import memory, rate
from benchmarks.engine import attributions, costs, writing
from benchmarks.engine.run import Run
from benchmarks.record import RESULTS, ROOT, save
from benchmarks.table import markdown

GPU = "benchmarks.gpu"
PARTS: dict[str, Callable[[Run], None]] = {
    "attributions": attributions.measure,
    "export": rate.measure,
    "memory": memory.measure,
    "bigwig": writing.measure,
    "costs": costs.measure,
}


def options() -> argparse.Namespace:
    """Read the command line."""
    work = Path(os.environ.get("PEERS_WORK") or Path(tempfile.gettempdir()) / "gxview-peers") / "engine-work"
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks engine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="less of everything, in a few minutes; nothing is saved")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part of it; repeatable; nothing is saved")
    parser.add_argument("--work", type=Path, default=work, help="folder for models and data that are made")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with real genomes")
    return parser.parse_args()


def load() -> list[float]:
    """Return the load of the machine, which tells whether others were at work; nothing where it is not known."""
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else []


def gpu_table(run: Run) -> str:
    """Return the table of the GPU, measured now where there is one, else a sentence."""
    if run.versions["gxview"]["gpu"] is None:
        return f"\nNo GPU is at hand; where there is one, `python -m {GPU}` measures the same on it.\n"
    ended = subprocess.run([sys.executable, "-m", GPU], cwd=ROOT, check=False)
    return f"\nThe GPU: `{RESULTS / 'gpu.json'}` (exit code {ended.returncode}).\n"


def record(run: Run, table: str, minutes: float) -> None:
    """Write what was measured so far."""
    result: dict[str, Any] = {
        "what": "explaining and exporting; ratios are medians over turns of one run, peers in the same turns",
        "rows": [row.to_dict() for row in run.rows],
        "notes": run.notes,
        "versions": run.versions,
        "minutes": minutes,
    }
    print(save("engine", result))
    (RESULTS / "engine.md").write_text(table, encoding="utf-8")


def main() -> None:
    """Measure, print, and write a whole run, part by part, so that one that is ended early leaves what it has."""
    chosen, began = options(), time.time()
    before = load()
    with Run(chosen.work, chosen.shared, chosen.quick) as run:
        parts = [name for name in PARTS if not chosen.only or name in chosen.only]
        for name in parts:
            PARTS[name](run)
            minutes = round((time.time() - began) / 60, 1)
            told = f"Up to {name}: {minutes} minutes; load of the machine at the start {before}, now {load()}."
            run.notes.append(told)
            table = markdown(run.rows, run.notes)
            if not chosen.quick and not chosen.only:
                record(run, table, minutes)
    print(f"\n{table}{gpu_table(run)}")


if __name__ == "__main__":
    main()
