"""Sequences with a planted motif."""

from __future__ import annotations

import numpy as np

MOTIF = "TGACTCATGC"


def planted(count: int, length: int, seed: int) -> tuple[list[str], list[int], list[float]]:
    """Return letters, classes and measurements: every second sequence has the motif somewhere."""
    rng = np.random.default_rng(seed)
    sequences, labels, values = [], [], []
    for number in range(count):
        letters = rng.choice(list("ACGT"), length)
        if number % 2:
            at = rng.integers(0, length - len(MOTIF) + 1)
            letters[at : at + len(MOTIF)] = list(MOTIF)
        sequences.append("".join(letters))
        labels.append(number % 2)
        values.append(2.0 * (number % 2) + float(rng.normal()) * 0.4)
    return sequences, labels, values
