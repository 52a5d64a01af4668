"""DNA letters on their way into a model: checking, upper-casing and one-hot columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.errors import GxviewError

BASES = "ACGT"
AMBIGUOUS = "NRYSWKMBDHV"
_ALLOWED = frozenset(BASES + AMBIGUOUS)
_TO_N = str.maketrans(dict.fromkeys(AMBIGUOUS, "N"))
UNKNOWN = len(BASES)
"""Code of every letter that is not A, C, G or T."""

_CODES = np.full(256, UNKNOWN, dtype=np.uint8)
_CODES[list(BASES.encode())] = range(len(BASES))


def clean_sequence(sequence: str, label: str) -> str:
    """Return the letters a model sees: upper case, every ambiguity code as N.

    Parameters
    ----------
    sequence
        DNA letters of either case; IUPAC ambiguity codes are allowed.
    label
        How to call the sequence in an error, for instance ``sequence 3``.

    Raises
    ------
    GxviewError
        For an empty sequence or a letter that is no DNA.
    """
    letters = sequence.upper()
    if not letters:
        raise GxviewError(f"{label} is empty; give at least one base.")
    strange = set(letters) - _ALLOWED
    if strange:
        position = min(letters.index(letter) for letter in strange)
        raise GxviewError(
            f"{label} has the letter {sequence[position]!r} at position {position + 1:,}, which is no DNA base; "
            "use A, C, G, T, N or an IUPAC ambiguity code."
        )
    return letters.translate(_TO_N)


def known_sequence(sequence: str, where: str) -> str:
    """Return a sequence as :func:`clean_sequence` does.

    Raises
    ------
    GxviewError
        When a letter is no DNA, or no base is known.
    """
    cleaned = clean_sequence(sequence, where)
    if not cleaned.strip("N"):
        raise GxviewError(f"{where} has no known base, only N; leave it out.")
    return cleaned


def clean_sequences(sequences: Sequence[str]) -> list[str]:
    """Apply :func:`clean_sequence` to each of several sequences, which errors call by their number from 1."""
    if isinstance(sequences, str):
        raise GxviewError("Give a list of sequences, not one text.")
    return [clean_sequence(sequence, f"sequence {number}") for number, sequence in enumerate(sequences, start=1)]


def base_codes(sequence: str) -> NDArray[np.uint8]:
    """Return A, C, G, T as 0..3 and anything else as 4, shape (L,), from upper-case letters."""
    return _CODES[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]


def one_hot_from_codes(codes: Tensor) -> Tensor:
    """Return float32 one-hot columns (N, 4, L) of base codes (N, L); an unknown base is a column of zeros."""
    return (codes[:, None, :] == torch.arange(len(BASES), device=codes.device)[:, None]).float()


def codes_of(sequences: Sequence[str]) -> NDArray[np.uint8]:
    """Return base codes (N, L) of cleaned sequences of one length."""
    lengths = {len(sequence) for sequence in sequences}
    if len(lengths) > 1:
        raise GxviewError(f"One-hot arrays need sequences of one length, not {min(lengths):,} to {max(lengths):,}.")
    return base_codes("".join(sequences)).reshape(len(sequences), -1)


def one_hot(sequences: Sequence[str]) -> Tensor:
    """Return float32 one-hot columns (N, 4, L) in the order A, C, G, T of cleaned sequences of one length."""
    return one_hot_from_codes(torch.from_numpy(codes_of(sequences)))
