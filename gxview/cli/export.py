"""``gxview export``: everything about many regions, in a folder; safe to stop and to go on with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from gxview.cli.explaining import (
    AliasesOption,
    AlibiOption,
    CompositeOption,
    GluOption,
    IgvGenomeOption,
    PhasesOption,
    PrecisionOption,
    StitchingOption,
    StrideOption,
    TransferOption,
    WindowOption,
    read_strand,
)
from gxview.errors import GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.job_file import JobFile, ModelChoice

Show = Literal["auto", "bar", "json", "none"]

OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Folder; with --job, by default the job's.")]
JobOption = Annotated[Path | None, typer.Option("--job", help="Job file to do (again) instead of the options below.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with the folder's job; an empty folder starts.")]
GenomeOption = Annotated[Path | None, typer.Option("--genome", "-g", help="FASTA file, plain or bgzip.")]
BedOption = Annotated[
    list[Path] | None, typer.Option("--bed", "-b", help="BED, peaks or region table; may be repeated.")
]
RegionsOption = Annotated[list[str] | None, typer.Option("--region", "-r", help="As chr1:1,000-2,000; repeatable.")]
ChromOption = Annotated[list[str] | None, typer.Option("--chrom", help="A whole sequence; may be repeated.")]
WholeOption = Annotated[bool, typer.Option("--whole-genome", help="Every sequence of the genome.")]
ModelsOption = Annotated[list[str] | None, typer.Option("--model", "-m", help="Folder, hub name, sample; repeatable.")]
MethodsOption = Annotated[list[str] | None, typer.Option("--method", help="May be repeated; see 'gxview methods'.")]
TargetsOption = Annotated[list[str] | None, typer.Option("--target", help="Index, name or 'contrast'; repeatable.")]
StrandsOption = Annotated[list[str] | None, typer.Option("--strand", help="plus, minus or mean; repeatable.")]
WriteOption = Annotated[
    list[str] | None, typer.Option("--write", "-w", help="bigwig, score, spread, npz, h5, peaks; repeatable.")
]
SignOption = Annotated[bool, typer.Option("--split-by-sign", help="Positive and negative relevance in two files.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps, or all for every GPU.")]
ThreadsOption = Annotated[int | None, typer.Option(help="Threads of the CPU.")]
BatchOption = Annotated[int | None, typer.Option(help="Windows computed together.")]
ShardOption = Annotated[int | None, typer.Option(help="Bases after which finished work is put on disk.")]
DaskOption = Annotated[str | None, typer.Option("--dask", help="Cluster: tcp://scheduler:8786, or local:N.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Say how many windows, how long, how large; write nothing.")]
ProgressOption = Annotated[str, typer.Option(help="auto, bar, json (lines on stdout) or none.")]
ControlOption = Annotated[bool, typer.Option("--control", hidden=True, help="Read pause, continue, stop from stdin.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the command ``export``."""

    @app.command()
    def export(
        output: OutputOption = None,
        job: JobOption = None,
        resume: ResumeOption = False,
        genome: GenomeOption = None,
        bed: BedOption = None,
        region: RegionsOption = None,
        chrom: ChromOption = None,
        whole_genome: WholeOption = False,
        model: ModelsOption = None,
        method: MethodsOption = None,
        target: TargetsOption = None,
        strand: StrandsOption = None,
        write: WriteOption = None,
        split_by_sign: SignOption = False,
        window: WindowOption = None,
        stride: StrideOption = None,
        stitching: StitchingOption = "mean",
        phases: PhasesOption = 1,
        transfer: TransferOption = None,
        alibi: AlibiOption = None,
        glu: GluOption = None,
        composite: CompositeOption = None,
        device: DeviceOption = "auto",
        precision: PrecisionOption = "float32",
        threads: ThreadsOption = None,
        batch_size: BatchOption = None,
        shard_bases: ShardOption = None,
        aliases: AliasesOption = None,
        igv_genome: IgvGenomeOption = None,
        dask: DaskOption = None,
        dry_run: DryOption = False,
        progress: ProgressOption = "auto",
        control: ControlOption = False,
        as_json: JsonOption = False,
    ) -> None:
        """Explain many regions with several models and methods, and write a folder of tracks.

        A folder gets a bigWig for each model x method x target x strand, the scores, an IGV session, provenance, and
        job.json, the recipe that --job repeats. A job that was stopped or killed goes on with --resume.
        """
        if progress not in ("auto", "bar", "json", "none"):
            raise UsageError(f"--progress is auto, bar, json or none, not '{progress}'.")
        options = {"transfer": transfer, "alibi": alibi, "glu": glu, "composite": composite}
        places = {"whole_genome": whole_genome, "chromosomes": chrom, "files": bed, "regions": region}
        rest = {"window": window, "stride": stride, "stitching": stitching, "phases": phases}
        rest |= {"device": device, "precision": precision, "threads": threads, "batch_size": batch_size}
        rest |= {"shard_bases": shard_bases, "igv_genome": igv_genome, "split_by_sign": split_by_sign}
        choices = {"model": model, "method": method, "target": target, "strand": strand}
        if job is not None:
            _refuse(genome=genome, **choices, **places, write=write)
            wanted, folder = _from_file(job, device, output)
        else:
            if genome is None or not model or output is None:
                raise UsageError("An export needs --genome, --model, regions and --output, or a --job file.")
            models = choose(model, method or [], target or [], strand or [], options)
            wanted = make_job(genome, aliases, places, models, write or [], rest)
            folder = output
        run(
            wanted,
            folder,
            resume=resume,
            dry_run=dry_run,
            progress=cast(Show, progress),
            control=control,
            json=as_json,
            dask=dask,
        )


