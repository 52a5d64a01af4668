"""Explained tiles: fixed stretches of the genome, made by the device thread and kept for the way back."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from psygnal import Signal

from gxview.genome import Edits, Reference, Region
from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.disk_cache import DiskCache
from gxview.viewer.explaining.engine import EngineProtocol, RegionExplanation
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress, Task

TILE = 512
"""Bases in a tile; small, so that the first letters come soon and a cancelled pan wastes little."""
ENOUGH_TIMES = 8
"""Tiles after which the time that one takes counts as known; the first are slow, as libraries warm up."""
MEMORY = 256_000_000
"""Bytes of tiles kept."""
TILE_BYTES, TOKEN_BYTES = 4_000, 250
"""Memory of a tile besides its arrays, and of each of its tokens, about."""

NO_EDITS = Edits()

TileKey: TypeAlias = tuple[int, str, int]
"""Number of the source, chromosome, index."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a tile depends on besides its place."""

    options: ExplainOptions
    device: str
    threads: int = 0
    edits: Edits = NO_EDITS

    def rules(self) -> dict[str, Any]:
        """Return what `explain_region` is asked for, besides the model."""
        rules = self.options.rules()
        return {**rules, "edits": self.edits} if self.edits else rules


@dataclass(eq=False)
class _Pending:
    task: Task
    priority: Priority
    watchers: set[str] = field(default_factory=set)
    running: bool = False


@dataclass(frozen=True, slots=True)
class _Timed:
    tile: RegionExplanation
    seconds: float


