"""``python -m benchmarks.gpu``: everything about explaining on a GPU in one run of less than four minutes.

Writes results/gpu.json after every part. A part that fails is told and does not stop the others; parts that would begin
after the budget are left out and said to be. ``--device cpu --quick`` runs the same code on small networks and writes
nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu import bases, tokens
from benchmarks.gpu.bench import Bench
from benchmarks.record import save

PARTS: tuple[Callable[[Bench], dict[str, Any]], ...] = (
    tokens.errors,
    tokens.beside_cpu,
    tokens.company,
    tokens.passes,
    tokens.beside_lxt,
    tokens.beside_integrated_gradients,
    bases.presets,
    bases.beside_deeplift,
    tokens.rates,
)


def measure(bench: Bench, budget: float, keep: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Do all parts and return what they found by name, keeping it after each."""
    began = time.perf_counter()
    found: dict[str, Any] = {"failed": {}, "left out": []}
    for part in PARTS:
        if time.perf_counter() - began > budget:
            found["left out"].append(part.__name__)
            continue
        start = time.perf_counter()
        try:
            found[part.__name__] = part(bench)
        except Exception as error:  # noqa: BLE001  # time on a GPU is rare: the other parts are still wanted
            traceback.print_exc()
            found["failed"][part.__name__] = f"{type(error).__name__}: {error}"[:500]
        print(f"{part.__name__}: {time.perf_counter() - start:.1f} s", json.dumps(found.get(part.__name__)), flush=True)
        keep(found)
    return found


def main() -> int:
    """Measure; 0 when nothing failed or there is no GPU."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="small networks and few turns")
    parser.add_argument("--budget", type=float, default=170, help="seconds after which no part begins")
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print("The measurements of the GPU need a CUDA device, and there is none here; nothing was measured.")
        return 0
    with tempfile.TemporaryDirectory() as place:
        return _measured(Bench(device, Path(place), options.quick), options.budget)


def _measured(bench: Bench, budget: float) -> int:
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "device": bench.name}

    def keep(found: dict[str, Any]) -> None:
        if not bench.quick:
            save("gpu", {"what": "explaining on a GPU, random weights", **versions, "results": found})

    found = measure(bench, budget, keep)
    return 1 if found["failed"] else 0


if __name__ == "__main__":
    if main():
        sys.exit(1)  # not otherwise: other measurements may follow in this process
