"""``gxview motifs``: patterns in explanations, what they look like, where they occur, and what they do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gxview.cli.explaining import (
    AliasesOption,
    DeviceOption,
    JsonOption,
    MethodOption,
    TargetOption,
    interruptible,
    open_reference,
    parse_regions,
    progress_bar,
)
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.evaluate.motifs.motif import Motif
    from gxview.evaluate.motifs.study import Input
    from gxview.models.base import Model

DatabaseOption = Annotated[
    list[str] | None,
    typer.Option("--database", "-d", help="Motif file, JASPAR2026 or JASPAR2026:vertebrates; may be repeated."),
]
MotifFile = Annotated[Path, typer.Option("--motifs", help="MEME, JASPAR, TRANSFAC, or rows of A C G T.")]
PickOption = Annotated[list[str] | None, typer.Option("--motif", help="Id or name in the file; may be repeated.")]
SequencesOption = Annotated[Path | None, typer.Option("--sequences", help="FASTA, or a table with 'sequence'.")]
GenomeOption = Annotated[Path | None, typer.Option("--genome", "-g", help="FASTA file, plain or bgzip.")]
RegionsOption = Annotated[Path | None, typer.Option("--bed", "-b", help="BED file; windows lie around its regions.")]
WindowOption = Annotated[int | None, typer.Option(help="Bases of a window; by default the models'.")]
ModelsOption = Annotated[list[str], typer.Option("--model", "-m", help="Model folder or name; may be repeated.")]
SeedOption = Annotated[int, typer.Option(help="Seed of everything drawn at random.")]


def register(app: typer.Typer) -> None:
    """Add the command ``motifs`` with its own commands."""
    motifs = typer.Typer(no_args_is_help=True, help="Patterns in explanations, and known motifs.")
    for command in (show, match, discover, scan, effect):
        motifs.command(command.__name__)(command)
    app.add_typer(motifs, name="motifs")


def show(
    files: Annotated[list[str], typer.Argument(help="Motif files, or JASPAR2026, JASPAR2026:vertebrates.")],
    as_json: JsonOption = False,
) -> None:
    """List motifs: id, name, positions, bits, consensus."""
    from gxview.evaluate.motifs.databases import open_database

    database = open_database(files)
    if as_json:
        entries = [{**_facts(one), "pfm": one.pfm.tolist(), "kind": one.kind} for one in database.motifs]
        typer.echo(json.dumps({"database": database.name, "release": database.release, "motifs": entries}, indent=2))
        return
    for one in database.motifs:
        facts = _facts(one)
        typer.echo(f"{facts['id']}\t{facts['name']}\t{facts['width']}\t{facts['bits']:.1f}\t{facts['consensus']}")
    typer.echo(f"{len(database)} motifs of {_described(database.name, database.release)}", err=True)
    for note in database.left_out:
        typer.echo(f"note: {note}", err=True)


def match(
    query: Annotated[str, typer.Argument(help="Letters such as TATAAAAG, or a motif file.")],
    database: DatabaseOption = None,
    top: Annotated[int, typer.Option(min=1, help="Matches to show for each query.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare letters or motifs with a database by TOMTOM."""
    from gxview.evaluate.motifs.databases import open_database
    from gxview.evaluate.motifs.tomtom import selection, tomtom, too_little

    known = open_database(database or ["JASPAR"])
    given: list[Any] = _motifs(query) if Path(query).exists() else [selection(_letters(query))]
    names = [one.label for one in given] if Path(query).exists() else [query.upper()]
    found = [row for matches in tomtom(given, known, top=top) for row in matches]
    notes = [f"{name}: {why}." for name, one in zip(names, given, strict=True) if (why := too_little(one))]
    notes += [known.note] if known.note else []
    if as_json:
        rows = [{"query": names[one.query], **_match(one)} for one in found]
        content = {
            "database": known.name,
            "release": known.release,
            "motifs": len(known),
            "matches": rows,
            "notes": notes,
        }
        typer.echo(json.dumps(content, indent=2))
        return
    typer.echo(f"{len(known)} motifs of {_described(known.name, known.release)}", err=True)
    for one in found:
        facts = _match(one)
        typer.echo(
            f"{names[one.query]}\t{one.motif.label}\tp={one.p_value:.2g}\tq={one.q_value:.2g}\t{one.strand}"
            f"\toffset {one.offset}\toverlap {one.overlap}\t{facts['consensus']}"
        )
    for note in notes:
        typer.echo(f"note: {note}", err=True)


