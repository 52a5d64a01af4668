"""From the name of a method to its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gxview.explain.attribution.chance import random_relevance
from gxview.explain.attribution.deeplift import deeplift, deeplift_shap
from gxview.explain.attribution.entropy import delta_entropy
from gxview.explain.attribution.gradients import integrated_gradients, smoothgrad
from gxview.explain.attribution.mutagenesis import mutagenesis
from gxview.explain.attribution.occlusion import occlusion
from gxview.explain.attribution.rollout import attention_rollout
from gxview.explain.attribution.work import Work
from gxview.explain.batch import DeviceFull, memory_errors
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings
from gxview.models.base import Model
from gxview.models.sequences import clean_sequences

Attribution = Callable[[Work, str], Relevance]

_SMALLEST = 1024  # of the usual batch a thousandth holds but one row

ATTRIBUTIONS: dict[str, Attribution] = {
    "integrated_gradients": integrated_gradients,
    "smoothgrad": smoothgrad,
    "rollout": attention_rollout,
    "occlusion": occlusion,
    "ism": mutagenesis,
    "delta_entropy": delta_entropy,
    "deeplift": deeplift,
    "deeplift_shap": deeplift_shap,
    "random": random_relevance,
}


def attribute(
    model: Model, sequences: Sequence[str], settings: Settings, cancelled: Callable[[], bool]
) -> list[Relevance]:
    """Explain sequences one by one.

    Parameters
    ----------
    model : Model
        The model; nothing about it changes.
    sequences : sequence of str
        DNA.
    settings : Settings
        Settled for this model, with a method of this package.
    cancelled : callable
        Asked before every batch of a sequence.

    Raises
    ------
    Cancelled
        When `cancelled` said so.
    DeviceFull
        If a sequence does not even fit into memory in small batches.
    """
    work, cleaned = Work(model, settings, cancelled), clean_sequences(sequences)
    return [replace(_explained(work, one), sequence=given) for one, given in zip(cleaned, sequences, strict=True)]


def _explained(work: Work, sequence: str) -> Relevance:
    """Explain one sequence; where memory is short, anew in smaller batches, which may change the last bits."""
    while True:
        try:
            with memory_errors():
                return ATTRIBUTIONS[work.settings.method](work, sequence)
        except DeviceFull:
            if work.share >= _SMALLEST:
                raise
        work = replace(work, share=4 * work.share)
