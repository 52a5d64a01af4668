"""Letters of DNA: complement and counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVNacgturyswkmbdhvn", "TGCAAYRSWMKVHDBNtgcaayrswmkvhdbn")


@dataclass(frozen=True, slots=True)
class Composition:
    """How often each letter occurs in a stretch of sequence, upper and lower case together.

    Attributes
    ----------
    a, c, g, t, n : int
        Counts of the bases (U counts as T) and of unknown bases.
    other : int
        Count of all other letters: the IUPAC codes of two or three bases, gaps.
    soft_masked : int
        Count of lower-case letters, whatever they are.
    """

    a: int
    c: int
    g: int
    t: int
    n: int
    other: int
    soft_masked: int

    @property
    def length(self) -> int:
        """Number of letters."""
        return self.a + self.c + self.g + self.t + self.n + self.other

    @property
    def gc(self) -> float:
        """Share of G and C among the known bases; NaN where none is known."""
        known = self.a + self.c + self.g + self.t
        return (self.g + self.c) / known if known else float("nan")


def reverse_complement(sequence: str) -> str:
    """Return the other strand, read from its 5' end; IUPAC codes and case are kept.

    Letters without a complement (gaps, X) stay as they are. U becomes A, and A becomes T.
    """
    return sequence[::-1].translate(_COMPLEMENT)


def count_letters(sequence: str) -> NDArray[np.int64]:
    """Count every byte value in a sequence, shape (256,)."""
    return np.bincount(np.frombuffer(sequence.encode("latin-1"), dtype=np.uint8), minlength=256)


def composition_of(counts: NDArray[np.int64]) -> Composition:
    """Sum up letter counts of shape (256,)."""

    def both(letters: str) -> int:
        return int(sum(counts[ord(letter)] for letter in letters.upper() + letters.lower()))

    a, c, g, t, n = both("A"), both("C"), both("G"), both("TU"), both("N")
    masked = int(counts[ord("a") : ord("z") + 1].sum())
    return Composition(a, c, g, t, n, int(counts.sum()) - a - c - g - t - n, masked)
