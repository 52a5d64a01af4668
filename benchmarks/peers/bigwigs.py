"""Values of bases written as bigWig by three libraries, each in the fastest way it offers."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import figwig
import numpy as np
import pybigtools
import pyBigWig
from numpy.typing import NDArray

from benchmarks.workers import memory_growth, seconds

CHROM, CHUNK = "chr1", 1_000_000

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def values(path: str) -> Floats:
    """Return the values of the bases, float32 (n,)."""
    loaded: Floats = np.load(path)
    return loaded


def by_pybigwig(path: str, data: Floats) -> None:
    """Write fixed steps of one base from arrays."""
    with pyBigWig.open(path, "w") as file:
        file.addHeader([(CHROM, len(data))], maxZooms=10)
        for start in range(0, len(data), CHUNK):
            file.addEntries(CHROM, start, values=data[start : start + CHUNK], span=1, step=1)


def by_pybigtools(path: str, data: Floats) -> None:
    """Write one entry for each base, which is all that it takes."""
    entries = ((CHROM, start, start + 1, value) for start, value in enumerate(data.tolist()))
    pybigtools.open(path, "w").write({CHROM: len(data)}, entries)


def by_figwig(path: str, data: Floats) -> None:
    """Write tiles of a million bases on as many threads as there are processors."""
    tiles = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    starts: Any = np.arange(0, len(data), CHUNK)
    figwig.write_bigwig(
        path, {CHROM: len(data)}, CHROM, starts, np.stack(tiles), missing=np.nan, n_jobs=os.cpu_count() or 1
    )


WRITERS: dict[str, Callable[[str, Floats], None]] = {
    "pyBigWig": by_pybigwig,
    "pybigtools": by_pybigtools,
    "figwig": by_figwig,
}


def measure(writer: str, data: str, output: str) -> dict[str, float]:
    """Return the seconds, the memory taken meanwhile in MB, and the bytes of a file."""
    loaded = values(data)
    took = seconds(writer, lambda: WRITERS[writer](output, loaded))
    grown = memory_growth(lambda: WRITERS[writer](output, loaded))
    return {"seconds": took, "memory": grown, "bytes": os.path.getsize(output)}
