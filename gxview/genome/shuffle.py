"""Shuffled sequences, the controls of an explanation: the letters stay, what they spell does not.

Both shuffles work on each run of A, C, G, T by itself. N and every other letter stay where they are, so that an
assembly gap remains a gap and no pair of letters is counted across one. Lower case (soft masking) is read as upper case
and the result is upper case: a repeat that was shuffled is no repeat.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError

Codes = NDArray[np.uint8]

_BASES = np.frombuffer(b"ACGT", dtype=np.uint8)
_CODE = np.zeros(256, dtype=np.uint8)
_CODE[_BASES] = np.arange(4)
_RUN = re.compile("[ACGT]+")


def dinucleotide_shuffle(sequence: str, rng: np.random.Generator) -> str:
    """Return one shuffle that keeps how often each of the 16 pairs of letters occurs, see `dinucleotide_shuffles`."""
    return dinucleotide_shuffles(sequence, 1, rng)[0]


def dinucleotide_shuffles(sequence: str, count: int, rng: np.random.Generator) -> list[str]:
    """Return shuffles that keep how often each of the 16 pairs of letters occurs.

    Altschul and Erickson 1985 (Mol. Biol. Evol. 2:526-538): a run is a walk over the letters along its pairs; every
    walk over the same pairs (an Euler path) is equally likely. The first and the last letter of each run stay.

    Parameters
    ----------
    sequence : str
        DNA of either case, see the head of this module for N and lower case.
    count : int
        Number of shuffles.
    rng : numpy.random.Generator
        Source of chance; the same state gives the same shuffles.

    Returns
    -------
    list of str
        Upper case, as long as `sequence`. A sequence with a single walk (for instance ``AAAA``) comes back as it is.

    Raises
    ------
    UsageError
        For a count below 1.
    """
    return _by_runs(sequence, count, lambda codes: _euler_walks(codes, count, rng))


def mononucleotide_shuffle(sequence: str, rng: np.random.Generator) -> str:
    """Return one shuffle that keeps how often each letter occurs, see `mononucleotide_shuffles`."""
    return mononucleotide_shuffles(sequence, 1, rng)[0]


def mononucleotide_shuffles(sequence: str, count: int, rng: np.random.Generator) -> list[str]:
    """Return shuffles that keep how often each letter occurs in each run; every order is equally likely.

    Parameters, errors and the treatment of N and lower case are those of `dinucleotide_shuffles`.
    """
    return _by_runs(sequence, count, lambda codes: rng.permuted(np.tile(codes, (count, 1)), axis=1))


def _by_runs(sequence: str, count: int, shuffled: Callable[[Codes], Codes]) -> list[str]:
    if count < 1:
        raise UsageError(f"Ask for at least one shuffle, not {count}.")
    letters = sequence.upper()
    rows = np.tile(np.frombuffer(letters.encode("ascii", "replace"), dtype=np.uint8), (count, 1))
    for run in _RUN.finditer(letters):
        span = slice(run.start(), run.end())
        if run.end() - run.start() > 1:
            rows[:, span] = _BASES[shuffled(_CODE[rows[0, span]])]
    return [row.tobytes().decode("ascii") for row in rows]


def _euler_walks(codes: Codes, count: int, rng: np.random.Generator) -> Codes:
    """Return walks (count, L) over the same pairs of codes, each Euler path equally likely."""
    exits = [codes[1:][codes[:-1] == letter] for letter in range(4)]
    end = int(codes[-1])
    orders = [np.empty((count, len(found)), np.uint8) for found in exits]
    open_rows = np.arange(count)
    while len(open_rows):
        for letter, found in enumerate(exits):
            orders[letter][open_rows] = rng.permuted(np.tile(found, (len(open_rows), 1)), axis=1)
        open_rows = open_rows[~_all_lead_to(end, [order[open_rows] for order in orders])]
    walks = np.empty((count, len(codes)), np.uint8)
    for row in range(count):
        walks[row] = _walk(int(codes[0]), len(codes), [order[row].tolist() for order in orders])
    return walks


def _all_lead_to(end: int, orders: list[NDArray[np.uint8]]) -> NDArray[np.bool_]:
    """Return whether from every letter that is left the last exits lead to the end; else a walk would strand."""
    rows = len(orders[0])
    last = np.full((rows, 4), end)
    for letter, order in enumerate(orders):
        if letter != end and order.shape[1]:
            last[:, letter] = order[:, -1]
    last[:, end] = end
    reached = last
    for _ in range(2):  # four letters: three steps are enough, two doublings make four
        reached = np.take_along_axis(reached, reached, axis=1)
    return np.asarray((reached == end).all(axis=1))


def _walk(start: int, length: int, exits: list[list[int]]) -> list[int]:
    ways = [iter(found) for found in exits]
    walk, here = [start], start
    for _ in range(length - 1):
        here = next(ways[here])
        walk.append(here)
    return walk
