"""From codons to amino acids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ORDER = "TCAG"
"""Order of the bases in `AMINO_ACIDS`, as NCBI lists them; T pairs with A and C with G, two places apart."""
AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
"""Amino acids of TTT, TTC, TTA, TTG, TCT, ... GGG; ``*`` is a stop. The standard code, NCBI translation table 1."""
UNKNOWN = ord("X")
"""Amino acid of a codon with a letter other than A, C, G, T or U."""

_NO_BASE = 4


def _digits() -> NDArray[np.uint8]:
    table = np.full(256, _NO_BASE, np.uint8)
    for digit, base in enumerate(ORDER):
        table[ord(base)] = table[ord(base.lower())] = digit
    table[ord("U")] = table[ord("u")] = ORDER.index("T")
    return table


_DIGITS = _digits()
_TABLE = np.frombuffer(AMINO_ACIDS.encode(), np.uint8)


def amino_acids(sequence: str, reverse: bool = False) -> NDArray[np.uint8]:
    """Translate the codon at every position of a sequence, whatever its frame.

    Parameters
    ----------
    sequence : str
        L letters of the forward strand, in either case.
    reverse : bool
        Translate the codons of the other strand.

    Returns
    -------
    ndarray of uint8, shape (max(0, L - 2),)
        Letter (ASCII) of the amino acid whose codon covers the bases i, i + 1 and i + 2; `UNKNOWN` where a base is
        not known.
    """
    digits = _DIGITS[np.frombuffer(sequence.encode("latin-1", "replace"), np.uint8)]
    if len(digits) < 3:
        return np.empty(0, np.uint8)
    first, middle, last = digits[:-2], digits[1:-1], digits[2:]
    known = (first < _NO_BASE) & (middle < _NO_BASE) & (last < _NO_BASE)
    if reverse:
        first, middle, last = (np.bitwise_xor(digit, np.uint8(2)) for digit in (last, middle, first))
    codon = np.where(known, np.uint8(16) * first + np.uint8(4) * middle + last, np.uint8(0))
    return np.where(known, _TABLE[codon], np.uint8(UNKNOWN)).astype(np.uint8)
