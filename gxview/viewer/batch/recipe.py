"""What a person chooses for a batch export, before it is a job file."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.job_file import Genome, JobFile, ModelChoice, Output, Places, Precision, RegionFile, absolute
from gxview.viewer.places.regions import RegionRow

COPIED = (
    "models",
    "window",
    "stride",
    "stitching",
    "phases",
    "outputs",
    "split_by_sign",
    "igv_genome",
    "device",
    "threads",
    "precision",
    "batch_size",
    "shard_bases",
)
"""Fields that a recipe and a job file have alike."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Choices that need not be complete or possible yet.

    Parameters
    ----------
    genome, aliases
        FASTA file and table of chromosome names.
    whole_genome, chromosomes, files, regions
        As in `gxview.job_file.Places`; all that is named counts.
    table, view
        Whether the rows of the window's table of regions, and what is on screen, count too.
    folder
        Where the results go.
    models, window, stride, stitching, phases, outputs, split_by_sign, igv_genome, device, threads, precision
        As in `gxview.job_file.JobFile`.
    batch_size, shard_bases
        Likewise; kept as a job file says.
    """

    genome: Path | None = None
    aliases: Path | None = None
    whole_genome: bool = False
    chromosomes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    regions: tuple[str, ...] = ()
    table: bool = False
    view: bool = False
    folder: Path | None = None
    models: tuple[ModelChoice, ...] = ()
    window: int | None = None
    stride: int | None = None
    stitching: str = "mean"
    phases: int = 1
    outputs: tuple[Output, ...] = ("bigwig", "score")
    split_by_sign: bool = False
    igv_genome: str | None = None
    device: str = "auto"
    threads: int | None = None
    precision: Precision = "float32"
    batch_size: int | None = None
    shard_bases: int | None = None

    def with_(self, **changes: Any) -> Recipe:
        """Return a copy with other choices.

        Raises
        ------
        GxviewError
            There is no such choice.
        """
        if unknown := changes.keys() - {field.name for field in fields(self)}:
            known = ", ".join(field.name for field in fields(self))
            raise GxviewError(f"A batch export has no '{min(unknown)}'; it has {known}.")
        return replace(self, **changes)

    def job(self, rows: tuple[RegionRow, ...] = (), view: Region | None = None) -> JobFile:
        """Return the job file; everything that it needs must be chosen.

        Parameters
        ----------
        rows, view
            The window's table of regions, and what is on screen.
        """
        assert self.genome is not None
        typed = [row.region for row in rows] if self.table else []
        typed += [view] if self.view and view is not None else []
        # a strand says nothing here: both can be exported
        texts = (f"{region.chrom}:{region.start + 1:,}-{region.end:,}" for region in typed)
        places = Places(
            whole_genome=self.whole_genome,
            chromosomes=() if self.whole_genome else self.chromosomes,
            files=tuple(RegionFile(path=path) for path in self.files),
            regions=tuple(dict.fromkeys((*self.regions, *texts))),
        )
        same = {name: getattr(self, name) for name in COPIED}
        return absolute(JobFile(genome=Genome(path=self.genome, aliases=self.aliases), places=places, **same))


def recipe_of(job: JobFile, folder: Path | None = None) -> Recipe:
    """Return the choices that a job file holds; what only names the state of files is left out."""
    places = job.places
    same = {name: getattr(job, name) for name in COPIED}
    same["models"] = tuple(model.model_copy(update={"content_hash": None}) for model in job.models)
    return Recipe(
        genome=job.genome.path,
        aliases=job.genome.aliases,
        whole_genome=places.whole_genome,
        chromosomes=places.chromosomes,
        files=tuple(one.path for one in places.files),
        regions=places.regions,
        folder=folder,
        **same,
    )
