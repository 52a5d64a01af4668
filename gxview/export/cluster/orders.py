"""What goes between the coordinator of a job and its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.export.batch.plan import Shard
from gxview.export.batch.settle import SettledJob
from gxview.genome import Region
from gxview.job_file import JobFile, Places


@dataclass(frozen=True, slots=True)
class Contract:
    """What a worker must hold to work on a job; small, and the same in every order.

    Attributes
    ----------
    job : str
        The settled job as JSON, without its places.
    machine : mapping
        Kind of device and versions on which the numbers depend.
    arithmetic : str
        Instruction set of the processors, where those compute; '' otherwise.
    slot : int
        Number of the worker among those of its host, from 0.
    """

    job: str
    machine: Mapping[str, Any]
    arithmetic: str
    slot: int

    @property
    def key(self) -> tuple[str, int]:
        """What a worker keeps its models under."""
        return self.job, self.slot


@dataclass(frozen=True, slots=True)
class Order:
    """One shard, and the tracks of it that are wanted.

    Attributes
    ----------
    contract : Contract
        The job.
    index : int
        Of the shard.
    parts : tuple of (str, int, int)
        Its stretches.
    tracks : tuple of int
        Indices of tracks.
    sizes : dict
        Windows computed together, at most, by model.
    """

    contract: Contract
    index: int
    parts: tuple[tuple[str, int, int], ...]
    tracks: tuple[int, ...]
    sizes: Mapping[int, int]

    @property
    def shard(self) -> Shard:
        """The shard."""
        return Shard(self.index, tuple(Region(*part) for part in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A finished shard of a track.

    Attributes
    ----------
    track : int
        Index of the track.
    size : int
        Windows that were computed together.
    rows, array, failures
        See :class:`~gxview.export.batch.units.Finished`.
    """

    track: int
    size: int
    rows: tuple[str, ...]
    array: NDArray[np.float32]
    failures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a worker answers that cannot do what it should.

    Attributes
    ----------
    reason : str
        A sentence.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a worker computes on.

    Attributes
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    name : str
        Of the kind of device, see :func:`~gxview.export.batch.settle.machine_name`.
    arithmetic : str
        Instruction set of the processor, where that computes; '' otherwise.
    versions : mapping
        Of the packages that the numbers depend on.
    """

    device: str
    name: str
    arithmetic: str
    versions: tuple[tuple[str, str], ...]


def reason_of(error: BaseException) -> str:
    """Return what went wrong at a worker as a sentence."""
    if isinstance(error, GxviewError):
        return str(error)
    lines = str(error).splitlines()
    if isinstance(error, ImportError) or "deserializ" in str(error):
        where = "It or the scheduler cannot import gxview"
        return f"{where} ({lines[0] if lines else error}); install the same gxview[cluster] on all machines."
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}."


def make_contract(settled: SettledJob, arithmetic: str, slot: int) -> Contract:
    """Return what a worker must hold; a worker needs no places, it gets its shards."""
    return Contract(_text(settled.job), settled.machine, arithmetic, slot)


def _text(job: JobFile) -> str:
    return job.model_copy(update={"places": Places()}).model_dump_json()
