"""What every data source of a track offers, whatever file it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.attributes import read_attributes

Floats: TypeAlias = NDArray[np.float32]
Spans: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """A named stretch of the genome: a gene model, a peak, a repeat.

    Attributes
    ----------
    chrom : str
        Name of the chromosome; the reference's name where a reference was given.
    start, end : int
        0-based, half-open; at least one base.
    name : str
        Label; empty where the file gives none.
    strand : str
        ``'+'``, ``'-'`` or ``'.'``.
    kind : str
        Type in the words of the file (``'mRNA'``, ``'gene'``, ``'peak'``).
    blocks : tuple of (int, int)
        Parts such as exons, in order, without overlap; never empty.
    thick : (int, int) or None
        Extent of the coding sequence.
    score : float or None
        Score; of a narrowPeak its signal value.
    color : str or None
        ``'#rrggbb'``.
    attributes : str
        Further attributes as the file has them; see :meth:`details`.
    """

    chrom: str
    start: int
    end: int
    name: str = ""
    strand: str = "."
    kind: str = "feature"
    blocks: Spans = ()
    thick: tuple[int, int] | None = None
    score: float | None = None
    color: str | None = None
    attributes: str = ""

    def __post_init__(self) -> None:
        if not self.blocks:
            object.__setattr__(self, "blocks", ((self.start, self.end),))

    def details(self) -> dict[str, str]:
        """Return the attributes of the file's own line, decoded, for a person to read."""
        return read_attributes(self.attributes)

    def overlaps(self, region: Region) -> bool:
        """Whether any base of the feature, introns included, lies in a region of the same chromosome name."""
        return self.chrom == region.chrom and self.start < region.end and self.end > region.start


@dataclass(frozen=True, slots=True, eq=False)
class SignalSummary:
    """Extremes and mean of a signal in equal bins, each float32 of shape (bins,); NaN where no base has a value."""

    min: Floats
    max: Floats
    mean: Floats


@runtime_checkable
class SignalSource(Protocol):
    """One value per base.

    Attributes
    ----------
    sizes : dict of str to int
        Chromosomes of the file, by the reference's names where there is one: their length, or the last position with
        data where the file does not tell the length.
    """

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    sizes: dict[str, int]

    def values(self, region: Region) -> Floats:
        """Return the value of every base, shape (L,); NaN where missing."""

    def summary(self, region: Region, bins: int) -> SignalSummary:
        """Return exact extremes and means: bin i covers ``start + i * L // bins`` up to the next bin's start."""


@runtime_checkable
class FeatureSource(Protocol):
    """Features on the genome; `sizes` as of :class:`SignalSource`."""

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    sizes: dict[str, int]

    def features(self, region: Region) -> list[Feature]:
        """Return the features that overlap a region, by start."""

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return features by name without regard to case: the same name, then beginning so, then holding the text."""

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many features overlap each of equal bins, shape (bins,)."""


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sort spans and join those that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
