"""Passes on a GPU in launches of fixed shape, several of them on their way at the same time.

Both what is drawn while somebody looks and what is exported come from here, so that they agree to the bit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.graphs import Graphs, Work
from gxview.explain.ladder import Launch, launches
from gxview.models.base import FlatTokens

_MOST_PREPARED = 4


@dataclass(frozen=True, slots=True, eq=False)
class FlatRelevance:
    """What came out for n windows.

    Attributes
    ----------
    relevance
        One number for each token, float32 (T,), in the order of the tokens.
    logits
        float32 (n, num_labels).
    """

    relevance: NDArray[np.float32]
    logits: NDArray[np.float32]


class Launcher:
    """Runs launches of one network on its device; safe to use from several threads, of which one at a time is served.

    Parameters
    ----------
    device
        Where the network is.
    graphs
        Whether launches are captured as CUDA graphs, on a device that has them.
    """

    def __init__(self, device: torch.device, graphs: bool = True) -> None:
        self.device, self.lock = device, threading.Lock()
        self.graphs = Graphs(device)
        self.graphs.captures &= graphs
        self._prepared: OrderedDict[Hashable, Any] = OrderedDict()

    def prepared(self, key: Hashable, make: Any) -> Any:
        """Return what was made for a key, making it when it is not there; a few are kept."""
        if key not in self._prepared:
            self._prepared[key] = make()
            while len(self._prepared) > _MOST_PREPARED:
                self._prepared.popitem(last=False)
                self.graphs.clear()
        self._prepared.move_to_end(key)
        return self._prepared[key]

    def run(
        self, jobs: Sequence[tuple[Hashable, Work]], inputs: list[NDArray[Any]], outputs: list[int]
    ) -> list[NDArray[Any]]:
        """Do works one after another and return what came out, flat.

        Parameters
        ----------
        jobs
            Key and work of each, see `Graphs.run`.
        inputs
            Flat input of each, all of one type.
        outputs
            Number of values that each gives, float32.
        """
        sizes = [len(values) for values in inputs]
        host = self._host(sum(sizes), torch.from_numpy(inputs[0]).dtype)
        np.concatenate(inputs, out=host.numpy())
        self._wait()
        with self._stream():
            given = torch.split(host.to(self.device, non_blocking=True), sizes)
            results = torch.empty(sum(outputs), dtype=torch.float32, device=self.device)
            for (key, work), values, result in zip(jobs, given, torch.split(results, outputs), strict=True):
                self.graphs.run(key, work, values, result)
            back = self._host(sum(outputs), torch.float32)
            back.copy_(results, non_blocking=True)
            if self.graphs.stream is not None:
                self.graphs.stream.synchronize()
        return np.split(back.numpy(), np.cumsum(outputs)[:-1])

    def _host(self, length: int, dtype: torch.dtype) -> Tensor:
        return torch.empty(length, dtype=dtype, pin_memory=self.device.type == "cuda")

    def _stream(self) -> Any:
        return torch.cuda.stream(self.graphs.stream)  # does nothing for None

    def _wait(self) -> None:
        """Begin after what was put on its way before, such as copies of weights."""
        if self.graphs.stream is not None:
            self.graphs.stream.wait_stream(torch.cuda.current_stream(self.device))


_LAUNCHERS: WeakKeyDictionary[Any, Launcher] = WeakKeyDictionary()
_MAKING = threading.Lock()


def launcher(network: Any, device: torch.device) -> Launcher:
    """Return the launcher of a network."""
    with _MAKING:
        found = _LAUNCHERS.get(network)
        if found is None or found.device != device:
            found = _LAUNCHERS[network] = Launcher(device)
        return found


def run_tokens(
    launcher: Launcher, tokens: FlatTokens, size: int, labels: int, key: Hashable, work: Any
) -> FlatRelevance:
    """Explain windows of tokens in launches of fixed shape.

    Parameters
    ----------
    launcher
        Of the network.
    tokens
        The windows.
    size
        Windows computed together.
    labels
        Number of logits.
    key
        What `work` is, beside the shape; None for work that cannot be captured.
    work
        ``work(ids, lengths)``, (B, S) and (B,), returns relevance (B, S) and logits (B, labels).
    """
    plan = launches(tokens.counts, size)
    jobs = [(key and (key, one.rows, one.tokens), partial(_packed, work, one.rows, one.tokens)) for one in plan]
    inputs = [_input(tokens, one) for one in plan]
    results = launcher.run(jobs, inputs, [one.rows * (one.tokens + labels) for one in plan])
    relevance = np.empty(len(tokens.ids), dtype=np.float32)
    logits = np.empty((len(tokens.counts), labels), dtype=np.float32)
    for one, values in zip(plan, results, strict=True):
        places, real = _places(tokens, one)
        cells, number = one.rows * one.tokens, len(one.members)
        relevance[places[real]] = values[:cells].reshape(one.rows, -1)[:number][real]
        logits[one.members] = values[cells:].reshape(one.rows, -1)[:number]
    return FlatRelevance(relevance, logits)


def _packed(work: Any, rows: int, tokens: int, values: Tensor) -> Tensor:
    relevance, logits = work(values[: rows * tokens].view(rows, tokens), values[rows * tokens :])
    return torch.cat((relevance.flatten(), logits.flatten())).float()


def _input(tokens: FlatTokens, launch: Launch) -> NDArray[np.int32]:
    """Token ids (B, S) and lengths (B,) of a launch, flat; a free row is a single [CLS]-like token of padding."""
    places, real = _places(tokens, launch)
    values = np.full(launch.rows * (launch.tokens + 1), tokens.pad_id, dtype=np.int32)
    ids, lengths = values[: launch.rows * launch.tokens].reshape(launch.rows, -1), values[launch.rows * launch.tokens :]
    ids[: len(launch.members)][real] = tokens.ids[places[real]]
    lengths[:] = 1
    lengths[: len(launch.members)] = tokens.counts[launch.members]
    return values


def _places(tokens: FlatTokens, launch: Launch) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the tokens of a launch stand among all tokens, (n, S), and which of these are real."""
    column = np.arange(launch.tokens)
    return tokens.starts[launch.members, None] + column, column < tokens.counts[launch.members, None]


def run_rows(
    launcher: Launcher, values: NDArray[Any], size: int, width: int, key: Hashable, work: Work
) -> NDArray[np.float32]:
    """Explain windows that are rows of one length in launches of `size` rows; free rows repeat the first one.

    Parameters
    ----------
    launcher
        Of the network.
    values
        (n, L).
    size
        Rows of a launch.
    width
        Numbers that come out for each row.
    key
        What `work` is, beside the shape.
    work
        ``work(rows)``, (size, L), returns (size, width).

    Returns
    -------
    ndarray
        float32 (n, width).
    """
    number, length = values.shape
    padded = np.concatenate([values, np.repeat(values[:1], -number % size, axis=0)])
    parts = padded.reshape(-1, size * length)
    shaped = partial(_rows, work, (size, length))
    results = launcher.run([((key, size, length), shaped)] * len(parts), list(parts), [size * width] * len(parts))
    return np.concatenate(results).reshape(-1, width)[:number]


def _rows(work: Work, shape: tuple[int, int], values: Tensor) -> Tensor:
    return work(values.view(shape)).flatten()
