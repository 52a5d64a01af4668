"""A long command at the terminal: progress as a bar or as JSON lines, and how it is stopped.

Events are mappings with the key ``event``: ``start`` (tasks, finished), ``progress`` (state, done, total,
seconds_left and what is done now), ``note`` (text), ``epoch`` of training (phase, fold, epoch, epochs, train_loss,
validation_loss, measures) and ``end`` (status, exit_code, files, failures, message).
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.words import counted

STOPPED = 130
PROGRESS = ("auto", "bar", "json", "none")
Tell = Callable[[Mapping[str, Any]], None]
Describe = Callable[[Mapping[str, Any]], str]


def check_progress(progress: str) -> None:
    """Raise :class:`~gxview.errors.UsageError` unless the word is one of `PROGRESS`."""
    if progress not in PROGRESS:
        raise UsageError(f"--progress is auto, bar, json or none, not '{progress}'.")


def do(
    work: Callable[[Tell, Callable[[], bool]], Mapping[str, Any]],
    progress: str,
    describe: Describe,
    *,
    as_json: bool,
    place: str = "",
) -> int:
    """Work and show how it goes; return the exit code.

    Parameters
    ----------
    work
        Gets a function that it tells events, and one that answers whether it should stop; returns ``files``,
        ``failures`` and ``message`` of the end, or raises Cancelled or GxviewError.
    progress
        One of `PROGRESS`.
    describe
        Writes an event ``progress`` for a person.
    as_json
        Whether the end is printed as JSON.
    place
        Stands before the sentence when the work was stopped: the folder of what is kept.
    """
    with stoppable() as stopped, display(progress, describe, as_json=as_json) as tell:
        try:
            outcome = work(tell, stopped)
        except Cancelled as error:
            return ended(tell, "stopped", STOPPED, f"{place}: {error}" if place else str(error))
        except GxviewError as error:
            return ended(tell, "failed", 2 if isinstance(error, UsageError) else 1, str(error))
        tell({"event": "end", "status": "complete", "exit_code": 0, **outcome})
    return 0


def ended(tell: Tell, status: str, code: int, message: str) -> int:
    """Tell that the work came to no good end; return the exit code."""
    tell({"event": "end", "status": status, "exit_code": code, "files": [], "failures": 0, "message": message})
    return code


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Let SIGTERM and the first Ctrl-C end the work after the task at hand; a second Ctrl-C ends it at once."""
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def display(progress: str, describe: Describe, *, as_json: bool) -> Iterator[Tell]:
    """Give the function that shows events: as JSON lines, as a bar, or as sentences only."""
    with shown(progress, lambda bar: Screen(bar, describe, as_json=as_json)) as tell:
        yield tell


@contextmanager
def shown(progress: str, screen: Callable[[bool], Screen]) -> Iterator[Tell]:
    """Give the function that shows events, as JSON lines or on a screen, which is told whether to draw a bar."""
    if progress == "json":
        yield print_line
        return
    with screen(progress == "bar" or (progress == "auto" and sys.stderr.isatty())) as opened:
        yield opened.tell


def epoch_line(event: Mapping[str, Any]) -> str:
    """Say how an epoch of training ended."""
    member = "" if event["fold"] is None else f" of member {event['fold']}"
    losses = f"loss {event['train_loss']:.4f}"
    if event["validation_loss"] is not None:
        losses += f"  validation loss {event['validation_loss']:.4f}"
    known = (f"  {name} {value:.4f}" for name, value in event["measures"].items() if value is not None)
    return f"{event['phase']}{member} epoch {event['epoch']}/{event['epochs']}  {losses}{''.join(known)}"


def print_line(event: Mapping[str, Any]) -> None:
    """Write an event as a line of JSON on standard output."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


class Screen:
    """A bar and sentences for a person; the result as JSON where that was asked for."""

    def __init__(self, shown: bool, describe: Describe, *, as_json: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._json, self._describe = as_json, describe
        self._notes: list[str] = []
        columns = BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}")
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown)
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Screen:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Show an event."""
        kind = event["event"]
        if kind == "progress":
            self._bar.update(
                self._task, description=self._describe(event), completed=event["done"], total=event["total"]
            )
        elif kind == "epoch":
            self.say(epoch_line(event))
        elif kind == "note":
            self._notes.append(event["text"])
            self.say(f"note: {event['text']}")
        elif kind == "start" and event["finished"]:
            self.say(f"already finished: {event['finished']:,} of {counted(event['tasks'], 'task')}")
        elif kind == "end":
            self._end(event)

    def say(self, text: str) -> None:
        """Write a line beside the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def result(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is printed as JSON at the end."""
        return {name: value for name, value in event.items() if name != "event"} | {"notes": self._notes}

    def _end(self, event: Mapping[str, Any]) -> None:
        self._bar.stop()
        if self._json:
            sys.stdout.write(json.dumps(self.result(event), indent=2, ensure_ascii=False) + "\n")
            return
        for path in event["files"]:
            sys.stdout.write(f"wrote {path}\n")
        sys.stdout.flush()
        self.say(f"{'' if event['status'] == 'complete' else 'gxview: '}{event['message']}")


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it: '40 s', '12 min', '3.4 h'."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
