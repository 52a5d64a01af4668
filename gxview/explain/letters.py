"""Which letters of a genome a model reads: those of the reference, or the same ones shuffled, as a control."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np

from gxview.errors import UsageError
from gxview.genome.shuffle import dinucleotide_shuffle, mononucleotide_shuffle

REFERENCE = "reference"
SHUFFLES: Mapping[str, Callable[[str, np.random.Generator], str]] = {
    "dinucleotide": dinucleotide_shuffle,
    "mononucleotide": mononucleotide_shuffle,
}
"""What shuffles the letters of a window, by name."""
CHOICES = (REFERENCE, *SHUFFLES)


def check_letters(name: str | None) -> str:
    """Return a choice of letters, None being those of the reference.

    Raises
    ------
    UsageError
        If there is no such choice.
    """
    if name is not None and name not in CHOICES:
        raise UsageError(f"The letters are {', '.join(CHOICES[:-1])} or {CHOICES[-1]}, not '{name}'.")
    return name or REFERENCE


def letters_of(window: str, chrom: str, start: int, letters: str) -> str:
    """Return what a model reads of a window of a genome.

    Parameters
    ----------
    window : str
        Letters of the reference.
    chrom, start
        Where the window lies; the seed of its shuffle depends on that and its length only, so that a window has the
        same shuffled letters wherever a region begins.
    letters : str
        One of `CHOICES`.
    """
    if letters == REFERENCE:
        return window
    place = hashlib.sha256(f"{letters} {chrom}:{start}+{len(window)}".encode()).digest()
    return SHUFFLES[letters](window, np.random.default_rng(list(place)))
