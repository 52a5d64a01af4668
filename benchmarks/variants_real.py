"""``python -m benchmarks.variants_real --models DIR --data DIR -o OUT [STEP ...]``: variant effects, measured.

Steps: ``promoters`` (held-out promoters of the sample against brute force), ``regseq`` (energy matrices) and ``speed``.
Each writes its numbers to ``benchmarks/results/variants_real.json``; ``benchmarks.real_input`` trains the models.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.record import RESULTS, save
from benchmarks.variants import mutated, regseq, speed

STEPS = ("promoters", "regseq", "speed")
NAME = "variants_real"


def main() -> None:
    """Do the steps that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], default=[])
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    for step in given.steps or STEPS:
        print(step, flush=True)
        _keep(step, _measured(step, given))


def _measured(step: str, given: argparse.Namespace) -> dict[str, Any]:
    fasta = given.data / "genomes" / "ecoli" / "NC_000913.3.fa.gz"
    if step == "promoters":
        return mutated.measured(given.output)
    if step == "regseq":
        return regseq.measured(given.models, given.data, given.output)
    return speed.measured({name: str(given.models / name) for name in ("ecoli-cnn", "ecoli-dnabert2")}, fasta)


def _keep(step: str, found: dict[str, Any]) -> None:
    path = RESULTS / f"{NAME}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    save(NAME, {**{name: kept[name] for name in STEPS if name in kept}, step: found})


if __name__ == "__main__":
    main()
