"""Opens files of variants: wholly into memory, or by region through an index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.base import Feature
from gxview.tracks.htslib import tame
from gxview.tracks.index_profile import IndexProfile, read_profile
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.places import Stamp
from gxview.tracks.reduce import bin_edges
from gxview.tracks.spans import SortedSpans
from gxview.tracks.text import UNWATCHED, Lines, Watch, Where, head_of, line_in, read_lines
from gxview.tracks.variant_lines import VariantLines, read_variant, read_variants
from gxview.tracks.variant_table import VariantTable
from gxview.tracks.variants import Variant

LARGE = 8 << 20
"""From so many bytes on a file with an index is read by region instead of wholly."""
MOST, LONGEST = 1_000_000, 200 << 20
"""Variants and characters that are taken into memory from a file."""
COUNTED = 4 << 20
"""Compressed bytes of a region that are read to count its variants; of more the index tells."""
SEARCHED = 64 << 20
"""Files with an index are searched by name up to so many bytes."""


class IndexedVariants:
    """Variants read through a tabix or csi index; safe to use from several threads at once.

    Parameters
    ----------
    path, index : Path
        A file compressed by bgzip, or BCF, and its index.
    reference : Reference, optional
        Its chromosome names are then understood and used.

    Raises
    ------
    GxviewError
        If the index cannot be read or does not fit the file.
    """

    color: str | None = None

    def __init__(self, path: Path, index: Path, reference: Reference | None = None) -> None:
        self.path, self.name, self._reference = path, path.name, reference
        self._lock, self._searching = threading.Lock(), threading.Lock()
        self._profile = read_profile(index, path.stat().st_size)
        self._reader = _open_reader(path, index, self._profile)
        self.samples, self._stamp = self._reader.samples, Stamp.of(path)
        self._names = ChromosomeNames(path, self._reader.names, reference)
        self.sizes: dict[str, int] = self._names.renamed(self._reader.sizes(self._profile))
        self.notes: tuple[str, ...] = self._names.notes
        self._bytes_of_variant = 0.0
        self._table: VariantTable | None = None

    def variants(self, region: Region) -> list[Variant]:
        """Return the variants that overlap a region, by start."""
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return []
        where = self._where(chrom)
        found = (read_variant(line, where(0)) for line in self._lines(chrom, region))
        own = self._names.canonical(chrom)
        touching = [replace(v, chrom=own) for v in found if v.start < region.end and v.end > region.start]
        return sorted(touching, key=lambda variant: (variant.start, -variant.end))

    def count(self, region: Region) -> int:
        """Estimate how many variants a region holds, from the index and the size of a few lines."""
        return int(np.ceil(self._bytes(region, 1) / self._size_of_line())[0])

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many variants overlap each of equal bins, shape (bins,); of much, the index tells it roughly."""
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return np.zeros(bins, np.int64)
        if self.is_rough(region):
            return np.ceil(self._bytes(region, bins) / self._size_of_line()).astype(np.int64)
        found = read_variants(enumerate(self._lines(chrom, region), 1), self._where(chrom)).chroms.get(chrom)
        if found is None:
            return np.zeros(bins, np.int64)
        starts, ends = (np.frombuffer(places, np.int64) for places in (found.starts, found.ends))
        return SortedSpans(starts, ends).count(bin_edges(region, bins))

    def is_rough(self, region: Region) -> bool:
        """Whether the density of a region is an estimate from the index: its lines are then too many to read."""
        return float(self._bytes(region, 1)[0]) > COUNTED

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return variants by ID; the first call reads the file, and very large ones are not searched."""
        if self.path.stat().st_size > SEARCHED:
            return []
        with self._searching:
            if self._table is None:
                self._table = VariantTable(self.path, _read_whole(self.path), self._reference)
        return self._table.search(text, limit)

    def _lines(self, chrom: str, region: Region) -> list[str]:
        with self._lock:
            self._stamp.check()
            return list(self._reader.lines(chrom, region.start, region.end))

    def _where(self, chrom: str) -> Where:
        return lambda _: f"{self.path}, a line of {chrom}"

    def _bytes(self, region: Region, bins: int) -> NDArray[np.float64]:
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return np.zeros(bins)
        return self._profile.bytes_in(self._reader.number(chrom), bin_edges(region, bins))

    def _size_of_line(self) -> float:
        """Return the compressed bytes of a variant: a file's lines are much alike, so the first ones tell."""
        if not self._bytes_of_variant:
            chrom = self._reader.names[0]
            with self._lock:
                lines = list(islice(self._reader.lines(chrom, 0, None), 500))
            self._bytes_of_variant = max(1.0, self._measured(chrom, lines))
        return self._bytes_of_variant

    def _measured(self, chrom: str, lines: list[str]) -> float:
        usual = sum(map(len, lines)) / max(1, len(lines)) / 6
        found = read_variants(enumerate(lines, 1), self._where(chrom)).chroms.get(chrom)
        if found is None or found.starts[-1] - found.starts[0] < 1 << 16:
            return usual
        edges = np.array([found.starts[0], found.starts[-1]])
        measured = float(self._profile.bytes_in(self._reader.number(chrom), edges)[0]) / len(lines)
        return min(6 * usual, max(usual / 10, measured))


