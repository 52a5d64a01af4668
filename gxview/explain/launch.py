"""Many windows at once as plain arrays: what a batch export needs of an explanation, in three steps that may overlap.

`encode` works on the host (tokens, one-hot codes), `compute` on the device. Windows come in groups: a batch of the
grid, whose members are fixed by their place (`group_size`). The numbers of a group depend on nothing but the group, so
they are to the bit those of `gxview.explain.batch.explain_batch`, whatever else is computed in the same call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.batch import memory_errors
from gxview.explain.settings import Settings
from gxview.models.base import Model, TokenBatch


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Groups of windows as a network reads them, in host memory.

    Attributes
    ----------
    groups
        One batch for each group: tokens, or one-hot columns (n, 4, W).
    windows
        Number of windows in all.
    """

    groups: tuple[TokenBatch | Tensor, ...]
    windows: int


@dataclass(frozen=True, slots=True, eq=False)
class WindowArrays:
    """Explanations of n windows of W bases.

    Attributes
    ----------
    values
        Relevance per base, float32 (n, W).
    logits
        float32 (n, num_labels).
    hypothetical
        float32 (n, 4, W), where asked for and the model is one on bases.
    """

    values: NDArray[np.float32]
    logits: NDArray[np.float32]
    hypothetical: NDArray[np.float32] | None = None

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Whether neither relevance nor logits of a window hold NaN or infinity, (n,)."""
        together = np.concatenate([self.values, self.logits], axis=1)
        return np.asarray(np.isfinite(together).all(axis=1))


def group_size(model: Model, size: int) -> int:
    """Return how many neighbouring windows of the grid form one group when `size` windows are computed together."""
    return size


def encode(model: Model, groups: Sequence[Sequence[str]]) -> Encoded:
    """Turn groups of windows of one length, each with some A, C, G or T, into the input of a network.

    May run in another thread than `compute`.
    """
    read = model.tokenize if model.kind == "dnabert2" else model.one_hot
    return Encoded(tuple(read(group) for group in groups), sum(map(len, groups)))


def compute(
    model: Model, encoded: Encoded, settings: Settings, *, size: int, hypothetical: bool = False
) -> WindowArrays:
    """Explain encoded windows.

    Parameters
    ----------
    model : Model
        The model; nothing about it changes.
    encoded : Encoded
        From `encode`.
    settings : Settings
        Settled for this model.
    size : int
        Windows computed together.
    hypothetical : bool
        Whether to keep the hypothetical scores of a model on bases.

    Raises
    ------
    DeviceFull
        If `size` windows do not fit into memory.
    """
    with memory_errors():
        parts = list(
            _tokens(model, encoded, settings) if model.kind == "dnabert2" else _bases(model, encoded, settings)
        )
    return WindowArrays(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.hypothetical for part in parts if part.hypothetical is not None])
        if hypothetical and model.kind != "dnabert2"
        else None,
    )


def _tokens(model: Model, encoded: Encoded, settings: Settings) -> Iterator[WindowArrays]:
    from gxview.explain import attnlrp  # imports transformers, which a model on bases does not need

    for batch in encoded.groups:
        assert isinstance(batch, TokenBatch)
        relevance, logits, _ = attnlrp.relevance(
            model.network,
            batch.input_ids,
            batch.attention_mask,
            method=settings.method,
            target=settings.weights(model.num_labels),
            alibi=settings.option("alibi", "epsilon"),
            glu=settings.option("glu", "uniform"),
        )
        tokens = relevance[batch.dna.cpu().numpy()]
        lengths = np.fromiter(chain.from_iterable(np.diff(spans)[:, 0] for spans in batch.spans), np.int64, len(tokens))
        shared = tokens.astype(np.float64)
        if settings.option("transfer", "uniform") == "uniform":
            shared = shared / lengths
        yield WindowArrays(np.repeat(shared, lengths).astype(np.float32).reshape(len(relevance), -1), logits)


def _bases(model: Model, encoded: Encoded, settings: Settings) -> Iterator[WindowArrays]:
    from gxview.explain import cnn

    for columns in encoded.groups:
        assert isinstance(columns, Tensor)
        with torch.inference_mode(False):
            values, hypothetical, logits = cnn.relevance(
                model.network,
                columns,
                method=settings.method,
                target=settings.weights(model.num_labels),
                composite=settings.option("composite", "epsilon"),
            )
        yield WindowArrays(values, logits, hypothetical)
