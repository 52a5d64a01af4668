"""Chromosomes without letters: what the track files themselves tell when no genome is open."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome.aliases import Aliases
from gxview.genome.reference import Reference
from gxview.genome.region import Region
from gxview.genome.sequence import Composition


class BareGenome(Reference):
    """Names and sizes of chromosomes; whatever asks for letters is told to open a genome.

    Parameters
    ----------
    path : path
        The file that named the chromosomes first.
    sizes : mapping of str to int
        Size of each chromosome in bases, at least one of them.

    Raises
    ------
    GxviewError
        If there is no chromosome.
    """

    has_letters = False

    def __init__(self, path: Path, sizes: Mapping[str, int]) -> None:
        self.path = path
        self.sizes = {}
        self.names = ()
        self.aliases = Aliases()
        self._lock = threading.Lock()
        self.grow(sizes)
        if not self.names:
            raise GxviewError(f"{path.name} names no chromosome; open a genome first with File > Open genome.")

    def grow(self, sizes: Mapping[str, int]) -> None:
        """Add chromosomes, and bases to known ones.

        Parameters
        ----------
        sizes : mapping of str to int
            Size of each chromosome, under any of its names.
        """
        known = {name: self.find(name) or name for name in sizes} if self.names else {}
        for name, size in sizes.items():
            own = known.get(name, name)
            if size > 0:
                self.sizes[own] = max(size, self.sizes.get(own, 0))
        self.names = tuple(self.sizes)
        self._matcher = self.aliases.matcher(self.names)

    @property
    def title(self) -> str:
        """What the window calls it."""
        return f"Chromosomes of {self.path.name}"

    def close(self) -> None:
        """Nothing is open."""

    def fetch(self, region: Region) -> str:
        """Raise GxviewError: there are no letters."""
        raise GxviewError(f"No genome is open, so the letters of {region} are not known; open one with Ctrl+G.")

    def composition(self, region: Region) -> Composition:
        """Raise GxviewError: there are no letters."""
        raise GxviewError(f"No genome is open, so the letters of {region} are not known; open one with Ctrl+G.")

    @property
    def checksum(self) -> str:
        """Raise GxviewError: there are no letters."""
        raise GxviewError("No genome is open, so it has no checksum; open one with Ctrl+G.")
