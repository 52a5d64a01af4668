"""The work of one device: letters are read and encoded ahead of it, and windows are stitched and kept behind it."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.explain.batch import DeviceFull
from gxview.explain.launch import Encoded, compute, encode
from gxview.explain.region import default_batch_size
from gxview.export.batch.control import Control
from gxview.export.batch.plan import Plan, Shard
from gxview.export.batch.runs import Group
from gxview.export.batch.settle import Track
from gxview.export.batch.units import Finished, Unit, Workshop
from gxview.genome import Region
from gxview.models.base import Model

_BLOCK_SECONDS = 0.5
_LARGEST_BLOCK = 8192
_LOST = ("cuda error", "device-side assert", "cublas_status", "cudnn_status", "mps backend")

Work = tuple[Track, Shard]


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Encoded windows of a unit."""

    unit: Unit
    groups: list[Group]
    encoded: Encoded


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """All blocks of a unit are through, or reading it failed."""

    unit: Unit
    error: GxviewError | None = None


class _Abandoned(Exception):
    """The feeder is no longer wanted."""


class WorkList:
    """The units that are left, handed out to the devices in order."""

    def __init__(self, work: Sequence[Work]) -> None:
        self._left = deque(work)
        self._lock = threading.Lock()

    def take(self, given_up: Callable[[], bool] = lambda: False) -> Work | None:
        """Return the next unit, None when there is none; a list that waits for units looks at `given_up`."""
        with self._lock:
            return self._left.popleft() if self._left else None


