"""bigWig: one value for one base, with zoom levels, in the order of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.export.writers import check_bigwig, open_bigwig


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
    pieces = list(runs)
    with open_bigwig(path, sizes, bases=sum(len(values) for _, _, values in pieces)) as file:
        for chrom, start, values in pieces:
            file.add(chrom, start, values)
    check_bigwig(path, pieces)
