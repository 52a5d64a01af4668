"""How likely a language model finds sequences of tokens, whatever the model.

Copies of all sequences with one hidden place each go through the network together, those of one length side by side,
so that nothing is padded and no score depends on the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.networks.float64 import widened
from gxview.assess.networks.tokens import TokenRow

Floats = NDArray[np.float64]
AskMasked = Callable[[Tensor, Tensor], Tensor]
"""From token ids (B, S) and one place of each row (B,) to logits there (B, V)."""
AskCausal = Callable[[Tensor], Tensor]
"""From token ids (B, S) to logits (B, S, V), of which place s is about the token s + 1."""
Measure = Callable[[Tensor, Tensor], Tensor]
"""From log-probabilities (B, V) and tokens (B,) to one number each (B,)."""


@dataclass(frozen=True, slots=True)
class Batching:
    """Where the network is and how many tokens it gets at a time."""

    device: torch.device
    cells: int


def pseudo_log_likelihood(rows: Sequence[TokenRow], mask_id: int, ask: AskMasked, batching: Batching) -> Floats:
    """Return the pseudo-log-likelihood of each sequence, float64 (N,), in nats.

    Each token is hidden in turn and the log-probabilities of what stands there are summed (Salazar et al. 2020, ACL,
    2699-2712, equation 1).
    """
    return _summed(rows, (float(logs) for logs in _at_hidden(rows, mask_id, ask, batching, _of_token)))


def entropies(rows: Sequence[TokenRow], mask_id: int, ask: AskMasked, batching: Batching) -> list[Floats]:
    """Return the entropy of what the model expects at each hidden token, float64 (T,) for each sequence, in nats."""
    found = np.fromiter(_at_hidden(rows, mask_id, ask, batching, _entropy), np.float64)
    return np.split(found, np.cumsum([len(row.places) for row in rows])[:-1])


def log_likelihood(rows: Sequence[TokenRow], ask: AskCausal, batching: Batching) -> Floats:
    """Return the autoregressive log-likelihood of each sequence, float64 (N,), in nats.

    The log-probability of each token after those before it is summed. The first of the row is left out, since nothing
    comes before it; where the tokenizer puts a token of its own there, all bases count.
    """
    found = np.zeros(len(rows))
    for batch in _of_one_length([len(row.ids) for row in rows], batching.cells):
        ids = torch.from_numpy(np.stack([rows[index].ids for index in batch]))
        with torch.inference_mode():
            logits = ask(ids.to(batching.device))
            logs = torch.log_softmax(widened(logits[:, :-1]), dim=-1)
            at_token = logs.gather(2, ids[:, 1:, None].to(logs.device))[..., 0].cpu().numpy()
        for index, values in zip(batch, at_token, strict=True):
            places = rows[index].places
            found[index] = values[places[places > 0] - 1].sum()
    return found


def _summed(rows: Sequence[TokenRow], values: Iterator[float]) -> Floats:
    return np.array([sum(next(values) for _ in row.places) for row in rows], dtype=np.float64)


def _at_hidden(
    rows: Sequence[TokenRow], mask_id: int, ask: AskMasked, batching: Batching, measure: Measure
) -> Iterator[float]:
    """Yield a number for each place of each row, in order, from the logits there (B, V) and the tokens (B,)."""
    owners = [row for row in rows for _ in row.places]
    places = np.concatenate([row.places for row in rows]) if len(rows) else np.zeros(0, dtype=np.int64)
    found = np.zeros(len(owners))
    for copies in _of_one_length([len(owner.ids) for owner in owners], batching.cells):
        tokens = np.array([owners[copy].ids[places[copy]] for copy in copies])
        ids = np.stack([_hidden(owners[copy], int(places[copy]), mask_id) for copy in copies])
        with torch.inference_mode():
            logits = ask(_moved(ids, batching), _moved(places[copies], batching))
            logs = torch.log_softmax(widened(logits), dim=-1)
            found[copies] = measure(logs, torch.from_numpy(tokens).to(logs.device)).cpu().numpy()
    yield from found.tolist()


def _hidden(row: TokenRow, place: int, mask_id: int) -> NDArray[np.int64]:
    ids = row.ids.copy()
    first, last = row.dna
    ids[max(first, place - row.reach) : min(last, place + row.reach + 1)] = mask_id
    return ids


def _of_token(logs: Tensor, tokens: Tensor) -> Tensor:
    found: Tensor = logs.gather(1, tokens[:, None])[:, 0]
    return found


def _entropy(logs: Tensor, _: Tensor) -> Tensor:
    found: Tensor = torch.special.entr(logs.exp()).sum(-1)
    return found


def _moved(values: NDArray[np.int64], batching: Batching) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).to(batching.device)


def _of_one_length(lengths: Sequence[int], cells: int) -> Iterator[list[int]]:
    """Yield indices of rows of one length, at most so many tokens together."""
    counts = np.asarray(lengths, dtype=np.int64)
    for length in np.unique(counts):
        those, size = np.flatnonzero(counts == length), max(1, cells // max(1, int(length)))
        yield from (those[start : start + size].tolist() for start in range(0, len(those), size))
