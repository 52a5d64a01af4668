"""Memory that a thread keeps from one explaining pass to the next."""

from __future__ import annotations

import threading

import torch
from torch import Tensor


class _Held(threading.local):
    def __init__(self) -> None:
        self.tensors: dict[tuple[str, torch.dtype], Tensor] = {}


_HELD = _Held()


def memory(name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Return uninitialised contiguous memory, the same for the same name as long as it is large enough.

    Fresh memory costs a page fault for every 4 kB, which is several percent of a pass on a CPU. What is held under a
    name is overwritten by the next request for it in this thread. Other devices have an allocator that keeps memory.

    Parameters
    ----------
    name
        What the memory is for.
    shape
        Shape of the tensor.
    like
        Gives dtype and device.
    """
    if like.device.type != "cpu":
        return torch.empty(shape, dtype=like.dtype, device=like.device)
    key, size = (name, like.dtype), torch.Size(shape).numel()
    held = _HELD.tensors.get(key)
    if held is None or held.numel() < size:
        held = _HELD.tensors[key] = torch.empty(size, dtype=like.dtype)
    return held[:size].view(shape)
