"""The lac promoter of E. coli through the command line: explain, export, read back, compare, look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pybigtools
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks.real_input.ecoli_data import LAC_TSS, LENGTH, PLUS_ONE, Site
from benchmarks.real_input.location import Target, from_tss, top_window
from gxview.explain import explain_region
from gxview.genome import Reference, Region
from gxview.models import load_model

CHROM = "NC_000913.3"
REGION = Region(CHROM, 366_199, 366_500)
BOXES = {"-35": "TTTACA", "-10": "TATGTT"}
PHASES = 9
_SHOWN = "NC_000913.3:366,275-366,440"


@dataclass(frozen=True)
class Locus:
    """Relevance of the 81 bases of lacP1 along the minus strand.

    Attributes
    ----------
    kind
        Kind of the model.
    phases
        Averaged window grids.
    sequence
        From -60 to +21.
    values
        Relevance float32 (81,).
    numbers
        For the JSON file.
    """

    kind: str
    phases: int
    sequence: str
    values: NDArray[np.float32]
    numbers: dict[str, Any]


def run(models: dict[str, Path], genome: Path, folder: Path) -> list[Locus]:
    """Explain the locus with each model, on the default grid and averaged over phases."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        explain_locus(kind, model, genome, folder, phases) for kind, model in models.items() for phases in (1, PHASES)
    ]


def explain_locus(kind: str, model: Path, genome: Path, folder: Path, phases: int) -> Locus:
    """Export through the command line and compare what was written with the Python call."""
    output = folder / f"lac-{kind}-{phases}.bw"
    told = command_line(model, genome, output, phases)
    reference = Reference(genome)
    found = explain_region(load_model(model), reference, REGION, strand="-", phases=phases)
    written = read_back(output)
    window = Site(LAC_TSS, "-", "lacZp1").region(CHROM)
    inside = slice(window.start - REGION.start, window.end - REGION.start)
    sequence, values = reference.fetch(window), found.values[inside][::-1].copy()
    numbers = {
        "model": kind,
        "phases": phases,
        "bases": len(written),
        "equal_to_float32": bool(np.array_equal(written, found.values)),
        "largest_difference": float(np.abs(written - found.values).max()),
        "renderers": renderers(output.with_name(output.stem + ".igv.xml")),
        "files": [Path(path).name for path in told["files"]],
        "score_at_tss": float(found.score[LAC_TSS - REGION.start]),
        "score_highest": float(np.nanmax(found.score)),
        **boxes(sequence, values),
    }
    return Locus(kind, phases, sequence, values, numbers)


def command_line(model: Path, genome: Path, output: Path, phases: int) -> dict[str, Any]:
    """Run ``gxview explain`` in a process of its own and return what it says with ``--json``."""
    words = ["explain", "--genome", genome, "--region", REGION, "--model", model, "--strand", "minus"]
    words += ["--phases", phases, "--json", "-o", output]
    command = [sys.executable, "-m", "gxview", *map(str, words)]
    # Values are equal to the last bit for one number of threads only.
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout))


def read_back(path: Path) -> NDArray[np.float32]:
    """Return the values of a bigWig at the locus as another library reads them."""
    with pybigtools.open(str(path)) as file:
        return np.asarray(file.values(CHROM, REGION.start, REGION.end, missing=float("nan")), dtype=np.float32)


def renderers(session: Path) -> list[str]:
    """Return the renderer of each track of an IGV session that has one."""
    tracks = ElementTree.parse(session).getroot().iter("Track")
    return [renderer for track in tracks if (renderer := track.get("renderer")) is not None]


def boxes(sequence: str, values: NDArray[np.float32]) -> dict[str, Any]:
    """Return where the boxes of lacP1 lie and how much of the relevance stands on them."""
    places = {name: box_target(sequence, word) for name, word in BOXES.items()}
    mask = np.zeros(LENGTH, dtype=bool)
    for place in places.values():
        mask[place.first : place.last + 1] = True
    positive = np.clip(values, 0, None).astype(np.float64)
    top = int(top_window(values[None, :], 6)[0])
    return {
        "boxes": {name: described(place, values) for name, place in places.items()},
        "positive_relevance_in_boxes": float(positive[mask].sum() / positive.sum()) if positive.any() else 0.0,
        "bases_in_boxes": float(mask.mean()),
        "auprc_of_boxes": float(average_precision_score(mask, values)),
        "top_window": {"from": from_tss(top, PLUS_ONE), "word": sequence[top : top + 6]},
    }


def box_target(sequence: str, word: str) -> Target:
    """Return where the only occurrence of a box lies."""
    if sequence.count(word) != 1:
        raise ValueError(f"{word} occurs {sequence.count(word)} times in the promoter.")
    start = sequence.index(word)
    return Target(start, start + len(word) - 1, len(word))


def described(place: Target, values: NDArray[np.float32]) -> dict[str, Any]:
    """Return place, sum of relevance and rank of a box among all windows of its width (1 is the highest)."""
    sums = np.lib.stride_tricks.sliding_window_view(values.astype(np.float64), place.width).sum(axis=1)
    leftmost = LAC_TSS - (place.last - PLUS_ONE)
    return {
        "from": from_tss(place.first, PLUS_ONE),
        "to": from_tss(place.last, PLUS_ONE),
        "genome": str(Region(CHROM, leftmost, leftmost + place.width, "-")),
        "relevance": float(sums[place.first]),
        "rank": int((sums > sums[place.first]).sum()) + 1,
        "windows": len(sums),
    }


def screenshot(models: dict[str, Path], genome: Path, genes: Path, picture: Path) -> None:
    """Write the window at the promoter with genes and both models on the minus strand."""
    words = ["view", genome, genes, "--locus", _SHOWN, "--strand", "minus", "--screenshot", picture]
    for model in models.values():
        words += ["--model", model]
    subprocess.run([sys.executable, "-m", "gxview", *map(str, words)], check=True)