class _TabixReader:
    """Lines of VCF by region."""

    def __init__(self, path: Path, index: Path) -> None:
        self._file = pysam.TabixFile(str(path), index=str(index), encoding="utf-8")
        self.names = tuple(self._file.contigs)
        self._header = read_variants(enumerate(self._file.header), str)
        self.samples = self._header.samples
        self._path = path

    def number(self, chrom: str) -> int:
        return self.names.index(chrom)

    def sizes(self, profile: IndexProfile) -> dict[str, int]:
        """Return the lengths that the header tells, and where it does not the reach of the index."""
        reach = {name: int(ends.max(initial=0)) for name, ends in zip(self.names, profile.ends, strict=False)}
        return {name: self._header.lengths.get(name) or reach.get(name, 0) for name in self.names}

    def lines(self, chrom: str, start: int, end: int | None) -> Iterator[str]:
        try:
            yield from self._file.fetch(chrom, start, end)
        except (OSError, ValueError, UnicodeDecodeError) as error:
            raise GxviewError(f"{self._path} cannot be read at {chrom}:{start + 1:,}: {error}.") from error


class _BcfReader:
    """BCF by region, printed as VCF."""

    def __init__(self, path: Path, index: Path, profile: IndexProfile) -> None:
        self._file = pysam.VariantFile(str(path), index_filename=str(index))
        self._path, self.samples = path, tuple(self._file.header.samples)
        contigs = list(self._file.header.contigs)
        self.names = tuple(name for name, sizes in zip(contigs, profile.sizes, strict=False) if sizes.any())

    def number(self, chrom: str) -> int:
        return int(self._file.get_tid(chrom))

    def sizes(self, profile: IndexProfile) -> dict[str, int]:
        """Return the lengths that the header tells, and where it does not the reach of the index."""
        contigs = self._file.header.contigs
        reach = {name: int(profile.ends[self.number(name)].max(initial=0)) for name in self.names}
        return {name: contigs[name].length or reach[name] for name in self.names}

    def lines(self, chrom: str, start: int, end: int | None) -> Iterator[str]:
        try:
            yield from (str(record).rstrip("\n") for record in self._file.fetch(chrom, start, end))
        except (OSError, ValueError) as error:
            raise GxviewError(f"{self._path} cannot be read at {chrom}:{start + 1:,}: {error}.") from error


def open_variants(
    path: Path, reference: Reference | None = None, index: Path | None = None, watch: Watch = UNWATCHED
) -> VariantTable | IndexedVariants:
    """Open VCF (plain, gzip, bgzip) or BCF.

    Parameters
    ----------
    path : Path
        The file.
    reference : Reference, optional
        Its chromosome names are then understood and used.
    index : Path, optional
        Index of the file; a large file with one is read by region.
    watch : Watch
        Is told how far a file is read that has none.

    Raises
    ------
    GxviewError
        If the file is damaged or malformed; the line is named.
    """
    tame()
    if index is not None and path.stat().st_size >= LARGE:
        return IndexedVariants(path, index, reference)
    return VariantTable(path, _read_whole(path, watch), reference)


def _read_whole(path: Path, watch: Watch = UNWATCHED) -> VariantLines:
    where = line_in(path)
    read: Callable[[], Lines] = (lambda: _bcf_lines(path)) if _is_bcf(path) else (lambda: read_lines(path, watch))
    found = read_variants(read(), where, most=MOST, size=LONGEST)
    if not found.headed and not found.chroms:
        raise GxviewError(f"{path} ends within its header: the line #CHROM and the variants are missing.")
    return found


def _is_bcf(path: Path) -> bool:
    return head_of(path, 1 << 12).startswith(b"BCF")


def _bcf_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with pysam.VariantFile(str(path)) as file:
            yield 0, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + "\t".join(file.header.samples)
            yield from ((number, str(record).rstrip("\n")) for number, record in enumerate(file, 1))
    except (OSError, ValueError) as error:
        raise GxviewError(f"{path} is cut off or damaged; copy or download it again.") from error


def _open_reader(path: Path, index: Path, profile: IndexProfile) -> _TabixReader | _BcfReader:
    try:
        return _BcfReader(path, index, profile) if _is_bcf(path) else _TabixReader(path, index)
    except (OSError, ValueError) as error:
        again = "bcftools index -f" if _is_bcf(path) else "tabix -f -p vcf"
        raise GxviewError(f"The index {index} cannot be read; build it anew with: {again} {path}") from error
