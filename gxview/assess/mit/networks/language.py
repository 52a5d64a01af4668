"""Language models as scorers: what they read, how they are asked, and what a person should know about the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.networks.likelihood import (
    AskCausal,
    AskMasked,
    Batching,
    entropies,
    log_likelihood,
    pseudo_log_likelihood,
)
from gxview.assess.networks.tokens import TokenRow
from gxview.models.sequences import clean_sequences

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Read = Callable[[Sequence[str]], list[TokenRow]]

BYTE_PAIRS = (
    "Its tokens are words of several bases, and a change of one base can cut the words around it anew: the sums of two "
    "sequences then have different numbers of terms. Read the tokens per sequence and the score per base beside it."
)


@dataclass(frozen=True)
class LanguageModel:
    """What masked and causal language models share.

    Attributes
    ----------
    name
        What the results call it.
    identity
        Everything that the scores depend on.
    read
        From cleaned letters to tokens.
    batching
        Device and size of a batch.
    notes
        Sentences that belong beside the scores.
    block
        Sequences of one task that is kept.
    facts
        For the provenance.
    """

    name: str
    identity: str
    read: Read
    batching: Batching
    notes: tuple[str, ...] = ()
    block: int = 50
    facts: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, sequences: Sequence[str]) -> list[TokenRow]:
        """Return the tokens of sequences."""
        return self.read(clean_sequences(sequences))

    def tokens(self, sequences: Sequence[str]) -> Counts:
        """Return how many tokens each sequence has, without special ones, int64 (N,)."""
        return np.array([row.dna[1] - row.dna[0] for row in self.rows(sequences)], dtype=np.int64)


@dataclass(frozen=True)
class MaskedLanguageModel(LanguageModel):
    """Scores by pseudo-log-likelihood, in nats."""

    mask_id: int = field(kw_only=True)
    ask: AskMasked = field(kw_only=True)

    def score(self, sequences: Sequence[str]) -> Floats:
        """Return the pseudo-log-likelihood of each sequence, float64 (N,)."""
        return pseudo_log_likelihood(self.rows(sequences), self.mask_id, self.ask, self.batching)

    def delta_entropy(self, sequences: Sequence[str]) -> list[Floats]:
        """Return the delta-entropy of each base, float64 (L,) for each sequence.

        The largest entropy of a hidden token minus that of the token, shared evenly by its bases (Tang et al. 2025);
        0 where no token is hidden.
        """
        rows = self.rows(sequences)
        found = entropies(rows, self.mask_id, self.ask, self.batching)
        return [_per_base(row, values, len(text)) for row, values, text in zip(rows, found, sequences, strict=True)]


@dataclass(frozen=True)
class CausalLanguageModel(LanguageModel):
    """Scores by autoregressive log-likelihood, in nats."""

    ask: AskCausal = field(kw_only=True)

    def score(self, sequences: Sequence[str]) -> Floats:
        """Return the log-likelihood of each sequence, float64 (N,), without a first token that nothing precedes."""
        return log_likelihood(self.rows(sequences), self.ask, self.batching)


def _per_base(row: TokenRow, entropy: Floats, length: int) -> Floats:
    values = np.zeros(length)
    if len(entropy):
        shares = (entropy.max() - entropy) / (row.spans[:, 1] - row.spans[:, 0])
        for (start, end), share in zip(row.spans, shares, strict=True):
            values[start:end] = share
    return values
