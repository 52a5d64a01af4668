"""A cluster as the place where the work of a job is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from types import TracebackType
from typing import Any

from gxview.errors import Cancelled, GxviewError
from gxview.export.batch.control import Control
from gxview.export.batch.settle import Elsewhere, SettledJob, settle_job
from gxview.export.batch.site import Errand
from gxview.export.cluster.connect import connected
from gxview.export.cluster.dispatch import Dispatcher
from gxview.export.cluster.orders import Contract, Identity, Refusal, make_contract, reason_of
from gxview.export.cluster.tasks import WORKERS, Line, release
from gxview.export.cluster.team import Team
from gxview.genome import Reference
from gxview.job_file import JobFile

_PATIENCE = 60.0


class Cluster:
    """Workers of dask.distributed; a context manager.

    Parameters
    ----------
    address : str
        ``tcp://host:8786``, or ``local:N``.
    control : Control
        Of the job: it ends the waiting for a first worker.
    note : callable
        Tells a person a sentence before the job has begun.
    timeout : float
        Seconds after which a scheduler that does not answer is given up.
    module : str
        Has what the workers do.
    """

    def __init__(
        self,
        address: str,
        control: Control,
        note: Callable[[str], None] = lambda _text: None,
        *,
        timeout: float = 30.0,
        module: str = WORKERS,
    ) -> None:
        self._address, self._control, self._note, self._timeout = address, control, note, timeout
        self._module = module
        self._stack = ExitStack()
        self._team: Team | None = None
        self._client: Any = None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(Exception):  # workers that are gone have nothing to release
                self._client.sync(self._client._run, release, self._module, on_error="ignore", callback_timeout=10)
        self._stack.close()

    def settle(self, job: JobFile, reference: Reference) -> SettledJob:
        """Make the choices of a job for the kind of device that most workers have.

        Raises
        ------
        GxviewError
            If no scheduler answers, or none of its workers can compute.
        Cancelled
            If the job was stopped before a worker came.
        """
        self._client = self._stack.enter_context(connected(self._address, self._timeout))
        self._line = Line(self._client, self._module)
        self._identity = self._identify(job.device)
        settled = settle_job(job, reference, Elsewhere(self._identity.device, self._identity.name))

        @cache
        def contract(slot: int) -> Contract:
            return make_contract(settled, self._identity.arithmetic, slot)

        self._contract = contract
        return settled

    def describe(self) -> str:
        """See :class:`~gxview.export.batch.site.Site`."""
        count = self.workers
        return f"{count} worker{'' if count == 1 else 's'}: {self._identity.name}"

    @property
    def workers(self) -> int:
        """Workers that hold the models."""
        return len(self._team.fit) if self._team else 0

    def crew(self, errand: Errand) -> Sequence[Callable[[], None]]:
        """See :class:`~gxview.export.batch.site.Site`."""

        def team(dispatcher: Dispatcher) -> Team:
            self._team = Team(self._line, self._contract, dispatcher.post, errand.note)
            return self._team

        return [Dispatcher(self._line, errand, team).run]

    def _identify(self, device: str) -> Identity:
        from distributed import wait

        self._wait_for_one()
        device = "cuda" if device.startswith("cuda") else device
        asked = [self._line.submit(address, "identify", device) for address in sorted(self._client.nthreads())]
        with suppress(TimeoutError), self._client.as_current():
            wait(asked, timeout=_PATIENCE)
        answers: list[Identity | Refusal] = [one.result() for one in asked if one.status == "finished"]
        told = Counter(one for one in answers if isinstance(one, Identity))
        if told:
            return told.most_common(1)[0][0]
        failed = [one.reason for one in answers if isinstance(one, Refusal)]
        failed += [reason_of(one.exception()) for one in asked if one.status == "error"]
        raise GxviewError(f"No worker of {self._address} can compute: {failed[0] if failed else 'none answers.'}")

    def _wait_for_one(self) -> None:
        told = False
        while not self._client.nthreads():
            if self._control.is_stopped:
                raise Cancelled("stopped before a worker came.")
            if not told:
                self._note(f"The scheduler {self._address} has no worker yet; waiting for one.")
            told = True
            with suppress(TimeoutError):
                self._client.wait_for_workers(1, timeout=1)
