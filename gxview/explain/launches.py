"""Passes on a GPU in launches of fixed shape, several of them on their way at the same time.

Both what is drawn while somebody looks and what is exported come from here, so that they agree to the bit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.graphs import CaptureFailed, Graphs, Work
from gxview.explain.ladder import Launch, launches
from gxview.explain.trial import Table
from gxview.models.base import FlatTokens

_MOST_PREPARED = 4
_SLOW = "small batches are slower"
_COMPANY = "On {} the last bits of a value depend on the windows that are computed together with it."


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


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One launch.

    Attributes
    ----------
    key
        Names work and shape: jobs of one key do the same.
    work
        Takes a flat tensor and returns one, float32.
    table
        How rows stand in both.
    tolerance
        By how much, as a part of the numbers, two ways of doing it may differ.
    capture
        Whether it may become a CUDA graph.
    """

    key: Hashable
    work: Work
    table: Table
    tolerance: float
    capture: bool = True


class Launcher:
    """Runs launches of one network on its device; safe to use from several threads, of which one at a time is served.

    Parameters
    ----------
    device
        Where the network is.
    graphs
        Whether launches are captured as CUDA graphs, on a device that has them.

    Attributes
    ----------
    notes
        What a person should know about how launches are done, each once.
    """

    def __init__(self, device: torch.device, graphs: bool = True) -> None:
        self.device, self.lock = device, threading.RLock()
        self.graphs = Graphs(device)
        self.graphs.captures &= graphs
        self.notes: list[str] = []
        self._known: dict[Hashable, Any] = {}
        self._prepared: OrderedDict[Hashable, Any] = OrderedDict()
        self._tried: set[Hashable] = set()

    def known(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """Return what was found for a key, finding it when nobody did; small things, kept for good."""
        with self.lock:
            if key not in self._known:
                self._known[key] = find()
            return self._known[key]

    def prepared(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made for a key, making it when it is not there; a few large things are kept."""
        if key not in self._prepared:
            self._prepared[key] = make()
            while len(self._prepared) > _MOST_PREPARED:
                self._prepared.popitem(last=False)
                self.graphs.clear()  # graphs read what they were captured with
        self._prepared.move_to_end(key)
        return self._prepared[key]

    def run(self, jobs: Sequence[Job], inputs: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """Do jobs one after another and return what came out of each, flat float32.

        The first job of a key is tried in other company and without a graph before; what is wrong then is noted.

        Parameters
        ----------
        jobs
            What is done.
        inputs
            Flat input of each, all of one type.
        """
        try:
            for job, values in zip(jobs, inputs, strict=True):
                if job.key not in self._tried:
                    self._try(job, values)
                    self._tried.add(job.key)
            return self._run(jobs, inputs)
        except RuntimeError:
            self.graphs.clear()  # memory may be short, and graphs hold some
            raise

    def _run(self, jobs: Sequence[Job], inputs: list[NDArray[Any]]) -> list[NDArray[Any]]:
        sizes, outputs = [len(values) for values in inputs], [job.table.outputs for job in jobs]
        host = self._host(sum(sizes), torch.from_numpy(inputs[0]).dtype)
        np.concatenate(inputs, out=host.numpy())
        stream = self.graphs.stream
        if stream is not None:  # begin after what was put on its way before, such as copies of weights
            stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(stream):  # does nothing for None
            given = torch.split(host.to(self.device, non_blocking=True), sizes)
            results = torch.empty(sum(outputs), dtype=torch.float32, device=self.device)
            for job, values, result in zip(jobs, given, torch.split(results, outputs), strict=True):
                self._launch(job, values, result)
            back = self._host(sum(outputs), torch.float32)
            back.copy_(results, non_blocking=True)
            if stream is not None:
                stream.synchronize()
        return np.split(back.numpy(), np.cumsum(outputs)[:-1])

    def _launch(self, job: Job, values: Tensor, result: Tensor) -> None:
        try:
            self.graphs.run(job.key if job.capture else None, job.work, values, result)
        except CaptureFailed as failure:
            self._note(f"CUDA graphs cannot be used on {self.device} ({failure}); {_SLOW}.")
            result.copy_(job.work(values))

    def _try(self, job: Job, values: NDArray[Any]) -> None:
        """See whether a graph gives the numbers of its work, and whether a row's bits depend on the other rows."""
        other = job.table.in_other_company(values)
        if job.capture and self.graphs.captures:
            (slow,) = self._run([replace(job, capture=False)], [other])
            if job.table.difference(self._run([job], [values])[0], slow) > job.tolerance:
                self.graphs.give_up()
                self._note(f"CUDA graphs give wrong numbers on {self.device} and are not used; {_SLOW}.")
        if not job.table.same(self._run([job], [values])[0], self._run([job], [other])[0]):
            self._note(_COMPANY.format(self.device))

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _host(self, length: int, dtype: torch.dtype) -> Tensor:
        return torch.empty(length, dtype=dtype, pin_memory=self.device.type == "cuda")


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
    launcher: Launcher, tokens: FlatTokens, size: int, labels: int, key: Hashable, work: Any, tolerance: float,
    capture: bool = True,
) -> FlatRelevance:  # fmt: skip
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
    key, tolerance, capture
        Of the jobs, see `Job`; the shape joins the key.
    work
        ``work(ids, lengths)``, (B, S) and (B,), returns relevance (B, S) and logits (B, labels).
    """
    plan = launches(tokens.counts, size)
    jobs = [
        Job(
            (key, one.rows, one.tokens),
            partial(_packed, work, one.rows, one.tokens),
            Table(one.rows, (one.tokens, 1), (one.tokens, labels)),
            tolerance,
            capture,
        )
        for one in plan
    ]
    results = launcher.run(jobs, [_input(tokens, one) for one in plan])
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
    launcher: Launcher, values: NDArray[Any], size: int, width: int, key: Hashable, work: Work, tolerance: float
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
    key, tolerance
        Of the jobs, see `Job`; the shape joins the key.
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
    job = Job((key, size, length), shaped, Table(size, (length,), (width,)), tolerance)
    results = launcher.run([job] * len(parts), list(parts))
    return np.concatenate(results).reshape(-1, width)[:number]


def _rows(work: Work, shape: tuple[int, int], values: Tensor) -> Tensor:
    return work(values.view(shape)).flatten()