def run(
    job: JobFile,
    folder: Path,
    *,
    resume: bool,
    dry_run: bool,
    progress: Show,
    control: bool,
    json: bool,
    dask: str | None = None,
) -> None:
    """Do a job, or estimate it; the exit code says how it ended."""
    if dry_run:
        if dask:
            raise UsageError("--dry-run measures this machine; leave out --dask.")
        from gxview.cli.estimating import show_estimate

        show_estimate(job, folder, as_json=json)
        return
    from gxview.cli.batch import do_job

    code = do_job(job, folder, resume=resume, progress=progress, control=control, as_json=json, dask=dask)
    if code:
        raise typer.Exit(code)


def _from_file(path: Path, device: str, output: Path | None) -> tuple[JobFile, Path]:
    from gxview.job_file import read_job

    job = read_job(path)
    if device != "auto":
        job = job.model_copy(update={"device": device})
    return job, output or path.parent


def _refuse(**given: Any) -> None:
    named = [name.replace("_", "-") for name, value in given.items() if value]
    if named:
        raise UsageError(f"The job file says what is done; leave out --{', --'.join(named)}.")


def choose(
    models: list[str], methods: list[str], targets: list[str], strands: list[str], options: dict[str, str | None]
) -> tuple[ModelChoice, ...]:
    """Return the models of a job, each with those methods and options that explain it.

    Raises
    ------
    UsageError
        If a method or option suits no model, or a model gets no method.
    """
    from gxview.explain.methods import methods_for
    from gxview.job_file import ModelChoice
    from gxview.models.loading import model_kind_of

    found, used = [], set[str]()
    for model in models:
        kind = model_kind_of(model)
        known = {method.name: method for method in methods_for(kind)}
        mine = [name for name in methods if name in known]
        if methods and not mine:
            raise UsageError(f"{model} is a {kind} model; none of the methods explains it: use {', '.join(known)}.")
        chosen = [known[name] for name in mine] or [next(iter(known.values()))]
        taken = {option.name for method in chosen for option in method.options}
        own = {name: value for name, value in options.items() if value is not None and name in taken}
        used |= {*mine, *own}
        signs = tuple(read_strand(strand) for strand in strands) or ("+",)
        found.append(
            ModelChoice(
                model=model,
                methods=tuple(mine) or (None,),
                targets=tuple(targets) or (None,),
                strands=cast(Any, signs),
                options=own,
            )
        )
    idle = [name for name in (*methods, *(name for name, value in options.items() if value)) if name not in used]
    if idle:
        raise UsageError(f"{', '.join(idle)} does nothing for these models and methods; leave it out.")
    return tuple(found)


def make_job(
    genome: Path,
    aliases: Path | None,
    places: dict[str, Any],
    models: tuple[ModelChoice, ...],
    outputs: list[str],
    rest: dict[str, Any],
) -> JobFile:
    """Return a job from options, with absolute paths.

    Raises
    ------
    UsageError
        If no place is named, or a value is out of range.
    """
    from pydantic import ValidationError

    from gxview.job_file import JobFile, absolute

    content = {
        "genome": {"path": genome, "aliases": aliases},
        "places": {
            "whole_genome": places["whole_genome"],
            "chromosomes": places["chromosomes"] or (),
            "files": [{"path": path} for path in places["files"] or ()],
            "regions": places["regions"] or (),
        },
        "models": [model.model_dump() for model in models],
        **({"outputs": outputs} if outputs else {}),
        **rest,
    }
    try:
        job = JobFile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-").replace("outputs", "write")
        raise UsageError(f"--{name}: {first['msg']}.") from None
    if job.places.is_empty:
        raise UsageError("Give --bed, --region, --chrom or --whole-genome.")
    if not genome.exists():
        raise GxviewError(f"There is no genome {genome}.")
    return absolute(job)
