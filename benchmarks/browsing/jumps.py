"""Jumps to places not seen before with genes and 20 bigWigs, until everything is drawn.

Called in a process of its own; writes one JSON object of milliseconds to stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.browsing.data import ECOLI, ECOLI_LENGTH, ecoli
from benchmarks.browsing.frames import dress
from benchmarks.browsing.stage import Stage
from gxview.genome import Region

TARGETS = {"500bp": (2_100_001, 500), "50kb": (3_000_001, 50_000)}
REPEATS, APART = 5, 60_000


def main(work: Path, genomes: Path) -> None:
    """Jump to each kind of place; the whole chromosome is unseen only once."""
    files = ecoli(work, genomes)
    stage = Stage(files.genome, [files.genes, *files.bins], str(Region(ECOLI, 1_000_000, 1_001_000)))
    dress(stage, 0)
    times: dict[str, list[float]] = {name: [] for name in (*TARGETS, "whole")}
    for repeat in range(REPEATS):
        for name, (start, length) in TARGETS.items():
            first = start + repeat * APART
            times[name].append(stage.jump(Region(ECOLI, first, first + length)))
            stage.settle()
    times["whole"].append(stage.jump(Region(ECOLI, 0, ECOLI_LENGTH)))
    print(json.dumps(times))
    stage.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
