"""LRP of the sample CNN by our own pass against the hooks of zennit, in turns, in batches of windows as a job has them.

Beside them: the plain forward pass, and the same explanations through ``explain()``, from letters to arrays.

Run with ``python -m benchmarks.cnn_lrp``; it writes ``benchmarks/results/cnn_lrp.json``: windows per second, ratios of
what was measured in the same turn, and the largest difference to zennit. One thread, processor time, which is what
other programs disturb least.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.record import save
from gxview.explain import explain
from gxview.explain.cnn import relevance
from gxview.explain.cnn_chain import COMPOSITES
from gxview.explain.cnn_reference import reference_lrp
from gxview.explain.targets import target_vectors
from gxview.models.loading import load_model

BATCHES = (16, 64)


def ways(batch: int, composite: str) -> dict[str, Callable[[], Any]]:
    """Return what is measured on one batch of random windows."""
    model, rng = load_model("sample-cnn"), np.random.default_rng(0)
    windows = ["".join(rng.choice(list("ACGT"), model.window_length)) for _ in range(batch)]
    columns = model.one_hot(windows)
    weights = target_vectors(0, batch, model.network.layers[-1].weight)
    return {
        "forward": lambda: model.logits(windows),
        "gxview": lambda: relevance(model.network, columns, method="lrp", target=0, composite=composite).hypothetical,
        "zennit": lambda: reference_lrp(model.network, columns, weights, composite)[0].numpy(),
        "explain": lambda: explain(model, windows, "lrp", 0, composite=composite, batch_size=batch),
    }


def measure(batch: int, composite: str, turns: int) -> dict[str, Any]:
    """Return windows per second, ratios within a turn, and the largest relative difference to zennit."""
    chosen = ways(batch, composite)
    times: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(turns + 1):
        for name, way in chosen.items():
            start = time.thread_time()
            way()
            times[name].append(time.thread_time() - start)
    times = {name: values[1:] for name, values in times.items()}
    ours, theirs = chosen["gxview"](), chosen["zennit"]()

    def ratio(name: str, base: str) -> float:
        return round(statistics.median(a / b for a, b in zip(times[name], times[base], strict=True)), 2)

    return {
        "windows_per_second": {name: round(batch / statistics.median(values)) for name, values in times.items()},
        "zennit / gxview": ratio("zennit", "gxview"),
        "gxview / forward": ratio("gxview", "forward"),
        "explain / gxview": ratio("explain", "gxview"),
        "largest_difference": float(np.abs(ours - theirs).max() / np.abs(theirs).max()),
    }


def main() -> None:
    """Measure every composite and size of a batch, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=40)
    turns = parser.parse_args().turns
    torch.set_num_threads(1)
    results = {}
    for composite in COMPOSITES:
        for batch in BATCHES:
            name = f"{composite}, {batch} windows"
            results[name] = measure(batch, composite, turns)
            print(f"{name}: {json.dumps(results[name])}", flush=True)
    what = "LRP of sample-cnn, windows of 120 bases, one thread, processor time"
    print(save("cnn_lrp", {"what": what, "turns": turns, "torch": torch.__version__, "results": results}))


if __name__ == "__main__":
    main()
