"""What measures gxview in a process of its own; see :mod:`benchmarks.workers`."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from benchmarks.engine import bare, bigwigs, passes
from benchmarks.engine.networks import write_networks
from benchmarks.workers import serve

NAMES = ("torch", "transformers", "captum", "pyBigWig", "pybigtools")


def prepare(work: str) -> dict[str, Any]:
    """Write the models; return the versions and the number of threads."""
    write_networks(Path(work))
    versions: dict[str, Any] = {name: version(name) for name in NAMES}
    versions["gpu"] = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {"python": platform.python_version(), "threads": torch.get_num_threads(), **versions}


if __name__ == "__main__":
    serve(
        {
            "prepare": prepare,
            "transformer": passes.transformer,
            "integrated_gradients": passes.integrated_gradients,
            "convolutional": passes.convolutional,
            "hand_over": passes.hand_over,
            "on_random": bare.on_random,
            "on_genome": bare.on_genome,
            "make_values": bigwigs.make_values,
            "bigwig": bigwigs.measure,
        }
    )
