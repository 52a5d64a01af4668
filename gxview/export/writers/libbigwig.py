"""bigWig by pyBigWig.

It keeps what becomes zoom levels in memory (15 bytes for a base), holds the interpreter while it finishes a file, and
leaves the sum of every 1023rd record of a zoom level 0: for comparison, and where numba does not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyBigWig

from gxview.export.writers.room import PER_RUN, Room, size_bound
from gxview.export.writers.runs import Run, finite_runs

ZOOMS = 10


class PyBigWig:
    """Writes cells by pyBigWig; see :class:`~gxview.export.writers.base.Backend`."""

    def __init__(self, path: Path, sizes: Mapping[str, int], values: int) -> None:
        needed = size_bound(sizes, values, 0)
        path.write_bytes(b"")
        Room(path, needed)  # once before the file is opened, as pyBigWig crashes when it closes a file without a header
        self._file = pyBigWig.open(str(path), "w")
        self._file.addHeader(list(sizes.items()), maxZooms=ZOOMS)
        self._room, self._needed = Room(path, needed), needed

    def write(self, cell: Run) -> None:
        """Append a cell."""
        for run in finite_runs(cell):
            self._needed += PER_RUN
            self._room.ensure(self._needed)
            self._file.addEntries(run.chrom, run.start, values=run.values, span=1, step=1)

    def close(self) -> None:
        """Write index and zoom levels."""
        self._file.close()
        self._room.release()

    def abort(self) -> None:
        """Close the file as it is."""
        self._file.close()
