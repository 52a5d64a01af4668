"""Values of bases written as bigWig by the writers of gxview."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.workers import memory_growth, seconds
from gxview.export.writers import check_bigwig, open_bigwig
from gxview.export.writers.base import writers

CHROM, CHUNK = "chr1", 1_000_000

Floats = NDArray[np.float32]


def make_values(path: str, bases: int) -> list[str]:
    """Save random values; return the names of the writers."""
    np.save(path, np.random.default_rng(0).standard_normal(bases).astype(np.float32))
    return list(writers())


@lru_cache(maxsize=1)
def values(path: str) -> Floats:
    """Return the values of the bases, float32 (n,)."""
    loaded: Floats = np.load(path)
    return loaded


def write(path: Path, data: Floats, writer: str) -> None:
    """Write a file as an export does."""
    with open_bigwig(path, {CHROM: len(data)}, bases=len(data), writer=writer) as file:
        for start in range(0, len(data), CHUNK):
            file.add(CHROM, start, data[start : start + CHUNK])


def measure(writer: str, data: str, output: str) -> dict[str, float]:
    """Return the seconds of writing and of reading back, the memory of writing in MB, and the bytes of the file."""
    path, loaded = Path(output), values(data)
    took = seconds(writer, lambda: write(path, loaded, writer))
    pieces = [(CHROM, start, loaded[start : start + CHUNK]) for start in range(0, len(loaded), CHUNK)]
    checked = seconds((writer, "check"), lambda: check_bigwig(path, pieces))
    grown = memory_growth(lambda: write(path, loaded, writer))
    return {"seconds": took, "check": checked, "memory": grown, "bytes": os.path.getsize(path)}
