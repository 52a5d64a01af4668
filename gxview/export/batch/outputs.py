"""The signal files of a job while they are written, piece by piece in the order of the genome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.export.browsers import BrowserTrack
from gxview.export.writers import open_bigwig
from gxview.export.writers.base import BigwigWriter

Pick = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def same(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return all values."""
    return values


@dataclass(slots=True, eq=False)
class SignalFile:
    """A bigWig file that comes into being with its first value.

    Attributes
    ----------
    name : str
        Final name.
    row : str
        Row of the shards that it holds.
    pick : callable
        What of the values is written.
    path : Path
        Where it is written meanwhile.
    sizes : mapping
        Chromosomes of the reference.
    bases : int
        Most values it will hold.
    """

    name: str
    row: str
    pick: Pick
    path: Path
    sizes: Mapping[str, int]
    bases: int
    count: int = 0
    high: float = 0.0
    _open: ExitStack = field(default_factory=ExitStack)
    _writer: BigwigWriter | None = None

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        """Append values, float32 (L,)."""
        chosen = self.pick(values)
        known = chosen[np.isfinite(chosen)]
        if not len(known):
            return
        if self._writer is None:
            self._writer = self._open.enter_context(open_bigwig(self.path, self.sizes, bases=self.bases))
        self._writer.add(chrom, start, chosen)
        self.count += len(known)
        self.high = max(self.high, float(np.abs(known).max()))

    def close(self) -> bool:
        """Finish the file; return whether there is one."""
        self._open.close()
        return self._writer is not None

    def abort(self) -> None:
        """Give the file up."""
        stack = self._open.pop_all()
        stack.__exit__(GeneratorExit, GeneratorExit(), None)

    def browser_track(self, folder: Path) -> BrowserTrack:
        """Describe the file for a genome browser."""
        letters, high = self.row == "values", self.high or 1.0
        top = 1.0 if self.row == "score" else high
        return BrowserTrack(
            folder / self.name, Path(self.name).stem, -high if letters else 0.0, top, self.count, letters
        )
