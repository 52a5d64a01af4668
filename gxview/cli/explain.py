"""``gxview explain``: the bases of a region that drive a model's prediction, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gxview.cli.explain_sequences import refuse, run_sequences
from gxview.cli.explaining import (
    AliasesOption,
    AlibiOption,
    CompositeOption,
    DeviceOption,
    GluOption,
    IgvGenomeOption,
    JsonOption,
    LettersOption,
    MethodOption,
    ModelOption,
    PhasesOption,
    PrecisionOption,
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
from gxview.errors import UsageError

GenomeOption = Annotated[Path | None, typer.Option("--genome", "-g", help="FASTA file, plain or bgzip.")]
RegionsOption = Annotated[
    list[str] | None, typer.Option("--region", "-r", help="As chr1:1,000-2,000; may be repeated.")
]
SequencesOption = Annotated[
    Path | None,
    typer.Option("--sequences", help="FASTA, or a table with a column 'sequence', in place of genome and regions."),
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="OUT.bw, .bedgraph, .tsv or .npz; of --sequences .tsv or .npz.")
]
ScoreOption = Annotated[bool, typer.Option("--score", help="Write the model's probability too.")]
SpreadOption = Annotated[
    bool, typer.Option("--spread", help="Write the spread between phases, or members of an ensemble, too.")
]


def register(app: typer.Typer) -> None:
    """Add the command ``explain``."""

    @app.command()
    def explain(
        model: ModelOption,
        output: OutputOption,
        genome: GenomeOption = None,
        region: RegionsOption = None,
        sequences: SequencesOption = None,
        method: MethodOption = None,
        target: TargetOption = None,
        strand: StrandOption = "plus",
        window: WindowOption = None,
        stride: StrideOption = None,
        stitching: StitchingOption = "mean",
        phases: PhasesOption = 1,
        letters: LettersOption = "reference",
        transfer: TransferOption = None,
        alibi: AlibiOption = None,
        glu: GluOption = None,
        composite: CompositeOption = None,
        device: DeviceOption = "auto",
        precision: PrecisionOption = "float32",
        aliases: AliasesOption = None,
        score: ScoreOption = False,
        spread: SpreadOption = False,
        igv_genome: IgvGenomeOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Explain regions of a genome, or sequences of a file, and write the relevance of every base.

        OUT.bw comes with an IGV session that opens it as letters, a UCSC track line and its provenance.
        """
        options = {"transfer": transfer, "alibi": alibi, "glu": glu, "composite": composite}
        rules = {"method": method, "target": target, "strand": read_strand(strand), "window": window}
        rules |= {"stride": stride, "stitching": stitching, "phases": phases, "precision": precision}
        rules |= {"letters": letters}
        extras = {"score": score, "spread": spread, "igv_genome": igv_genome}
        if sequences is not None:
            given = {"genome": genome, "region": region, "aliases": aliases}
            refuse({**given, **rules, **extras})
            with interruptible():
                run_sequences(sequences, model, output, device, options, rules, as_json=as_json)
            return
        if genome is None or not region:
            raise UsageError("Say what to explain: --genome and --region, or --sequences.")
        with interruptible():
            run(genome, region, model, output, device, aliases, options, rules, extras, as_json=as_json)


def run(
    genome: Path,
    regions: list[str],
    model: str,
    output: Path,
    device: str,
    aliases: Path | None,
    options: dict[str, str | None],
    rules: dict[str, Any],
    extras: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    """Explain and write; bad requests are refused before any long work."""
    from gxview.explain.regions import explain_regions
    from gxview.export import check_lengths, check_request, export_explanations
    from gxview.models.loading import members_of

    members = members_of(model) if extras["spread"] else 1
    kind = check_request(
        output, phases=rules["phases"], members=members, score=extras["score"], spread=extras["spread"]
    )
    reference = open_reference(genome, aliases)
    places, notes = parse_regions(reference, regions)
    if kind == "npz":
        check_lengths(places)
    loaded = open_model(model, device, rules["method"], options)
    rules = {**options, **rules}
    with progress_bar("explaining") as progress:
        found = explain_regions(loaded, reference, places, progress=progress, tokens=kind == "tsv", **rules)
    paths = export_explanations(output, found, reference, regions=places, **extras)
    report(paths, found, reference, notes, as_json=as_json)
