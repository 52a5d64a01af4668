"""``gxview export``: everything about the regions of a BED file, in a folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.cli.explaining import (
    AliasesOption,
    AlibiOption,
    CompositeOption,
    DeviceOption,
    GenomeOption,
    GluOption,
    IgvGenomeOption,
    JsonOption,
    MethodOption,
    ModelOption,
    PhasesOption,
    StitchingOption,
    StrandOption,
    StrideOption,
    TargetOption,
    TransferOption,
    WindowOption,
    interruptible,
    open_model,
    open_reference,
    parse_regions,
    progress_bar,
    read_strand,
    report,
)
from gxview.errors import GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.genome import Reference, Region

BedOption = Annotated[Path | None, typer.Option("--bed", "-b", help="Regions, plain or gzip.")]
RegionsOption = Annotated[list[str] | None, typer.Option("--region", "-r", help="Instead of a BED; may be repeated.")]
FolderOption = Annotated[Path, typer.Option("--output", "-o", help="Folder; it is made if need be.")]


def register(app: typer.Typer) -> None:
    """Add the command ``export``."""

    @app.command()
    def export(
        genome: GenomeOption,
        model: ModelOption,
        output: FolderOption,
        bed: BedOption = None,
        region: RegionsOption = None,
        method: MethodOption = None,
        target: TargetOption = None,
        strand: StrandOption = "plus",
        window: WindowOption = None,
        stride: StrideOption = None,
        stitching: StitchingOption = "mean",
        phases: PhasesOption = 1,
        transfer: TransferOption = None,
        alibi: AlibiOption = None,
        glu: GluOption = None,
        composite: CompositeOption = None,
        device: DeviceOption = "auto",
        aliases: AliasesOption = None,
        igv_genome: IgvGenomeOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Explain the regions of a BED file and write tracks of relevance and score, and arrays for TF-MoDISco.

        The folder gets MODEL.METHOD.bw with its score track (and spread, with --phases), an IGV session, a UCSC track
        line and the provenance; with regions of one length also MODEL.METHOD.npz.
        """
        options = {"transfer": transfer, "alibi": alibi, "glu": glu, "composite": composite}
        rules = {"method": method, "target": target, "strand": read_strand(strand), "window": window}
        rules |= {"stride": stride, "stitching": stitching, "phases": phases}
        with interruptible():
            run(genome, bed, region or [], model, output, device, aliases, options, rules, igv_genome, as_json=as_json)


def run(
    genome: Path,
    bed: Path | None,
    regions: list[str],
    model: str,
    folder: Path,
    device: str,
    aliases: Path | None,
    options: dict[str, str | None],
    rules: dict[str, Any],
    igv_genome: str | None,
    *,
    as_json: bool,
) -> None:
    """Explain and write; bad requests are refused before any long work."""
    from gxview.explain.methods import find_method
    from gxview.explain.regions import explain_regions
    from gxview.export import check_request, export_explanations

    if (bed is None) == (not regions):
        raise UsageError("Give either --bed or --region.")
    reference = open_reference(genome, aliases)
    places, notes = parse_regions(reference, regions) if bed is None else read_bed(bed, reference)
    loaded = open_model(model, device, rules["method"], options)
    _make(folder)
    name = f"{_file_name(loaded.name)}.{find_method(loaded.kind, rules['method']).name}"
    track, arrays = folder / f"{name}.bw", folder / f"{name}.npz"
    check_request(track)
    rules = {**options, **rules}
    with progress_bar("explaining") as progress:
        found = explain_regions(loaded, reference, places, progress=progress, tokens=False, **rules)
    spread, one_length = rules["phases"] > 1, len({place.length for place in places}) == 1
    paths = export_explanations(
        track,
        found,
        reference,
        score=True,
        spread=spread,
        regions=places,
        igv_genome=igv_genome,
        arrays=arrays if one_length else None,
    )
    if not one_length:
        notes.append(f"The regions differ in length, so {arrays.name} was not written.")
    report(paths, found, reference, notes, as_json=as_json)


def read_bed(path: Path, reference: Reference) -> tuple[list[Region], list[str]]:
    """Read the regions of a BED file in its order, as the reference knows them, and what was clipped.

    Raises
    ------
    GxviewError
        If the file cannot be read or has no region, or a line is malformed or lies off the reference; the line is
        named.
    """
    from gxview.tracks.text import is_comment, line_in, read_lines

    if not path.is_file():
        raise GxviewError(f"There is no file {path}.")
    regions: list[Region] = []
    notes: list[str] = []
    where = line_in(path)
    for number, line in read_lines(path):
        if is_comment(line):
            continue
        region, note = _bed_region(line, where(number), reference)
        regions.append(region)
        if note:
            notes.append(f"{where(number)}: {note}")
    if not regions:
        raise GxviewError(f"{path} holds no region.")
    return regions, notes


def _bed_region(line: str, where: str, reference: Reference) -> tuple[Region, str | None]:
    from gxview.genome import Region
    from gxview.tracks.text import position

    fields = line.split("\t") if "\t" in line else line.split()
    if len(fields) < 3:
        raise GxviewError(f"{where}: {len(fields)} columns; BED has at least chromosome, start and end.")
    start, end = position(fields[1], where, "start"), position(fields[2], where, "end")
    try:
        return reference.region(Region(fields[0], start, end))
    except GxviewError as error:
        raise GxviewError(f"{where}: {error}") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GxviewError(f"The folder {folder} cannot be made: {error.strerror}.") from None


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._") or "model"
