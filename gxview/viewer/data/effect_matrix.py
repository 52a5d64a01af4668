"""The effect of every substitution along the genome: four rows of cells, or the strongest of each bin of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region

ROWS = "ACGT"
"""The base that is put in, row by row from top to bottom."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class EffectMatrix:
    """Effects between consecutive positions.

    Attributes
    ----------
    edges
        Positions, ascending, int64 (n + 1,): single bases, or bins of several.
    values
        Effect of each base in its place, float32 (4, n), rows A, C, G, T; NaN where none is known, 0 for the base that
        is there. Of a bin the effect that lies furthest from zero, with its sign, row by row.
    notes
        Sentences for the user.
    """

    edges: NDArray[np.int64]
    values: Floats
    notes: tuple[str, ...] = ()

    @classmethod
    def of_bases(cls, start: int, values: Floats, notes: tuple[str, ...] = ()) -> EffectMatrix:
        """Return effects (4, L) of single bases from `start` on."""
        return cls(np.arange(start, start + values.shape[1] + 1, dtype=np.int64), values, notes)

    @property
    def step(self) -> int:
        """Bases of the widest bin."""
        return int(np.diff(self.edges).max(initial=0))

    def within(self, region: Region) -> Floats:
        """Return the effects of the bases or bins that touch a region, (4, k)."""
        first = max(0, int(np.searchsorted(self.edges, region.start, "right")) - 1)
        return self.values[:, first : int(np.searchsorted(self.edges, region.end, "left"))]

    def at(self, base: int) -> tuple[int, int, Floats] | None:
        """Return start, end and effects (4,) of the bin that holds a base; None beside all of them."""
        place = int(np.searchsorted(self.edges, base, "right")) - 1
        if not 0 <= place < self.values.shape[1]:
            return None
        return int(self.edges[place]), int(self.edges[place + 1]), self.values[:, place]


def strongest(start: int, values: Floats, step: int) -> EffectMatrix:
    """Reduce effects (4, L) of the bases from `start` on to bins of `step` bases at multiples of that number."""
    first = start // step * step
    count = -(-(start + values.shape[1]) // step) - first // step
    wide = np.full((len(ROWS), count * step), np.nan, np.float32)
    wide[:, start - first : start - first + values.shape[1]] = values
    cells = wide.reshape(len(ROWS), count, step)
    place = np.where(np.isnan(cells), -1.0, np.abs(cells)).argmax(axis=2)
    edges = first + step * np.arange(count + 1, dtype=np.int64)
    return EffectMatrix(edges, np.take_along_axis(cells, place[:, :, None], axis=2)[:, :, 0])


def stronger(first: Floats, second: Floats) -> Floats:
    """Return of each two effects the one that lies further from zero; the known one where the other is missing."""
    with np.errstate(invalid="ignore"):
        take = np.isnan(first) | (np.abs(second) > np.abs(first))
    return np.where(take, second, first)


def effects_of(hypothetical: Floats, values: Floats) -> Floats:
    """Return the effects (4, L) of substitutions from what in-silico mutagenesis says.

    Parameters
    ----------
    hypothetical
        Change by each base minus the mean change over the four bases, (4, L).
    values
        The entry of the base that is there, (L,): its own change is 0, so that this is minus the mean.
    """
    return hypothetical - values[None, :]
