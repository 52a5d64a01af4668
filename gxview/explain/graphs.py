"""Work of fixed shape on a GPU, captured once as a CUDA graph and started again with one call.

A pass is several hundred kernels, which Python starts more slowly than a GPU runs them when a batch is small. A graph
starts them all at once; it reads and writes fixed memory.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor

Work = Callable[[Tensor], Tensor]

_MOST_GRAPHS = 48


class CaptureFailed(Exception):
    """Work cannot be captured on this device; the sentence says why."""


class Graph:
    """One captured piece of work.

    Parameters
    ----------
    work
        Takes a tensor and returns one, both on the device, and waits for nothing.
    like
        An input; its shape and type are those of all later ones.
    pool
        Memory that several graphs of one stream share.
    """

    def __init__(self, work: Work, like: Tensor, pool: Any) -> None:
        self._work = work  # whose tensors the graph reads
        self._input = like.clone()
        work(self._input)  # loads kernels and libraries, which must not happen during the capture
        torch.cuda.current_stream(like.device).synchronize()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(
            self._graph, pool=pool, stream=torch.cuda.current_stream(like.device), capture_error_mode="thread_local"
        ):
            self._output = work(self._input)

    def run(self, values: Tensor, result: Tensor) -> None:
        """Do the work for values and copy what comes out into result."""
        self._input.copy_(values, non_blocking=True)
        self._graph.replay()
        result.copy_(self._output, non_blocking=True)


class Graphs:
    """Graphs of one device, for one thread at a time, the ones unused for longest forgotten.

    Parameters
    ----------
    device
        The device; without graphs (a CPU), work is simply done.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.captures = device.type == "cuda"
        self.stream: Any = None
        self._pool: Any = None
        self._graphs: OrderedDict[Hashable, Graph] = OrderedDict()
        self._new_stream()

    def run(self, key: Hashable, work: Work, values: Tensor, result: Tensor) -> None:
        """Do work for values and write what comes out into result.

        The same key means the same work and shape; None, that it is not to be captured.

        Raises
        ------
        CaptureFailed
            Once: from then on nothing is captured any more.
        """
        if key is None or not self.captures:
            result.copy_(work(values))
        else:
            self._graph(key, work, values).run(values, result)

    def clear(self) -> None:
        """Forget everything and give its memory back."""
        self._graphs.clear()
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            self._pool = torch.cuda.graph_pool_handle()

    def give_up(self) -> None:
        """Capture nothing any more."""
        self.captures = False
        self.clear()
        self._new_stream()  # what a failed capture leaves behind stays with its stream and its memory

    def _new_stream(self) -> None:
        if self.device.type == "cuda":
            self.stream = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
            self._pool = torch.cuda.graph_pool_handle()

    def _graph(self, key: Hashable, work: Work, like: Tensor) -> Graph:
        if key not in self._graphs:
            self._graphs[key] = self._captured(work, like)
            while len(self._graphs) > _MOST_GRAPHS:
                self._graphs.popitem(last=False)
        self._graphs.move_to_end(key)
        return self._graphs[key]

    def _captured(self, work: Work, like: Tensor) -> Graph:
        try:
            return Graph(work, like, self._pool)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            reason = str(error).split("\n", 1)[0]
        self.give_up()
        raise CaptureFailed(reason)
