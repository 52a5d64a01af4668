"""The interface to everything that writes bigWig: values of bases in the order of the genome, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.export.writers.runs import Cells, Run

DEFAULT_WRITER = "figwig"
NOTHING = "There is nothing to write: no base of the regions has a value."


class BigwigWriter(Protocol):
    """Takes the values of one bigWig file."""

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        """Add float32 (n,) from the 0-based position `start` on; what is not finite is left out.

        Raises
        ------
        ValueError
            If the values lie outside the chromosome, or not behind those before.
        GxviewError, OSError
            If the file cannot be written.
        """


class Backend(Protocol):
    """A library that writes cells: values that begin and end with a finite one, NaN where missing."""

    def write(self, cell: Run) -> None:
        """Append a cell that lies behind those before."""

    def close(self) -> None:
        """Finish the file."""

    def abort(self) -> None:
        """Let go of the file, which will be thrown away."""


@contextmanager
def open_bigwig(
    path: Path, sizes: Mapping[str, int], *, bases: int, writer: str = DEFAULT_WRITER
) -> Iterator[BigwigWriter]:
    """Write a bigWig file piece by piece.

    The bytes of the file depend on the values only, not on the pieces they come in. The file is written where it is
    named: the caller writes aside, and throws it away when an error is raised.

    Parameters
    ----------
    path : Path
        Where; an existing file is replaced.
    sizes : mapping of str to int
        All chromosomes in the order of the reference; all of them are listed in the file.
    bases : int
        Most values that will be added, for which room is taken on the disk.
    writer : str
        A name of `writers()`.

    Yields
    ------
    BigwigWriter
        Takes values until the block ends.

    Raises
    ------
    UsageError
        For an unknown writer.
    GxviewError
        If there was no value, or the file could not be written.
    OSError
        If there is no room.
    """
    opener = _backend(writer)
    try:
        stream = _Stream(opener(path, sizes, bases), sizes)
        try:
            yield stream
            stream.finish()
        except BaseException:
            stream.backend.abort()
            raise
    except RuntimeError as error:
        raise GxviewError(f"The bigWig file could not be written ({error}); is there room on the disk?") from error


def writers() -> tuple[str, ...]:
    """Return the names of what can write bigWig."""
    return tuple(_BACKENDS)


class _Stream:
    def __init__(self, backend: Backend, sizes: Mapping[str, int]) -> None:
        self.backend = backend
        self._cells = Cells(sizes)
        self._empty = True

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        for cell in self._cells.add(chrom, start, values):
            self._write(cell)

    def finish(self) -> None:
        for cell in self._cells.rest():
            self._write(cell)
        if self._empty:
            raise GxviewError(NOTHING)
        self.backend.close()

    def _write(self, cell: Run) -> None:
        self._empty = False
        self.backend.write(cell)


Opener = Callable[[Path, Mapping[str, int], int], Backend]


def _pybigwig(path: Path, sizes: Mapping[str, int], values: int) -> Backend:
    from gxview.export.writers.libbigwig import PyBigWig

    return PyBigWig(path, sizes, values)


def _figwig(path: Path, sizes: Mapping[str, int], values: int) -> Backend:
    from gxview.export.writers.threads import Figwig

    return Figwig(path, sizes, values)


_BACKENDS: dict[str, Opener] = {"figwig": _figwig, "pyBigWig": _pybigwig}


def _backend(writer: str) -> Opener:
    try:
        return _BACKENDS[writer]
    except KeyError:
        raise UsageError(f"There is no bigWig writer '{writer}'; use one of {', '.join(_BACKENDS)}.") from None
