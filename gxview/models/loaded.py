"""Loaded models of both kinds behind one interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.errors import GxviewError
from gxview.models.base import FlatTokens, TokenBatch
from gxview.models.batching import equal_length_batches, similar_length_batches
from gxview.models.cnn import CNN
from gxview.models.folder import CLASSES
from gxview.models.sequences import clean_sequences, codes_of, one_hot
from gxview.models.tokenizer import Tokenizer, pad
from gxview.words import counted

_LARGEST_BATCH = 64
_BATCH_BASES = 64 * 1024
_BATCH_TOKENS = 8 * 1024


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """What both kinds share; the attributes are those of :class:`~gxview.models.base.Model`."""

    name: str
    kind: str
    path: Path | None
    content_hash: str
    window_length: int
    targets: tuple[str, ...]
    positive: int | None
    notes: tuple[str, ...]
    device: torch.device
    network: nn.Module
    problem_type: str = field(default=CLASSES, kw_only=True)

    @property
    def num_labels(self) -> int:
        """Number of logits; 0 without a trained classification head."""
        return len(self.targets)

    @property
    def fixed_length(self) -> int | None:
        """The only sequence length the model takes, or None."""
        return None

    def require_classifier(self) -> None:
        """Raise :class:`~gxview.errors.GxviewError` when there is no trained classification head."""
        if not self.targets:
            raise GxviewError(
                f"{self.path or self.name} is a pre-trained checkpoint without a trained classifier, so there is "
                "no prediction to compute or explain; fine-tune it first with 'gxview train --from'."
            )

    def tokenize(self, sequences: Sequence[str]) -> TokenBatch:
        """Return the tokens of sequences."""
        raise GxviewError(f"{self.name} reads bases, not tokens.")

    def flat_tokens(self, sequences: Sequence[str]) -> FlatTokens:
        """Return the tokens of sequences, unpadded."""
        raise GxviewError(f"{self.name} reads bases, not tokens.")

    def one_hot(self, sequences: Sequence[str]) -> Tensor:
        """Return one-hot columns of sequences."""
        raise GxviewError(f"{self.name} reads tokens, not one-hot bases.")

    def codes(self, sequences: Sequence[str]) -> NDArray[np.uint8]:
        """Return bases as numbers."""
        raise GxviewError(f"{self.name} reads tokens, not one-hot bases.")


@dataclass(frozen=True, eq=False)
class LoadedCNN(LoadedModel):
    """A convolutional network on one-hot bases."""

    @property
    def fixed_length(self) -> int | None:
        """The only sequence length the model takes, or None."""
        return self._cnn.config.input_length

    @property
    def _cnn(self) -> CNN:
        assert isinstance(self.network, CNN)
        return self.network

    def one_hot(self, sequences: Sequence[str]) -> Tensor:
        """Return float32 one-hot columns (N, 4, L) on the model's device.

        Raises
        ------
        GxviewError
            For letters that are no DNA, mixed lengths, or a length the network does not take.
        """
        return one_hot(self._clean(sequences)).to(self.device)

    def codes(self, sequences: Sequence[str]) -> NDArray[np.uint8]:
        """Return 0 to 3 for A, C, G, T and 4 for N, (N, L), in host memory; errors as for `one_hot`."""
        return codes_of(self._clean(sequences))

    def logits(self, sequences: Sequence[str]) -> NDArray[np.float32]:
        """Return the logits (N, num_labels) of whole sequences, in input order."""
        cleaned = self._clean(sequences)
        result = np.empty((len(cleaned), self.num_labels), dtype=np.float32)
        for batch in equal_length_batches([len(s) for s in cleaned], _LARGEST_BATCH, _BATCH_BASES):
            with torch.inference_mode():
                output = self.network(one_hot([cleaned[index] for index in batch]).to(self.device))
            result[batch] = output.float().cpu().numpy()
        return result

    def misfit(self, sequence: str) -> str:
        """Say why the network does not take a sequence of this length; empty where it does."""
        fixed, least, held = self.fixed_length, self._cnn.config.minimum_length, counted(len(sequence), "base")
        if fixed is not None and len(sequence) != fixed:
            return (
                f"has {held}, but {self.name} takes exactly {fixed:,}; cut it to this length or use a model that takes "
                "any length"
            )
        return "" if len(sequence) >= least else f"has {held}, but {self.name} needs at least {least:,}"

    def _clean(self, sequences: Sequence[str]) -> list[str]:
        cleaned = clean_sequences(sequences)
        for number, sequence in enumerate(cleaned, start=1):
            if why := self.misfit(sequence):
                raise GxviewError(f"sequence {number} {why}.")
        return cleaned


@dataclass(frozen=True, eq=False)
class LoadedDNABert2(LoadedModel):
    """A DNABERT-2 with its tokenizer."""

    tokenizer: Tokenizer

    def tokenize(self, sequences: Sequence[str]) -> TokenBatch:
        """Return the tokens of sequences on the model's device, padded to the longest.

        Raises
        ------
        GxviewError
            For letters that are no DNA.
        """
        return self.tokenizer.batch(clean_sequences(sequences), self.device)

    def flat_tokens(self, sequences: Sequence[str]) -> FlatTokens:
        """Return the tokens of sequences, unpadded and in host memory; errors as for `tokenize`."""
        return self.tokenizer.flat(clean_sequences(sequences))

    def logits(self, sequences: Sequence[str]) -> NDArray[np.float32]:
        """Return the logits (N, num_labels) of whole sequences, in input order."""
        self.require_classifier()
        tokens = self.tokenizer.ids(clean_sequences(sequences))
        result = np.empty((len(tokens), self.num_labels), dtype=np.float32)
        for batch in similar_length_batches([len(ids) for ids in tokens], _LARGEST_BATCH, _BATCH_TOKENS):
            rows = [tokens[index] for index in batch]
            ids, mask = pad(rows, self.tokenizer.pad_id), pad([np.ones_like(row) for row in rows], 0)
            with torch.inference_mode():
                output = self.network(input_ids=ids.to(self.device), attention_mask=mask.to(self.device)).logits
            result[batch] = output.float().cpu().numpy()
        return result
