"""Opens a track file as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from gxview.errors import GxviewError
from gxview.genome import Reference
from gxview.tracks.alignment_files import open_alignments
from gxview.tracks.alignments import AlignmentSource
from gxview.tracks.base import FeatureSource, SignalSource
from gxview.tracks.bed import parse_bed
from gxview.tracks.bedgraph import BedGraphSignal
from gxview.tracks.bigbed import BigBedFeatures
from gxview.tracks.bigwig import BigWigSignal
from gxview.tracks.effects import EffectArrays, EffectSource
from gxview.tracks.features import FeatureTable, Parsed
from gxview.tracks.formats import format_of
from gxview.tracks.garbage import unswept
from gxview.tracks.genes import ScatteredRows, extent_of_rows, group_rows, group_rows_in_turn, group_rows_of_region
from gxview.tracks.gff import Row, read_rows
from gxview.tracks.pairs import parse_pairs
from gxview.tracks.places import AskCancelled, Progress, url_of
from gxview.tracks.tabix import TabixFeatures, tabix_index
from gxview.tracks.text import UNWATCHED, Lines, Watch, Where, line_in, read_lines
from gxview.tracks.variant_sources import open_variants
from gxview.tracks.variants import VariantSource

Source: TypeAlias = SignalSource | FeatureSource | VariantSource | AlignmentSource | EffectSource
Parser: TypeAlias = Callable[[Lines, Where], Parsed]

LARGE = 20 << 20
"""From so many bytes on a file with a tabix index is read by region instead of wholly."""


def open_source(
    path: str | Path,
    reference: Reference | None = None,
    *,
    progress: Progress | None = None,
    cancelled: AskCancelled | None = None,
) -> Source:
    """Open a track file; its content decides what it is, and its name only where the content fits several formats.

    Parameters
    ----------
    path : path
        File or http(s) address: bigWig, bedGraph or wiggle (signals), bigBed, GFF3, GTF, BED, narrowPeak, broadPeak,
        BEDPE (features), VCF or BCF (variants), BAM, CRAM or SAM (alignments), npz or HDF5 (effects of substitutions);
        the text formats plain or compressed. bigWig and bigBed are read by region, from a server by range requests; so
        is a large file with an index; other texts and arrays are read wholly.
    reference : Reference, optional
        The genome on which the track is shown: its chromosome names are used, through its aliases. What does not fit
        is told in the source's `notes`.
    progress : callable, optional
        Called with bytes read and bytes in all while a text is read.
    cancelled : callable, optional
        Asked for every 64 KiB of a text; True ends the reading.

    Returns
    -------
    SignalSource, FeatureSource, VariantSource, AlignmentSource or EffectSource
        Safe to use from several threads at once.

    Raises
    ------
    GxviewError
        If the file is missing, empty, damaged, malformed (the line is named), or of a kind that is not shown.
    Cancelled
        If `cancelled` said so.
    """
    kind, watch = format_of(path), Watch(progress, cancelled)
    if kind == "bigwig":
        return BigWigSignal(path, reference)
    if kind == "bigbed":
        return BigBedFeatures(path, reference)
    if kind == "bedgraph":
        return BedGraphSignal(path, reference, watch)
    if kind == "effects":
        return _arrays(path, reference)
    if kind in ("vcf", "bcf", "bam", "cram", "sam"):
        return _indexed(path, kind, reference, watch)
    parsers = _parsers(kind)

    def load(watch: Watch = UNWATCHED) -> FeatureTable:
        with unswept():
            try:
                parsed = parsers.in_turn(read_lines(path, watch), line_in(path))
            except ScatteredRows:
                parsed = parsers.whole(read_lines(path, watch), line_in(path))
        if not len(parsed.features):
            parsed.notes.append(f"{Path(path).name} holds no features.")
        return FeatureTable(Path(path), parsed, reference)

    index = None if url_of(path) else tabix_index(Path(path)) if Path(path).stat().st_size >= LARGE else None
    if index is None:
        return load(watch)
    extent = partial(_extent, gtf=kind == "gtf") if kind in ("gff3", "gtf") else None
    return TabixFeatures(Path(path), index, parsers.of_region, extent, load, reference)


def _arrays(path: str | Path, reference: Reference | None) -> EffectArrays:
    if (url := url_of(path)) is not None:
        raise GxviewError(f"{url} holds arrays, which are shown from files only; download it.")
    return EffectArrays(Path(path), reference)


def _indexed(path: str | Path, kind: str, reference: Reference | None, watch: Watch) -> Source:
    url, path = url_of(path), Path(path)
    if url is not None:
        raise GxviewError(f"{url} holds variants or reads, which are shown from files only; download it and its index.")
    if kind in ("vcf", "bcf"):
        return open_variants(path, reference, tabix_index(path), watch)
    return open_alignments(path, kind, reference, watch)


class _Parsers(NamedTuple):
    """What parses a file chromosome by chromosome, all of it at once, or the lines of a region."""

    in_turn: Parser
    whole: Parser
    of_region: Parser


def _parsers(kind: str) -> _Parsers:
    if kind not in ("gff3", "gtf"):
        bed = partial(parse_bed, peaks=kind == "peaks")
        parse = bed if kind in ("bed", "peaks") else partial(parse_pairs, kind=kind)
        return _Parsers(parse, parse, parse)
    grouped = partial(_grouped, gtf=kind == "gtf")
    return _Parsers(
        *(partial(grouped, group=group) for group in (group_rows_in_turn, group_rows, group_rows_of_region))
    )


def _grouped(lines: Lines, where: Where, *, group: Callable[[Iterable[Row]], Parsed], gtf: bool) -> Parsed:
    return group(read_rows(lines, where, gtf=gtf))


def _extent(lines: Lines, where: Where, *, gtf: bool) -> tuple[int, int] | None:
    return extent_of_rows(read_rows(lines, where, gtf=gtf))
