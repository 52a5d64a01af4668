"""A batch export at the terminal: progress as a bar or as JSON lines, and how it is stopped."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gxview.cli.running import STOPPED, Tell, duration, ended, print_line
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
    with _short_turns(), _signals(steering), _display(progress, as_json=as_json) as tell, ExitStack() as stack:
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


@contextmanager
def _display(progress: str, *, as_json: bool) -> Iterator[Tell]:
    if progress == "json":
        yield print_line
        return
    shown = progress == "bar" or (progress == "auto" and sys.stderr.isatty())
    with _Screen(shown, as_json=as_json) as screen:
        yield screen.tell


class _Screen:
    """A bar and sentences for a person; the result as JSON where that was asked for."""

    def __init__(self, shown: bool, *, as_json: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._json = as_json
        self._notes: list[str] = []
        self._failures: list[Mapping[str, Any]] = []
        console = Console(stderr=True)
        columns = BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}")
        self._bar = Progress(*columns, console=console, transient=True, disable=not shown)
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> _Screen:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Show an event."""
        kind = event["event"]
        if kind == "progress":
            self._bar.update(
                self._task, description=describe(event), completed=event["windows"], total=event["windows_total"]
            )
        elif kind == "note":
            self._notes.append(event["text"])
            self._say(f"note: {event['text']}")
        elif kind == "failure":
            self._failures.append(event)
            if len(self._failures) <= 10:
                self._say(f"missing: {event['region']}: {event['reason']}")
        elif kind == "start" and event["resumed_windows"]:
            self._say(f"{event['resumed_windows']:,} of {event['windows']:,} windows are finished already")
        elif kind == "end":
            self._end(event)

    def _say(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _end(self, event: Mapping[str, Any]) -> None:
        self._bar.stop()
        if self._json:
            found = {**event, "notes": self._notes, "missing": self._failures}
            del found["event"]
            sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
            return
        for path in event["files"]:
            sys.stdout.write(f"wrote {path}\n")
        sys.stdout.flush()
        prefix = "" if event["status"] == "complete" else "gxview: "
        self._say(f"{prefix}{event['message']}")


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
