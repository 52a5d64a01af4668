"""Does an explanation point at what is known to be there? Ranking metrics against masks of known bases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.errors import GxviewError
from gxview.evaluate.records import Record, record
from gxview.measures.number import Number, missing
from gxview.measures.ranking import (
    auroc,
    average_precision,
    chance_precision,
    enrichment,
    mass_accuracy,
    rank_accuracy,
    shift_p,
    shift_precision,
    top_mask,
)
from gxview.measures.similarity import correlation, spearman


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
    share
        Share of known bases, mean over sequences. The AUPRC of random relevance lies a little above it, the more so
        the fewer they are.
    sequences
        Number of sequences.
    """

    auprc: float
    auprc_pooled: float
    auroc: float
    auroc_pooled: float
    share: float
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
        auprc=_mean([average_precision(v, m) for v, m in zip(relevance, masks, strict=True)]),
        auprc_pooled=float(average_precision(scores, known)),
        auroc=_mean([auroc(v, m) for v, m in zip(relevance, masks, strict=True)]),
        auroc_pooled=float(auroc(scores, known)),
        share=_mean([float(m.mean()) for m in masks]),
        sequences=len(masks),
    )


def localisation_records(
    relevance: ArrayLike,
    mask: ArrayLike,
    rng: np.random.Generator,
    *,
    against: str,
    draws: int = 1000,
    **columns: str,
) -> list[Record]:
    """Compare the relevance of one sequence with known bases.

    Parameters
    ----------
    relevance : array_like, shape (L,)
        Signed relevance per base; NaN does not take part.
    mask : array_like of bool, shape (L,)
        Known bases: planted elements, motif hits, intervals of a BED file.
    rng : numpy.random.Generator
        Places the random masks of the enrichment.
    against : str
        What the mask is, one word for `detail` (``planted``, ``motifs``, the name of a file).
    draws : int
        Random masks.
    columns
        Columns of the records.

    Returns
    -------
    list of Record
        ``mass_accuracy``, ``rank_accuracy``, ``auprc``, ``auprc_chance``, ``auroc``, ``enrichment``, ``enrichment_p``
        and ``chance``.
        Where the mask holds no base or all of them, or there is no positive relevance, values are missing and say why.
    """
    inside = np.asarray(mask, dtype=bool)
    found = enrichment(relevance, inside, rng, draws=draws)
    numbers = {
        "mass_accuracy": mass_accuracy(relevance, inside),
        "rank_accuracy": rank_accuracy(relevance, inside),
        "auprc": average_precision(relevance, inside),
        "auprc_chance": chance_precision(relevance, inside, rng, draws=draws),
        "auroc": auroc(relevance, inside),
        "enrichment": found.ratio,
        "enrichment_p": found.p,
        "chance": Number(inside.mean()),
    }
    return [record(name, value, detail={"against": against}, **columns) for name, value in numbers.items()]


def signal_records(
    relevance: ArrayLike,
    signal: ArrayLike,
    *,
    against: str,
    share: float = 0.2,
    **columns: str,
) -> list[Record]:
    """Compare the relevance of one sequence with a signal measured at each base.

    Parameters
    ----------
    relevance : array_like, shape (L,)
        Signed relevance per base.
    signal : array_like, shape (L,)
        For instance an information footprint, or a bigWig; NaN where nothing was measured.
    against : str
        What the signal is, one word for `detail`.
    share : float
        Part of the measured bases whose signal counts as known for the AUPRC.
    columns
        Columns of the records.

    Returns
    -------
    list of Record
        ``signal_spearman``, ``signal_pearson``, ``signal_p``, ``signal_auprc``, ``signal_auprc_chance`` for signed
        relevance (``part=signed``) and for its size (``part=size``: a measurement without sign, such as information, is
        as large where a base represses), and the ``chance`` of the AUPRC.
    """
    measured = np.asarray(signal, np.float64)
    signed = np.where(np.isfinite(measured), np.asarray(relevance, np.float64), np.nan)
    top = top_mask(measured, share=share)
    found = []
    for part, values in (("signed", signed), ("size", np.abs(signed))):
        detail = {"against": against, "part": part}
        found += [
            record("signal_spearman", spearman(values, measured), detail=detail, **columns),
            record("signal_pearson", correlation(values, measured), detail=detail, **columns),
            record("signal_p", shift_p(values, measured), detail=detail, **columns),
            record("signal_auprc", average_precision(values, top), detail=detail, **columns),
            record("signal_auprc_chance", shift_precision(values, top), detail=detail, **columns),
        ]
    known = np.isfinite(measured)
    chance = Number(top.sum() / known.sum()) if known.any() else missing("no base was measured")
    return [*found, record("chance", chance, detail={"against": against, "part": "top"}, **columns)]


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
    return float(auroc(scores, np.arange(scores.size) < positives.size))


def _check(values: NDArray[np.floating], mask: NDArray[np.bool_], number: int) -> None:
    if values.ndim != 1 or values.shape != mask.shape:
        raise GxviewError(f"Sequence {number}: relevance {values.shape} and mask {mask.shape} are not of one length.")
    if not np.isfinite(values).all():
        raise GxviewError(f"Sequence {number}: the relevance is not finite everywhere.")
    if mask.all() or not mask.any():
        raise GxviewError(f"Sequence {number}: the mask must hold some of the bases, not {int(mask.sum())} of them.")


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