class Device:
    """Works through a list of units with the models of one device.

    Parameters
    ----------
    plan, models
        The job, and its models on this device.
    sizes : dict
        Windows computed together, by model; changed where memory is short.
    control : Control
        Asked before every block.
    keep : callable
        ``keep(unit, finished)`` puts a unit on disk; called in a thread of its own, one after the other.
    advance : callable
        ``advance(unit, windows)`` tells that windows were computed.
    """

    def __init__(
        self,
        plan: Plan,
        models: Sequence[Model],
        sizes: dict[int, int],
        control: Control,
        keep: Callable[[Unit, Finished], None],
        advance: Callable[[Unit, int], None],
    ) -> None:
        self._plan, self._models, self._sizes = plan, models, sizes
        self._control, self._keep, self._advance = control, keep, advance
        self._workshop = Workshop(plan, models)
        self._pending: deque[Work] = deque()
        self._lock = threading.Lock()
        self._block = 1

    def run(self, work: WorkList) -> None:
        """Work until nothing is left or the job is stopped.

        Raises
        ------
        GxviewError
            If the device is lost, or one window does not fit into its memory.
        OSError
            If a unit cannot be kept.
        """
        while not self._control.is_stopped:
            try:
                self._stream(work)
                return
            except Stopped:
                return
            except _Smaller as smaller:
                self._halve(smaller.track, str(smaller))

    def _halve(self, track: Track, reason: str) -> None:
        size = self.size(track)
        model = self._models[track.model]
        if size == 1:
            raise GxviewError(
                f"One window of {track.tiling.window:,} bases does not fit into the memory of {model.device} "
                f"({reason}); use a smaller window or another device."
            )
        self._sizes[track.model] = size // 2
        self._workshop.forget()
        self._block = 1

    def size(self, track: Track) -> int:
        """Return how many windows of a track are computed together."""
        given = self._plan.settled.job.batch_size
        return self._sizes.setdefault(track.model, given or default_batch_size(self._models[track.model]))

    def _stream(self, work: WorkList) -> None:
        blocks: queue.Queue[_Block | _End | None] = queue.Queue(maxsize=2)
        abandoned = threading.Event()
        errors: list[BaseException] = []
        feeder = threading.Thread(target=self._feed, args=(work, blocks, abandoned, errors), name="gxview-feed")
        finisher = _Finisher(self._workshop, self._kept)
        feeder.start()
        try:
            while (item := blocks.get()) is not None and self._control.wait():
                finisher.check()
                if isinstance(item, _Block):
                    self._compute(item)
                else:
                    finisher.put(item.unit, self._settled(item))
            if errors:
                raise errors[0]
        finally:
            abandoned.set()
            while feeder.is_alive():
                with suppress(queue.Empty):
                    blocks.get(timeout=0.05)
            feeder.join()
            finisher.close()

    def _feed(
        self,
        work: WorkList,
        blocks: queue.Queue[_Block | _End | None],
        abandoned: threading.Event,
        errors: list[BaseException],
    ) -> None:
        """Read and encode ahead; runs in a thread of its own."""

        def put(item: _Block | _End | None) -> None:
            while not abandoned.is_set():
                with suppress(queue.Full):
                    blocks.put(item, timeout=0.1)
                    return
            raise _Abandoned

        try:
            for track, shard in self._next(work, abandoned.is_set):
                unit = self._workshop.unit(track, shard, self.size(track))
                error = None
                try:
                    for groups in self._blocks(unit):
                        model = self._workshop.members(track)[groups[0].member]
                        put(_Block(unit, groups, encode(model, [group.sequences for group in groups])))
                except GxviewError as reason:
                    error = reason
                put(_End(unit, error))
            put(None)
        except _Abandoned:
            pass
        except BaseException as error:  # noqa: BLE001  # told by the thread that waits for the blocks
            errors.append(error)
            with suppress(_Abandoned):
                put(None)

    def _next(self, work: WorkList, given_up: Callable[[], bool]) -> Iterator[Work]:
        yield from list(self._pending)
        while not self._control.is_stopped and (item := work.take(given_up)) is not None:
            with self._lock:
                self._pending.append(item)
            yield item

    def _blocks(self, unit: Unit) -> Iterator[list[Group]]:
        """Yield groups that are computed together, those of each member of an ensemble apart."""
        for _, groups in groupby(self._workshop.groups(unit), key=lambda group: group.member):
            yield from self._cut(groups)

    def _cut(self, groups: Iterable[Group]) -> Iterator[list[Group]]:
        block: list[Group] = []
        windows = 0
        for group in groups:
            block.append(group)
            windows += len(group.rows)
            if windows >= self._block:
                yield block
                block, windows = [], 0
        if block:
            yield block

    def _compute(self, block: _Block) -> None:
        """Compute a block; the next ones are as large as half a second allows, so that a person can stop the job."""
        track, began = block.unit.track, time.perf_counter()
        try:
            self._launch(block.unit, block.groups, block.encoded)
        except DeviceFull as error:
            raise _Smaller(track, str(error).splitlines()[0]) from None
        spent = max(time.perf_counter() - began, 1e-4)
        windows = block.encoded.windows
        self._block = max(1, min(_LARGEST_BLOCK, 4 * windows, int(windows * _BLOCK_SECONDS / spent)))
        self._advance(block.unit, windows)

    def _launch(self, unit: Unit, groups: list[Group], encoded: Encoded) -> None:
        model = self._workshop.members(unit.track)[groups[0].member]
        try:
            bases = self._workshop.has_bases(unit.track)
            arrays = compute(model, encoded, unit.track.settings, size=unit.size, hypothetical=bases)
        except RuntimeError as error:
            if any(sign in str(error).lower() for sign in _LOST):
                raise GxviewError(
                    f"The device {model.device} stopped working ({str(error).splitlines()[0]}); what is finished is "
                    "kept, --resume goes on from there."
                ) from None
            raise
        self._workshop.place(groups, arrays)

    def _settled(self, end: _End) -> Finished | None:
        """Return None for a unit that is computed; one that failed is computed part by part, as far as it goes."""
        unit = end.unit
        if end.error is None and all(other.ready for _, other in unit.borrowed):
            for run, other in unit.borrowed:
                run.take(other)
            for run in unit.runs:
                run.ready = True
            return None
        return self._by_parts(unit)

    def _by_parts(self, unit: Unit) -> Finished:
        pieces: list[NDArray[np.float32]] = []
        failures: list[tuple[str, str]] = []
        rows = self._workshop.row_names(unit.track)
        for part in unit.parts:
            try:
                one = self._alone(unit, part)
                pieces.append(one.array)
                failures += one.failures
            except GxviewError as error:
                self._check_reference(error)
                pieces.append(np.full((len(rows), part.length), np.nan, np.float32))
                failures.append((str(part), str(error)))
        return Finished(rows, np.concatenate(pieces, axis=1), tuple(failures))

    def _alone(self, unit: Unit, part: Region) -> Finished:
        """Compute one part of a unit apart from everything else."""
        workshop = Workshop(self._plan, self._models)
        alone = workshop.unit(unit.track, unit.shard, unit.size, (part,))
        members = workshop.members(unit.track)
        for group in workshop.groups(alone):
            if not self._control.wait():
                raise Stopped
            encoded = encode(members[group.member], [group.sequences])
            try:
                self._launch(alone, [group], encoded)
            except DeviceFull as error:
                raise _Smaller(unit.track, str(error).splitlines()[0]) from None
        return workshop.finish(alone)

    def _check_reference(self, error: GxviewError) -> None:
        path = self._plan.settled.reference.path
        if not path.exists():
            raise GxviewError(
                f"The genome {path} is gone ({error}); what is finished is kept: put it back and go on with --resume."
            ) from None

    def _kept(self, unit: Unit, finished: Finished) -> None:
        self._keep(unit, finished)
        with self._lock:
            self._pending.remove((unit.track, unit.shard))


class Stopped(Exception):
    """The job was stopped within a unit."""


class _Smaller(Exception):
    """A track needs smaller batches."""

    def __init__(self, track: Track, reason: str) -> None:
        super().__init__(reason)
        self.track = track


class _Finisher:
    """Stitches and keeps units in a thread of its own, in order; an error is told by the next call."""

    def __init__(self, workshop: Workshop, keep: Callable[[Unit, Finished], None]) -> None:
        self._workshop, self._keep = workshop, keep
        self._units: queue.Queue[tuple[Unit, Finished | None] | None] = queue.Queue(maxsize=2)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="gxview-finish")
        self._thread.start()

    def put(self, unit: Unit, finished: Finished | None) -> None:
        """Hand a unit over; waits while two others are ahead."""
        self._units.put((unit, finished))

    def check(self) -> None:
        """Raise what went wrong."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Wait for the rest, then tell what went wrong."""
        self._units.put(None)
        self._thread.join()
        self.check()

    def _serve(self) -> None:
        while (item := self._units.get()) is not None:
            if self._error is not None:
                continue  # keeps taking, so that nobody waits for room
            try:
                unit, finished = item
                self._keep(unit, self._workshop.finish(unit) if finished is None else finished)
            except BaseException as error:  # noqa: BLE001  # raised by the thread that hands units over
                self._error = error
