"""Asking a model about one sequence many times, in batches of bounded size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.errors import Cancelled
from gxview.explain.fast import fast_logits
from gxview.explain.precision import arithmetic
from gxview.explain.rules import GradientOps
from gxview.explain.settings import Settings
from gxview.models.base import Model
from gxview.models.sequences import one_hot_from_codes

Codes = NDArray[np.uint8]
Points = Callable[[slice], Tensor]

# Cells (tokens or bases) of a batch by kind of model and device: on a CPU larger ones are no faster, on a GPU the last
# bits depend on the size, so that it must not depend on the memory that is free.
_FORWARD = {("dnabert2", "cpu"): 1024, ("cnn", "cpu"): 16 * 1024, ("dnabert2", "cuda"): 65536, ("cnn", "cuda"): 2**20}
_BACKWARD = {("dnabert2", "cpu"): 512, ("cnn", "cpu"): 8 * 1024, ("dnabert2", "cuda"): 8192, ("cnn", "cuda"): 2**18}


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What is asked of which model, and whether somebody still wants to know.

    Attributes
    ----------
    model : Model
        The model; nothing about it changes.
    settings : Settings
        Settled for this model.
    cancelled : callable
        Asked before every batch.
    share : int
        Batches are smaller by this factor, where memory is short.
    """

    model: Model
    settings: Settings
    cancelled: Callable[[], bool] = never
    share: int = 1

    def check(self) -> None:
        """Raise :class:`~gxview.errors.Cancelled` when nobody wants the result any more."""
        if self.cancelled():
            raise Cancelled("The explanation was cancelled.")

    def explained(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the explained quantity (n,) from logits (n, num_labels)."""
        return logits.astype(np.float64) @ self.settings.weights(self.model.num_labels).astype(np.float64)

    def token_rows(self, sequences: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return the token ids of each sequence, [CLS] and [SEP] included."""
        tokens = self.model.flat_tokens(sequences)
        return np.split(tokens.ids, tokens.starts[1:])

    def token_logits(self, rows: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Return the logits (n, num_labels) of rows of token ids; a batch holds rows of one length, so no padding."""
        logits = np.empty((len(rows), self.model.num_labels), dtype=np.float32)
        for batch in self.of_one_length(rows):
            ids = torch.from_numpy(np.stack([rows[index] for index in batch])).long().to(self.model.device)
            with self.answering():
                logits[batch] = self._of_tokens(ids).float().cpu().numpy()
        return logits

    def base_logits(self, codes: Codes) -> NDArray[np.float32]:
        """Return the logits (n, num_labels) of base codes (n, L)."""
        found = []
        for part in self.parts(len(codes), codes.shape[1], _FORWARD):
            one_hot = one_hot_from_codes(torch.from_numpy(codes[part]).to(self.model.device))
            with self.answering():
                found.append(self.model.network(one_hot).float().cpu().numpy())
        return np.concatenate(found)

    def mean_gradient(
        self, points: Points, weights: NDArray[np.float64], cells: int, network: Callable[[Tensor], Tensor]
    ) -> NDArray[np.float64]:
        """Return the weighted sum of the gradient of the explained quantity at some inputs.

        Parameters
        ----------
        points : callable
            Gives the inputs (n, ...) of a slice of them.
        weights : ndarray
            Of each input, (n,).
        cells : int
            Tokens or bases of an input.
        network : callable
            From inputs to logits.
        """
        target = torch.from_numpy(self.settings.weights(self.model.num_labels)).to(self.model.device)
        total: NDArray[np.float64] | None = None
        for part in self.parts(len(weights), cells, _BACKWARD):
            with self.differentiating():
                inputs = points(part).detach().clone().requires_grad_()
                (gradient,) = torch.autograd.grad((network(inputs) * target).sum(), inputs)
            wide = np.tensordot(weights[part], gradient.cpu().numpy().astype(np.float64), axes=1)
            total = wide if total is None else total + wide
        assert total is not None
        return total

    def parts(self, count: int, cells: int, bounds: dict[tuple[str, str], int] | None = None) -> Iterator[slice]:
        """Cut rows of so many cells into batches, asking before each whether to go on."""
        bound = (bounds or _FORWARD).get((self.model.kind, self.model.device.type), 4096)
        size = max(1, bound // self.share // cells)
        for start in range(0, count, size):
            self.check()
            yield slice(start, min(start + size, count))

    def of_one_length(self, rows: Sequence[NDArray[np.int32]]) -> Iterator[list[int]]:
        """Yield the indices of rows of token ids in batches of one length, asking before each whether to go on."""
        lengths = np.array([len(row) for row in rows])
        for length in np.unique(lengths):
            those = np.flatnonzero(lengths == length)
            for part in self.parts(len(those), int(length)):
                yield those[part].tolist()

    def _of_tokens(self, ids: Tensor) -> Tensor:
        if ids.device.type == "cpu":
            return fast_logits(self.model.network, ids)
        logits: Tensor = plain(self.model)(input_ids=ids).logits
        return logits

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Compute without gradients, on a GPU in float32 and with the same bits in every run."""
        with arithmetic("float32", self.model.device), torch.inference_mode():
            yield

    @contextmanager
    def differentiating(self) -> Iterator[None]:
        """Compute with gradients, whatever the mode of the caller; the rest is as in `answering`."""
        with arithmetic("float32", self.model.device), torch.inference_mode(False), torch.enable_grad():
            yield


def plain(model: Model) -> Any:
    """Return the forward pass of a DNABERT-2 without dropout, whatever the mode of its network."""
    return partial(model.network, ops=GradientOps())


def generator(sequence: str, purpose: str) -> np.random.Generator:
    """Return a source of chance that depends on letters and purpose only."""
    digest = hashlib.sha256(f"{purpose} {sequence}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype=np.uint32).tolist())
