"""Does an explanation point at what is known to be there? Ranking metrics against masks of known bases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from gxview.errors import GxviewError


@dataclass(frozen=True, slots=True)
class Localisation:
    """How well signed relevance ranks known bases above all others.

    Attributes
    ----------
    auprc
        Area under the precision-recall curve per sequence (average precision, ties share one threshold), averaged.
    auprc_pooled
        The same over all bases of all sequences in one ranking.
    auroc
        Area under the ROC curve per sequence, averaged.
    auroc_pooled
        The same over all bases in one ranking.
    chance
        Share of known bases: the average precision that random relevance has in expectation. Mean over sequences.
    sequences
        Number of sequences.
    """

    auprc: float
    auprc_pooled: float
    auroc: float
    auroc_pooled: float
    chance: float
    sequences: int


def localisation(relevance: Sequence[NDArray[np.floating]], masks: Sequence[NDArray[np.bool_]]) -> Localisation:
    """Compare relevance with masks of known bases.

    Parameters
    ----------
    relevance
        Signed relevance per base, one array (L,) per sequence; lengths may differ. Nothing is smoothed.
    masks
        True at known bases, one bool array (L,) per sequence.

    Raises
    ------
    GxviewError
        When there is no sequence, shapes differ, relevance is not finite, or a mask is empty or full.
    """
    if not relevance or len(relevance) != len(masks):
        raise GxviewError(f"Localisation needs as many relevance arrays ({len(relevance)}) as masks ({len(masks)}).")
    for number, (values, mask) in enumerate(zip(relevance, masks, strict=True), start=1):
        _check(values, mask, number)
    scores, known = np.concatenate(list(relevance)), np.concatenate(list(masks))
    return Localisation(
        auprc=_mean([average_precision_score(m, v) for v, m in zip(relevance, masks, strict=True)]),
        auprc_pooled=float(average_precision_score(known, scores)),
        auroc=_mean([roc_auc_score(m, v) for v, m in zip(relevance, masks, strict=True)]),
        auroc_pooled=float(roc_auc_score(known, scores)),
        chance=_mean([float(m.mean()) for m in masks]),
        sequences=len(masks),
    )


def separation(positives: NDArray[np.floating], negatives: NDArray[np.floating]) -> float:
    """Return the AUROC of scores (N,) of positives against scores (M,) of negatives; ties count one half.

    Raises
    ------
    GxviewError
        When one side is empty or a score is not finite.
    """
    if positives.size == 0 or negatives.size == 0:
        raise GxviewError(
            f"An AUROC needs both classes, not {positives.size} positives and {negatives.size} negatives."
        )
    scores = np.concatenate([positives, negatives])
    if not np.isfinite(scores).all():
        raise GxviewError("An AUROC needs finite scores; the model gave NaN or infinity.")
    return float(roc_auc_score(np.arange(scores.size) < positives.size, scores))


def _check(values: NDArray[np.floating], mask: NDArray[np.bool_], number: int) -> None:
    if values.ndim != 1 or values.shape != mask.shape:
        raise GxviewError(f"Sequence {number}: relevance {values.shape} and mask {mask.shape} are not of one length.")
    if not np.isfinite(values).all():
        raise GxviewError(f"Sequence {number}: the relevance is not finite everywhere.")
    if mask.all() or not mask.any():
        raise GxviewError(f"Sequence {number}: the mask must hold some of the bases, not {int(mask.sum())} of them.")


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
