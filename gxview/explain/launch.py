"""Many windows at once as plain arrays: what a batch export needs of an explanation, in three steps that may overlap.

`encode` works on the host (tokens, base codes), `compute` on the device. Windows come in groups (`group_size`). On a
CPU a group is a batch of the grid, whose members are fixed by their place, and is computed on its own. On a GPU a
group is one window, and windows of all groups share launches of fixed shape (`gxview.explain.ladder`). A method that
explains each sequence by itself has groups of one window everywhere. Either way the numbers of a group are to the bit
those of `gxview.explain.batch.explain_batches`, whatever else is computed in the same call. On a GPU a call with many
windows is faster: 4,000 and more leave few launches incomplete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.explain.batch import explain_batch, memory_errors
from gxview.explain.on_device import explain_bases, explain_tokens, in_launches
from gxview.explain.settings import Settings
from gxview.explain.transfer import flat_to_bases
from gxview.models.base import FlatTokens, Model
from gxview.models.sequences import one_hot_from_codes


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Groups of windows as a network reads them, in host memory.

    Attributes
    ----------
    content
        Tokens, or base codes uint8 (n, W).
    sizes
        Number of windows in each group.
    sequences
        The letters of all windows.
    """

    content: FlatTokens | NDArray[np.uint8]
    sizes: tuple[int, ...]
    sequences: tuple[str, ...]

    @property
    def windows(self) -> int:
        """Number of windows in all."""
        return sum(self.sizes)


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
        float32 (n, 4, W), where asked for and the method has them.
    """

    values: NDArray[np.float32]
    logits: NDArray[np.float32]
    hypothetical: NDArray[np.float32] | None = None

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Whether neither relevance nor logits of a window hold NaN or infinity, (n,)."""
        together = np.concatenate([self.values, self.logits], axis=1)
        return np.asarray(np.isfinite(together).all(axis=1))


def group_size(model: Model, settings: Settings, size: int) -> int:
    """Return how many neighbouring windows of the grid form one group when `size` windows are computed together."""
    return 1 if settings.alone or in_launches(model) else size


def encode(model: Model, groups: Sequence[Sequence[str]]) -> Encoded:
    """Turn groups of windows of one length, each with some A, C, G or T, into the input of a network.

    May run in another thread than `compute`.
    """
    read = model.flat_tokens if model.kind == "dnabert2" else model.codes
    sequences = tuple(chain.from_iterable(groups))
    return Encoded(read(sequences), tuple(map(len, groups)), sequences)


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
        Whether to keep the hypothetical scores of a method that has them.

    Raises
    ------
    DeviceFull
        If `size` windows do not fit into memory.
    """
    content = encoded.content
    if settings.alone:
        return _alone(model, encoded.sequences, settings, hypothetical)
    with memory_errors():
        if isinstance(content, FlatTokens):
            return _tokens(model, content, encoded.sizes, settings, size)
        if in_launches(model):
            return _arrays(*explain_bases(model, content, settings, size, hypothetical), hypothetical)
        parts = [_bases(model, codes, settings) for codes in _cut(content, encoded.sizes)]
        values, logits, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        return _arrays(values, logits, scores, hypothetical)


def _arrays(
    values: NDArray[np.float32], logits: NDArray[np.float32], scores: NDArray[np.float32], hypothetical: bool
) -> WindowArrays:
    return WindowArrays(values, logits, scores if hypothetical else None)


def _alone(model: Model, sequences: Sequence[str], settings: Settings, hypothetical: bool) -> WindowArrays:
    found = explain_batch(model, sequences, settings)
    scores = [one.hypothetical for one in found if one.hypothetical is not None] if hypothetical else []
    return WindowArrays(
        np.stack([one.values for one in found]),
        np.stack([one.logits for one in found]),
        np.stack(scores) if scores else None,
    )


def _tokens(model: Model, tokens: FlatTokens, sizes: Sequence[int], settings: Settings, size: int) -> WindowArrays:
    if in_launches(model):
        found = explain_tokens(model, tokens, settings, size)
        relevance, logits = found.relevance, found.logits
    else:
        relevance, logits = _in_groups(model, tokens, sizes, settings)
    dna = tokens.bases > 0
    values = flat_to_bases(relevance[dna], tokens.bases[dna], settings.option("transfer", "uniform"))
    return WindowArrays(values.reshape(len(tokens.counts), -1), logits)


def _in_groups(
    model: Model, tokens: FlatTokens, sizes: Sequence[int], settings: Settings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Relevance of each token and logits of each window, group by group."""
    from gxview.explain import attnlrp  # imports transformers, which a model on bases does not need

    found = []
    edges = np.append(tokens.starts, len(tokens.ids))
    for counts, first in zip(_cut(tokens.counts, sizes), np.cumsum([0, *sizes]).tolist(), strict=False):
        real = np.arange(counts.max()) < counts[:, None]
        ids = np.full(real.shape, tokens.pad_id, dtype=np.int64)
        ids[real] = tokens.ids[edges[first] : edges[first + len(counts)]]
        relevance, logits, _ = attnlrp.relevance(
            model.network,
            torch.from_numpy(ids).to(model.device),
            torch.from_numpy(real.astype(np.int64)).to(model.device),
            method=settings.method,
            target=settings.weights(model.num_labels),
            alibi=settings.option("alibi", "epsilon"),
            glu=settings.option("glu", "uniform"),
            precision=settings.precision,
        )
        found.append((relevance[real], logits))
    relevances, all_logits = zip(*found, strict=True)
    return np.concatenate(relevances), np.concatenate(all_logits)


def _bases(
    model: Model, codes: NDArray[np.uint8], settings: Settings
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    from gxview.explain import cnn

    with torch.inference_mode(False):
        values, hypothetical, logits = cnn.relevance(
            model.network,
            one_hot_from_codes(torch.from_numpy(codes).to(model.device)),
            method=settings.method,
            target=settings.weights(model.num_labels),
            composite=settings.option("composite", "epsilon"),
        )
    return values, logits, hypothetical


def _cut(values: NDArray[Any], sizes: Sequence[int]) -> list[NDArray[Any]]:
    return np.split(values, np.cumsum(sizes)[:-1])
