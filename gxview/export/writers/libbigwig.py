"""bigWig by pyBigWig."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyBigWig

from gxview.export.writers.room import PER_RUN, Room, size_bound
from gxview.export.writers.runs import Run

ZOOMS = 10


class PyBigWig:
    """Writes runs by pyBigWig; see :class:`~gxview.export.writers.base.Backend`."""

    def __init__(self, path: Path, sizes: Mapping[str, int], values: int) -> None:
        needed = size_bound(sizes, values, 0)
        path.write_bytes(b"")
        Room(path, needed)  # once before the file is opened, as pyBigWig crashes when it closes a file without a header
        self._file = pyBigWig.open(str(path), "w")
        self._file.addHeader(list(sizes.items()), maxZooms=ZOOMS)
        self._room = Room(path, needed)

    def write(self, run: Run) -> None:
        """Append a run."""
        self._room.grow(PER_RUN)
        self._file.addEntries(run.chrom, run.start, values=run.values, span=1, step=1)

    def close(self) -> None:
        """Write index and zoom levels."""
        self._file.close()
        self._room.release()

    def abort(self) -> None:
        """Close the file as it is."""
        self._file.close()
