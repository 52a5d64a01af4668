"""What is scored, as edits, and the files of it: the alleles of a VCF file, or all substitutions of regions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants.annotated import Annotation, is_sorted, write_vcf
from gxview.assess.variants.effects import VariantEffect, effects_of
from gxview.assess.variants.engine import Engine, Found
from gxview.assess.variants.mutagenesis import Stretch, cut, effect_map, runs_of_rows, stretches_of, summaries
from gxview.assess.variants.records import Candidate, Record, candidates, read_records
from gxview.assess.variants.signal import runs_of, strongest, write_signal
from gxview.assess.variants.tables import write_table
from gxview.errors import GxviewError, UsageError
from gxview.evaluate.run.folder import checksum
from gxview.export.batch.places import Place, find_places
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_arrays
from gxview.export.writers.rows import BASE_ORDER, Row, coordinates
from gxview.genome import Edit, Reference
from gxview.job_file import Places, RegionFile
from gxview.words import counted

Aside = Callable[[Path], Path]
_BED = (".bed", ".bed.gz", ".bed.bgz")
_ENDINGS = (".gz", ".bgz", ".vcf", ".bcf", ".bed", ".narrowpeak", ".broadpeak", ".tsv")


def stem_of(path: Path) -> str:
    """Return the name of a file without the endings of its format."""
    name = path.name
    while any(name.lower().endswith(ending) for ending in _ENDINGS) and Path(name).stem:
        name = Path(name).stem
    return name


@dataclass
class VcfSubject:
    """The alleles of a VCF or BCF file.

    Attributes
    ----------
    path : Path
        The file.
    records : list of Record
        Its lines.
    found : list of Candidate
        Their alleles.
    reference : Reference
        The genome.
    what : str
        Word for people.
    notes : list of str
        Sentences about the input.
    """

    path: Path
    records: list[Record]
    found: list[Candidate]
    reference: Reference
    what: str = "allele"
    notes: list[str] = field(default_factory=list)

    @cached_property
    def edits(self) -> list[Edit]:
        """The alleles that can be scored."""
        return [one.edit for one in self.found if one.edit is not None]

    @cached_property
    def refused(self) -> list[tuple[str, str]]:
        """The alleles that cannot be scored."""
        return [(_named(one), one.reason) for one in self.found if one.edit is None]

    @property
    def counted(self) -> dict[str, Any]:
        """Records and alleles, and alleles of each kind."""
        kinds: dict[str, int] = {}
        for one in self.found:
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
        return {"records": len(self.records), "alleles": len(self.found), "kinds": dict(sorted(kinds.items()))}

    def facts(self) -> dict[str, Any]:
        """Return name and checksum of the file."""
        return {"kind": "vcf", "name": self.path.name, "sha256": checksum(self.path)}

    def write(self, folder: Path, aside: Aside, engine: Engine, found: Found) -> list[Path]:
        """Write table, annotated VCF with its index, and a bigWig for each score."""

        def effects() -> Iterator[VariantEffect]:
            return effects_of(self.found, engine.asking, found)

        name, scores = stem_of(self.path), engine.asking.scores
        sizes = self.reference.sizes
        known = {one.record.variant.chrom: sizes[one.chrom] for one in self.found if one.chrom in sizes}
        annotation = Annotation(self.path, scores, engine.model.name, known, is_sorted(self.records))
        table, vcf = folder / f"{name}.tsv", folder / f"{name}.vcf.gz"
        if vcf.exists() and vcf.samefile(self.path):
            raise GxviewError(f"{vcf} is the file that is scored; choose another folder with -o.")
        index = vcf.with_name(vcf.name + annotation.suffix)
        write_table(aside(table), scores, effects())
        write_vcf(aside(vcf), aside(index), annotation, effects())
        files = [table, vcf, index]
        for score in scores:
            path = folder / f"{name}.{score}.bw"
            if write_signal(aside, path, sizes, runs_of(strongest(effects(), score), sizes)):
                files.append(path)
        return files


def of_vcf(path: Path, reference: Reference) -> VcfSubject:
    """Read a VCF or BCF file and hold it against the genome.

    Raises
    ------
    UsageError
        If it is BED.
    GxviewError
        If the file cannot be used, a REF differs from the genome, or no record is left.
    """
    if path.name.lower().endswith(_BED):
        raise UsageError(f"{path} is BED by its name; every substitution of its regions is scored by --regions {path}.")
    records = read_records(path)
    found = candidates(records, reference)
    subject = VcfSubject(path, records, found, reference)
    if not subject.edits:
        what, why = subject.refused[0]
        held = counted(len(found), "allele")
        raise GxviewError(f"{path} holds {held}, of which none can be scored. The first, {what}: {why}.")
    if not is_sorted(records):
        subject.notes.append(f"{path.name} is not sorted; the annotated VCF is.")
    return subject


def _named(one: Candidate) -> str:
    variant = one.record.variant
    name = f" ({variant.name})" if variant.name else ""
    return f"line {one.record.line}, {variant.chrom}:{variant.start + 1:,} {variant.label}{name}"


@dataclass
class RegionSubject:
    """All substitutions of some regions.

    Attributes
    ----------
    name : str
        Of the files to come.
    places : list of Place
        The regions as asked for.
    stretches : list of Stretch
        Their union.
    reference : Reference
        The genome.
    refused : list of (str, str)
        Lines that name no region of the genome, and why.
    notes : list of str
        Sentences about the input.
    what : str
        Word for people.
    """

    name: str
    places: list[Place]
    stretches: list[Stretch]
    reference: Reference
    refused: list[tuple[str, str]]
    notes: list[str]
    what: str = "substitution"

    @cached_property
    def edits(self) -> list[Edit]:
        """Three for each known base."""
        return [edit for one in self.stretches for edit in one.edits]

    @property
    def counted(self) -> dict[str, Any]:
        """Regions, bases of their union, and bases that are not known."""
        bases = sum(one.region.length for one in self.stretches)
        return {"regions": len(self.places), "bases": bases, "unknown_bases": bases - len(self.edits) // 3}

    def facts(self) -> dict[str, Any]:
        """Return the regions' number and checksum."""
        text = "\n".join(f"{one.region} {one.name}" for one in self.places)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return {"kind": "regions", "name": self.name, "regions": len(self.places), "sha256": digest}

    def write(self, folder: Path, aside: Aside, engine: Engine, found: Found) -> list[Path]:
        """Write arrays where the regions are of one length, and bigWig for each letter and their mean and maximum."""
        files: list[Path] = []
        for number, score in enumerate(engine.asking.scores):
            maps = list(self._maps(found, number))
            rows = [dict(zip(BASE_ORDER, one, strict=True)) | summaries(one) for one in maps]
            for what in rows[0]:
                values = [row[what] for row in rows]
                path = folder / f"{self.name}.{score}.{what}.bw"
                if write_signal(aside, path, self.reference.sizes, runs_of_rows(self.stretches, values)):
                    files.append(path)
            files += self._arrays(folder, aside, score, maps)
        return files

    def _maps(self, found: Found, score: int) -> Iterator[NDArray[np.float32]]:
        first = 0
        for one in self.stretches:
            yield effect_map(one, found, first, score)
            first += len(one.edits)

    def _arrays(self, folder: Path, aside: Aside, score: str, maps: Sequence[NDArray[np.float32]]) -> list[Path]:
        regions = [one.region for one in self.places]
        if len({region.length for region in regions}) > 1:
            return []
        effects = [cut(self.stretches, maps, region) for region in regions]

        def rows() -> Iterator[Row]:
            for region, one in zip(regions, effects, strict=True):
                centred = one - one.sum(0, dtype=np.float64).astype(np.float32) / len(BASE_ORDER)
                yield _row(self.reference.fetch(region), centred)

        names = [one.name for one in self.places] if any(one.name for one in self.places) else None
        arrays, table = folder / f"{self.name}.{score}.npz", folder / f"{self.name}.{score}.h5"
        fixed = coordinates(regions) | {"effects": np.stack(effects)}
        if names is not None:
            fixed["name"] = np.array(names)
        write_arrays(aside(arrays), (len(regions), regions[0].length), rows, fixed, hypothetical=True)
        write_rows_h5(aside(table), regions, rows, hypothetical=True, names=names)
        return [arrays, table]


