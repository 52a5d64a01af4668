"""``gxview evaluate``: how far to trust the explanations of a whole data set, as tables and one report."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.errors import Cancelled, GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.evaluate.run.config import Evaluation

STOPPED = 130
Tell = Callable[[Mapping[str, Any]], None]


def register(app: typer.Typer) -> None:
    """Add the command ``evaluate``."""

    @app.command()
    def evaluate(
        config: Annotated[Path | None, typer.Option("--config", "-c", help="TOML file, see docs/evaluate.md.")] = None,
        sequences: Annotated[Path | None, typer.Option("--sequences", "-s", help="FASTA, or a table.")] = None,
        model: Annotated[list[str] | None, typer.Option("--model", "-m", help="May be repeated.")] = None,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the results.")] = None,
        full: Annotated[bool, typer.Option("--full", help="All methods, metrics and controls.")] = False,
        genome: Annotated[Path | None, typer.Option("--genome", "-g", help="For GC-matched controls, --mask.")] = None,
        mask: Annotated[Path | None, typer.Option("--mask", help="BED or bigWig: where known bases are.")] = None,
        limit: Annotated[int | None, typer.Option("--limit", help="Largest number of sequences.")] = None,
        seed: Annotated[int | None, typer.Option("--seed", help="Of everything random.")] = None,
        device: Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, mps.")] = None,
        list_metrics: Annotated[bool, typer.Option("--list", help="List the metrics and end.")] = False,
        progress: Annotated[str, typer.Option("--progress", help="auto, bar, json or none.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Evaluate explanations over a data set: tables and one self-contained HTML report.

        The same command goes on after it was stopped or killed, and does nothing on a finished folder.
        """
        if list_metrics:
            _print_metrics(as_json=as_json)
            return
        if progress not in ("auto", "bar", "json", "none"):
            raise UsageError(f"--progress is auto, bar, json or none, not '{progress}'.")
        if output is None:
            raise UsageError("Say where the results go: -o FOLDER.")
        given = {"sequences": sequences, "genome": genome, "mask": mask, "limit": limit}
        chosen = settled(config, model or [], given, {"full": full or None, "seed": seed, "device": device})
        raise typer.Exit(run(chosen, output, progress, as_json=as_json))


def settled(config: Path | None, models: list[str], data: dict[str, Any], options: dict[str, Any]) -> Evaluation:
    """Return what is to be done: the configuration, changed by what the command line says.

    Raises
    ------
    UsageError
        If sequences or models are missing, or a value makes no sense.
    """
    from gxview.evaluate.run.config import read_config, validated

    content: dict[str, Any] = read_config(config).model_dump(exclude_unset=True) if config else {}
    content["data"] = {**content.get("data", {}), **{name: value for name, value in data.items() if value is not None}}
    content |= {name: value for name, value in options.items() if value is not None}
    if models:
        content["models"] = [{"model": name} for name in models]
    if "sequences" not in content["data"]:
        raise UsageError("Say which sequences: --sequences FILE, or --config FILE with data.sequences.")
    if not content.get("models"):
        raise UsageError("Say which models: --model NAME, once or more often, or --config FILE with models.")
    return validated(content, str(config) if config else "the command line")


def run(evaluation: Evaluation, folder: Path, progress: str, *, as_json: bool) -> int:
    """Evaluate and show how it goes; return the exit code."""
    from gxview.evaluate.run.run import evaluate as work

    with _stoppable() as stopped, _display(progress, as_json=as_json) as tell:
        try:
            outcome = work(evaluation, folder, tell=tell, cancelled=stopped)
        except Cancelled as error:
            return _ended(tell, "stopped", STOPPED, f"{folder}: {error}")
        except GxviewError as error:
            return _ended(tell, "failed", 2 if isinstance(error, UsageError) else 1, str(error))
        files = [str(path) for path in outcome.files]
        tell(_end("complete", 0, outcome.message, files, outcome.failures))
    return 0


def _ended(tell: Tell, status: str, code: int, message: str) -> int:
    tell(_end(status, code, message, [], 0))
    return code


def _end(status: str, code: int, message: str, files: list[str], failures: int) -> dict[str, Any]:
    return {
        "event": "end",
        "status": status,
        "exit_code": code,
        "files": files,
        "failures": failures,
        "message": message,
    }


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
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
def _display(progress: str, *, as_json: bool) -> Iterator[Tell]:
    if progress == "json":
        yield _print_line
        return
    shown = progress == "bar" or (progress == "auto" and sys.stderr.isatty())
    with _Screen(shown, as_json=as_json) as screen:
        yield screen.tell


def _print_line(event: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


class _Screen:
    """A bar and sentences for a person; the result as JSON where that was asked for."""

    def __init__(self, shown: bool, *, as_json: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._json = as_json
        self._notes: list[str] = []
        columns = BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}")
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown)
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
            self._bar.update(self._task, description=describe(event), completed=event["done"], total=event["total"])
        elif kind == "note":
            self._notes.append(event["text"])
            self._say(f"note: {event['text']}")
        elif kind == "start" and event["finished"]:
            self._say(f"{event['finished']:,} of {event['tasks']:,} tasks are finished already")
        elif kind == "end":
            self._end(event)

    def _say(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _end(self, event: Mapping[str, Any]) -> None:
        self._bar.stop()
        if self._json:
            found = {**event, "notes": self._notes}
            del found["event"]
            sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
            return
        for path in event["files"]:
            sys.stdout.write(f"wrote {path}\n")
        sys.stdout.flush()
        self._say(f"{'' if event['status'] == 'complete' else 'gxview: '}{event['message']}")


def describe(event: Mapping[str, Any]) -> str:
    """Say how an evaluation goes: what is done now, and the time left."""
    from gxview.cli.batch import duration

    if event["state"] == "writing":
        return "writing tables and report"
    what = " ".join(filter(None, (event["work"], event["set"], event["model"], event["method"])))
    return f"{event['done']:,} of {event['total']:,} tasks, {duration(event['seconds_left'])} left, {what}"


def _print_metrics(*, as_json: bool) -> None:
    from gxview.measures.registry import FAMILIES, METRICS

    if as_json:
        typer.echo(json.dumps([metric.to_dict() for metric in METRICS.values()], indent=2, ensure_ascii=False))
        return
    better = {"higher": "higher is better", "lower": "lower is better", "none": "neither is better"}
    for family, title in FAMILIES.items():
        typer.echo(f"\n{title}")
        for metric in METRICS.values():
            if metric.family == family:
                levels = " and ".join(metric.levels) or "prediction"
                typer.echo(
                    f"{metric.name}  ({metric.label}; {metric.range_text}, {better[metric.direction]}; {levels})"
                )
                typer.echo(f"    {metric.definition}")
                typer.echo(f"    {metric.reference}")
