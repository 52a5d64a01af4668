"""What a worker of the cluster does: it loads the models of a job once, checks them, and computes shards.

All orders of a worker go through one `Device`, as on a single machine, so that reading, computing and stitching of
neighbouring shards overlap as soon as the worker has more than one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from gxview.errors import GxviewError
from gxview.explain.provenance import package_versions
from gxview.export.batch.control import Control
from gxview.export.batch.device import Device, Work
from gxview.export.batch.places import FoundPlaces
from gxview.export.batch.plan import Plan
from gxview.export.batch.settle import SettledJob, devices_of, machine_name, settle_job
from gxview.export.batch.units import Finished, Unit
from gxview.export.cluster.inbox import Inbox
from gxview.export.cluster.orders import Answer, Contract, Identity, Order, Refusal, reason_of
from gxview.genome import Reference
from gxview.job_file import JobFile

_sessions: dict[tuple[str, int], Session] = {}
_lock = threading.Lock()


def identify(device: str) -> Identity | Refusal:
    """Say what this worker computes on, if a job asks for `device`."""
    with _telling() as told:
        kind = torch.device(devices_of(device)[0]).type
        versions = tuple(sorted(package_versions().items()))
        return Identity(kind, machine_name(kind), _arithmetic(kind), versions)
    return told[0]


def prepare(contract: Contract) -> str | Refusal:
    """Load genome and models of a job and check them; return the name of the device."""
    with _telling() as told:
        return _session(contract).device
    return told[0]


def work(order: Order) -> list[Answer] | Refusal:
    """Compute a shard for some tracks."""
    with _telling() as told:
        while True:
            try:
                return _session(order.contract).do(order)
            except _RetiredError:
                continue  # another job took its place between the two calls
    return told[0]


@contextmanager
def _telling() -> Iterator[list[Refusal]]:
    """Put what is raised into a list: a sentence always finds its way back, an exception may not."""
    told: list[Refusal] = []
    try:
        yield told
    except Exception as error:  # noqa: BLE001  # the coordinator decides what becomes of it
        told.append(Refusal(reason_of(error)))


def release() -> None:
    """Forget all jobs, and stop what is computed for them."""
    with _lock:
        while _sessions:
            _sessions.popitem()[1].close()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _session(contract: Contract) -> Session:
    """Return the models of a job; those of jobs that nobody waits for are given up for them."""
    with _lock:
        found = _sessions.get(contract.key)
        if found is not None and found.is_well:
            return found
        for key, other in list(_sessions.items()):
            if other.retire():
                del _sessions[key]
        _sessions[contract.key] = Session(contract)
        return _sessions[contract.key]


def _arithmetic(kind: str) -> str:
    return torch.backends.cpu.get_cpu_capability() if kind == "cpu" else ""


class _RetiredError(Exception):
    """The models of a job were given up for another job."""


@dataclass(slots=True, eq=False)
class _Wish:
    """A shard of a track that somebody waits for."""

    work: Work
    answer: Future[Answer]


class Session:
    """The models of one job on the device of this worker, and the thread that computes with them."""

    def __init__(self, contract: Contract) -> None:
        settled = _settle(contract)
        self._control = Control()
        self._inbox = Inbox()
        self._wishes: list[_Wish] = []
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._plan = Plan(settled, FoundPlaces([], [], []), (), ())
        self._sizes: dict[int, int] = {}
        self.device = settled.devices[0]
        self._worker = Device(self._plan, settled.models, self._sizes, self._control, self._kept, lambda *_: None)
        self._thread = threading.Thread(target=self._serve, name="gxview-session", daemon=True)
        self._thread.start()

    @property
    def is_well(self) -> bool:
        """Whether it still computes."""
        return self._error is None and self._thread.is_alive()

    def retire(self) -> bool:
        """End if nobody waits for anything; return whether it did."""
        with self._lock:
            if self._wishes:
                return False
            self._error = _RetiredError()
        self.close()
        return True

    def do(self, order: Order) -> list[Answer]:
        """Compute a shard for some tracks; called by several threads at once."""
        tracks, shard = self._plan.settled.tracks, order.shard
        for model, size in order.sizes.items():
            self._sizes[model] = min(size, self._sizes.get(model, size))
        wishes = [_Wish((tracks[index], shard), Future()) for index in order.tracks]
        with self._lock:
            if self._error is not None:
                raise self._error
            self._wishes += wishes
            self._inbox.put([wish.work for wish in wishes])
        return [wish.answer.result() for wish in wishes]

    def close(self) -> None:
        """End the thread; who waits is told."""
        self._control.stop()
        self._inbox.close()
        self._thread.join()

    def _serve(self) -> None:
        error: BaseException = GxviewError("This worker was told to give up the job.")
        try:
            self._worker.run(self._inbox)
        except BaseException as reason:  # noqa: BLE001  # told to those who wait
            error = reason
        with self._lock:
            self._error, wishes = self._error or error, list(self._wishes)
            self._wishes.clear()
        for wish in wishes:
            wish.answer.set_exception(error)

    def _kept(self, unit: Unit, finished: Finished) -> None:
        """Hand a unit to the one who waits for it."""
        with self._lock:
            mine = next(one for one in self._wishes if one.work[0] is unit.track and one.work[1] is unit.shard)
            self._wishes.remove(mine)
        mine.answer.set_result(Answer(unit.track.index, unit.size, finished.rows, finished.array, finished.failures))


def _settle(contract: Contract) -> SettledJob:
    """Load what a job needs on the device of this worker, and check that it is what the job was made with."""
    job = JobFile.model_validate_json(contract.job)
    if job.device == "cuda":
        count = torch.cuda.device_count()
        job = job.model_copy(update={"device": f"cuda:{contract.slot % count}" if count else "cuda"})
    if not job.genome.path.exists():
        raise GxviewError(
            f"There is no genome {job.genome.path} on this machine; genome and model folders must be readable by all "
            "workers under the same path."
        )
    settled = settle_job(job, Reference(job.genome.path, aliases=job.genome.aliases))
    kind = torch.device(settled.devices[0]).type
    if settled.machine != contract.machine or _arithmetic(kind) != contract.arithmetic:
        raise GxviewError(f"Its numbers would differ in their last bits: {_difference(settled, contract, kind)}.")
    return settled


def _difference(settled: SettledJob, contract: Contract, kind: str) -> str:
    """Say what is not alike."""
    here, there = settled.machine, contract.machine
    versions = here["versions"]
    found = [
        f"{name} is {versions.get(name)}, not {version}"
        for name, version in there["versions"].items()
        if versions.get(name) != version
    ]
    if here["device"] != there["device"]:
        found.insert(0, f"it is {here['device']}, the job runs on {there['device']}")
    if _arithmetic(kind) != contract.arithmetic:
        found.insert(0, f"its processor computes with {_arithmetic(kind)}, the others with {contract.arithmetic}")
    return "; ".join(found)
