"""What bigWig and bigBed sources have in common: the file, its names and its chromosomes."""

from __future__ import annotations

from pathlib import Path

from gxview.genome import Reference
from gxview.tracks.bbi import BbiFile
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.places import open_bytes


class BbiSource:
    """A bigWig or bigBed file on a genome.

    Parameters
    ----------
    path : path
        The file, or its http(s) address; the server must answer range requests.
    magic : int
        First number of files of its kind.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, or of another kind.
    """

    color: str | None = None

    def __init__(self, path: str | Path, magic: int, reference: Reference | None) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self._file = BbiFile(open_bytes(path), magic)
        self._names = ChromosomeNames(self.path, tuple(self._file.sizes), reference, self._file.sizes)
        self.sizes: dict[str, int] = self._names.renamed(self._file.sizes)
        self.notes: tuple[str, ...] = self._names.notes
