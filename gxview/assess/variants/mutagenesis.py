"""Every substitution of every base of some regions: 4 x L effects.

A cell is the effect of the variant that writes this letter there, with the windows of `gxview.assess.variants.windows`:
so a cell and the line of a VCF file say the same. (The method ``ism`` of `gxview.explain` changes the bases of windows
of a grid; where a chromosome is one window long both are the same numbers.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants.engine import Found
from gxview.assess.variants.records import cleaned
from gxview.assess.variants.signal import Runs
from gxview.genome import Edit, Reference, Region
from gxview.models.sequences import BASES, base_codes


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A region without overlap to others, its letters, and its substitutions.

    Attributes
    ----------
    region : Region
        Where.
    letters : str
        As a model reads them.
    edits : tuple of Edit
        Three for each known base, by position, then A, C, G, T.
    """

    region: Region
    letters: str
    edits: tuple[Edit, ...]


def stretches_of(regions: Sequence[Region], reference: Reference) -> list[Stretch]:
    """Return the union of regions in the order of the genome, with all substitutions."""
    found = []
    for region in _union(regions, reference):
        letters = cleaned(reference.fetch(region))
        edits = tuple(
            Edit(region.chrom, region.start + place, letter, base)
            for place, letter in enumerate(letters)
            if letter in BASES
            for base in BASES
            if base != letter
        )
        found.append(Stretch(region, letters, edits))
    return found


def _union(regions: Sequence[Region], reference: Reference) -> list[Region]:
    order = {name: number for number, name in enumerate(reference.sizes)}
    joined: list[Region] = []
    for region in sorted(regions, key=lambda one: (order[one.chrom], one.start)):
        last = joined[-1] if joined else None
        if last is not None and last.chrom == region.chrom and region.start <= last.end:
            joined[-1] = Region(last.chrom, last.start, max(last.end, region.end))
        else:
            joined.append(Region(region.chrom, region.start, region.end))
    return joined


def effect_map(stretch: Stretch, found: Found, first: int, score: int) -> NDArray[np.float32]:
    """Return the effects of one score on a stretch, float32 (4, L).

    The letter that is there has 0; an unknown base, and a substitution without number, have NaN.

    Parameters
    ----------
    stretch : Stretch
        Where.
    found : Found
        Effects of all edits of all stretches.
    first : int
        Place of its first edit among them.
    score : int
        Which score.
    """
    codes = base_codes(stretch.letters)
    known = codes < len(BASES)
    effects = np.full((len(BASES), len(codes)), np.nan, np.float32)
    there = codes == np.arange(len(BASES))[:, None]
    effects[there] = 0.0
    values = found.values[first : first + len(stretch.edits), score, 0]
    # filled position by position, as the edits come
    effects.T[(~there & known).T] = values
    return effects


def summaries(effects: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return ``mean`` and ``max`` of the three substitutions of each base, float32 (L,).

    ``max`` is the effect of largest size, with its sign; of an unknown base both are NaN.
    """
    strongest = np.take_along_axis(effects, np.abs(np.nan_to_num(effects)).argmax(0)[None], 0)[0]
    unknown = np.isnan(effects).any(0)
    mean = effects.sum(0, dtype=np.float64) / (len(BASES) - 1)
    return {"mean": mean.astype(np.float32), "max": np.where(unknown, np.float32(np.nan), strongest)}


def runs_of_rows(stretches: Sequence[Stretch], rows: Sequence[NDArray[np.float32]]) -> Runs:
    """Return values (L,) of stretches as bigWig takes them."""
    return [(one.region.chrom, one.region.start, row) for one, row in zip(stretches, rows, strict=True)]


def cut(stretches: Sequence[Stretch], maps: Sequence[NDArray[np.float32]], region: Region) -> NDArray[np.float32]:
    """Return the effects of one of the regions, float32 (4, L)."""
    for one, values in zip(stretches, maps, strict=True):
        if one.region.chrom == region.chrom and one.region.start <= region.start and region.end <= one.region.end:
            start = region.start - one.region.start
            return values[:, start : start + region.length]
    raise ValueError(f"no stretch holds {region}")