def discover(
    model: ModelsOption,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for tables, patterns and logos.")],
    sequences: SequencesOption = None,
    genome: GenomeOption = None,
    regions: RegionsOption = None,
    window: WindowOption = None,
    database: DatabaseOption = None,
    method: MethodOption = None,
    target: TargetOption = None,
    core: Annotated[int, typer.Option(min=1, help="Bases of a seqlet's core.")] = 20,
    flank: Annotated[int, typer.Option(min=1, help="Bases on either side of the core.")] = 5,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find patterns in the relevance of models by TF-MoDISco and compare them with known motifs.

    Give sequences of one kind (for instance promoters), a few hundred or more: patterns are what recurs in them.
    """
    from gxview.evaluate.motifs.databases import open_database
    from gxview.evaluate.motifs.discovery import DiscoveryOptions
    from gxview.evaluate.motifs.study import study, write_study

    options = DiscoveryOptions(core=core, flank=flank)
    known = open_database(database or ["JASPAR"])
    with interruptible():
        loaded = _models(model, device)
        given = _input(loaded, sequences, genome, regions, window, aliases)
        with progress_bar("working") as progress:
            found = study(
                loaded,
                given,
                known,
                method=method,
                target=target,
                options=options,
                seed=seed,
                progress=lambda what, done, total: progress(done, total),
            )
        paths = write_study(output, found)
    for note in (*given.notes, *found.report.notes):
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(found.report.to_json())
        return
    _tell(found.report)
    typer.echo(f"wrote {len(paths)} files to {output}")


def scan(
    genome: Annotated[Path, typer.Option("--genome", "-g", help="FASTA file, plain or bgzip.")],
    motifs: MotifFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="OUT.bed, which the window opens as a track.")],
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="As chr1:1,000-2,000; all by default.")
    ] = None,
    motif: PickOption = None,
    threshold: Annotated[float, typer.Option(help="Largest p-value of a hit.")] = 1e-4,
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find motifs on both strands of a genome and write them as BED."""
    from gxview.evaluate.motifs.hits import scan_genome, write_bed
    from gxview.genome import Region

    chosen = _picked(_motifs(motifs), motif)
    reference = open_reference(genome, aliases)
    places, notes = parse_regions(reference, region or [])
    places = places if region else [Region(name, 0, size) for name, size in reference.sizes.items()]
    with interruptible(), progress_bar("scanning") as progress:
        hits = scan_genome(reference, places, chosen, threshold=threshold, progress=progress)
        write_bed(output, hits)
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps({"files": [str(output)], "hits": len(hits), "motifs": len(chosen)}, indent=2))
        return
    typer.echo(f"{len(hits):,} hits of {len(chosen)} motifs with p up to {threshold:g}")
    typer.echo(f"wrote {output}")


