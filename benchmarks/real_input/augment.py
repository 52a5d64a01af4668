"""More training sequences from the ones there are: random substitutions and shifts (Lee, Tang and Koo 2023, EvoAug)."""

from __future__ import annotations

import numpy as np

from gxview.models.labelled import LabelledSequences


def augmented(data: LabelledSequences, copies: int, rate: float, shift: int, seed: int) -> LabelledSequences:
    """Return the sequences and changed copies of them.

    A substitution also moves the borders of the words around it, which is what a model on words needs most: the same
    bases in other words.

    Parameters
    ----------
    data
        Training sequences only; a validation set must be split off before.
    copies
        Changed copies of each sequence.
    rate
        Share of bases replaced by a random base.
    shift
        Most bases that a copy loses at each end.
    seed
        Of everything random.
    """
    rng = np.random.default_rng(seed)
    sequences, labels = list(data.sequences), list(data.labels)
    for sequence, label in zip(data.sequences, data.labels, strict=True):
        for _ in range(copies):
            sequences.append(changed(sequence, rate, shift, rng))
            labels.append(label)
    return LabelledSequences.of(sequences, labels)


def changed(sequence: str, rate: float, shift: int, rng: np.random.Generator) -> str:
    """Return a copy with random substitutions that is up to ``shift`` bases shorter at each end."""
    first, last = rng.integers(0, shift + 1, size=2)
    letters = np.array(list(sequence[first : len(sequence) - last]))
    hit = rng.random(len(letters)) < rate
    letters[hit] = rng.choice(list("ACGT"), size=int(hit.sum()))
    return "".join(letters)
