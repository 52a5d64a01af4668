"""Regions as rows of arrays, as motif discovery reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Region

BASE_ORDER = "ACGT"
_CODES = np.full(256, -1, dtype=np.int8)
_CODES[np.frombuffer((BASE_ORDER + BASE_ORDER.lower()).encode(), dtype=np.uint8)] = [0, 1, 2, 3] * 2


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One region.

    Attributes
    ----------
    letters : str
        Letters of its plus strand, (L,).
    values : ndarray
        Relevance of its bases, float32 (L,); NaN where missing.
    hypothetical : ndarray or None
        What each base would contribute, float32 (4, L); all rows have it or none.
    """

    letters: str
    values: NDArray[np.float32]
    hypothetical: NDArray[np.float32] | None = None

    @property
    def one_hot(self) -> NDArray[np.int8]:
        """Rows A, C, G, T: int8 (4, L); a column of zeros for another letter."""
        codes = _CODES[np.frombuffer(self.letters.encode("latin-1"), dtype=np.uint8)]
        present: NDArray[np.bool_] = codes[None, :] == np.arange(len(BASE_ORDER))[:, None]
        return present.astype(np.int8)

    @property
    def contributions(self) -> NDArray[np.float32]:
        """The relevance in the row of the base that is there, 0 in the others: float32 (4, L)."""
        return np.where(self.one_hot == 1, self.values[None, :], np.float32(0))

    @property
    def what_if(self) -> NDArray[np.float32]:
        """The hypothetical scores, float32 (4, L), of a row that has them."""
        if self.hypothetical is None:
            raise ValueError("a row lacks the hypothetical scores that others have")
        return self.hypothetical


Rows: TypeAlias = Callable[[], Iterable[Row]]
"""Returns the rows of the regions, in order; called once for each pass over them."""


def check_lengths(regions: Sequence[Region]) -> None:
    """Raise :class:`~gxview.errors.GxviewError` when regions are not of one length."""
    lengths = sorted({region.length for region in regions})
    if len(lengths) > 1:
        raise GxviewError(
            f"A file of arrays (npz, h5) needs regions of one length; these have {lengths[0]:,} to {lengths[-1]:,} "
            "bases. Make them equally long, for instance the same number of bases around each centre."
        )


def coordinates(regions: Sequence[Region]) -> dict[str, NDArray[np.generic]]:
    """Return ``chrom``, ``start``, ``end`` and ``strand`` (that of the letters, always plus) of regions, (N,) each."""
    return {
        "chrom": np.array([region.chrom for region in regions]),
        "start": np.array([region.start for region in regions], dtype=np.int64),
        "end": np.array([region.end for region in regions], dtype=np.int64),
        "strand": np.array(["+"] * len(regions)),
    }
