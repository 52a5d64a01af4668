"""What a person should know about a model's scores before any metric: constant, deaf to its input, one class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gxview.errors import GxviewError
from gxview.evaluate.mutants import sequence_rng
from gxview.evaluate.scorer import Scorer
from gxview.genome.shuffle import mononucleotide_shuffle

_SAME = 1e-5


def model_notes(
    scorer: Scorer, sequences: Sequence[str], labels: Sequence[int] | None = None, *, seed: int = 0
) -> tuple[str, ...]:
    """Say why metrics of this model on these sequences may mean nothing.

    Parameters
    ----------
    scorer : Scorer
        The model and its target.
    sequences : sequence of str
        What is to be explained.
    labels : sequence of int, optional
        Their classes, if known.
    seed : int
        Of the shuffles.

    Returns
    -------
    tuple of str
        Sentences; empty where nothing is amiss.

    Raises
    ------
    GxviewError
        If there is no sequence, or as many labels as sequences are not given.
    """
    if not sequences:
        raise GxviewError("There is no sequence to evaluate; give at least one.")
    notes = [*_about_letters(sequences), *_about_labels(labels, len(sequences))]
    own = scorer.letters(sequences)
    shuffled = scorer.letters(mononucleotide_shuffle(one, sequence_rng(seed, one, "notes")) for one in sequences)
    name = scorer.model.name
    scale = max(1.0, float(np.abs(own.logit).max()))
    moved = float(np.abs(own.logit - shuffled.logit).max())
    if moved <= _SAME * scale:
        notes.append(
            f"{name} ignores its input: shuffling the letters changes no score, so no order of bases is more faithful "
            "than another and every explanation of it explains nothing."
        )
    elif len(sequences) > 1 and float(np.ptp(own.logit)) <= _SAME * scale:
        notes.append(f"{name} gives all {len(sequences):,} sequences the same score ({own.logit[0]:.3g}).")
    elif len(sequences) > 1 and len(set(own.probability >= 0.5)) == 1:
        side = "" if own.probability[0] >= 0.5 else "not "
        notes.append(f"{name} predicts all {len(sequences):,} sequences to be {side}of the explained class.")
    return tuple(notes)


def _about_letters(sequences: Sequence[str]) -> list[str]:
    unknown = [sum(letter not in "ACGT" for letter in one.upper()) for one in sequences]
    lengths = {len(one) for one in sequences}
    notes = []
    if any(unknown):
        count = sum(map(bool, unknown))
        notes.append(
            f"{count:,} of {len(sequences):,} sequences hold {sum(unknown):,} unknown bases (N or ambiguous); they "
            "keep their place, are never replaced, and have no value in mutagenesis."
        )
    if len(lengths) > 1:
        notes.append(
            f"The sequences have {min(lengths):,} to {max(lengths):,} bases; budgets are parts of each sequence, and "
            "entropy is comparable between them only when normalised."
        )
    return notes


def _about_labels(labels: Sequence[int] | None, count: int) -> list[str]:
    if labels is None:
        return []
    if len(labels) != count:
        raise GxviewError(f"{count:,} sequences need as many labels, not {len(labels):,}.")
    if len(set(labels)) > 1:
        return []
    return [f"All {count:,} sequences are of one class ({labels[0]}), so no number can say how classes differ."]
