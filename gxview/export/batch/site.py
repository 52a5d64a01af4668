"""Where the work of a job is done: on the devices of this machine, or elsewhere by the same interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from gxview.export.batch.control import Control
from gxview.export.batch.device import Device, WorkList
from gxview.export.batch.plan import Plan
from gxview.export.batch.settle import SettledJob, settle_job
from gxview.export.batch.units import Finished, Unit
from gxview.genome import Reference
from gxview.job_file import JobFile
from gxview.models.base import Model
from gxview.models.loading import load_model


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """What a site gets to do, and how it hands over what it did.

    Attributes
    ----------
    plan : Plan
        The job.
    work : WorkList
        Units that are left.
    sizes : dict
        Windows computed together, by model, that an earlier attempt came down to.
    control : Control
        Pauses and stops the work.
    keep : callable
        ``keep(unit, finished)`` puts a unit on disk; it may be called by several threads.
    advance : callable
        ``advance(unit, windows)`` tells that windows were computed.
    note : callable
        Tells a person a sentence.
    """

    plan: Plan
    work: WorkList
    sizes: dict[int, int]
    control: Control
    keep: Callable[[Unit, Finished], None]
    advance: Callable[[Unit, int], None]
    note: Callable[[str], None]


class Site(Protocol):
    """Where units are computed."""

    def settle(self, job: JobFile, reference: Reference) -> SettledJob:
        """Make every choice of a job for the machines of the site."""

    def describe(self) -> str:
        """Name what computes, for a person; called at any time after `settle`."""

    @property
    def workers(self) -> int:
        """Number of workers that compute."""

    def crew(self, errand: Errand) -> Sequence[Callable[[], None]]:
        """Return calls that do the work together, each in a thread of its own; an error in one stops the job."""


class Here:
    """The devices of this machine, one thread each."""

    def __init__(self) -> None:
        self._devices: tuple[str, ...] = ()

    def settle(self, job: JobFile, reference: Reference) -> SettledJob:
        """See `Site`."""
        settled = settle_job(job, reference)
        self._devices = settled.devices
        return settled

    def describe(self) -> str:
        """See `Site`."""
        return ", ".join(self._devices)

    @property
    def workers(self) -> int:
        """See `Site`."""
        return len(self._devices)

    def crew(self, errand: Errand) -> Sequence[Callable[[], None]]:
        """See `Site`."""
        return [self._device(errand, index, device) for index, device in enumerate(self._devices)]

    def _device(self, errand: Errand, index: int, device: str) -> Callable[[], None]:
        settled = errand.plan.settled
        models = settled.models if index == 0 else _copies(settled, device)
        sizes = dict(errand.sizes)
        one = Device(errand.plan, models, sizes, errand.control, errand.keep, errand.advance)
        return lambda: one.run(errand.work)


def _copies(settled: SettledJob, device: str) -> list[Model]:
    """Load the models of a job once more, on another device."""
    return [load_model(choice.model, torch.device(device)) for choice in settled.job.models]


def start(calls: Sequence[Callable[[], None]], errors: list[BaseException], control: Control) -> list[threading.Thread]:
    """Start calls in threads; what goes wrong in one is put into `errors`, and stops the others."""

    def guarded(call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001  # raised again in the thread of the job
            errors.append(error)
            control.stop()

    threads = [
        threading.Thread(target=guarded, args=(call,), name=f"gxview-work-{number}")
        for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    return threads
