"""``gxview evaluate``: how far to trust the explanations of a whole data set, as tables and one report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.cli.running import Tell, check_progress, do
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.evaluate.run.config import Evaluation


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
        check_progress(progress)
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
    from gxview.evaluate.run.run import evaluate as evaluate_all

    def work(tell: Tell, stopped: Callable[[], bool]) -> dict[str, Any]:
        outcome = evaluate_all(evaluation, folder, tell=tell, cancelled=stopped)
        files = [str(path) for path in outcome.files]
        return {"files": files, "failures": outcome.failures, "message": outcome.message}

    return do(work, progress, describe, as_json=as_json, place=str(folder))


def describe(event: Mapping[str, Any]) -> str:
    """Say how an evaluation goes: what is done now, and the time left."""
    from gxview.cli.running import duration

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
