"""Hands shards out to workers and takes in what comes back; everything is decided in one thread."""

from __future__ import annotations

import asyncio
import queue
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from gxview.errors import GxviewError
from gxview.export.batch.plan import Shard
from gxview.export.batch.settle import Track
from gxview.export.batch.site import Errand
from gxview.export.cluster.keeper import Keeper
from gxview.export.cluster.orders import Answer, Order, Refusal, reason_of
from gxview.export.cluster.tasks import Line
from gxview.export.cluster.team import AHEAD, Member, Team

_BEAT = 0.25
_MOST_LOSSES = 3
_IN_HAND = 16  # answers that are fetched or kept at once: they lie in the memory of the coordinator
_SLOW, _LEAST_SLOW = 2.0, 5.0  # a shard is given to a second worker after so many usual times, and seconds


@dataclass(slots=True, eq=False)
class Task:
    """A shard and the tracks of it that are left."""

    shard: Shard
    tracks: tuple[Track, ...]
    losses: int = 0
    is_done: bool = False
    flights: list[Flight] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Flight:
    """A task at a worker, or its answer on the way back."""

    task: Task
    member: Member
    future: Any
    began: float
    call: Any = None


class Dispatcher:
    """Does the work of an errand with the workers of a scheduler.

    Parameters
    ----------
    line : Line
        To the workers.
    errand : Errand
        What is to be done.
    team : Team
        The workers.
    """

    def __init__(self, line: Line, errand: Errand, team: Callable[[Dispatcher], Team]) -> None:
        self._line, self._client, self._errand = line, line.client, errand
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._open = deque(_tasks(errand))
        self._left = len(self._open)
        self._out: dict[Member, list[Flight]] = {}
        self._back: deque[Flight] = deque()
        self._coming: list[Flight] = []
        self._in_hand = 0
        self._times: deque[float] = deque(maxlen=64)
        self._keeper = Keeper(errand, self.post)
        self._team = team(self)

    def post(self, call: Callable[[], None]) -> None:
        """Have a call done in the thread of the dispatcher; may be called by any thread."""
        self._news.put(call)

    def run(self) -> None:
        """Work until everything is kept or the job is stopped.

        Raises
        ------
        GxviewError
            If nobody can do the work, or a shard was lost too often.
        OSError
            If a shard cannot be kept.
        """
        try:
            while self._left and not self._errand.control.is_stopped:
                for member in self._team.look():
                    self._give_back(member)
                self._hand_out()
                self._serve()
        finally:
            with suppress(OSError):  # a scheduler that is gone has forgotten them
                self._client.cancel([flight.future for flights in self._out.values() for flight in flights])
            self._keeper.close()

    def _serve(self) -> None:
        """Do what was posted; wait a moment for the first."""
        with suppress(queue.Empty):
            self._news.get(timeout=_BEAT)()
            while True:
                self._news.get_nowait()()

    def _hand_out(self) -> None:
        if self._errand.control.is_paused or len(self._back) >= _IN_HAND:
            return
        for member in self._with_room():
            if self._open:
                self._fly(self._open.popleft(), member)
            elif not self._at(member) and (late := self._late()) is not None:
                self._errand.note(f"{late.shard.parts[0]} takes long; {member.address} computes it as well.")
                self._fly(late, member)

    def _with_room(self) -> Iterator[Member]:
        """Yield who takes the next task: in turns, those with the fewest first."""
        rooms = [(len(self._at(one)) + number, one) for one in self._team.fit for number in range(one.room)]
        for level, member in sorted(rooms, key=lambda room: room[0]):
            if level < member.room:
                yield member

    def _at(self, member: Member) -> list[Flight]:
        return self._out.setdefault(member, [])

    def _late(self) -> Task | None:
        """Return a task that takes much longer than usual and is computed by one worker only."""
        if not self._times:
            return None
        since = time.monotonic() - max(_LEAST_SLOW, _SLOW * statistics.median(self._times))
        out = (flight for flights in self._out.values() for flight in flights)
        return next((one.task for one in out if one.began < since and len(one.task.flights) == 1), None)

    def _fly(self, task: Task, member: Member) -> None:
        tracks = tuple(track.index for track in task.tracks)
        parts = tuple((part.chrom, part.start, part.end) for part in task.shard.parts)
        order = Order(self._team.contract(member), task.shard.index, parts, tracks, dict(self._errand.sizes))
        future = self._line.submit(member.address, "work", order)
        flight = Flight(task, member, future, time.monotonic())
        task.flights.append(flight)
        self._at(member).append(flight)
        future.add_done_callback(lambda _: self.post(partial(self._landed, flight)))

    def _landed(self, flight: Flight) -> None:
        if flight not in flight.task.flights:
            return
        status = flight.future.status
        if status == "finished":
            self._begin_next(flight.member)
            self._times.append(time.monotonic() - flight.began)
            self._leave(flight)
            self._back.append(flight)
            self._fetch()
        elif status == "error":
            self._failed(flight, reason_of(flight.future.exception()))
        else:
            self._drop(flight)
            self._reopen(flight.task, "its result was lost")

    def _begin_next(self, member: Member) -> None:
        """Note that a worker begins with an order that waited there."""
        for waiting in self._at(member)[member.room - AHEAD :]:
            waiting.began = time.monotonic()

    def _failed(self, flight: Flight, reason: str) -> None:
        """Do without a worker that cannot compute; others get what it had."""
        member = flight.member
        self._drop(flight)
        self._give_back(member, is_loss=False)
        self._reopen(flight.task, reason)
        if member.is_fit:
            self._team.refuse(member, reason)

    def _give_back(self, member: Member, *, is_loss: bool = True) -> None:
        """Take back all that a worker had in hand; any of it may be what a lost worker broke on."""
        flights = [*self._out.pop(member, []), *(one for one in (*self._back, *self._coming) if one.member is member)]
        for flight in reversed(flights):
            self._drop(flight)
            self._reopen(flight.task, f"the worker {member.address} was lost", is_loss=is_loss)

    def _reopen(self, task: Task, reason: str, *, is_loss: bool = True) -> None:
        if task.is_done or task.flights:
            return
        task.losses += is_loss
        if task.losses == _MOST_LOSSES:
            raise GxviewError(
                f"{task.shard.parts[0]} was tried {_MOST_LOSSES} times in vain ({reason}); what is finished is kept, "
                "--resume goes on from there."
            )
        self._open.appendleft(task)

    def _leave(self, flight: Flight) -> None:
        """Note that a worker is through with a flight."""
        with suppress(ValueError):
            self._at(flight.member).remove(flight)

    def _drop(self, flight: Flight) -> None:
        """Forget a flight."""
        self._leave(flight)
        flight.task.flights.remove(flight)
        with suppress(ValueError):
            self._back.remove(flight)
        if flight.call is not None:
            flight.call.cancel()
        flight.future.cancel()

    def _fetch(self) -> None:
        """Fetch answers from the workers, as many as there is room for."""
        while self._back and self._in_hand < _IN_HAND:
            flight = self._back.popleft()
            self._coming.append(flight)
            self._in_hand += 1
            gathering = self._client.gather(flight.future, direct=True, asynchronous=True)
            flight.call = asyncio.run_coroutine_threadsafe(gathering, self._client.loop.asyncio_loop)
            flight.call.add_done_callback(lambda _, flight=flight: self.post(partial(self._fetched, flight)))

    def _fetched(self, flight: Flight) -> None:
        task, call = flight.task, flight.call
        flight.call = None  # a call and its flight hold each other, and megabytes
        self._coming.remove(flight)
        lost = call.cancelled() or call.exception() is not None
        if lost or task.is_done:
            self._in_hand -= 1
            if flight in task.flights:
                self._drop(flight)
                self._reopen(task, "its result was lost")
            self._fetch()
            return
        answer: list[Answer] | Refusal = call.result()
        if isinstance(answer, Refusal):
            self._in_hand -= 1
            self._failed(flight, answer.reason)
            self._fetch()
            return
        task.is_done = True
        self._keeper.put(task.shard, task.tracks, answer, self._kept)
        for one in list(task.flights):
            self._drop(one)

    def _kept(self) -> None:
        self._left -= 1
        self._in_hand -= 1
        self._fetch()


def _tasks(errand: Errand) -> Iterator[Task]:
    """Yield the shards of an errand with the tracks that are left of each."""
    units = iter(errand.work.take, None)
    for _, those in groupby((unit for unit in units if unit is not None), key=lambda unit: unit[1].index):
        found = list(those)
        yield Task(found[0][1], tuple(track for track, _ in found))
