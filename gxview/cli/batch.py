"""A batch export at the terminal: progress as a bar or as JSON lines, and how it is stopped."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gxview.cli.running import STOPPED, Screen, Tell, duration, ended, shown
from gxview.errors import Cancelled, GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.export.batch.control import Control
    from gxview.export.batch.site import Site
    from gxview.job_file import JobFile

_TURN = 0.0005


def do_job(
    job: JobFile, folder: Path, *, resume: bool, progress: str, control: bool, as_json: bool, dask: str | None = None
) -> int:
    """Run a job and show how it goes; return the exit code."""
    from gxview.export.batch.control import Control
    from gxview.export.batch.run import run_job

    steering = Control()
    screen = partial(_Screen, as_json=as_json)
    with _short_turns(), _signals(steering), shown(progress, screen) as tell, ExitStack() as stack:
        if control:
            threading.Thread(target=_obey, args=(steering,), daemon=True).start()
        try:
            site = stack.enter_context(_cluster(dask, steering, tell)) if dask else None
            outcome = run_job(job, folder, resume=resume, tell=tell, control=steering, site=site)
        except Cancelled as error:
            return ended(tell, "stopped", STOPPED, f"{folder}: {error}")
        except GxviewError as error:
            return ended(tell, "failed", 2 if isinstance(error, UsageError) else 1, str(error))
    return 0 if outcome.status == "complete" else 1


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads that read and write hold the interpreter for a short while only: computing waits for it meanwhile."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def _cluster(dask: str, control: Control, tell: Tell) -> Iterator[Site]:
    from gxview.export.cluster.connect import check_address
    from gxview.export.cluster.site import Cluster

    check_address(dask)
    with Cluster(dask, control, lambda text: tell({"event": "note", "text": text})) as cluster:
        yield cluster


def _obey(control: Control) -> None:
    """Follow the words on stdin; its end means that nobody watches any more."""
    words = {"pause": control.pause, "continue": control.resume, "stop": control.stop}
    for line in sys.stdin:
        words.get(line.strip(), lambda: None)()
    control.stop()


@contextmanager
def _signals(control: Control) -> Iterator[None]:
    """Let SIGTERM and the first Ctrl-C end the job cleanly; a second Ctrl-C ends it at once."""

    def stop(number: int, _frame: object) -> None:
        if number == signal.SIGINT and control.is_stopped:
            raise KeyboardInterrupt
        control.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Screen(Screen):
    """The events of a job: they count windows, and regions can be missing."""

    def __init__(self, bar: bool, *, as_json: bool) -> None:
        super().__init__(bar, describe, as_json=as_json)
        self._failures: list[Mapping[str, Any]] = []

    def tell(self, event: Mapping[str, Any]) -> None:
        """Show an event."""
        kind = event["event"]
        if kind == "progress":
            super().tell({**event, "done": event["windows"], "total": event["windows_total"]})
        elif kind == "failure":
            self._failures.append(event)
            if len(self._failures) <= 10:
                self.say(f"missing: {event['region']}: {event['reason']}")
        elif kind == "start":
            if event["resumed_windows"]:
                self.say(f"{event['resumed_windows']:,} of {event['windows']:,} windows are finished already")
        else:
            super().tell(event)

    def result(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the end, with what is missing."""
        return super().result(event) | {"missing": self._failures}


def describe(event: Mapping[str, Any]) -> str:
    """Say how a job goes: speed, time left with its uncertainty, where it is, what it takes."""
    if event["state"] == "paused":
        return "paused"
    parts = [f"{event['windows_per_second']:,.0f} windows/s", f"{event['bases']:,} of {event['bases_total']:,} bases"]
    if event["state"] == "writing":
        parts = ["writing the files"]
    elif event["seconds_left"] is not None:
        low, high = duration(event["seconds_left_low"]), duration(event["seconds_left_high"])
        left = low if low == high else f"{low} to {high}"
        parts.append(f"{left} left")
    memory = f"{event['memory'] / 1e9:.1f} GB"
    held = event["device_memory"]
    device = event["device"] + (f" {held / 1e9:.1f} GB" if held else "")
    return ", ".join([*parts, event["region"], device, memory])
