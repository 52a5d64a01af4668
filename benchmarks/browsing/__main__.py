"""All measurements of browsing, ours and the peers' in turns; about ten minutes.

Run with ``python -m benchmarks browsing``; it writes ``benchmarks/results/browsing.json`` and ``browsing.md``. Without
peers it measures this program alone and says so. A frame is complete when all data of the view are at hand at its own
zoom and painted; some frames are compared pixel by pixel with the picture at rest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.browsing.data import big, ecoli
from benchmarks.browsing.peers import Peers
from benchmarks.browsing.starts import start, starts
from benchmarks.browsing.table import Figures, markdown, rows
from benchmarks.record import RESULTS, ROOT, save

SCENES = ("mixed_1kb", "mixed_50kb", "mixed_whole", "mixed_100mb", "bigwigs_1kb", "letters_4x400")


class Run:
    """Our figures of one run."""

    def __init__(self, work: Path, genomes: Path) -> None:
        self.work, self.genomes = work, genomes
        self.figures: Figures = defaultdict(list)
        self.details: dict[str, list[Any]] = defaultdict(list)

    def measure(self, module: str, *arguments: str) -> None:
        """Run a measurement in a process of its own."""
        command = [sys.executable, "-m", f"benchmarks.browsing.{module}", str(self.work), str(self.genomes), *arguments]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        name = ".".join([module, *arguments])
        if run.returncode:
            raise SystemExit(f"{name} failed: {run.stderr[-3000:]}")
        result = json.loads(run.stdout.splitlines()[-1])
        self.details[name].append(result)
        self._note(name, result)
        print(name, {k: v for k, v in result.items() if k != "tracks"}, flush=True)

    def starts(self) -> None:
        """Start the program in every way, one after the other."""
        for name, (tracks, arguments) in starts(self.work, self.genomes).items():
            result = start(tracks, *arguments)
            self._note(f"starts.{name}", result)
            print(f"starts.{name}", result, flush=True)

    def _note(self, name: str, result: dict[str, Any]) -> None:
        for key, value in result.items():
            if isinstance(value, dict):
                self._note(f"{name}.{key}", value)
            elif isinstance(value, list) and all(isinstance(one, float) for one in value):
                self.figures[f"{name}.{key}"] += value
            elif isinstance(value, int | float):
                self.figures[f"{name}.{key}"].append(float(value))


def turns(run: Run, peers: Peers, rounds: int) -> None:
    """Measure ours and theirs in turns."""
    for _ in range(rounds):
        peers.igvjs("open")
        run.starts()
        run.measure("jumps")
        peers.igvjs("pan")
        for scene in SCENES:
            run.measure("frames", scene)
        peers.igvjs("letters")
    peers.static("logomaker")
    peers.static("pygenometracks")
    run.measure("stalls")


def options() -> argparse.Namespace:
    """Read the command line."""
    work = os.environ.get("PEERS_WORK") or os.path.join(tempfile.gettempdir(), "gxview-peers")
    shared = ROOT.parent / "shared"
    parser = argparse.ArgumentParser(prog="python -m benchmarks browsing", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(work), help="folder for data and peers (PEERS_WORK)")
    parser.add_argument("--genomes", type=Path, default=shared / "data" / "genomes" / "ecoli")
    parser.add_argument("--peers", type=Path, default=shared / "peers", help="folder with the scripts of the peers")
    parser.add_argument("--install", action="store_true", help="install the peers into the work folder first")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def main() -> None:
    """Measure, write, print."""
    chosen = options()
    if not (chosen.genomes / "NC_000913.3.fa.gz").exists():
        raise SystemExit(f"{chosen.genomes} lacks NC_000913.3.fa.gz and its GFF3; name their folder with --genomes.")
    began, peers = time.time(), Peers(chosen.peers, chosen.work, chosen.genomes)
    if chosen.install:
        peers.install()
    for make in (ecoli(chosen.work, chosen.genomes), big(chosen.work)):
        print(make.genome)
    run = Run(chosen.work, chosen.genomes)
    turns(run, peers, chosen.rounds)
    found, notes = rows(run.figures, peers.figures), peers.missing()
    result = {
        "what": "browsing: medians over the turns of one run; peers measured in the same run",
        "figures": found,
        "notes": notes,
        "peers": peers.versions,
        "rounds": chosen.rounds,
        "minutes": round((time.time() - began) / 60, 1),
        "details": run.details,
        "peer_figures": peers.figures,
    }
    print(save("browsing", result))
    table = markdown(found, notes)
    (RESULTS / "browsing.md").write_text(table)
    print(table)


if __name__ == "__main__":
    main()
