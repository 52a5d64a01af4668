"""The rate of a whole export beside that of the bare engine on the same windows."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.batch_export.child import export
from benchmarks.batch_export.genome import CHROM, ECOLI, ECOLI_CHROM, write_random_genome
from benchmarks.engine.names import BASE, BASE_WINDOW, SAMPLE_WINDOW
from benchmarks.engine.run import Run, in_turns
from benchmarks.table import Goal, compared

GOAL = Goal("at least", 0.95)
BASES = 5_000_000
PROBE, FEWEST = 64, 256
LARGE = 512  # windows of the large network: with fewer, preparing its weights, once for a job, is what is measured


def measure(run: Run) -> None:
    """Export as much as a model explains in a while, from random letters and from E. coli."""
    places = [(CHROM, write_random_genome(run.work / "random.fa", BASES))]
    if (run.shared / ECOLI).exists():
        places.append((ECOLI_CHROM, run.shared / ECOLI))
    else:
        run.notes.append(f"E. coli was not exported: {ECOLI.name} is not at hand.")
    for model in ("sample-cnn", "sample-dnabert2"):
        for chrom, genome in places[:1] if run.quick else places:
            beside_engine(run, model, SAMPLE_WINDOW // 2, chrom, genome)
    beside_engine(run, str(run.work / BASE), BASE_WINDOW // 2, *places[0], fewest=LARGE, turns=2)


def beside_engine(
    run: Run, model: str, stride: int, chrom: str, genome: Path, *, fewest: int = FEWEST, turns: int = 3
) -> None:
    """Measure a model in turns, on so many windows that the engine is busy for a while."""
    engine = partial(run.ours.ask, "on_genome", model=model, genome=str(genome))
    probe = engine(region=f"{chrom}:1-{PROBE * stride}")
    wanted = max(fewest // (4 if run.quick else 1), probe["windows"] / probe["seconds"] * (6 if run.quick else 25))
    bases = min(BASES * 9 // 10, round(wanted) * stride)
    region = f"{chrom}:1-{bases}"
    ways = {
        "engine": partial(engine, region=region),
        "export": partial(export, run.work / "exported", genome, region, model),
    }
    found = in_turns(1 if run.quick else turns, ways)
    whole = [one.windows / one.seconds for one in found["export"]]
    details: dict[str, Any] = {
        "export": [asdict(one) for one in found["export"]],
        "engine": found["engine"],
        "over_compute_alone": [
            rate / (one["windows"] / one["compute"]) for rate, one in zip(whole, found["engine"], strict=True)
        ],
    }
    run.add(
        compared(
            f"export of {bases / 1e6:.3g} Mb of {chrom}, {Path(model).name}, from plan to files",
            whole,
            [one["windows"] / one["seconds"] for one in found["engine"]],
            unit="windows/s",
            beside="its engine: encode and compute",
            goal=GOAL,
            details=details,
        )
    )
