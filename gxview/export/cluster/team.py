"""The workers of a cluster: who is there, who may work on the job, and who was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gxview.errors import GxviewError
from gxview.export.cluster.orders import Contract, Refusal, reason_of
from gxview.export.cluster.tasks import Line

_LOOK = 0.25
AHEAD = 1
"""Orders that wait at a worker, so that it never waits for the next."""


@dataclass(slots=True, eq=False)
class Member:
    """A worker.

    Attributes
    ----------
    address : str
        Where it listens.
    slot : int
        Its number among the workers of its host.
    room : int
        Orders that it has at once.
    is_fit : bool
        Whether it holds the models of the job.
    refused : str
        Why it gets no work; '' otherwise.
    """

    address: str
    slot: int
    room: int
    is_fit: bool = False
    refused: str = ""
    check: Any = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """Its machine."""
        return self.address.rsplit(":", 1)[0]


class Team:
    """The workers of a scheduler, each checked before it gets work.

    Parameters
    ----------
    line : Line
        To the workers.
    contract : callable
        ``contract(slot)`` returns what a worker must hold.
    post : callable
        ``post(call)`` has a call done in the thread of the dispatcher.
    note : callable
        Tells a person a sentence.
    """

    def __init__(
        self,
        line: Line,
        contract: Callable[[int], Contract],
        post: Callable[[Callable[[], None]], None],
        note: Callable[[str], None],
    ) -> None:
        self._line, self._contract, self._post, self._note = line, contract, post, note
        self._members: dict[str, Member] = {}
        self._looked = float("-inf")
        self._told_alone = False

    @property
    def fit(self) -> list[Member]:
        """Those that may work."""
        return [member for member in list(self._members.values()) if member.is_fit]

    def contract(self, member: Member) -> Contract:
        """Return what a member holds."""
        return self._contract(member.slot)

    def look(self) -> list[Member]:
        """Take in who joined; return who was lost since the last look.

        Raises
        ------
        GxviewError
            If the scheduler is gone, or nobody who is there can do the job.
        """
        if time.monotonic() - self._looked < _LOOK:
            return []
        threads = self._present()
        self._looked = time.monotonic()
        lost = [member for address, member in self._members.items() if address not in threads]
        for member in lost:
            del self._members[member.address]
            if not member.refused:
                self._note(f"The worker {member.address} was lost; what it had in hand is computed again.")
        for address in threads.keys() - self._members.keys():
            self._join(address, threads[address])
        self._tell_alone()
        return lost

    def refuse(self, member: Member, reason: str) -> None:
        """Give a member no work any more.

        Raises
        ------
        GxviewError
            If nobody else is there.
        """
        member.is_fit, member.refused = False, reason
        if all(one.refused for one in self._members.values()):
            raise GxviewError(f"No worker can do the job. {member.address}: {reason}")
        self._note(f"The worker {member.address} is left out: {reason}")

    def _present(self) -> dict[str, int]:
        try:
            found: dict[str, int] = self._line.client.nthreads()
        except (OSError, TimeoutError) as error:
            raise GxviewError(
                "The scheduler is gone; what is finished is kept, --resume goes on from there."
            ) from error
        return found

    def _join(self, address: str, threads: int) -> None:
        member = Member(address, 0, threads + AHEAD)
        taken = {one.slot for one in self._members.values() if one.host == member.host}
        member.slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)
        self._members[address] = member
        member.check = self._line.submit(address, "prepare", self._contract(member.slot))
        member.check.add_done_callback(lambda _: self._post(partial(self._checked, member)))

    def _checked(self, member: Member) -> None:
        check, member.check = member.check, None
        if self._members.get(member.address) is not member:
            return
        if check.status == "error":
            self.refuse(member, reason_of(check.exception()))
        elif check.status == "finished":
            told = check.result()
            if isinstance(told, Refusal):
                self.refuse(member, told.reason)
            else:
                member.is_fit = True

    def _tell_alone(self) -> None:
        if not self._members and not self._told_alone:
            self._note("No worker is left; waiting for new ones.")
        self._told_alone = not self._members
