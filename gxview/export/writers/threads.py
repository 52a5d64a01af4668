"""bigWig by figwig, which compresses in threads, without the interpreter.

It writes values and the finest zoom level as they come, and holds the compressed coarser levels until the end: about
one byte for a base.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from figwig import BigWigWriter

from gxview.errors import GxviewError
from gxview.export.writers.runs import Run

ZOOMS = 10
# One engine by name, as the bytes of a file depend on it. libdeflate takes a third of the time of zlib; figwig cannot
# reach it on Windows.
ENGINE = "zlib" if sys.platform == "win32" else "libdeflate"
_THREADS = 1  # more of them hold more of the coarser zoom levels in memory: 1.5 bytes of a base instead of 0.5


class Figwig:
    """Writes cells by figwig; see :class:`~gxview.export.writers.base.Backend`."""

    def __init__(self, path: Path, sizes: Mapping[str, int], values: int) -> None:
        self._file = BigWigWriter(path, dict(sizes), zooms=ZOOMS, engine=ENGINE, n_jobs=_THREADS)

    def write(self, cell: Run) -> None:
        """Append a cell."""
        self._file.write(cell.chrom, np.array([cell.start]), cell.values[None], missing=np.nan)

    def close(self) -> None:
        """Write index and zoom levels."""
        self._file.close()

    def abort(self) -> None:
        """Close the file as it is."""
        with contextlib.suppress(OSError):  # on a full disk it cannot be closed properly; it is thrown away anyway
            self._file.__exit__(GxviewError, None, None)
