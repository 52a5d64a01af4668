"""One batch through one model: sequences in, relevance per token and per base out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.explain.settings import Settings
from gxview.explain.transfer import to_bases
from gxview.models.base import Model

Diagnostics = Literal["basic", "full"]

_OUT_OF_MEMORY = ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory", "failed to allocate")


class DeviceFull(Exception):
    """The batch did not fit into the memory of the device."""


@dataclass(frozen=True, slots=True, eq=False)
class Relevance:
    """The explanation of one sequence of L bases and T tokens, without what is common to the batch.

    Attributes
    ----------
    sequence : str
        The letters that were explained.
    values : ndarray
        Per base, float32 (L,).
    tokens : ndarray
        Per token that stands for bases, float32 (T,).
    spans : ndarray
        Bases of each token, int64 (T, 2).
        Relevance of [CLS] and [SEP] together, signed.
        Share of [CLS] and [SEP] in the absolute relevance.
    logits : ndarray
        float32 (num_labels,).
    hypothetical : ndarray or None
        What each of A, C, G, T would contribute, float32 (4, L); None for a model on tokens.
    diagnostics : dict of str to float
        See :class:`~gxview.explain.explanation.Explanation`.
    """

    sequence: str
    values: NDArray[np.float32]
    tokens: NDArray[np.float32]
    spans: NDArray[np.int64]
    special: float
    logits: NDArray[np.float32]
    hypothetical: NDArray[np.float32] | None
    diagnostics: dict[str, float]

    @property
    def rows(self) -> NDArray[np.float32]:
        """What is stitched, float32 (1 or 5, L): `values` and, where there is one, `hypothetical`."""
        if self.hypothetical is None:
            return self.values[None]
        return np.concatenate([self.values[None], self.hypothetical])

    @property
    def finite(self) -> bool:
        """Whether neither relevance nor logits hold NaN or infinity."""
        return bool(np.isfinite(self.values).all() and np.isfinite(self.logits).all())


def explain_batch(
    model: Model, sequences: Sequence[str], settings: Settings, diagnostics: Diagnostics = "basic"
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

    Raises
    ------
    DeviceFull
        If the batch does not fit into memory.
    """
    with memory_errors():
        if model.kind == "dnabert2":
            return _explain_tokens(model, sequences, settings, diagnostics)
        return _explain_bases(model, sequences, settings)


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
    )
    real, dna = batch.attention_mask.cpu().numpy() > 0, batch.dna.cpu().numpy()
    results = []
    for row, spans in enumerate(batch.spans):
        tokens = relevance[row, dna[row]]
        special = relevance[row, real[row] & ~dna[row]]
        results.append(
            Relevance(
                sequences[row],
                to_bases(tokens, spans, settings.option("transfer", "uniform")),
                tokens,
                spans,
                float(special.sum(dtype=np.float64)),
                logits[row],
                None,
                _diagnostics(settings, logits[row], tokens, special)
                | {name: float(values[row]) for name, values in details.items()},
            )
        )
    return results


def _explain_bases(model: Model, sequences: Sequence[str], settings: Settings) -> list[Relevance]:
    from gxview.explain import cnn

    values, hypothetical, logits = cnn.relevance(
        model.network,
        model.one_hot(sequences),
        method=settings.method,
        target=settings.weights(model.num_labels),
        composite=settings.option("composite", "epsilon"),
    )
    nothing = np.zeros(0, dtype=np.float32)
    results = []
    for row, sequence in enumerate(sequences):
        spans = np.arange(values.shape[1])[:, None] + np.array([0, 1])
        details = _diagnostics(settings, logits[row], values[row], nothing)
        results.append(
            Relevance(sequence, values[row], values[row], spans, 0.0, logits[row], hypothetical[row], details)
        )
    return results


def _share(special: NDArray[np.float32], tokens: NDArray[np.float32]) -> float:
    apart, rest = float(np.abs(special, dtype=np.float64).sum()), float(np.abs(tokens, dtype=np.float64).sum())
    return apart / (apart + rest) if apart + rest > 0 else 0.0


def _diagnostics(
    settings: Settings, logits: NDArray[np.float32], tokens: NDArray[np.float32], special: NDArray[np.float32]
) -> dict[str, float]:
    explained, apart = settings.explained(logits), float(special.sum(dtype=np.float64))
    total = apart + float(tokens.sum(dtype=np.float64))
    return {
        "explained": explained,
        "relevance_sum": total,
        "special_share": _share(special, tokens),
        "remainder": explained - total,
    }


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
