"""Finished batches of windows, kept in memory up to a limit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from gxview.explain.relevance import Relevance

_OVERHEAD = 1024  # bytes of Python objects around the arrays of one window


class BatchCache:
    """Least-recently-used store of whole batches; safe to use from several threads at once.

    Parameters
    ----------
    limit : int
        Largest total size in bytes.
    """

    def __init__(self, limit: int = 256 << 20) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._batches: OrderedDict[Hashable, tuple[list[Relevance | None], int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._batches)

    def get(self, key: Hashable) -> list[Relevance | None] | None:
        """Return a batch (None for a window without value), or None when it is not there."""
        with self._lock:
            found = self._batches.get(key)
            if found is None:
                return None
            self._batches.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, batch: list[Relevance | None]) -> None:
        """Keep a batch; the ones unused for longest go when there is no room."""
        size = sum(_bytes(window) for window in batch)
        with self._lock:
            if key in self._batches:
                self._size -= self._batches.pop(key)[1]
            self._batches[key] = batch, size
            self._size += size
            while self._size > self._limit and self._batches:
                self._size -= self._batches.popitem(last=False)[1][1]


def _bytes(window: Relevance | None) -> int:
    if window is None:
        return 8
    arrays = (window.values, window.tokens, window.spans, window.logits, window.hypothetical)
    return _OVERHEAD + sum(array.nbytes for array in arrays if array is not None)
