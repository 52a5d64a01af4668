"""The variants of a file in memory: as text, taken apart where they are looked at."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Reference, Region
from gxview.tracks.base import Feature
from gxview.tracks.name_table import NameTable
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.reduce import bin_edges
from gxview.tracks.spans import SortedSpans
from gxview.tracks.variant_lines import PlacedLines, VariantLines, fields_of, name_of, read_variant
from gxview.tracks.variants import Variant


class VariantTable:
    """The variants of a file, in memory.

    Parameters
    ----------
    path : Path
        The file.
    read : VariantLines
        What it holds.
    reference : Reference, optional
        Its chromosome names are then understood and used.
    """

    color: str | None = None

    def __init__(self, path: Path, read: VariantLines, reference: Reference | None = None) -> None:
        self.path, self.name, self.samples = path, path.name, read.samples
        ends = {chrom: max(found.starts) + 1 for chrom, found in read.chroms.items()}
        self._names = ChromosomeNames(path, tuple(ends), reference, ends)
        known = {chrom: max(end, read.lengths.get(chrom, 0)) for chrom, end in ends.items()} or read.lengths
        self.sizes: dict[str, int] = self._names.renamed(known)
        self.notes: tuple[str, ...] = (*_notes(path, read), *self._names.notes)
        self._chroms = {chrom: _Chromosome(found) for chrom, found in read.chroms.items()}
        self._search: tuple[NameTable, list[tuple[str, str]]] | None = None
        self._lock = threading.Lock()

    def variants(self, region: Region) -> list[Variant]:
        """Return the variants that overlap a region, by start."""
        chrom = self._names.in_file(region.chrom)
        found = self._chroms.get(chrom or "")
        return [self._variant(line) for line in found.touching(region)] if found is not None else []

    def count(self, region: Region) -> int:
        """Return how many variants overlap a region."""
        return int(self.density(region, 1)[0])

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many variants overlap each of equal bins, shape (bins,)."""
        found = self._chroms.get(self._names.in_file(region.chrom) or "")
        return found.spans.count(bin_edges(region, bins)) if found is not None else np.zeros(bins, np.int64)

    def is_rough(self, region: Region) -> bool:
        """Whether the density of a region is an estimate: never."""
        return False

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return variants by ID without regard to case: the same ID, then beginning so, then holding the text."""
        with self._lock:
            self._search = self._search or _by_name(self._chroms)
        table, lines = self._search
        found = (self._variant(lines[number][1]) for number in islice(table.matches(text), max(0, limit)))
        return [variant.as_feature() for variant in found]

    def _variant(self, line: str) -> Variant:
        variant = read_variant(line, str(self.path))
        return replace(variant, chrom=self._names.canonical(variant.chrom))


class _Chromosome:
    """Lines by place."""

    def __init__(self, found: PlacedLines) -> None:
        starts, ends = (np.frombuffer(places, np.int64) for places in (found.starts, found.ends))
        self.spans = SortedSpans(starts, ends)
        self.lines = [found.lines[number] for number in self.spans.order.tolist()]

    def touching(self, region: Region) -> list[str]:
        return [self.lines[place] for place in self.spans.touching(region.start, region.end).tolist()]


def _by_name(chroms: dict[str, _Chromosome]) -> tuple[NameTable, list[tuple[str, str]]]:
    """Return the names, and for each of their numbers (name, line)."""
    named = [
        (name, line)
        for found in chroms.values()
        for line in found.lines
        for name in name_of(fields_of(line, "")[2]).split(";")
        if name
    ]
    numbers = np.arange(len(named), dtype=np.int64)
    return NameTable([name for name, _ in named], numbers, numbers), named


def _notes(path: Path, read: VariantLines) -> list[str]:
    if not read.chroms:
        return [f"{path.name} holds no variants."]
    if read.cut:
        return [
            f"Only the first {read.count:,} variants of {path.name} are shown; for all of them: "
            f"bcftools sort {path.name} | bgzip > sorted.vcf.gz && tabix -p vcf sorted.vcf.gz"
        ]
    return []
