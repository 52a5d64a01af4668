"""``gxview sample``: the embedded genome on its way out, and how well its two models do on it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gxview.errors import GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.evaluate.report import PlantedReport

MODELS = ("sample-cnn", "sample-dnabert2")
GENOME, ANNOTATION, TRUTH, COVERAGE = "sample.fa.gz", "sample.gff3.gz", "truth.bed.gz", "coverage.bw"
FILES = (GENOME, f"{GENOME}.fai", f"{GENOME}.gzi", ANNOTATION, f"{ANNOTATION}.tbi", TRUTH, f"{TRUTH}.tbi", COVERAGE)
WINDOWS = "windows.csv"
"""Windows around what is planted on the unseen sequence, for ``gxview evaluate``; made when the sample is copied."""

UNSEEN = "plasmid"
"""The sequence no model has seen in training."""

LEAST = {"auroc_both": 0.95, "auroc_decoys": 0.85, "auprc": 0.5}


def sample_file(name: str) -> Path:
    """Return the path of an embedded sample file.

    Raises
    ------
    GxviewError
        When the installation lacks it.
    """
    path = Path(str(files("gxview.resources") / name))
    if not path.exists():
        raise GxviewError(f"This installation lacks the sample file {path}; install gxview again.")
    return path


def copy_sample(folder: Path) -> list[Path]:
    """Copy genome, annotation, truth, coverage and windows to evaluate into a folder, which is made if need be.

    Raises
    ------
    GxviewError
        When one of the files exists already or the folder cannot be written; nothing is overwritten.
    """
    from gxview.genome.cache import write_whole

    targets = [folder / name for name in FILES]
    windows = folder / WINDOWS
    taken = [path for path in (*targets, windows) if path.exists()]
    if taken:
        raise GxviewError(f"{taken[0]} exists already; name another folder, or remove the file first.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets:
            aside = target.with_name(f".{target.name}.partial")
            shutil.copyfile(sample_file(target.name), aside)
            aside.replace(target)
        write_whole(windows, windows_table(120).encode())
    except OSError as error:
        raise GxviewError(f"The sample cannot be copied to {folder}: {error.strerror or error}.") from None
    return [*targets, windows]


def windows_table(length: int) -> str:
    """Return windows of the unseen sequence as a table: promoters with their -35 and -10 bases, decoys, random ones.

    Parameters
    ----------
    length : int
        Bases of a window; both models of the sample read 120.
    """
    import numpy as np

    from gxview.evaluate.planted import PROMOTER, read_truth
    from gxview.evaluate.report import evaluation_windows
    from gxview.genome import Reference, Region

    reference = Reference(sample_file(GENOME))
    letters = reference.fetch(reference.region(UNSEEN)[0])
    lines, counts = ["id,label,region,mask_start,mask_end,sequence"], Counter[str]()
    for one in evaluation_windows(letters, read_truth(sample_file(TRUTH))[UNSEEN], length):
        counts[one.kind] += 1
        edges = np.flatnonzero(np.diff(np.concatenate([[0], one.mask.astype(np.int8), [0]]))).tolist()
        starts, ends = ";".join(str(edge + 1) for edge in edges[::2]), ";".join(map(str, edges[1::2]))
        place = Region(UNSEEN, one.start, one.start + length, one.strand)
        name = f"{one.kind}-{counts[one.kind]}"
        lines.append(f'{name},{int(one.kind == PROMOTER)},"{place}",{starts},{ends},{one.letters}')
    return "\n".join(lines) + "\n"


def sample_report(model_name: str) -> PlantedReport:
    """Measure one model on the sequence of the sample that was never seen in training."""
    from gxview.evaluate.planted import read_truth
    from gxview.evaluate.report import evaluation_windows, report
    from gxview.genome import Reference
    from gxview.models import load_model

    model = load_model(model_name)
    reference = Reference(sample_file(GENOME))
    letters = reference.fetch(reference.region(UNSEEN)[0])
    planted = read_truth(sample_file(TRUTH))[UNSEEN]
    return report(model, evaluation_windows(letters, planted, model.window_length))


def _lines(found: PlantedReport) -> Iterator[str]:
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    relevance = found.relevance
    yield f"{found.model} on {UNSEEN} ({counts})"
    yield f"  AUROC, promoters against random windows     {found.auroc_random:.3f}"
    yield f"  AUROC, promoters against decoys             {found.auroc_decoys:.3f}{_wanted('auroc_decoys')}"
    yield f"  AUROC, promoters against both               {found.auroc_both:.3f}{_wanted('auroc_both')}"
    yield f"  AUPRC of {found.method} at -35/-10, per promoter".ljust(46) + f"{relevance.auprc:.3f}{_wanted('auprc')}"
    yield f"  the same over all bases pooled              {relevance.auprc_pooled:.3f}"
    yield f"  share of -35/-10 bases; random lies above   {relevance.share:.3f}"


def _wanted(name: str) -> str:
    return f"   (at least {LEAST[name]})"


def _show_report(as_json: bool, models: list[str]) -> None:
    reports = [sample_report(name) for name in models]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in reports], indent=2))
    else:
        typer.echo("\n".join(line for one in reports for line in _lines(one)))


def _show_copied(as_json: bool, copied: list[Path]) -> None:
    if as_json:
        typer.echo(json.dumps({"files": [str(path) for path in copied], "models": list(MODELS)}, indent=2))
        return
    for path in copied:
        typer.echo(str(path))
    typer.echo(f"Models that know it: --model {' or --model '.join(MODELS)}")


def register(app: typer.Typer) -> None:
    """Add the command ``sample``."""

    @app.command()
    def sample(
        folder: Annotated[Path | None, typer.Argument(help="Folder to copy the sample to.")] = None,
        report: Annotated[bool, typer.Option("--report", help="Measure the models on the unseen sequence.")] = False,
        model: Annotated[list[str] | None, typer.Option(help="Model to measure (both of the sample).")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Copy the sample genome to a folder, or measure its models against the planted truth."""
        if report == (folder is not None):
            raise UsageError("Say either where to copy the sample (gxview sample DIR) or gxview sample --report.")
        if folder is not None:
            _show_copied(as_json, copy_sample(folder))
        else:
            _show_report(as_json, model or list(MODELS))
