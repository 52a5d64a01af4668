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
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings
from gxview.models.base import Model
from gxview.models.sequences import clean_sequences

Attribution = Callable[[Work, str], Relevance]

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
    """
    method, work = ATTRIBUTIONS[settings.method], Work(model, settings, cancelled)
    cleaned = clean_sequences(sequences)
    return [replace(method(work, one), sequence=given) for one, given in zip(cleaned, sequences, strict=True)]
