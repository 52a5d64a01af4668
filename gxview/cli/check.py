"""``gxview check``: whether files open, what they hold, and what is to be known about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from gxview.errors import GxviewError
from gxview.words import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gxview.genome import Reference, Region
    from gxview.tracks import AlignmentSource, Feature, FeatureSource, SignalSource, Variant, VariantSource
    from gxview.tracks.opening import Source

    Density: TypeAlias = Callable[[Region, int], NDArray[np.int64]]

_BINS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file holds, or why it does not open.

    Attributes
    ----------
    file : str
        As it was named.
    kind : str
        ``'genome'``, ``'features'``, ``'signal'``, ``'variants'``, ``'alignments'`` or ``'refused'``.
    chromosomes : int
        Their number.
    count : int
        Features, variants or reads (of large files by their index, roughly); stretches of a signal that have values,
        of a thousand for each chromosome; bases of a genome.
    example : str
        The first feature or variant, the range of the values, the first chromosome.
    notes : tuple of str
        What the window would tell.
    error : str
        Why the file is refused.
    """

    file: str
    kind: str
    chromosomes: int = 0
    count: int = 0
    example: str = ""
    notes: tuple[str, ...] = ()
    error: str = ""

    def __str__(self) -> str:
        if self.error:
            return f"{self.file}: refused: {self.error}"
        parts = [self.kind, counted(self.chromosomes, "chromosome")]
        if self.kind != "signal" or not self.count:
            parts.append(counted(self.count, _ITEMS[self.kind]))
        return f"{self.file}: {'; '.join([', '.join(parts), *filter(None, [self.example]), *self.notes])}"


_ITEMS = {
    "genome": "base",
    "features": "feature",
    "signal": "value",
    "variants": "variant",
    "alignments": "read",
    "effects": "region",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("check")(check)


def check(
    files: Annotated[list[str], typer.Argument(help="Genomes and track files, or their http(s) addresses.")],
    genome: Annotated[Path | None, typer.Option(help="Genome whose chromosome names the files should have.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list in JSON.")] = False,
) -> None:
    """Open files as the window would, and tell what each one is; exit code 1 if any is refused."""
    from gxview.genome import Reference

    reference = Reference(genome) if genome is not None else None
    findings = []
    for file in files:
        findings.append(_look(file, reference))
        if not as_json:
            typer.echo(str(findings[-1]))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    if any(finding.error for finding in findings):
        raise typer.Exit(1)


def _look(file: str, reference: Reference | None) -> Finding:
    from gxview.genome import Reference
    from gxview.tracks import open_source
    from gxview.viewer.opening import is_fasta

    try:
        if is_fasta(Path(file)):
            genome = Reference(file)
            name = genome.names[0]
            return Finding(
                file, "genome", len(genome.sizes), sum(genome.sizes.values()), f"first {name}:1-{genome.sizes[name]:,}"
            )
        source = open_source(file, reference)
        kind, count, example = _contents(source)
        return Finding(file, kind, len(source.sizes), count, example, source.notes)
    except GxviewError as error:
        return Finding(file, "refused", error=str(error))


def _contents(source: Source) -> tuple[str, int, str]:
    """Return the kind of a source, how much it holds, and an example."""
    from gxview.tracks import AlignmentSource, EffectSource, SignalSource, VariantSource

    if isinstance(source, EffectSource):
        return "effects", sum(len(source.places(region)) for region in _whole(source)), ""
    if isinstance(source, SignalSource):
        return "signal", *_signal(source)
    if isinstance(source, AlignmentSource):
        return "alignments", _reads(source), ""
    if isinstance(source, VariantSource):
        return "variants", *_placed(source)
    return "features", *_placed(source)


def _signal(source: SignalSource) -> tuple[int, str]:
    import numpy as np

    count, low, high = 0, float("inf"), float("-inf")
    for region in _whole(source):
        summary = source.summary(region, min(region.length, _BINS))
        known = ~np.isnan(summary.mean)
        count += int(known.sum())
        if known.any():
            low, high = min(low, float(summary.min[known].min())), max(high, float(summary.max[known].max()))
    return count, f"values from {low:g} to {high:g}" if count else ""


def _placed(source: FeatureSource | VariantSource) -> tuple[int, str]:
    from gxview.tracks import VariantSource

    count, example = 0, ""
    for region in _whole(source):
        held = int(source.density(region, 1)[0])
        if held and not example:
            stretch = _first(source.density, region)
            found = source.variants(stretch) if isinstance(source, VariantSource) else source.features(stretch)
            example = _described(found[0]) if found else ""
        count += held
    return count, example


def _reads(source: AlignmentSource) -> int:
    """Return the number of reads; some are read, for the index alone does not show damage."""
    from gxview.tracks import ReadOptions

    count = 0
    for region in _whole(source):
        held = int(source.reads_per_bin(region, 1)[0])
        if source.aligned is None and source.is_affordable(region):
            pileup = source.pileup(region, ReadOptions(), region.length)
            held = pileup.total + pileup.hidden
        if held and not count:
            source.pileup(_first(source.reads_per_bin, region), ReadOptions(), 1.0)
        count += held
    return source.aligned if source.aligned is not None else count


def _whole(source: Source) -> Iterator[Region]:
    from gxview.genome import Region

    return (Region(chrom, 0, size) for chrom, size in source.sizes.items() if size)


def _first(density: Density, region: Region) -> Region:
    """Return the first of a thousand pieces of a region in which there is something."""
    import numpy as np

    from gxview.genome import Region

    bins = min(region.length, _BINS)
    place = int(np.argmax(density(region, bins) > 0))
    start, end = (region.start + number * region.length // bins for number in (place, place + 1))
    return Region(region.chrom, start, end)


def _described(found: Feature | Variant) -> str:
    return f"first {found.chrom}:{found.start + 1:,}-{found.end:,} {found.name}".rstrip()
