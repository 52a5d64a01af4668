"""Training sequences as the numbers a network reads, and the batches they come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.genome import reverse_complement
from gxview.models.batching import equal_length_batches, similar_length_batches
from gxview.models.sequences import UNKNOWN, base_codes, one_hot_from_codes
from gxview.models.tokenizer import Tokenizer, pad
from gxview.models.training.devices import Devices

_COMPLEMENT = np.array([3, 2, 1, 0, UNKNOWN], dtype=np.uint8)
_POOL = 50
_EVALUATED = 128


class EncodedSet(Protocol):
    """Sequences of a data set, ready for a network.

    Attributes
    ----------
    lengths
        int64 (N,), in the units that cost time (bases or tokens).
    """

    lengths: NDArray[np.int64]

    def evaluation_batches(self) -> Iterator[list[int]]:
        """Yield every index once in batches in which padding does not change a logit."""

    def logits(
        self, network: nn.Module, rows: NDArray[np.int64], flip: NDArray[np.bool_], device: torch.device
    ) -> Tensor:
        """Return the logits (n, num_labels) of some sequences, those with ``flip`` as their reverse complement."""


class OneHotSet:
    """One-hot input; shorter sequences of a batch are filled up on the right with columns of zeros, like N."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._codes = [base_codes(sequence) for sequence in sequences]
        self.lengths = np.array([len(codes) for codes in self._codes], dtype=np.int64)

    def evaluation_batches(self) -> Iterator[list[int]]:
        """Yield every index once in batches of one length."""
        return equal_length_batches(self.lengths.tolist(), _EVALUATED, _EVALUATED * 1024)

    def logits(
        self, network: nn.Module, rows: NDArray[np.int64], flip: NDArray[np.bool_], device: torch.device
    ) -> Tensor:
        """Return the logits (n, num_labels) of some sequences."""
        codes = np.full((len(rows), self.lengths[rows].max()), UNKNOWN, dtype=np.uint8)
        for place, row, flipped in zip(codes, rows, flip, strict=True):
            values = self._codes[row]
            place[: len(values)] = _COMPLEMENT[values[::-1]] if flipped else values
        logits: Tensor = network(one_hot_from_codes(torch.from_numpy(codes).to(device)))
        return logits


class TokenSet:
    """Tokens of both strands."""

    def __init__(self, sequences: Sequence[str], tokenizer: Tokenizer, *, both_strands: bool) -> None:
        self._pad_id = tokenizer.pad_id
        self._strands = [tokenizer.ids(sequences)]
        if both_strands:
            self._strands.append(tokenizer.ids([reverse_complement(sequence) for sequence in sequences]))
        self.lengths = np.array([len(ids) for ids in self._strands[0]], dtype=np.int64)

    def evaluation_batches(self) -> Iterator[list[int]]:
        """Yield every index once in batches of similar length."""
        return similar_length_batches(self.lengths.tolist(), _EVALUATED, _EVALUATED * 128)

    def logits(
        self, network: nn.Module, rows: NDArray[np.int64], flip: NDArray[np.bool_], device: torch.device
    ) -> Tensor:
        """Return the logits (n, num_labels) of some sequences."""
        ids = [self._strands[int(flipped)][row] for row, flipped in zip(rows, flip, strict=True)]
        inputs, mask = padded(ids, self._pad_id, device)
        logits: Tensor = network(input_ids=inputs, attention_mask=mask).logits
        return logits


def padded(ids: Sequence[NDArray[np.int64]], pad_id: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return token ids and attention mask, both int64 (n, S), of rows of token ids."""
    mask = pad([np.ones_like(row) for row in ids], 0)
    return pad(ids, pad_id).to(device), mask.to(device)


def predict(network: nn.Module, data: EncodedSet, devices: Devices) -> NDArray[np.float32]:
    """Return the logits (N, num_labels) of all sequences in evaluation mode; several processes share the work."""
    network.eval()
    parts, order = [], []
    with torch.inference_mode():
        for batch in islice(data.evaluation_batches(), devices.rank, None, devices.world):
            rows = np.array(batch)
            logits = data.logits(network, rows, np.zeros(len(rows), dtype=bool), devices.device)
            parts.append(logits.float().cpu().numpy())
            order.append(rows)
    found = [pair for pairs in devices.gather(list(zip(order, parts, strict=True))) for pair in pairs]
    rows = np.concatenate([rows for rows, _ in found])
    result: NDArray[np.float32] = np.concatenate([logits for _, logits in found])[np.argsort(rows)]
    return result


def shuffled_batches(lengths: NDArray[np.int64], size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield every index once in random batches of similar length.

    Batches are cut from pools of 50 batches sorted by length. A last batch of one is left out, because batch
    normalisation cannot learn from it.
    """
    order = rng.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), size * _POOL):
        pool = order[start : start + size * _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + size] for at in range(0, len(pool), size)]
    kept = [batch for batch in batches if len(batch) > 1 or len(lengths) == 1]
    yield from (kept[index] for index in rng.permutation(len(kept)))
