"""The explanation of one sequence by itself, and how it is put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.explain.settings import Settings
from gxview.explain.transfer import to_bases


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
    special : float
        Relevance of [CLS] and [SEP] together, signed.
    logits : ndarray
        float32 (num_labels,).
    hypothetical : ndarray or None
        What each of A, C, G, T would contribute, float32 (4, L); None where the method does not score them.
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


def token_relevance(
    settings: Settings,
    sequence: str,
    relevance: NDArray[np.float32],
    dna: NDArray[np.bool_],
    spans: NDArray[np.int64],
    logits: NDArray[np.float32],
    details: dict[str, float],
) -> Relevance:
    """Put together what is known of one sequence; `relevance` (T,) and `dna` (T,) include [CLS] and [SEP]."""
    tokens, special = relevance[dna], relevance[~dna]
    return Relevance(
        sequence,
        to_bases(tokens, spans, settings.option("transfer", "uniform")),
        tokens,
        spans,
        float(special.sum(dtype=np.float64)),
        logits,
        None,
        diagnostics(settings, logits, tokens, special) | details,
    )


def base_relevance(
    settings: Settings,
    sequences: Sequence[str],
    values: NDArray[np.float32],
    hypothetical: NDArray[np.float32] | None,
    logits: NDArray[np.float32],
) -> Iterator[Relevance]:
    """Put together what is known of sequences whose bases are their tokens: (N, L), (N, 4, L) and (N, num_labels)."""
    nothing = np.zeros(0, dtype=np.float32)
    spans = np.arange(values.shape[1])[:, None] + np.array([0, 1])
    for row, sequence in enumerate(sequences):
        details = diagnostics(settings, logits[row], values[row], nothing)
        what_if = None if hypothetical is None else hypothetical[row]
        yield Relevance(sequence, values[row], values[row], spans, 0.0, logits[row], what_if, details)


def _share(special: NDArray[np.float32], tokens: NDArray[np.float32]) -> float:
    apart, rest = float(np.abs(special, dtype=np.float64).sum()), float(np.abs(tokens, dtype=np.float64).sum())
    return apart / (apart + rest) if apart + rest > 0 else 0.0


def diagnostics(
    settings: Settings, logits: NDArray[np.float32], tokens: NDArray[np.float32], special: NDArray[np.float32]
) -> dict[str, float]:
    """Compare the sum of relevance with what is explained, see `gxview.explain.explanation.Explanation`."""
    explained, apart = settings.explained(logits), float(special.sum(dtype=np.float64))
    total = apart + float(tokens.sum(dtype=np.float64))
    found = {"relevance_sum": total, "special_share": _share(special, tokens)}
    if settings.target is None:
        return found
    return {"explained": explained, **found, "remainder": explained - total}
