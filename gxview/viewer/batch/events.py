"""What the program of a batch export says while it works: one JSON object a line, see ``docs/batch-export.md``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Started(_Event):
    """The work begins; `resumed_windows` were done before."""

    event: Literal["start"]
    windows: int = 0
    bases: int = 0
    device: str = ""
    resumed_windows: int = 0


class Progress(_Event):
    """How far the work is; times in seconds, memory in bytes."""

    event: Literal["progress"]
    state: Literal["running", "paused", "writing"] = "running"
    windows: int = 0
    windows_total: int = 0
    bases: int = 0
    bases_total: int = 0
    windows_per_second: float = 0.0
    seconds_left: float | None = None
    seconds_left_low: float | None = None
    seconds_left_high: float | None = None
    region: str = ""
    device: str = ""
    memory: int = 0
    device_memory: int | None = None


class Note(_Event):
    """A sentence for the person."""

    event: Literal["note"]
    text: str


class Failure(_Event):
    """A region that could not be explained."""

    event: Literal["failure"]
    region: str = ""
    track: str = ""
    reason: str = ""


class Ended(_Event):
    """The work is over; `files` were written."""

    event: Literal["end"]
    status: Literal["complete", "incomplete", "stopped", "failed"]
    exit_code: int = 0
    files: tuple[str, ...] = ()
    failures: int = 0
    message: str = ""


Event: TypeAlias = Started | Progress | Note | Failure | Ended
_READER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


class BadRegion(_Event):
    """A line of a region file that is none, or a region that no genome has."""

    region: str = ""
    reason: str = ""


class Estimate(_Event):
    """What an export will take, after a measured probe: time in seconds, size in bytes."""

    windows: int
    bases: int = 0
    regions: int = 0
    seconds: float = 0.0
    seconds_low: float = 0.0
    seconds_high: float = 0.0
    bytes: int = 0
    free_bytes: int | None = None
    tracks: tuple[str, ...] = ()
    failures: tuple[BadRegion, ...] = ()
    notes: tuple[str, ...] = ()


def read_event(line: str) -> Event | None:
    """Return what a line says; None for a line that is no event, or one of a kind that this program does not know."""
    try:
        return _READER.validate_json(line)
    except ValidationError:
        return None


def read_estimate(text: str) -> Estimate | None:
    """Return the estimate of a dry run; None if the text is none."""
    try:
        return Estimate.model_validate_json(text)
    except ValidationError:
        return None
