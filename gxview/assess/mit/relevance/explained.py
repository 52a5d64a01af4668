"""The relevance of every base of some sequences, from whatever a scorer can be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.networks.language import MaskedLanguageModel
from gxview.assess.mit.networks.own import Classifier
from gxview.assess.mit.scorers import Scorer
from gxview.assess.mit.sets import codes_of, texts
from gxview.errors import Cancelled
from gxview.explain import explain
from gxview.explain.settings import methods_of

Floats = NDArray[np.float64]
IsCancelled = Callable[[], bool]

MUTAGENESIS, ENTROPY = "ism", "delta_entropy"
_MUTANTS = 5000


def methods_for(scorer: Scorer) -> tuple[str, ...]:
    """Return the methods that explain a scorer, the most usual first.

    A classifier of gxview has those of its kind; a masked language model has delta-entropy; everything that gives
    scores can be asked about each substitution.
    """
    if isinstance(scorer, Classifier):
        return tuple(method.name for method in methods_of(scorer.model))
    return (ENTROPY, MUTAGENESIS) if isinstance(scorer, MaskedLanguageModel) else (MUTAGENESIS,)


def relevance(scorer: Scorer, method: str, sequences: Sequence[str], cancelled: IsCancelled) -> Floats:
    """Return the relevance of each base, float64 (N, L) for sequences of one length.

    NaN where a network of a fixed length does not read.

    Raises
    ------
    Cancelled
        When `cancelled` said so.
    """
    if isinstance(scorer, Classifier):
        return _of_classifier(scorer, method, sequences, cancelled)
    if isinstance(scorer, MaskedLanguageModel) and method == ENTROPY:
        return np.stack(scorer.delta_entropy(sequences))
    return np.stack([mutagenesis(scorer, sequence, cancelled) for sequence in sequences])


def mutagenesis(scorer: Scorer, sequence: str, cancelled: IsCancelled) -> Floats:
    """Return the score minus its mean over the four letters at each place, float64 (L,)."""
    codes = codes_of([sequence])[0]
    rows = np.tile(codes, (4 * len(codes), 1))
    place = np.repeat(np.arange(len(codes)), 4)
    rows[np.arange(len(rows)), place] = np.tile(np.arange(4, dtype=np.uint8), len(codes))
    letters = texts(rows)
    found: list[Floats] = []
    for start in range(0, len(letters), _MUTANTS):
        if cancelled():
            raise Cancelled("The explanation was cancelled.")
        found.append(scorer.score(letters[start : start + _MUTANTS]))
    scores = np.concatenate(found).reshape(len(codes), 4)
    return np.asarray(scores[np.arange(len(codes)), codes] - scores.mean(axis=1))


def _of_classifier(scorer: Classifier, method: str, sequences: Sequence[str], cancelled: IsCancelled) -> Floats:
    values = np.full((len(sequences), len(sequences[0])), np.nan)
    known, parts = scorer.reading.cut_all(sequences)
    if parts:
        found = explain(scorer.model, parts, method, scorer.target, cancelled=cancelled)
        start = scorer.reading.start
        values[known, start : start + len(parts[0])] = np.stack([each.values for each in found])
    return values
