"""Explains a whole region as a job: every tile is asked for, whatever the window shows meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from gxview.genome import Reference, Region
from gxview.viewer.explaining.device import Priority
from gxview.viewer.explaining.engine import RegionExplanation
from gxview.viewer.explaining.tiles import TileCache, TileKey, tiles_of
from gxview.viewer.work.jobs import Job, JobList, JobState

_names = count(1)


class Collector:
    """Gathers the tiles of a region.

    Parameters
    ----------
    cache
        Where tiles come from.
    jobs
        Where progress is shown.
    """

    def __init__(self, cache: TileCache, jobs: JobList) -> None:
        self._cache = cache
        self._jobs = jobs
        self._open: dict[str, _Gathering] = {}
        cache.changed.connect(self._on_tile)
        cache.cleared.connect(self._cancel_all)

    def collect(
        self,
        job: Job,
        reference: Reference,
        number: int,
        region: Region,
        priority: Priority,
        done: Callable[[Sequence[RegionExplanation]], None],
    ) -> None:
        """Explain a region; `done` gets its tiles in genome order, unless the job failed or was cancelled.

        Parameters
        ----------
        job
            Shows the progress; `done` has to end it.
        reference
            Genome.
        number
            Source of the tiles, see `TileCache.number`.
        region
            Stretch whose every tile is wanted.
        priority
            Who goes first on the device.
        done
            Called on the main thread.
        """
        name = f"job {next(_names)}"
        keys = [(number, region.chrom, index) for index in tiles_of(region)]
        self._open[name] = _Gathering(job, keys, done)
        job.on_cancel(lambda: self._cancel(name))
        self._cache.forgive(number)
        for key in keys:
            self._cache.request(key, reference, priority, name)
        self._look(name)

    def _cancel(self, name: str) -> None:
        gathering = self._open.pop(name, None)
        self._cache.release(name)
        if gathering is not None:
            self._jobs.end(gathering.job, JobState.CANCELLED)

    def _cancel_all(self) -> None:
        for name in list(self._open):
            self._cancel(name)

    def _on_tile(self, key: TileKey) -> None:
        for name, gathering in list(self._open.items()):
            if key in gathering.missing:
                self._look(name, key)

    def _look(self, name: str, only: TileKey | None = None) -> None:
        gathering = self._open[name]
        for key in [only] if only is not None else list(gathering.missing):
            if reason := self._cache.failure(key):
                del self._open[name]
                self._cache.release(name)
                self._jobs.end(gathering.job, JobState.FAILED, reason)
                return
            if (tile := self._cache.get(key)) is not None:
                gathering.take(key, tile)
        self._jobs.run(gathering.job, len(gathering.tiles), len(gathering.keys))
        if not gathering.missing:
            del self._open[name]
            gathering.done([gathering.tiles[key] for key in gathering.keys])


class _Gathering:
    """Tiles that have come and keys that have not."""

    def __init__(self, job: Job, keys: Sequence[TileKey], done: Callable[[Sequence[RegionExplanation]], None]) -> None:
        self.job = job
        self.keys = keys
        self.done = done
        self.missing = set(keys)
        self.tiles: dict[TileKey, RegionExplanation] = {}

    def take(self, key: TileKey, tile: RegionExplanation) -> None:
        """Note a tile that has come."""
        self.missing.discard(key)
        self.tiles[key] = tile
