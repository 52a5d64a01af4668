"""Puts the answers of workers on disk, in a thread of its own, by the same way as the shards of a local job."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from gxview.export.batch.plan import Shard
from gxview.export.batch.settle import Track
from gxview.export.batch.site import Errand
from gxview.export.batch.units import Finished, Unit
from gxview.export.cluster.orders import Answer

_Item = tuple[Shard, Sequence[Track], Sequence[Answer], Callable[[], None]]


class Keeper:
    """Keeps answers.

    Parameters
    ----------
    errand : Errand
        The job.
    post : callable
        ``post(call)`` has a call done in the thread of the dispatcher.
    """

    def __init__(self, errand: Errand, post: Callable[[Callable[[], None]], None]) -> None:
        self._errand, self._post = errand, post
        self._items: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="gxview-keep")
        self._thread.start()

    def put(self, shard: Shard, tracks: Sequence[Track], answers: Sequence[Answer], kept: Callable[[], None]) -> None:
        """Keep the answers of a shard; `kept` is posted when they are safe."""
        self._items.put((shard, tracks, answers, kept))

    def close(self) -> None:
        """Wait until all is kept."""
        self._items.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (item := self._items.get()) is not None:
            shard, tracks, answers, kept = item
            try:
                for track, answer in zip(tracks, answers, strict=True):
                    self._keep(shard, track, answer)
            except BaseException as error:  # noqa: BLE001  # raised in the thread of the dispatcher
                self._post(_raising(error))
                return
            self._post(kept)

    def _keep(self, shard: Shard, track: Track, answer: Answer) -> None:
        sizes, windows = self._errand.sizes, self._errand.plan.windows(track, shard.parts)
        sizes[track.model] = min(answer.size, sizes.get(track.model, answer.size))
        unit = Unit(track, shard, shard.parts, answer.size, windows)
        self._errand.keep(unit, Finished(answer.rows, answer.array, answer.failures))
        self._errand.advance(unit, windows)


def _raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call
