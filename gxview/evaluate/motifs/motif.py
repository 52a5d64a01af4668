"""A motif: how often each base stands at each position of a binding site."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError

Kind = Literal["counts", "probabilities"]

BASES = "ACGT"
# Base sets of the IUPAC code, as bits of A, C, G, T.
_IUPAC = dict(zip(range(1, 16), "ACMGRSVTWYHKDBN", strict=True))
_COMMON = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Motif:
    """A position frequency matrix and where it comes from.

    Attributes
    ----------
    id, name
        As the database calls it (``MA0108.3``) and as people do (``TBP``).
    pfm
        float64 (4, W), rows A, C, G, T: counts or probabilities, see `kind`.
    kind
        ``counts`` or ``probabilities``.
    source
        File or database that it was read from.
    release
        Release of the database, as ``JASPAR2026``; empty when unknown.

    Raises
    ------
    GxviewError
        When the matrix has another shape, a value below 0 or that is not finite, or a column that sums to 0.
    """

    id: str
    name: str
    pfm: NDArray[np.float64]
    kind: Kind = "counts"
    source: str = ""
    release: str = ""

    def __post_init__(self) -> None:
        wrong = check_matrix(self.pfm)
        if wrong:
            raise GxviewError(f"Motif {self.id or 'without a name'}: {wrong}.")

    @property
    def width(self) -> int:
        """Number of positions."""
        return int(self.pfm.shape[1])

    @property
    def label(self) -> str:
        """Id and name, once where they are the same."""
        return self.id if self.name in ("", self.id) else f"{self.id} {self.name}"

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The matrix with columns that sum to 1, (4, W), without pseudocounts."""
        return np.asarray(self.pfm / self.pfm.sum(axis=0), dtype=np.float64)

    @property
    def consensus(self) -> str:
        """One IUPAC letter per position: all bases at least half as common as the commonest and above 1/4."""
        return consensus(self.probabilities)

    @property
    def information(self) -> NDArray[np.float64]:
        """Bits per position (W,) against equally common bases, 0 to 2, without small-sample correction."""
        return information(self.probabilities)

    def reverse_complement(self) -> Motif:
        """Return the motif as read on the other strand."""
        return replace(self, pfm=np.ascontiguousarray(self.pfm[::-1, ::-1]))

    def cut(self, start: int, end: int) -> Motif:
        """Return positions `start` to `end` (0-based, half-open)."""
        return replace(self, pfm=np.ascontiguousarray(self.pfm[:, start:end]))


def check_matrix(pfm: NDArray[np.float64]) -> str:
    """Return what is wrong with a position frequency matrix, empty when nothing is."""
    if pfm.ndim != 2 or pfm.shape[0] != 4 or pfm.shape[1] == 0:
        return f"a matrix of four rows (A, C, G, T) is needed, not one of shape {pfm.shape}"
    if not np.isfinite(pfm).all():
        return "a value is not a finite number"
    if (pfm < 0).any():
        return f"position {int((pfm < 0).any(axis=0).argmax()) + 1} has a value below 0"
    empty = pfm.sum(axis=0) == 0
    return f"position {int(empty.argmax()) + 1} holds no base at all" if empty.any() else ""


def information(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 2 plus the sum of p log2 p per position, in bits (W,); probabilities are (4, W)."""
    logs = np.log2(np.where(probabilities > 0, probabilities, 1.0))
    return np.asarray(2.0 + (probabilities * logs).sum(axis=0), dtype=np.float64)


def consensus(probabilities: NDArray[np.float64]) -> str:
    """Return one IUPAC letter per position of probabilities (4, W)."""
    bound = np.maximum(probabilities.max(axis=0) / 2, np.nextafter(_COMMON, 1))
    bits = ((probabilities >= bound) * np.array([[1], [2], [4], [8]])).sum(axis=0)
    return "".join(_IUPAC.get(int(one), "N") for one in bits)
