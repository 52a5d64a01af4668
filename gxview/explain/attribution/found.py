"""From the numbers of a method to the explanation of a sequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gxview.explain.attribution.work import Work
from gxview.explain.relevance import Relevance, base_relevance, diagnostics, token_relevance
from gxview.explain.transfer import to_tokens
from gxview.models.base import TokenBatch

Details = dict[str, float]


def of_tokens(
    work: Work, sequence: str, tokens: TokenBatch, relevance: ArrayLike, logits: NDArray[np.float32], details: Details
) -> Relevance:
    """Return the explanation of one sequence from the relevance (S,) of its tokens, [CLS] and [SEP] included."""
    dna = tokens.dna[0].cpu().numpy()
    wide = np.asarray(relevance, dtype=np.float32)
    return token_relevance(work.settings, sequence, wide, dna, tokens.spans[0], logits, details)


def of_bases(
    work: Work,
    sequence: str,
    values: ArrayLike,
    logits: NDArray[np.float32],
    details: Details,
    hypothetical: ArrayLike | None = None,
) -> Relevance:
    """Return the explanation of one sequence from values (L,) of its bases; a token gets the sum of its bases."""
    narrow = np.asarray(values, dtype=np.float32)
    what_if = None if hypothetical is None else np.asarray(hypothetical, dtype=np.float32)
    if work.model.kind != "dnabert2":
        rows = None if what_if is None else what_if[None]
        (found,) = base_relevance(work.settings, [sequence], narrow[None], rows, logits[None])
        found.diagnostics.update(details)
        return found
    spans = work.model.tokenize([sequence]).spans[0]
    tokens, nothing = to_tokens(narrow, spans), np.zeros(0, dtype=np.float32)
    told = diagnostics(work.settings, logits, tokens, nothing) | details
    return Relevance(sequence, narrow, tokens, spans, 0.0, logits, what_if, told)
