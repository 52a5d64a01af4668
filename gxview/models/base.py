"""What every explained model answers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class TokenBatch:
    """Several tokenised sequences, padded on the right to one length.

    Attributes
    ----------
    input_ids
        int64 (N, S) on the model's device.
    attention_mask
        int64 (N, S); 0 at padding.
    dna
        bool (N, S); true for tokens that stand for bases, false for [CLS], [SEP] and padding.
    spans
        Per sequence int64 (T, 2): the bases [start, end) of each DNA token; they partition the sequence.
    """

    input_ids: Tensor
    attention_mask: Tensor
    dna: Tensor
    spans: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True, eq=False)
class FlatTokens:
    """Tokens of n sequences one after another, [CLS] and [SEP] included, without padding; in host memory.

    Attributes
    ----------
    ids
        int32 (T,).
    counts
        Tokens of each sequence, int64 (n,).
    bases
        Bases that each token stands for, int64 (T,); 0 for [CLS] and [SEP].
    pad_id
        Id of padding.
    """

    ids: NDArray[np.int32]
    counts: NDArray[np.int64]
    bases: NDArray[np.int64]
    pad_id: int

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each sequence begins, (n,)."""
        return np.asarray(np.cumsum(self.counts) - self.counts)


@runtime_checkable
class Model(Protocol):
    """One loaded model in evaluation mode; safe to use from several threads at once.

    Attributes
    ----------
    name
        Name for people and for provenance.
    kind
        ``'dnabert2'`` or ``'cnn'``.
    path
        The folder it was read from.
    content_hash
        sha256 over configuration, weights and tokenizer.
    window_length
        Bases of one window on a genome.
    fixed_length
        The only sequence length the model takes, or None where every length is fine.
    targets
        A name for each logit.
    positive
        Index of the logit that is explained when nobody says otherwise; None with three or more classes and no
        statement in the configuration.
    num_labels
        Number of logits; 0 without a classification head.
    problem_type
        What the logits are: ``single_label_classification``, ``multi_label_classification`` or ``regression``.
    notes
        What a person should know about the checkpoint (for instance weights that were not used).
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> Path | None: ...  # noqa: D102
    @property
    def content_hash(self) -> str: ...  # noqa: D102
    @property
    def window_length(self) -> int: ...  # noqa: D102
    @property
    def fixed_length(self) -> int | None: ...  # noqa: D102
    @property
    def targets(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def positive(self) -> int | None: ...  # noqa: D102
    @property
    def num_labels(self) -> int: ...  # noqa: D102
    @property
    def problem_type(self) -> str: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def device(self) -> torch.device: ...  # noqa: D102
    @property
    def network(self) -> torch.nn.Module: ...  # noqa: D102

    def require_classifier(self) -> None:
        """Raise :class:`~gxview.errors.GxviewError` when the model has no trained classification head."""

    def logits(self, sequences: Sequence[str]) -> NDArray[np.float32]:
        """Return the logits (N, num_labels) of whole sequences of any lengths, in input order."""

    def tokenize(self, sequences: Sequence[str]) -> TokenBatch:
        """Return the tokens of sequences (models on tokens only)."""

    def flat_tokens(self, sequences: Sequence[str]) -> FlatTokens:
        """Return the tokens of sequences in host memory, unpadded (models on tokens only)."""

    def one_hot(self, sequences: Sequence[str]) -> Tensor:
        """Return float32 one-hot columns (N, 4, L) of sequences of one length (models on bases only)."""

    def codes(self, sequences: Sequence[str]) -> NDArray[np.uint8]:
        """Return 0 to 3 for A, C, G, T and 4 for N, (N, L), of sequences of one length (models on bases only)."""