def tiles_of(region: Region) -> range:
    """Return the indices of the tiles that a region touches."""
    return range(region.start // TILE, (region.end - 1) // TILE + 1)


def tile_region(chrom: str, index: int, chrom_length: int) -> Region:
    """Return the bases of a tile."""
    return Region(chrom, index * TILE, min((index + 1) * TILE, chrom_length))


def centre_first(keys: Sequence[TileKey]) -> list[TileKey]:
    """Return keys in the order of their distance from the middle one."""
    middle = (len(keys) - 1) / 2
    return [key for _, key in sorted(enumerate(keys), key=lambda item: abs(item[0] - middle))]


class TileCache:
    """Explained tiles and the reasons of those that failed; asks the device thread for those that are missing.

    Parameters
    ----------
    device
        Where explanations are made.
    memory
        Bytes of tiles kept; the least recently used go first.

    Attributes
    ----------
    disk : DiskCache or None
        Where tiles are kept for the next start; used in the device thread.
    """

    changed = Signal(object)
    cleared = Signal()

    def __init__(self, device: DeviceThread, memory: int = MEMORY) -> None:
        self.disk: DiskCache | None = None
        self._device = device
        self._memory = memory
        self._used = 0
        self._tiles: OrderedDict[TileKey, RegionExplanation] = OrderedDict()
        self._failed: dict[TileKey, str] = {}
        self._sources: list[Source] = []
        self._times: dict[int, deque[float]] = {}
        self._pending: dict[TileKey, _Pending] = {}

    @property
    def used(self) -> int:
        """Bytes of the tiles that are kept, about."""
        return self._used

    def set_memory(self, memory: int) -> None:
        """Keep so many bytes of tiles from now on."""
        self._memory = memory
        self._shrink()

    def number(self, source: Source) -> int:
        """Return the number that stands for a source in the keys: a key is hashed for every tile of every frame."""
        if source not in self._sources:
            self._sources.append(source)
        return self._sources.index(source)

    def get(self, key: TileKey) -> RegionExplanation | None:
        """Return a tile that is at hand."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def seconds(self, number: int, enough: int = ENOUGH_TIMES) -> float:
        """Return how long a tile of a source takes, lately (median); 0 until `enough` were made."""
        times = self._times.get(number, ())
        return float(np.median(times)) if len(times) >= enough else 0.0

    def at_hand(self, number: int, chrom: str) -> list[RegionExplanation]:
        """Return all tiles of a source and a chromosome that are at hand, in genome order."""
        found = [tile for key, tile in self._tiles.items() if key[:2] == (number, chrom)]
        return sorted(found, key=lambda tile: tile.region.start)

    def failure(self, key: TileKey) -> str:
        """Return why a tile failed; empty if it did not."""
        return self._failed.get(key, "")

    def is_running(self, key: TileKey) -> bool:
        """Whether a tile is being explained at this moment."""
        pending = self._pending.get(key)
        return pending is not None and pending.running

    def is_pending(self, key: TileKey) -> bool:
        """Whether a tile is queued or being explained."""
        return key in self._pending

    @property
    def pending(self) -> list[TileKey]:
        """Tiles that are queued or being explained."""
        return list(self._pending)

    def request(self, key: TileKey, reference: Reference, priority: Priority, watcher: str) -> None:
        """Ask for a tile on behalf of a watcher; a better priority replaces a worse one."""
        if key in self._tiles or key in self._failed:
            return
        known = self._pending.get(key)
        if known is not None:
            known.watchers.add(watcher)
            if priority >= known.priority or known.running:
                return
            known.task.drop()
        watchers = {watcher} | (known.watchers if known else set())
        self._pending[key] = _Pending(self._submit(key, reference, priority), priority, watchers)

    def release(self, watcher: str, keep: Iterable[TileKey] = ()) -> None:
        """Withdraw a watcher from all tiles but `keep`; tiles without a watcher are dropped."""
        kept = set(keep)
        for key, pending in list(self._pending.items()):
            if key not in kept:
                pending.watchers.discard(watcher)
            if not pending.watchers:
                pending.task.drop()
                del self._pending[key]

    def forgive(self, number: int) -> None:
        """Forget the failures of a source, so that its tiles are tried again."""
        for key in [key for key in self._failed if key[0] == number]:
            del self._failed[key]

    def clear(self) -> None:
        """Forget everything; answers on their way are dropped."""
        for pending in self._pending.values():
            pending.task.drop()
        self._pending.clear()
        self._tiles.clear()
        self._used = 0
        self._failed.clear()
        self.cleared.emit()

    def _submit(self, key: TileKey, reference: Reference, priority: Priority) -> Task:
        number, chrom, index = key
        source, disk = self._sources[number], self.disk
        region = tile_region(chrom, index, reference.sizes[chrom])

        def work(engine: EngineProtocol, progress: Progress, cancelled: AskCancelled) -> _Timed:
            began = time.monotonic()
            tile = explain(engine, reference, region, source, progress, cancelled, disk)
            return _Timed(tile, time.monotonic() - began)

        return self._device.submit(
            priority, work, lambda outcome: self._receive(key, outcome), lambda: self._started(key)
        )

    def _started(self, key: TileKey) -> None:
        pending = self._pending.get(key)
        if pending is not None:
            pending.running = True
            self.changed.emit(key)

    def _receive(self, key: TileKey, outcome: Outcome) -> None:
        self._pending.pop(key, None)
        if outcome.error:
            self._failed[key] = outcome.error
        elif outcome.ok:
            self._keep(key, outcome.value.tile)
            self._times.setdefault(key[0], deque(maxlen=50)).append(outcome.value.seconds)
        self.changed.emit(key)

    def _keep(self, key: TileKey, tile: RegionExplanation) -> None:
        if (before := self._tiles.pop(key, None)) is not None:
            self._used -= tile_bytes(before)
        self._tiles[key] = tile
        self._used += tile_bytes(tile)
        self._shrink()

    def _shrink(self) -> None:
        while self._used > self._memory and len(self._tiles) > 1:
            self._used -= tile_bytes(self._tiles.popitem(last=False)[1])


def tile_bytes(tile: RegionExplanation) -> int:
    """Return how much memory a tile takes, about."""
    arrays = (getattr(tile, name, None) for name in ("values", "score", "spread", "hypothetical"))
    return TILE_BYTES + TOKEN_BYTES * len(tile.tokens) + sum(int(array.nbytes) for array in arrays if array is not None)


def explain(
    engine: EngineProtocol,
    reference: Reference,
    region: Region,
    source: Source,
    progress: Progress,
    cancelled: AskCancelled,
    disk: DiskCache | None = None,
) -> RegionExplanation:
    """Explain a region as a source says, or find it on disk; runs in the device thread."""
    options, rules = source.options, source.rules()
    engine.set_threads(source.threads)
    engine.load(options.model, source.device)
    if disk is not None:
        name = engine.fingerprint(reference, region, model=options.model, **rules)
        if (known := _from_disk(engine, disk, name)) is not None:
            return known
    found = engine.explain_region(
        reference, region, model=options.model, progress=progress, cancelled=cancelled, **rules
    )
    if disk is not None:
        disk.put(*engine.pack(found))
    return found


def _from_disk(engine: EngineProtocol, disk: DiskCache, name: str) -> RegionExplanation | None:
    data = disk.get(name)
    try:
        return engine.unpack(data) if data is not None else None
    except ValueError:
        disk.drop(name)
        return None
