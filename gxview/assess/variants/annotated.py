"""Effects in the INFO column of the file that was scored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import attrgetter
from pathlib import Path

import pysam

from gxview.assess.variants.effects import VariantEffect
from gxview.assess.variants.records import Record, is_record, vcf_lines
from gxview.assess.variants.scores import SCORES
from gxview.version import __version__

PREFIX = "GXV_"
_FIXED = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_TBI_REACH = 1 << 29


@dataclass(frozen=True, slots=True)
class Annotation:
    """What goes into the header.

    Attributes
    ----------
    source : Path
        VCF or BCF that was scored.
    scores : tuple of str
        Names of the scores.
    model : str
        Name of the model.
    lengths : mapping of str to int
        Bases of each chromosome of the file that the genome knows, by the name in the file.
    is_sorted : bool
        Whether the lines stand in the order that an index needs.
    """

    source: Path
    scores: tuple[str, ...]
    model: str
    lengths: Mapping[str, int]
    is_sorted: bool

    @property
    def suffix(self) -> str:
        """Ending of the index: ``.tbi``, or ``.csi`` where a chromosome is too long for it."""
        return ".csi" if max(self.lengths.values(), default=0) >= _TBI_REACH else ".tbi"


def is_sorted(records: Sequence[Record]) -> bool:
    """Whether each chromosome is in one piece and its positions ascend."""
    seen: set[str] = set()
    chrom, last = "", 0
    for record in records:
        variant = record.variant
        if variant.chrom != chrom:
            if variant.chrom in seen:
                return False
            seen.add(variant.chrom)
            chrom, last = variant.chrom, 0
        if variant.start < last:
            return False
        last = variant.start
    return True


def write_vcf(path: Path, index: Path, annotation: Annotation, effects: Iterable[VariantEffect]) -> None:
    """Write the lines of a file with effects in INFO, compressed by bgzip, with an index.

    Lines keep their order where they are sorted, and are sorted where they are not. Effects of an earlier run are
    replaced.

    Parameters
    ----------
    path, index : Path
        Where.
    annotation : Annotation
        What is annotated.
    effects : iterable of VariantEffect
        Of all alleles of all lines, in the order of the file.
    """
    lines = _annotated(annotation, effects)
    with pysam.BGZFile(str(path), "w") as file:
        for line in _header(annotation):
            file.write(f"{line}\n".encode())
        for line in lines if annotation.is_sorted else _sorted(lines):
            file.write(f"{line}\n".encode())
    pysam.tabix_index(str(path), preset="vcf", index=str(index), csi=annotation.suffix == ".csi", force=True)


def _annotated(annotation: Annotation, effects: Iterable[VariantEffect]) -> Iterator[str]:
    groups = groupby(effects, key=attrgetter("line"))
    lines = (line for _, line in vcf_lines(annotation.source) if is_record(line))
    for line, (_, alleles) in zip(lines, groups, strict=True):
        yield _with_effects(line, annotation.scores, list(alleles))


def _with_effects(line: str, scores: Sequence[str], alleles: Sequence[VariantEffect]) -> str:
    fields = line.split("\t") if "\t" in line else line.split()
    fields += ["."] * (len(_FIXED) - len(fields))
    info = [entry for entry in fields[7].split(";") if entry not in (".", "") and not entry.startswith(PREFIX)]
    fields[7] = ";".join([*info, *_entries(scores, alleles)]) or "."
    return "\t".join(fields)


def _entries(scores: Sequence[str], alleles: Sequence[VariantEffect]) -> Iterator[str]:
    for score in scores:
        effects = [one.effects[score] for one in alleles]
        if any(effect.found for effect in effects):
            name = f"{PREFIX}{score.upper()}"
            yield f"{name}={','.join(_number(effect.value) for effect in effects)}"
            yield f"{name}_SD={','.join(_number(effect.spread) for effect in effects)}"


def _number(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else "."


def _sorted(lines: Iterable[str]) -> list[str]:
    chroms: dict[str, int] = {}

    def place(line: str) -> tuple[int, int]:
        chrom, position = line.split("\t", 2)[:2]
        return chroms.setdefault(chrom, len(chroms)), int(position)

    return sorted(lines, key=place)


def _header(annotation: Annotation) -> Iterator[str]:
    old = list(takewhile(lambda line: line.startswith("#"), _nonempty(annotation.source)))
    meta = [line for line in old if line.startswith("##") and not _ours(line)]
    if not meta or not meta[0].startswith("##fileformat"):
        meta = ["##fileformat=VCFv4.2", *meta]
    yield from meta
    told = " ".join(line for line in meta if line.startswith("##contig"))
    for chrom, length in annotation.lengths.items():
        if f"ID={chrom}," not in told and f"ID={chrom}>" not in told:
            yield f"##contig=<ID={chrom},length={length}>"
    yield f'##gxview=<ID=variants,Version="{__version__}",Model="{annotation.model}">'
    for score in annotation.scores:
        yield from _described(score)
    yield next((line for line in old if line.startswith("#CHROM")), None) or _columns(annotation.source)


def _nonempty(source: Path) -> Iterator[str]:
    return (line for _, line in vcf_lines(source) if line and not line.isspace())


def _ours(line: str) -> bool:
    return line.startswith((f"##INFO=<ID={PREFIX}", "##gxview="))


def _described(score: str) -> Iterator[str]:
    one = SCORES[score]
    name, label = f"{PREFIX}{score.upper()}", one.definition.replace('"', "'")
    yield f'##INFO=<ID={name},Number=A,Type=Float,Description="{label}">'
    spread = f"Standard deviation of {name} over strands and offsets"
    yield f'##INFO=<ID={name}_SD,Number=A,Type=Float,Description="{spread}">'


def _columns(source: Path) -> str:
    """Return the line of column names for a file without one."""
    line = next(line for line in _nonempty(source) if not line.startswith("#"))
    count = len(line.split("\t") if "\t" in line else line.split()) - len(_FIXED)
    return "\t".join([*_FIXED, *(["FORMAT"] if count > 0 else []), *(f"SAMPLE{n}" for n in range(1, count))])
