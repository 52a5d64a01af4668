"""What runs in the environment of the peers; see :mod:`benchmarks.workers`."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import torch

from benchmarks.peers import bert, bigwigs, deeplift
from benchmarks.workers import serve

NAMES = ("torch", "transformers", "lxt", "captum", "tangermeme", "figwig", "pybigtools", "pyBigWig")


def about() -> dict[str, Any]:
    """Return the versions and the number of threads."""
    versions = {name: version(name) for name in NAMES}
    return {"python": platform.python_version(), "threads": torch.get_num_threads(), **versions}


if __name__ == "__main__":
    serve(
        {
            "about": about,
            "bert": bert.measure,
            "deeplift": deeplift.measure,
            "deeplift_logits": deeplift.predict,
            "bigwig": bigwigs.measure,
        }
    )
