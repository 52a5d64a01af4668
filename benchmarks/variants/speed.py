"""How long 10,000 variants take, beside the bare model on the same windows in the same run, and the memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gxview.assess.variants.engine import BLOCK, Engine
from gxview.assess.variants.outputs import sides
from gxview.assess.variants.settings import settle_asking
from gxview.assess.variants.windows import place
from gxview.genome import Edit, Reference, Region
from gxview.models.loading import load_model

CHUNK = 4 * BLOCK


def random_edits(reference: Reference, count: int, seed: int = 0) -> list[Edit]:
    """Return edits anywhere: nine of ten substitutions, the others insertions and deletions of 1 to 10 bases."""
    rng = np.random.default_rng(seed)
    chrom = reference.names[0]
    edits: list[Edit] = []
    for start in np.sort(rng.choice(reference.sizes[chrom] - 2_000, count, replace=False)).tolist():
        at, size, kind = start + 1_000, int(rng.integers(1, 11)), rng.random()
        text = "".join(rng.choice(list("ACGT"), size))
        there = reference.fetch(Region(chrom, at, at + size)).upper()
        if kind < 0.9:
            edits.append(Edit(chrom, at, there[0], str(rng.choice([base for base in "ACGT" if base != there[0]]))))
        elif kind < 0.95:
            edits.append(Edit(chrom, at, "", text))
        else:
            edits.append(Edit(chrom, at, there, ""))
    return edits


def timed(model_name: str, fasta: Path, count: int, offsets: tuple[int, ...] | None) -> dict[str, Any]:
    """Score in pieces, and after each piece give the same windows to the model alone."""
    model, reference = load_model(model_name), Reference(fasta)
    asking = settle_asking(model, ["logit", "probability"], offsets=offsets)
    engine, edits = Engine(model, reference, asking), random_edits(reference, count)
    list(engine.found(edits[:BLOCK]))  # warm up
    ours = bare = 0.0
    windows = 0
    for start in range(0, count, CHUNK):
        piece = edits[start : start + CHUNK]
        began = time.perf_counter()
        list(engine.found(piece))
        ours += time.perf_counter() - began
        letters = [_letters(engine, piece[at : at + BLOCK]) for at in range(0, len(piece), BLOCK)]
        began = time.perf_counter()
        for block in letters:
            model.logits(block)
        bare += time.perf_counter() - began
        windows += sum(map(len, letters))
    return {
        "variants": count,
        "strands": len(asking.strands),
        "offsets": list(asking.offsets),
        "windows": windows,
        "seconds": ours,
        "seconds_bare_model": bare,
        "ratio": ours / bare,
        "variants_per_second": count / ours,
        "threads": torch.get_num_threads(),
        "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _letters(engine: Engine, edits: list[Edit]) -> list[str]:
    return sides([pair for edit in edits for pair in place(edit, engine.reference, engine.asking).pairs])[0]


def measured(models: dict[str, str], fasta: Path, count: int = 10_000) -> dict[str, Any]:
    """Time each model in a program of its own."""
    return {name: _apart(path, fasta, count) for name, path in models.items()}


def _apart(model: str, fasta: Path, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.variants.speed", model, str(fasta), str(count)]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result


if __name__ == "__main__":
    print(json.dumps(timed(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), (0,))))
