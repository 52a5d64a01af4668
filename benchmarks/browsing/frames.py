"""Frames while panning and zooming, each with all its data: from the move to the painted window.

Called in a process of its own with one argument, the name of a scene; writes one JSON object to stdout.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from benchmarks.browsing.data import BIG, BIG_LENGTH, ECOLI, ECOLI_LENGTH, Files, big, ecoli
from benchmarks.browsing.stage import Stage
from gxview.genome import Region
from gxview.viewer.tracks.kinds import SignalTrack

STEP, STEPS, RATE = 200, 90, 60
"""Pixels of a move, moves of each kind, moves in a second at most."""
ZOOM = 1.06
CHECKED = 15
"""Every so many frames the picture is compared with that of a window at rest."""
LETTER_TRACKS = 4

Scene: TypeAlias = Callable[[], tuple[Stage, Region]]
"""Opens a window and tells where it looks."""


def mixed(files: Files) -> list[Path]:
    """Return the files of 19 tracks besides the sequence: genes, variants, reads, a signal as letters, bigWigs."""
    first = [files.genes, files.variants, files.reads, *([files.signal] if files.signal else [])]
    return [*first, *files.bins[: 19 - len(first)]]


def scenes(work: Path, genomes: Path) -> dict[str, Scene]:
    """Return what is measured: a window and where it looks."""

    def at(files: Files, chosen: Sequence[Path], region: Region, letters: int) -> tuple[Stage, Region]:
        stage = Stage(files.genome, chosen, str(region))
        dress(stage, letters)
        return stage, region

    def near(chosen: Callable[[Files], list[Path]], length: int, letters: int = 0) -> Scene:
        start = 200_000
        region = Region(ECOLI, start, start + length) if length < ECOLI_LENGTH else Region(ECOLI, 0, ECOLI_LENGTH)
        files = ecoli(work, genomes)
        return lambda: at(files, chosen(files), region, letters)

    def twenty(files: Files) -> list[Path]:
        return [files.genes, *files.bins]

    def far() -> tuple[Stage, Region]:
        files = big(work)
        return at(files, mixed(files), Region(BIG, BIG_LENGTH // 3, BIG_LENGTH // 3 + 100_000_000), 0)

    return {
        "mixed_1kb": near(mixed, 1_000, 1),
        "mixed_50kb": near(mixed, 50_000, 1),
        "mixed_whole": near(mixed, ECOLI_LENGTH, 1),
        "mixed_100mb": far,
        "bigwigs_1kb": near(twenty, 1_000),
        "letters_4x400": near(lambda files: [files.signal] * LETTER_TRACKS, 400, LETTER_TRACKS),  # type: ignore[list-item]
    }


def dress(stage: Stage, letters: int) -> None:
    """Give all tracks room on the screen at once; draw the first `letters` signals as letters."""
    signals = [track for track in stage.tracks if isinstance(track, SignalTrack)]
    for track in signals[:letters]:
        track.style = "letters"
    height = 200 if letters == LETTER_TRACKS else 30
    for track in stage.tracks:
        track.height = {"sequence": 26, "features": 70, "variants": 40, "alignments": 110}.get(track.kind, height)
    stage.settle()


def moves(stage: Stage, region: Region) -> Iterator[Callable[[], object]]:
    """Pan to the right and back again at the chromosome's end, then zoom in and out around the middle."""
    camera, pixels = stage.viewer.model.camera, STEP
    if region.length > camera.view.chrom_length * 0.9:
        camera.zoom(0.8)
        stage.settle()
    for _ in range(STEPS):
        view = camera.view
        room = pixels * view.bases_per_pixel
        if view.end + room > view.chrom_length or view.start + room < 0:
            pixels = -pixels
        yield lambda pixels=pixels: camera.pan(pixels)
    for factor in (1 / ZOOM, ZOOM):
        for _ in range(STEPS // 2):
            yield lambda factor=factor: camera.zoom(factor)


def measure(stage: Stage, region: Region) -> dict[str, Any]:
    """Time every frame; compare some of them with the picture at rest."""
    times: list[float] = []
    busy: list[float] = []
    late, wrong = 0, 0
    for number, move in enumerate(moves(stage, region)):
        tick = time.perf_counter() + 1 / RATE
        took, worked, at_once = stage.frame(move)
        times.append(took)
        busy.append(worked)
        late += not at_once
        if number % CHECKED == 0:
            picture = stage.picture()
            stage.settle()
            wrong += picture != stage.picture()
        stage.rest(tick)
    panned, zoomed = times[:STEPS], times[STEPS:]
    return {
        **{f"pan_p{q}": float(np.percentile(panned, q)) for q in (50, 95)},
        **{f"zoom_p{q}": float(np.percentile(zoomed, q)) for q in (50, 95)},
        **{f"frame_p{q}": float(np.percentile(times, q)) for q in (50, 95)},
        **{f"work_p{q}": float(np.percentile(busy, q)) for q in (50, 95)},
        "frames": len(times),
        "frames_that_waited_for_data": late,
        "frames_unlike_the_picture_at_rest": wrong,
        "tracks": [track.kind for track in stage.tracks],
    }


def main(work: Path, genomes: Path, name: str) -> None:
    """Measure one scene."""
    stage, region = scenes(work, genomes)[name]()
    print(json.dumps(measure(stage, region)))
    stage.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