def effect(
    model: Annotated[str, typer.Option("--model", "-m", help="Model folder or name.")],
    motifs: MotifFile,
    sequences: SequencesOption = None,
    genome: GenomeOption = None,
    regions: RegionsOption = None,
    window: WindowOption = None,
    motif: PickOption = None,
    target: TargetOption = None,
    position: Annotated[list[int] | None, typer.Option(min=1, help="First base, from 1; may be repeated.")] = None,
    spacing: Annotated[
        list[int] | None, typer.Option(min=0, help="Bases between two --motif; may be repeated.")
    ] = None,
    backgrounds: Annotated[int, typer.Option(min=2, help="Shuffled backgrounds.")] = 200,
    probability: Annotated[bool, typer.Option("--probability", help="Probability in place of the logit.")] = False,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    aliases: AliasesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what a motif does to the prediction in shuffled backgrounds (global importance analysis)."""
    from gxview.evaluate.motifs.importance import Backgrounds
    from gxview.evaluate.scorer import Scorer

    chosen = _picked(_motifs(motifs), motif)
    if spacing and len(chosen) != 2:
        raise UsageError(f"--spacing needs two motifs, named by --motif twice, not {len(chosen)}.")
    with interruptible():
        loaded = _models([model], device)
        given = _input(loaded, sequences, genome, regions, window, aliases)
        scorer = Scorer(loaded[0], target)
        scale = "probability" if probability else "logit"
        made = Backgrounds(given.letters, backgrounds, lambda letters: scorer.letters(letters).of(scale), seed=seed)
        starts = [one - 1 for one in position or []]
        if spacing:
            first, second = chosen
            rows: list[Any] = list(made.spacings(first, second, spacing, position=starts[0] if starts else 0))
        elif starts:
            rows = [row for one in chosen for row in made.scan(one, starts)]
        else:
            rows = [made.effect(one) for one in chosen]
    content = [_one_based(asdict(row)) for row in rows]
    if as_json:
        typer.echo(json.dumps({"model": loaded[0].name, "scale": scale, "effects": content}, indent=2))
        return
    typer.echo("\t".join(content[0]))
    for row in content:
        typer.echo("\t".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()))


def _models(names: Sequence[str], device: str) -> list[Model]:
    from gxview.models.loading import load_model

    return [load_model(name, device) for name in names]


def _input(
    models: Sequence[Model],
    sequences: Path | None,
    genome: Path | None,
    regions: Path | None,
    window: int | None,
    aliases: Path | None,
) -> Input:
    from gxview.evaluate.motifs.study import Input, windows
    from gxview.explain.sequences import read_sequences
    from gxview.genome import Region
    from gxview.viewer.places.region_files import read_regions

    if sequences is not None and (genome, regions, window) == (None, None, None):
        return Input(tuple(one.sequence for one in read_sequences(sequences)))
    if sequences is not None or genome is None or regions is None:
        raise UsageError("Give either --sequences, or --genome and --bed (and --window if you like).")
    reference = open_reference(genome, aliases)
    rows = read_regions(regions, reference)
    places = [Region(row.chrom, row.start, row.end, row.strand) for row in rows]
    return windows(reference, places, window or max(model.window_length for model in models))


def _motifs(path: str | Path) -> list[Motif]:
    """Return the motifs of a file; say which ones were left out."""
    from gxview.evaluate.motifs.formats import read_motifs

    return read_motifs(path, lambda note: typer.echo(f"note: {note}", err=True))


def _picked(motifs: Sequence[Motif], names: Sequence[str] | None) -> list[Motif]:
    """Return the named motifs in the order of the names, or all."""
    if not names:
        return list(motifs)
    found = []
    for name in names:
        one = next((motif for motif in motifs if name in (motif.id, motif.name, motif.label)), None)
        if one is None:
            raise UsageError(f"The file has no motif '{name}'; it has {', '.join(motif.id for motif in motifs[:8])}.")
        found.append(one)
    return found


def _letters(query: str) -> str:
    if set(query.upper()) - set("ACGTN"):
        raise UsageError(f"'{query}' is neither a file nor letters A, C, G, T, N.")
    return query


def _facts(one: Motif) -> dict[str, Any]:
    bits = float(one.information.sum())
    return {"id": one.id, "name": one.name, "width": one.width, "bits": bits, "consensus": one.consensus}


def _match(one: Any) -> dict[str, Any]:
    motif = one.motif if one.strand == "+" else one.motif.reverse_complement()
    numbers = {name: getattr(one, name) for name in ("p_value", "q_value", "offset", "overlap", "strand")}
    return {"motif": motif.id, "name": motif.name, "consensus": motif.consensus, **numbers}


def _one_based(row: dict[str, Any]) -> dict[str, Any]:
    if "position" in row:
        row["position"] += 1
    return {name: value for name, value in row.items() if not (name == "spacing" and value < 0)}


def _described(name: str, release: str) -> str:
    return name if not release or release in name else f"{name} ({release})"


def _tell(report: Any) -> None:
    typer.echo(f"{report.motifs} motifs of {_described(report.database, report.release)}, q up to {report.threshold:g}")
    for one in report.models:
        if one.reason:
            typer.echo(f"{one.model}: {one.reason}")
            continue
        names = ", ".join(one.names) or "none"
        typer.echo(
            f"{one.model}: {one.matched} of {one.patterns} patterns match, {one.null_fraction:.0%} of them by accident "
            f"({one.null_low:.0%} to {one.null_high:.0%} in permuted databases); beyond that {one.beyond_null}: {names}"
        )
    for row in report.rows:
        if row.rank == 1:
            typer.echo(
                f"{row.model}\t{row.query}\t{row.seqlets} seqlets\t{row.consensus}\t{row.name}\tq={row.q_value:.2g}"
                f"\tpermuted {row.permuted_p:.2g}"
            )
    for pair in report.overlaps:
        typer.echo(f"{pair.first} and {pair.second} share {', '.join(pair.shared) or 'no match'}")