def _row(letters: str, centred: NDArray[np.float32]) -> Row:
    there = Row(letters, np.zeros(len(letters), np.float32)).one_hot == 1
    values = np.where(there.any(0), np.where(there, centred, 0).sum(0), np.float32(np.nan)).astype(np.float32)
    return Row(letters, values, centred)


def of_regions(texts: Sequence[str], reference: Reference) -> RegionSubject:
    """Read BED files and regions that a person typed.

    Raises
    ------
    GxviewError
        If no region or no known base is left.
    """
    files = [Path(text) for text in texts if Path(text).is_file() or text.lower().endswith(_ENDINGS)]
    typed = tuple(text for text in texts if Path(text) not in files)
    wanted = Places(files=tuple(RegionFile(path=path) for path in files), regions=typed)
    found = find_places(wanted, reference)
    stretches = stretches_of([one.region for one in found.places], reference)
    if not any(one.edits for one in stretches):
        raise GxviewError("The regions hold no A, C, G or T, so there is nothing to change.")
    refused = [(failure.region, failure.reason) for failure in found.failures]
    notes = list(found.notes)
    lengths = {one.region.length for one in found.places}
    if len(lengths) > 1:
        notes.append("The regions differ in length, so there are tracks (bigWig) but no arrays (npz, h5).")
    name = stem_of(files[0]) if files else "regions"
    return RegionSubject(name, found.places, stretches, reference, refused, notes)


Subject: TypeAlias = VcfSubject | RegionSubject
