"""Reading back what was written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyBigWig
from numpy.typing import NDArray

from gxview.errors import GxviewError


def check_bigwig(path: Path, values: Iterable[tuple[str, int, NDArray[np.float32]]]) -> None:
    """Compare a bigWig file with what was to be written, a piece at a time.

    Parameters
    ----------
    path : Path
        The file.
    values : iterable of (str, int, ndarray)
        Chromosome, 0-based start and float32 (n,), as they were added; what is not finite must be missing in the file.

    Raises
    ------
    GxviewError
        If the file cannot be read, has no zoom level, or differs.
    """
    try:
        with pyBigWig.open(str(path)) as file:
            if file.header()["nLevels"] < 1:
                raise GxviewError(
                    "The bigWig file would have no zoom level, on which IGV fails: the sequences are too short."
                )
            for chrom, start, wanted in values:
                if len(wanted):
                    _compare(chrom, start, wanted, file.values(chrom, start, start + len(wanted), numpy=True))
    except RuntimeError as error:
        raise GxviewError(f"The bigWig file that was written cannot be read back ({error}).") from error


def _compare(chrom: str, start: int, wanted: NDArray[np.float32], read: NDArray[np.float64]) -> None:
    known = np.where(np.isfinite(wanted), wanted, np.float32(np.nan))
    same = (read.astype(np.float32) == known) | (np.isnan(read) & np.isnan(known))
    if not same.all():
        position = start + int(np.argmin(same)) + 1
        raise GxviewError(f"The bigWig file differs from what was written at {chrom}:{position:,}.")
