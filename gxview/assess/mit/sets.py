"""The 650 sequences of the Mechanistic Invariance Test, in eight classes.

Sequences are named ``CLASS_NUMBER`` (``E_017``); E, D and H with one number are a pair. Each class is drawn from a
generator of its own, so that no class depends on which others are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.layout import (
    BROKEN10,
    CONSENSUS10,
    CONSENSUS35,
    EXTENDED,
    EXTENDED_MOTIF,
    LENGTH,
    MINUS10,
    MINUS35,
    MOVED_UP,
    UP,
    UP_CONSENSUS,
)
from gxview.errors import UsageError

Rng = np.random.Generator
Codes = NDArray[np.uint8]
Sets = dict[str, dict[int, str]]
"""Class -> number -> letters."""
Scramble = Literal["shuffle", "moved"]

SCRAMBLES: tuple[Scramble, ...] = ("shuffle", "moved")
COUNTS = {"A": 100, "B": 100, "C": 100, "D": 100, "E": 100, "F": 50, "G": 50, "H": 50}
"""Classes and how many sequences each has."""
NATURAL = ("A", "B", "G")
"""Classes made from promoters of a genome."""
TITLES = {
    "A": "natural intact",
    "B": "natural broken",
    "C": "synthetic intact",
    "D": "synthetic broken",
    "E": "compensated",
    "F": "over-compensated",
    "G": "natural compensated",
    "H": "scrambled control",
}
AT_SHARE = 0.56
"""A and T among the bases of the background: A .28, C .22, G .22, T .28."""
STRONG35 = ("TTGACA", "TTGACT", "TTGATA")
"""The -35 boxes of class F."""

_BASES = np.frombuffer(b"ACGT", dtype=np.uint8)
_CHOICES = {"A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "N": "ACGT"}


def build_sets(seed: int = 42, scramble: Scramble = "shuffle", natural: Sets | None = None) -> Sets:
    """Make the sequences of the test.

    Parameters
    ----------
    seed : int
        Of everything random.
    scramble : str
        How class H is made, see `scrambled`.
    natural : dict, optional
        Classes A, B and G (:func:`gxview.assess.mit.natural.natural_sets`); without them the classes are left out.

    Returns
    -------
    dict of str to dict of int to str
        Class -> number -> letters.
    """
    sets = {
        label: dict(enumerate(draw(label, count, class_rng(seed, label), scramble)))
        for label, count in COUNTS.items()
        if label not in NATURAL
    }
    return dict(sorted({**sets, **(natural or {})}.items()))


def class_rng(seed: int, label: str) -> Rng:
    """Return the generator of a class."""
    return np.random.default_rng([seed, ord(label)])


def draw(label: str, count: int, rng: Rng, scramble: Scramble = "shuffle") -> list[str]:
    """Draw sequences of a synthetic class (C, D, E, F or H), each with a background of its own.

    Parameters
    ----------
    label : str
        The class.
    count : int
        How many.
    rng : numpy.random.Generator
        Source of chance.
    scramble : str
        How class H is made, see `scrambled`.
    """
    rows = background(count, rng)
    place(rows, MINUS35[0], [rng.choice(STRONG35) for _ in rows] if label == "F" else CONSENSUS35)
    place(rows, MINUS10[0], CONSENSUS10 if label == "C" else BROKEN10)
    if label in "EFH":
        place(rows, UP[0], up_elements(count, rng))
        place(rows, EXTENDED[0], EXTENDED_MOTIF)
    found = texts(rows)
    return scrambled(found, rng, scramble) if label == "H" else found


def scrambled(sequences: Sequence[str], rng: Rng, variant: Scramble = "shuffle") -> list[str]:
    """Return compensated sequences (class E) with their elements scrambled: the same letters, the logic gone.

    Parameters
    ----------
    sequences : sequence of str
        In the layout of the test.
    rng : numpy.random.Generator
        Source of chance.
    variant : str
        ``'shuffle'``, as the authors ran the test: the bases of the UP element are shuffled among themselves, and those
        of the extended -10. ``'moved'``, as the paper says: the bases of 15 to 23 and of 40 to 48 change places, so
        that the UP element comes to lie behind the -35 box; the extended -10 is kept.
    """
    if variant not in SCRAMBLES:
        raise UsageError(f"Class H is made by {' or '.join(SCRAMBLES)}, not by '{variant}'.")
    rows = codes_of(sequences)
    if variant == "moved":
        rows[:, slice(*UP)], rows[:, slice(*MOVED_UP)] = rows[:, slice(*MOVED_UP)].copy(), rows[:, slice(*UP)].copy()
    else:
        for start, end in (UP, EXTENDED):
            rows[:, start:end] = rng.permuted(rows[:, start:end], axis=1)
    return texts(rows)


def background(count: int, rng: Rng, at: float = AT_SHARE, length: int = LENGTH) -> Codes:
    """Draw bases, each by itself, A and T with half of `at` each; codes A, C, G, T = 0..3, (count, length)."""
    return from_chances(rng.random((count, length)), at)


def from_chances(chances: NDArray[np.float64], at: float) -> Codes:
    """Turn numbers between 0 and 1 into codes of bases; with more AT the same number changes its base late or never.

    A lies at the low and T at the high end, so that rows of one matrix at two values of `at` share all the bases they
    can.
    """
    return np.searchsorted([at / 2, 0.5, 1 - at / 2], chances, side="right").astype(np.uint8)


def up_elements(count: int, rng: Rng, pattern: str = UP_CONSENSUS) -> list[str]:
    """Draw sequences of a pattern of A, C, G, T, R and N."""
    columns = [rng.choice(list(_CHOICES[letter]), count) for letter in pattern]
    return ["".join(row) for row in zip(*columns, strict=True)]


def place(rows: Codes, start: int, motif: str | Sequence[str]) -> None:
    """Write a motif, or one for each row, into codes (N, L) from a position on."""
    found = codes_of([motif] if isinstance(motif, str) else motif)
    rows[:, start : start + found.shape[1]] = found


def codes_of(sequences: Sequence[str]) -> Codes:
    """Return the codes A, C, G, T = 0..3 and 4 for everything else of sequences of one length, (N, L)."""
    letters = np.frombuffer("".join(sequences).encode("ascii", "replace"), dtype=np.uint8)
    return _CODES[letters].reshape(len(sequences), -1)


def texts(rows: Codes) -> list[str]:
    """Return the letters of codes (N, L)."""
    return [_BASES[row].tobytes().decode("ascii") for row in rows]


def identifier(label: str, number: int) -> str:
    """Return the name of a sequence."""
    return f"{label}_{number:03d}"


_CODES = np.full(256, 4, dtype=np.uint8)
_CODES[_BASES] = range(4)
