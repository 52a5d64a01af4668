"""Explanations of one block of sequences, and how they are kept on disk."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.run.data import Item
from gxview.explain import Explanation


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What became of one sequence.

    Attributes
    ----------
    item
        The sequence.
    values
        Relevance per base, float32 (L,); empty where it failed.
    tokens
        Relevance per token, float32 (T,).
    spans
        Bases of each token, int64 (T, 2).
    logits
        float32 (num_labels,).
    special_share
        Share of [CLS] and [SEP] in the absolute relevance; NaN for a model without them.
    remainder
        Explained quantity minus the sum of the relevance.
    reason
        Why there is no explanation; empty where there is one.
    """

    item: Item
    values: NDArray[np.float32]
    tokens: NDArray[np.float32]
    spans: NDArray[np.int64]
    logits: NDArray[np.float32]
    special_share: float = float("nan")
    remainder: float = float("nan")
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether there is no explanation."""
        return bool(self.reason)

    @classmethod
    def of(cls, item: Item, found: Explanation) -> Explained:
        """Keep what an evaluation needs of an explanation."""
        told = found.diagnostics
        return cls(
            item,
            found.values,
            found.token_relevance,
            found.token_spans,
            found.logits,
            told.get("special_share", float("nan")),
            told.get("remainder", float("nan")),
        )

    def explanation(self) -> Explanation:
        """Return it as the engine gives it, without what an evaluation does not keep."""
        return Explanation(self.item.letters, self.values, self.tokens, self.spans, 0.0, self.logits, None, {}, {})

    @classmethod
    def without(cls, item: Item, reason: str) -> Explained:
        """Return the failure of one sequence."""
        nothing = np.zeros(0, np.float32)
        return cls(item, nothing, nothing, np.zeros((0, 2), np.int64), nothing, reason=reason)


def explain_items(items: Sequence[Item], explain: Callable[[list[str]], list[Explanation]]) -> list[Explained]:
    """Explain a block; where that fails, one by one, so that a bad sequence costs no other its explanation.

    Parameters
    ----------
    items
        The sequences.
    explain
        Explains letters, or raises :class:`~gxview.errors.GxviewError`.
    """
    try:
        found = explain([item.letters for item in items])
    except Cancelled:
        raise
    except GxviewError:
        return [_alone(item, explain) for item in items]
    return [Explained.of(item, one) for item, one in zip(items, found, strict=True)]


def _alone(item: Item, explain: Callable[[list[str]], list[Explanation]]) -> Explained:
    try:
        return Explained.of(item, explain([item.letters])[0])
    except Cancelled:
        raise
    except GxviewError as error:
        return Explained.without(item, str(error).replace("Sequence 1 ", "The sequence ").replace("sequence 1", "it"))


def pack(block: Sequence[Explained]) -> bytes:
    """Return a block as the bytes of an ``.npz`` archive, always the same for the same block."""
    about = [[one.reason, one.special_share, one.remainder] for one in block]
    arrays = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "values": np.concatenate([one.values for one in block]),
        "tokens": np.concatenate([one.tokens for one in block]),
        "spans": np.concatenate([one.spans for one in block]),
        "logits": np.concatenate([one.logits for one in block]),
        "sizes": np.array([[len(one.values), len(one.tokens), len(one.logits)] for one in block], np.int64),
    }
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def unpack(content: bytes, items: Sequence[Item]) -> list[Explained]:
    """Return what `pack` kept of the same sequences."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        ends = np.cumsum(arrays["sizes"], axis=0)
        starts = ends - arrays["sizes"]
        values, tokens, spans, logits = (arrays[name] for name in ("values", "tokens", "spans", "logits"))
    block = []
    for item, (reason, share, remainder), (v, t, g), (w, u, h) in zip(items, about, starts, ends, strict=True):
        block.append(Explained(item, values[v:w], tokens[t:u], spans[t:u], logits[g:h], share, remainder, reason))
    return block
