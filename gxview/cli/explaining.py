"""What ``gxview explain`` and ``gxview export`` share: options, progress, and what is printed at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.errors import Cancelled, UsageError

if TYPE_CHECKING:
    from gxview.explain import RegionExplanation
    from gxview.genome import Reference, Region
    from gxview.models.base import Model

GenomeOption = Annotated[Path, typer.Option("--genome", "-g", help="FASTA file, plain or bgzip.")]
ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="Model folder, hub name, sample-cnn or sample-dnabert2.")
]
MethodOption = Annotated[str | None, typer.Option(help="See 'gxview methods'; by default AttnLRP or LRP.")]
TargetOption = Annotated[
    str | None, typer.Option(help="Index or name of a logit, or 'contrast'; by default the positive.")
]
StrandOption = Annotated[str, typer.Option(help="plus, minus, or mean of both (also + and -).")]
WindowOption = Annotated[int | None, typer.Option(help="Bases of a window; by default the model's.")]
StrideOption = Annotated[int | None, typer.Option(help="Bases between windows; by default half a window.")]
StitchingOption = Annotated[str, typer.Option(help="Where windows overlap: mean, centre, max_abs or score.")]
PhasesOption = Annotated[int, typer.Option(help="Shifted window grids to average.")]
TransferOption = Annotated[str | None, typer.Option(help="From tokens to bases: uniform or copy.")]
AlibiOption = Annotated[str | None, typer.Option(help="ALiBi rule of AttnLRP: epsilon, uniform or identity.")]
GluOption = Annotated[str | None, typer.Option(help="GLU rule of AttnLRP: uniform or cp.")]
CompositeOption = Annotated[str | None, typer.Option(help="Composite of LRP: epsilon, epsilon_plus or gamma.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")]
AliasesOption = Annotated[Path | None, typer.Option(help="Chromosome aliases in UCSC chromAlias format.")]
IgvGenomeOption = Annotated[
    str | None, typer.Option(help="IGV's id of the genome, as hg38; by default the FASTA file.")
]
LettersOption = Annotated[
    str, typer.Option(help="reference, or shuffled as a control: dinucleotide or mononucleotide.")
]
PrecisionOption = Annotated[str, typer.Option(help="float32, or on a GPU tf32 or bf16.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

Progress = Callable[[int, int], None]

_STRANDS = {"plus": "+", "minus": "-", "+": "+", "-": "-", "mean": "mean"}


def read_strand(text: str) -> str:
    """Return a strand as the engine calls it."""
    if text not in _STRANDS:
        raise UsageError(f"--strand is plus, minus or mean, not '{text}'.")
    return _STRANDS[text]


def open_model(name: str, device: str, method: str | None, options: Mapping[str, str | None]) -> Model:
    """Load a model and refuse options that would do nothing for it.

    Raises
    ------
    UsageError
        If the method does not explain this model, or an option does not belong to the method.
    """
    from gxview.explain.methods import find_method
    from gxview.models.loading import load_model

    model = load_model(name, device)
    chosen = find_method(model.kind, method)
    known = {option.name for option in chosen.options}
    for option, value in options.items():
        if value is not None and option not in known:
            raise UsageError(
                f"--{option} does nothing for the method {chosen.name} of a {model.kind} model; leave it out."
            )
    return model


def open_reference(path: Path, aliases: Path | None) -> Reference:
    """Open a genome; a missing index is built with progress on stderr."""
    from gxview.genome import Reference

    with progress_bar(f"reading {path.name}") as progress:
        return Reference(path, aliases=aliases, progress=progress)


def parse_regions(reference: Reference, texts: Sequence[str]) -> tuple[list[Region], list[str]]:
    """Return regions as the reference knows them, and what was clipped."""
    found = [reference.region(text) for text in texts]
    return [region for region, _ in found], [note for _, note in found if note]


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Give a callback ``progress(done, total)`` that draws a bar on stderr where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C into one sentence; whatever was being written is gone."""
    try:
        yield
    except KeyboardInterrupt:
        raise Cancelled("cancelled; no file was written.") from None


def report(
    paths: Sequence[Path],
    explanations: Sequence[RegionExplanation],
    reference: Reference,
    notes: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Print what was written and where the strongest relevance lies."""
    told = list(dict.fromkeys([*notes, *(note for one in explanations for note in one.notes)]))
    if as_json:
        content = {
            "files": [str(path) for path in paths],
            "regions": [summary(one, reference) for one in explanations],
            "notes": told,
            "provenance": dict(explanations[0].provenance),
        }
        typer.echo(json.dumps(content, indent=2, allow_nan=False))
        return
    for note in told:
        typer.echo(f"note: {note}", err=True)
    for one in explanations[:10]:
        typer.echo(_line(summary(one, reference)))
    if len(explanations) > 10:
        typer.echo(f"... and {len(explanations) - 10:,} more regions")
    for path in paths:
        typer.echo(f"wrote {path}")


def summary(one: RegionExplanation, reference: Reference) -> dict[str, Any]:
    """Return the figures of one region, None where it has no value."""
    import numpy as np

    content: dict[str, Any] = {"region": str(one.region), "relevance_sum": None, "score": None, "top": None}
    if np.isnan(one.values).all():
        return content
    top = int(np.nanargmax(one.values))
    content["relevance_sum"] = float(np.nansum(one.values, dtype=np.float64))
    if not np.isnan(one.score).all():
        content["score"] = {"min": float(np.nanmin(one.score)), "max": float(np.nanmax(one.score))}
    shuffled = one.provenance["letters"] != "reference"
    content["top"] = {
        "chrom": one.region.chrom,
        "position": one.region.start + top + 1,
        "base": None if shuffled else reference.fetch(one.region)[top],
        "relevance": float(one.values[top]),
    }
    return content


def _line(content: dict[str, Any]) -> str:
    if content["top"] is None:
        return f"{content['region']}: no value"
    top, score = content["top"], content["score"]
    told = "" if score is None else f"score {score['min']:.3f} to {score['max']:.3f}, "
    return (
        f"{content['region']}: sum {content['relevance_sum']:.4g}, {told}"
        f"strongest {top['base'] or 'base'} at {top['chrom']}:{top['position']:,} ({top['relevance']:.4g})"
    )
