"""How long the main thread is held up while a model explains on all cores and a person browses.

A timer of the window's own loop beats every few milliseconds; a stall is how much too late a beat comes. The model has
the published size and random weights. Called in a process of its own; writes one JSON object to stdout.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from qtpy.QtCore import Qt, QTimer

from benchmarks.browsing.data import ECOLI, ecoli
from benchmarks.browsing.frames import dress
from benchmarks.browsing.stage import Stage
from gxview.genome import Region

BEAT, SECONDS = 5, 20.0
"""Milliseconds between beats, seconds of each part."""
MOVE, PIXELS = 0.1, 40
"""Seconds between two moves and their width."""


def model(work: Path) -> Path:
    """Return a folder with a DNABERT-2 of the published size and random weights, made if it is missing."""
    folder = work / "model"
    if not (folder / "config.json").exists():
        import torch

        from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification
        from gxview.models.saving import write_config, write_network
        from gxview.models.tokenizer import train_tokenizer

        torch.manual_seed(0)
        network = DNABert2ForSequenceClassification(DNABert2Config(num_labels=2)).eval()
        letters = "".join(np.random.default_rng(0).choice(list("ACGT"), 200_000))
        folder.mkdir(parents=True, exist_ok=True)
        write_network(folder, network)
        block = {"name": "random", "window_length": 300, "targets": ["no", "yes"], "positive": 1}
        write_config(folder, network, block, train_tokenizer([letters], 4096))
    return folder


class Heart:
    """Beats in the loop of the window and notes how late each beat is, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._before = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._before) * 1e3 - BEAT))
        self._before = now

    def stop(self) -> dict[str, float]:
        """Stop and summarise; the longest stall of each second tells more than one of many beats."""
        self._timer.stop()
        seconds = np.array_split(np.array(self.late), round(SECONDS))
        return {
            "p50": float(np.percentile(self.late, 50)),
            "p99": float(np.percentile(self.late, 99)),
            "longest": float(max(self.late)),
            "longest_in_a_second_p50": float(np.median([part.max() for part in seconds])),
            "beats": len(self.late),
        }


def browse(stage: Stage, moving: bool) -> dict[str, float]:
    """Watch the heart for a while, with a move now and then."""
    heart, began = Heart(), time.perf_counter()
    moves = int(SECONDS / MOVE)
    for number in range(1, moves + 1):
        if moving:
            stage.viewer.model.camera.pan(PIXELS)
        stage.rest(began + number * MOVE)
    return heart.stop()


def main(work: Path, genomes: Path) -> None:
    """Explain and watch, at rest and browsing."""
    files = ecoli(work, genomes)
    key = str(model(work))
    region = Region(ECOLI, 1_000_000, 1_000_600)
    stage = Stage(files.genome, [files.genes, *files.bins[:5]], str(region), {key: "random"})
    dress(stage, 0)
    stage.viewer.explanations.add(key)
    while not stage.viewer.live.is_idle or not stage.viewer.model.model(key):
        stage.rest(time.perf_counter() + 0.2)
    result: dict[str, Any] = {"quiet": browse(stage, moving=True)}
    for name, moving in (("explaining", False), ("explaining_and_browsing", True)):
        stage.viewer.show(Region(ECOLI, 2_000_000 + 500_000 * moving, 2_040_000 + 500_000 * moving))
        stage.viewer.explain_region()
        stage.rest(time.perf_counter() + 1.0)
        result[name] = {**browse(stage, moving), "still_explaining": not stage.viewer.is_idle}
    print(json.dumps(result))
    stage.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
