"""``gxview variants``: what a model says about the alleles of VCF, or about every substitution of regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gxview.cli.explaining import AliasesOption, DeviceOption, GenomeOption, ModelOption, TargetOption, WindowOption
from gxview.cli.running import Tell, check_progress, do
from gxview.errors import UsageError
from gxview.words import counted

_STRANDS = {"both": "both", "plus": "+", "minus": "-", "+": "+", "-": "-"}


def register(app: typer.Typer) -> None:
    """Add the command ``variants``."""

    @app.command()
    def variants(
        genome: GenomeOption,
        model: ModelOption,
        output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the results.")],
        vcf: Annotated[Path | None, typer.Option("--vcf", "-v", help="VCF or BCF, plain, gzip or bgzip.")] = None,
        regions: Annotated[
            list[str] | None, typer.Option("--regions", "-r", help="BED or a region: all substitutions; repeatable.")
        ] = None,
        score: Annotated[
            str | None,
            typer.Option(help="logit, probability, cosine, llr, pll, relevance, relevance_base; by commas."),
        ] = None,
        strand: Annotated[str, typer.Option(help="both, plus or minus (also + and -).")] = "both",
        offsets: Annotated[
            str | None, typer.Option(help="Bases between variant and middle of the window, by commas: -16,0,16.")
        ] = None,
        window: WindowOption = None,
        target: TargetOption = None,
        method: Annotated[str | None, typer.Option(help="Of the relevance scores; see 'gxview methods'.")] = None,
        device: DeviceOption = "auto",
        aliases: AliasesOption = None,
        progress: Annotated[str, typer.Option("--progress", help="auto, bar, json or none.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Score variants: annotated VCF, a table and bigWig tracks.

        The same command goes on after it was stopped or killed, and does nothing on a finished folder.
        """
        from gxview.assess.variants.job import VariantsJob

        check_progress(progress)
        if strand not in _STRANDS:
            raise UsageError(f"--strand is both, plus or minus, not '{strand}'.")
        job = VariantsJob(
            genome,
            model,
            vcf,
            tuple(regions or ()),
            tuple(word.strip() for word in score.split(",")) if score else None,
            _STRANDS[strand],
            read_offsets(offsets),
            window,
            target,
            method,
            device,
            aliases,
        )
        raise typer.Exit(run(job, output, progress, as_json=as_json))


def read_offsets(text: str | None) -> tuple[int, ...] | None:
    """Return the numbers of ``-16,0,16``; None where nothing is given.

    Raises
    ------
    UsageError
        If one of them is no whole number.
    """
    if text is None:
        return None
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"--offsets are whole numbers by commas, as -16,0,16, not '{text}'.") from None


def run(job: Any, folder: Path, progress: str, *, as_json: bool) -> int:
    """Score variants and show how it goes; return the exit code."""
    from gxview.assess.variants.job import run_variants

    def work(tell: Tell, stopped: Callable[[], bool]) -> dict[str, Any]:
        outcome = run_variants(job, folder, tell=tell, cancelled=stopped)
        files = [str(path) for path in outcome.files]
        return {"files": files, "failures": outcome.failures, "message": outcome.message}

    return do(work, progress, describe, as_json=as_json, place=str(folder))


def describe(event: Mapping[str, Any]) -> str:
    """Say how scoring goes: how far it is, and the time left."""
    from gxview.cli.running import duration

    if event["state"] == "writing":
        return "writing the files"
    return f"{event['done']:,} of {counted(event['total'], 'variant')}, {duration(event['seconds_left'])} left"
