"""``gxview probe``: what the embeddings of a model hold, next to plain letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.cli.running import Tell, check_progress, do
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.assess.probe import ProbeSettings


def register(app: typer.Typer) -> None:
    """Add the command ``probe``."""

    @app.command()
    def probe(
        data: Annotated[Path, typer.Option("--data", "-d", help="CSV or TSV with sequences and labels.")],
        model: Annotated[list[str], typer.Option("--model", "-m", help="Folder or name; may be repeated.")],
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the results.")] = None,
        label: Annotated[list[str] | None, typer.Option("--label", help="Column of labels; may be repeated.")] = None,
        sequence_column: Annotated[str, typer.Option("--sequence-column", help="Column of letters.")] = "sequence",
        split: Annotated[
            str, typer.Option("--split", help="auto, homology, chromosome, random, or a column of parts.")
        ] = "auto",
        layers: Annotated[
            str | None, typer.Option("--layers", help="For instance 0,1,-1; by default the last.")
        ] = None,
        pool: Annotated[str | None, typer.Option("--pool", help="cls,mean,full")] = None,
        head: Annotated[
            str | None, typer.Option("--head", help="ridge,mlp,cnn,cnn-mpra,residualbind,residualbind-small")
        ] = None,
        baseline: Annotated[str | None, typer.Option("--baseline", help="one-hot,dinucleotide,k-mer")] = None,
        kmer: Annotated[int | None, typer.Option("--kmer", help="Length of the words of k-mer.")] = None,
        randomised: Annotated[int | None, typer.Option("--randomised", help="Copies with random weights.")] = None,
        seeds: Annotated[int | None, typer.Option("--seeds", help="Repetitions.")] = None,
        fractions: Annotated[str | None, typer.Option("--fractions", help="Shares of the training part.")] = None,
        task: Annotated[str, typer.Option("--task", help="auto, classification or regression.")] = "auto",
        similarity: Annotated[
            float | None, typer.Option("--similarity", help="Jaccard index of near-duplicates.")
        ] = None,
        epochs: Annotated[int | None, typer.Option("--epochs", help="Most passes of a network.")] = None,
        projection: Annotated[
            int | None, typer.Option("--projection", help="Filters of width 1 before a network on embeddings.")
        ] = None,
        limit: Annotated[int | None, typer.Option("--limit", help="Largest number of sequences.")] = None,
        seed: Annotated[int | None, typer.Option("--seed", help="Of everything random.")] = None,
        device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda, mps.")] = "auto",
        progress: Annotated[str, typer.Option("--progress", help="auto, bar, json or none.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Probe the frozen embeddings of a model against plain letters: tables and one HTML report.

        The same command goes on after it was stopped or killed, and does nothing on a finished folder.
        """
        from gxview.assess.probe import probe_settings

        check_progress(progress)
        if output is None:
            raise UsageError("Say where the results go: -o FOLDER.")
        given = {
            "labels": tuple(label) if label else None,
            "layers": _numbers("--layers", layers, int),
            "pools": _words(pool),
            "heads": _words(head),
            "baselines": _words(baseline),
            "fractions": _numbers("--fractions", fractions, float),
            "kmer": kmer,
            "randomised": randomised,
            "seeds": seeds,
            "similarity": similarity,
            "limit": limit,
            "seed": seed,
        }
        fitting = {"epochs": epochs, "projection": projection}
        settings = probe_settings(
            data=data,
            output=output,
            models=tuple(model),
            sequence=sequence_column,
            split=split,
            task=task,
            device=device,
            fitting={name: value for name, value in fitting.items() if value is not None},
            **{name: value for name, value in given.items() if value is not None},
        )
        raise typer.Exit(run(settings, progress, as_json=as_json))


def run(settings: ProbeSettings, progress: str, *, as_json: bool) -> int:
    """Probe and show how it goes; return the exit code."""
    from gxview.assess.probe import run_probe

    def work(tell: Tell, stopped: Callable[[], bool]) -> dict[str, Any]:
        found = run_probe(settings, tell=tell, cancelled=stopped)
        message = "\n".join([*found.verdicts, found.message])
        files = [str(path) for path in found.files]
        return {"files": files, "failures": found.failures, "message": message, "verdicts": list(found.verdicts)}

    return do(work, progress, describe, as_json=as_json, place=str(settings.output))


def describe(event: Mapping[str, Any]) -> str:
    """Say how a probing run goes: what is done now, and the time left."""
    from gxview.cli.running import duration

    if event["state"] == "writing" or event["seconds_left"] is None:
        return str(event["work"])
    return f"{event['done']:,} of {event['total']:,}, {duration(event['seconds_left'])} left, {event['work']}"


def _words(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(option: str, text: str | None, kind: Callable[[str], Any]) -> tuple[Any, ...] | None:
    try:
        return None if text is None else tuple(kind(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"{option} takes numbers with commas between them, not '{text}'.") from None
