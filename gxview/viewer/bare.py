"""Opens track files without a genome: the chromosomes come from the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gxview.genome import BareGenome, Reference


class Sized(Protocol):
    """A source that knows the chromosomes of its file."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Size of each chromosome in bases, or the largest end that was seen."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A source, and the chromosomes it brings when no genome is open."""

    source: Any
    sizes: Mapping[str, int] | None = None


def open_bare(open_source: Callable[..., Any], path: Path, reference: Reference | None) -> Opened:
    """Open a file for chromosomes that are known, or for those that it names itself.

    Parameters
    ----------
    open_source
        See `gxview.tracks.open_source`.
    path
        The file.
    reference
        What is open: a genome, chromosomes of other files, or nothing.

    Raises
    ------
    GxviewError
        If the file cannot be read.
    """
    if reference is not None and reference.has_letters:
        return Opened(open_source(path, reference))
    source = open_source(path)
    sizes = dict(source.sizes)
    if reference is not None and any(name not in reference.sizes and _known(reference, name) for name in sizes):
        # other names for the chromosomes on screen: the reference translates them
        return Opened(open_source(path, reference), sizes)
    return Opened(source, sizes)


def grown(reference: Reference | None, path: Path, sizes: Mapping[str, int]) -> BareGenome:
    """Return chromosomes that hold those of one more file.

    Raises
    ------
    GxviewError
        If there is no chromosome.
    """
    if not isinstance(reference, BareGenome):
        return BareGenome(path, sizes)
    reference.grow(sizes)
    return reference


def _known(reference: Reference, name: str) -> bool:
    return reference.find(name) is not None
