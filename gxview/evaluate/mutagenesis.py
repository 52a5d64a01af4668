"""In-silico mutagenesis: what each base is worth to the model, asked of the model itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.scorer import Scorer
from gxview.models.sequences import BASES, clean_sequences

Floats = NDArray[np.float64]


def mutagenesis(scorer: Scorer, sequences: Sequence[str]) -> list[Floats]:
    """Return the mean drop of the logit when each base is replaced by each of the three others.

    Every mutant is a whole sequence, which a token model cuts into tokens anew (Zhou and Troyanskaya 2015, Nature
    Methods 12:931-934).

    Parameters
    ----------
    scorer : Scorer
        The model and its target.
    sequences : sequence of str
        DNA of either case, any lengths that the model takes.

    Returns
    -------
    list of ndarray
        float64 (L,): positive where the base supports the logit; NaN at unknown bases, which have no three others.
    """
    cleaned = clean_sequences(sequences)
    mutants = [mutant for sequence in cleaned for mutant in _mutants(sequence)]
    scores = scorer.letters([*cleaned, *mutants]).logit
    changed, found = scores[len(cleaned) :], []
    for score, sequence in zip(scores, cleaned, strict=False):
        known = np.array([letter in BASES for letter in sequence])
        own, changed = np.split(changed, [3 * int(known.sum())])
        drops = np.full(len(sequence), np.nan)
        drops[known] = score - own.reshape(-1, 3).mean(axis=1)
        found.append(drops)
    return found


def _mutants(sequence: str) -> list[str]:
    return [
        sequence[:place] + other + sequence[place + 1 :]
        for place, letter in enumerate(sequence)
        if letter in BASES
        for other in BASES
        if other != letter
    ]
