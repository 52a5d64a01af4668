"""One batch through one model: sequences in, relevance per token and per base out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.explain.attribution.work import never
from gxview.explain.on_device import explain_bases, explain_tokens, in_launches, way_of
from gxview.explain.relevance import Relevance, base_relevance, token_relevance
from gxview.explain.settings import Settings
from gxview.models.base import Model

Diagnostics = Literal["basic", "full"]

_OUT_OF_MEMORY = ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory", "failed to allocate")


class DeviceFull(Exception):
    """The batch did not fit into the memory of the device."""


def explain_batch(
    model: Model,
    sequences: Sequence[str],
    settings: Settings,
    diagnostics: Diagnostics = "basic",
    cancelled: Callable[[], bool] = never,
) -> list[Relevance]:
    """Explain sequences in one pass.

    Parameters
    ----------
    model : Model
        The model; nothing about it changes.
    sequences : sequence of str
        DNA; of one length for a model on bases.
    settings : Settings
        Settled for this model.
    diagnostics : str
        ``'basic'`` or ``'full'``.
    cancelled : callable
        Asked within the work of a method that asks the model many times.

    Raises
    ------
    DeviceFull
        If the batch does not fit into memory.
    Cancelled
        When `cancelled` said so.
    """
    with memory_errors():
        if settings.alone:
            return _alone(model, sequences, settings, cancelled)
        if model.kind == "dnabert2":
            return _explain_tokens(model, sequences, settings, diagnostics)
        return _explain_bases(model, sequences, settings)


def explain_batches(
    model: Model,
    groups: Sequence[Sequence[str]],
    settings: Settings,
    size: int,
    cancelled: Callable[[], bool] = never,
) -> list[list[Relevance]]:
    """Explain groups of windows of a genome; the numbers of a group depend on nothing but the group.

    Parameters
    ----------
    model : Model
        The model; nothing about it changes.
    groups : sequence of sequence of str
        Windows of one length, each with some A, C, G or T. On a CPU each group is one batch; on a GPU the windows of
        all groups share launches, see `gxview.explain.ladder`.
    settings : Settings
        Settled for this model.
    size : int
        Windows computed together.
    cancelled : callable
        Asked within the work of a method that asks the model many times.

    Raises
    ------
    DeviceFull
        If `size` windows do not fit into memory.
    Cancelled
        When `cancelled` said so.
    """
    if settings.alone or not in_launches(model):
        return [explain_batch(model, group, settings, cancelled=cancelled) for group in groups]
    sequences = list(chain.from_iterable(groups))
    with memory_errors():
        one_by_one = iter(
            _tokens_in_launches(model, sequences, settings, size)
            if model.kind == "dnabert2"
            else _bases_in_launches(model, sequences, settings, size)
        )
        return [list(islice(one_by_one, len(group))) for group in groups]


def _alone(
    model: Model, sequences: Sequence[str], settings: Settings, cancelled: Callable[[], bool]
) -> list[Relevance]:
    from gxview.explain.attribution.run import attribute

    return attribute(model, sequences, settings, cancelled)


def _tokens_in_launches(model: Model, sequences: Sequence[str], settings: Settings, size: int) -> Iterator[Relevance]:
    tokens = model.flat_tokens(sequences)
    found = explain_tokens(model, tokens, settings, size)
    for sequence, logits, start, count in zip(sequences, found.logits, tokens.starts, tokens.counts, strict=True):
        bases, relevance = tokens.bases[start : start + count], found.relevance[start : start + count]
        dna, ends = bases > 0, np.cumsum(bases)
        spans = np.stack([ends - bases, ends], axis=1)[dna]
        yield token_relevance(settings, sequence, relevance, dna, spans, logits, _ends(settings, relevance, logits))


def _ends(settings: Settings, relevance: NDArray[np.float32], logits: NDArray[np.float32]) -> dict[str, float]:
    """Return what `gxview.explain.attnlrp.TokenRelevance` says of a sequence."""
    wide = relevance.astype(np.float64)
    absolute, total = float(np.abs(wide).sum()), float(wide.sum())
    return {
        "relevance_sum": total,
        "remainder": settings.explained(logits) - total,
        "cls_share": abs(float(wide[0])) / absolute if absolute > 0 else 0.0,
        "sep_share": abs(float(wide[-1])) / absolute if absolute > 0 else 0.0,
    }


def _bases_in_launches(model: Model, sequences: Sequence[str], settings: Settings, size: int) -> Iterator[Relevance]:
    values, logits, hypothetical = explain_bases(model, model.codes(sequences), settings, size, hypothetical=True)
    return base_relevance(settings, sequences, values, hypothetical, logits)


def _explain_tokens(
    model: Model, sequences: Sequence[str], settings: Settings, diagnostics: Diagnostics
) -> list[Relevance]:
    from gxview.explain import attnlrp  # imports transformers, which a model on bases does not need

    batch = model.tokenize(sequences)
    relevance, logits, details = attnlrp.relevance(
        model.network,
        batch.input_ids,
        batch.attention_mask,
        method=settings.method,
        target=settings.weights(model.num_labels),
        alibi=settings.option("alibi", "epsilon"),
        glu=settings.option("glu", "uniform"),
        diagnostics=diagnostics,
        precision=settings.precision,
    )
    real, dna = batch.attention_mask.cpu().numpy() > 0, batch.dna.cpu().numpy()
    return [
        token_relevance(
            settings,
            sequences[row],
            relevance[row, real[row]],
            dna[row, real[row]],
            spans,
            logits[row],
            {name: float(values[row]) for name, values in details.items()},
        )
        for row, spans in enumerate(batch.spans)
    ]


def _explain_bases(model: Model, sequences: Sequence[str], settings: Settings) -> list[Relevance]:
    from gxview.explain import cnn

    values, hypothetical, logits = cnn.relevance(
        model.network,
        model.one_hot(sequences),
        method=settings.method,
        target=settings.weights(model.num_labels),
        composite=settings.option("composite", "epsilon"),
        precision=way_of(model, settings).precision,
    )
    return list(base_relevance(settings, sequences, values, hypothetical, logits))


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn what a device says when its memory is full into `DeviceFull`."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        full = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if not full and not any(sign in str(error).lower() for sign in _OUT_OF_MEMORY):
            raise
        # The traceback would keep every tensor of the failed pass alive.
        message = str(error)
    else:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    raise DeviceFull(message)
