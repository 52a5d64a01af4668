"""bigWig: one value for one base, with zoom levels, in the order of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyBigWig
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.export.staging import reserve

ZOOMS = 10
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Finite values of neighbouring bases: float32 (n,) from the 0-based position `start` on."""

    chrom: str
    start: int
    values: NDArray[np.float32]


def write_bigwig(path: Path, sizes: Mapping[str, int], runs: Iterable[tuple[str, int, NDArray[np.float32]]]) -> None:
    """Write a bigWig file and read it back.

    Parameters
    ----------
    path : Path
        Where; an existing file is replaced.
    sizes : mapping of str to int
        All chromosomes in the order of the reference; all of them are listed in the file.
    runs : iterable of (str, int, ndarray)
        Chromosome, 0-based start and float32 values, sorted and without overlap; what is not finite is left out.

    Raises
    ------
    GxviewError
        If there is no value, or what is read back differs from what was written.
    OSError
        If there is no room.
    """
    finite = [part for chrom, start, values in runs for part in finite_runs(chrom, start, values)]
    if not finite:
        raise GxviewError("There is nothing to write: no base of the regions has a value.")
    reserve(path, size_bound(sizes, finite))
    try:
        with pyBigWig.open(str(path), "w") as file:
            file.addHeader(list(sizes.items()), maxZooms=ZOOMS)
            for run in finite:
                file.addEntries(run.chrom, run.start, values=run.values, span=1, step=1)
        _read_back(path, finite)
    except RuntimeError as error:
        raise GxviewError(f"The bigWig file could not be written ({error}); is there room on the disk?") from error


def finite_runs(chrom: str, start: int, values: NDArray[np.float32]) -> Iterator[Run]:
    """Cut values where they are not finite, and into pieces of at most a million."""
    known = np.isfinite(values)
    edges = np.flatnonzero(np.diff(known, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2).tolist():
        for position in range(first, last, _CHUNK):
            part = values[position : min(position + _CHUNK, last)]
            yield Run(chrom, start + position, np.ascontiguousarray(part, dtype=np.float32))


def size_bound(sizes: Mapping[str, int], runs: Sequence[Run]) -> int:
    """Return a size in bytes that the file will not exceed."""
    names = sum(len(name.encode()) + 64 for name in sizes)
    bases = sum(len(run.values) for run in runs)
    return (1 << 18) + names * 2 + bases * 8 + len(runs) * 640


def _read_back(path: Path, runs: Sequence[Run]) -> None:
    with pyBigWig.open(str(path)) as file:
        if file.header()["nLevels"] < 1:
            raise GxviewError(
                "The bigWig file would have no zoom level, on which IGV fails: the sequences are too short."
            )
        for run in runs:
            read = file.values(run.chrom, run.start, run.start + len(run.values), numpy=True)
            if not np.array_equal(read.astype(np.float32), run.values):
                raise GxviewError(f"The bigWig file differs from what was written at {run.chrom}:{run.start + 1:,}.")
