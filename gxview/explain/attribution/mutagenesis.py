"""In-silico mutagenesis: what every single substitution does to the explained quantity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gxview.explain.attribution.found import of_bases
from gxview.explain.attribution.work import Work
from gxview.explain.relevance import Relevance
from gxview.models.sequences import BASES, UNKNOWN, base_codes

_LETTERS = np.frombuffer(BASES.encode(), dtype=np.uint8)


def mutagenesis(work: Work, sequence: str) -> Relevance:
    """Compute all 3 L substitutions; the letter that is there is computed once.

    With ``s[b, i]``, the explained quantity with base b at position i minus that of the sequence, the hypothetical
    score is ``s[b, i]`` minus its mean over the four bases, and the value of a base is the score of the letter that is
    there: the sequence minus the mean over the four letters of this position. Unknown bases are not changed and get 0.
    DNABERT-2 reads every mutant anew, so a substitution may cut the tokens around it differently.
    """
    effects, logits = effects_of(work, sequence)
    scores = effects - effects.mean(axis=0)
    codes = base_codes(sequence)
    known = codes != UNKNOWN
    values = np.where(known, scores[np.where(known, codes, 0), np.arange(len(codes))], 0.0)
    return of_bases(work, sequence, values, logits, {}, hypothetical=scores)


def effects_of(work: Work, sequence: str) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return the change of the explained quantity by each base at each position, (4, L), and the logits.

    The change by the letter that is there is 0, and so is every change of an unknown base.
    """
    codes = base_codes(sequence)
    bases, positions = np.nonzero((np.arange(len(BASES))[:, None] != codes) & (codes != UNKNOWN))
    logits = _mutants(work, sequence, codes, bases, positions)
    explained = work.explained(logits)
    effects = np.zeros((len(BASES), len(codes)))
    effects[bases, positions] = explained[1:] - explained[0]
    return effects, logits[0]


def _mutants(
    work: Work, sequence: str, codes: NDArray[np.uint8], bases: NDArray[np.int64], positions: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the logits of the sequence and of its mutants, (1 + n, num_labels)."""
    changed = np.arange(len(bases)) + 1
    if work.model.kind != "dnabert2":
        rows = np.tile(codes, (len(bases) + 1, 1))
        rows[changed, positions] = bases
        return work.base_logits(rows)
    letters = np.tile(np.frombuffer(sequence.encode("ascii"), dtype=np.uint8), (len(bases) + 1, 1))
    letters[changed, positions] = _LETTERS[bases]
    return work.token_logits(work.token_rows([row.tobytes().decode("ascii") for row in letters]))
