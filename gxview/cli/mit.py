"""``gxview mit``: whether a model knows what a promoter is, or only its letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.cli.running import Tell, check_progress, do
from gxview.errors import UsageError
from gxview.words import counted

if TYPE_CHECKING:
    from gxview.assess.mit.settings import MitSettings

Rows = list[dict[str, Any]]


def register(app: typer.Typer) -> None:
    """Add the command ``mit``."""

    @app.command()
    def mit(
        scorer: Annotated[list[str] | None, typer.Option("--scorer", "-s", help="Name, may be repeated.")] = None,
        sequences: Annotated[Path | None, typer.Option("--sequences", help="FASTA or CSV; by default drawn.")] = None,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of tables and report.")] = None,
        promoters: Annotated[Path | None, typer.Option("--promoters", help="Table of natural promoters.")] = None,
        genome: Annotated[Path | None, typer.Option("--genome", "-g", help="FASTA under that table.")] = None,
        scramble: Annotated[str, typer.Option("--scramble", help="Class H: shuffle or moved.")] = "shuffle",
        seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 42,
        seeds: Annotated[int, typer.Option("--seeds", help="CSS and SCR over so many draws.")] = 1,
        main_only: Annotated[bool, typer.Option("--main-only", help="Without the probing sets.")] = False,
        explain: Annotated[
            list[str] | None, typer.Option("--explain", help="Test explanations too: default or a method; repeatable.")
        ] = None,
        device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda, mps.")] = "auto",
        write_sequences: Annotated[Path | None, typer.Option("--write-sequences", help="Write them and end.")] = None,
        list_scorers: Annotated[bool, typer.Option("--list", help="List the scorers and end.")] = False,
        progress: Annotated[str, typer.Option("--progress", help="auto, bar, json or none.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON, nothing else.")] = False,
    ) -> None:
        """Put models to the Mechanistic Invariance Test: whether they know where its elements belong.

        With -o, the same command goes on after it was stopped or killed, and does nothing on a finished folder.
        """
        if list_scorers:
            _print_scorers(as_json=as_json)
            return
        check_progress(progress)
        given = {"sequences": sequences, "promoters": promoters, "genome": genome}
        chosen = settled(scorer or [], given, scramble, seed, seeds, probing=not main_only, device=device)
        chosen = replace(chosen, explain=tuple(explain or ()))
        if write_sequences is not None:
            _write(chosen, write_sequences)
            return
        chosen.check()
        raise typer.Exit(run(chosen, output, progress, as_json=as_json))


def settled(
    scorers: Sequence[str],
    files: Mapping[str, Any],
    scramble: str,
    seed: int,
    seeds: int,
    *,
    probing: bool,
    device: str,
) -> MitSettings:
    """Return what is to be done; raise UsageError for a word that is none."""
    from gxview.assess.mit.sets import SCRAMBLES
    from gxview.assess.mit.settings import MitSettings

    for word in SCRAMBLES:
        if word == scramble:
            return MitSettings(
                tuple(scorers), **files, scramble=word, seed=seed, seeds=seeds, probing=probing, device=device
            )
    raise UsageError(f"--scramble is {' or '.join(SCRAMBLES)}, not '{scramble}'.")


def run(settings: MitSettings, folder: Path | None, progress: str, *, as_json: bool) -> int:
    """Put the scorers to the test and show how it goes; return the exit code."""
    found: list[Rows] = []

    def work(tell: Tell, stopped: Callable[[], bool]) -> dict[str, Any]:
        from gxview.assess.mit.run import run_into, run_mit

        if folder is None:
            result = run_mit(settings, tell=tell, cancelled=stopped)
            found.append(result.rows())
            return {"files": [], "failures": 0, "message": "Give -o FOLDER for figures, all tables and the report."}
        outcome, rows = run_into(settings, folder, tell=tell, cancelled=stopped)
        found.append(rows)
        # with --json, standard output holds the results and nothing else
        files = [] if as_json and progress != "json" else [str(path) for path in outcome.files]
        return {"files": files, "failures": outcome.failures, "message": outcome.message}

    code = do(work, progress, describe, as_json=False, place=str(folder) if folder else "")
    if found and progress != "json":
        typer.echo(json.dumps({"results": found[0]}, indent=1, ensure_ascii=False) if as_json else _table(found[0]))
    return code


def describe(event: Mapping[str, Any]) -> str:
    """Say how the test goes: what is done now, and the time left."""
    from gxview.cli.running import duration

    if event["state"] == "writing":
        return "writing tables and report"
    left = "" if event["seconds_left"] is None else f" {duration(event['seconds_left'])} left,"
    return f"{event['done']:,} of {counted(event['total'], 'task')},{left} {event['work']}"


def _write(settings: MitSettings, path: Path) -> None:
    from gxview.assess.mit.files import write_sequences
    from gxview.assess.mit.settings import main_sequences

    drawn = main_sequences(settings)
    write_sequences(path, drawn.sets)
    for note in drawn.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(f"wrote {path} ({sum(map(len, drawn.sets.values())):,} sequences)")


def _print_scorers(*, as_json: bool) -> None:
    from gxview.assess.mit import SCORERS

    if as_json:
        kinds = [{"name": one.name, "summary": one.summary, "biophysical": one.biophysical} for one in SCORERS.values()]
        typer.echo(json.dumps(kinds, indent=2, ensure_ascii=False))
        return
    for one in SCORERS.values():
        typer.echo(f"{one.name:14} {one.summary}")


def _table(rows: Rows) -> str:
    """Return the main numbers as lines of text."""
    width = max(len("scorer"), *(len(row["scorer"]) for row in rows))
    lines = [f"{'scorer':{width}}  {'CSS':>5} {'95 %':>13}  {'SCR':>5} {'95 %':>13}  {'p':>8} {'q':>8} {'MES':>6}"]
    for row in rows:
        shares = "  ".join(f"{_text(row[name], 5)} {_ends(row[f'{name}_ci']):>13}" for name in ("css", "scr"))
        chances = " ".join(f"{'–' if row[name] is None else format(row[name], '.2g'):>8}" for name in ("p", "q"))
        lines.append(f"{row['scorer']:{width}}  {shares}  {chances} {_text(row['mes'], 6)}")
    return "\n".join(lines)


def _text(value: float | None, width: int) -> str:
    return f"{'–':>{width}}" if value is None else f"{value:{width}.2f}"


def _ends(ends: Sequence[float | None]) -> str:
    low, high = ends
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"
