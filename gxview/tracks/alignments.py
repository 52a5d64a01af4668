"""Sources of aligned reads: in memory, or read by region through an index."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import pysam
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.index_profile import IndexProfile
from gxview.tracks.names import ChromosomeNames
from gxview.tracks.pileup import PER_BASE, Pileup, pile_up
from gxview.tracks.places import Stamp
from gxview.tracks.read_table import ReadOptions, ReadTable, batched
from gxview.tracks.reduce import Integers, bin_edges

AFFORDABLE = {"bam": 12 << 20, "cram": 4 << 20}
"""Compressed bytes of a region that are read for one picture; more of it is told by the index alone."""
ALWAYS = 1 << 16
"""Regions up to so many bases are read whatever the index says: it cannot tell smaller ones apart."""
READ = {"bam": 100.0, "cram": 60.0}
"""Compressed bytes of a read, roughly; used where the index does not count reads."""
MOST_READS = 400_000
"""Reads of a region, or of a file without an index, that are taken into memory."""


@runtime_checkable
class AlignmentSource(Protocol):
    """Aligned reads on the genome."""

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    sizes: dict[str, int]
    aligned: int | None
    """Number of aligned reads; None where only reading the file would tell."""

    def is_affordable(self, region: Region) -> bool:
        """Whether the reads of a region can be read for a picture."""

    def pileup(self, region: Region, options: ReadOptions, bases_per_pixel: float) -> Pileup:
        """Return coverage and packed reads of a region."""

    def reads_per_bin(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return, cheaply and perhaps roughly, how many reads lie in each of equal bins, shape (bins,)."""


class _Source:
    """What both kinds of sources share."""

    color: str | None = None

    def __init__(
        self,
        path: Path,
        lengths: Mapping[str, int],
        used: Mapping[str, int],
        notes: Iterable[str],
        reference: Reference | None,
    ) -> None:
        self.path, self.name, self._reference = path, path.name, reference
        self._names = ChromosomeNames(path, tuple(used), reference, used)
        # without a genome the first chromosome is the first to be seen: one with reads
        ends = {chrom: max(end, lengths.get(chrom, 0)) for chrom, end in used.items()}
        self.sizes: dict[str, int] = self._names.renamed(
            {**ends, **{c: n for c, n in lengths.items() if c not in used}}
        )
        self.notes: tuple[str, ...] = (*notes, *self._names.notes)

    def _letters(self, region: Region) -> str | None:
        """Return the reference of a region; None if it is not at hand or the region is long."""
        if self._reference is None or region.length > PER_BASE:
            return None
        try:
            inside, _ = self._reference.region(region)
            return self._reference.fetch(inside).ljust(region.length, "N")
        except GxviewError:
            return None


class ReadsInMemory(_Source):
    """The reads of a small file.

    Parameters
    ----------
    path : Path
        The file.
    tables : mapping of str to ReadTable
        Reads of each chromosome, by its name in the file.
    lengths : mapping of str to int
        Chromosomes and lengths of the header.
    notes : iterable of str
        Sentences for a person.
    reference : Reference, optional
        Its names are used, and its letters compared with those of the reads.
    """

    def __init__(
        self,
        path: Path,
        tables: Mapping[str, ReadTable],
        lengths: Mapping[str, int],
        notes: Iterable[str],
        reference: Reference | None = None,
    ) -> None:
        ends = {chrom: int(table.ends.max()) for chrom, table in tables.items()}
        super().__init__(path, lengths, ends, notes, reference)
        self._tables = tables
        self.aligned: int | None = sum(map(len, tables.values()))

    def is_affordable(self, region: Region) -> bool:
        """Whether the reads of a region can be read for a picture: they are at hand."""
        return True

    def pileup(self, region: Region, options: ReadOptions, bases_per_pixel: float) -> Pileup:
        """Return coverage and packed reads of a region."""
        chrom = self._names.in_file(region.chrom)
        table = self._tables.get(chrom or "", ReadTable.of(()))
        return pile_up(table, region, self._letters(region), options, bases_per_pixel=bases_per_pixel)

    def reads_per_bin(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many reads begin in each of equal bins, shape (bins,)."""
        table = self._tables.get(self._names.in_file(region.chrom) or "", ReadTable.of(()))
        begun: NDArray[np.int64] = np.searchsorted(table.starts, bin_edges(region, bins)).astype(np.int64)
        return np.diff(begun)


class IndexedReads(_Source):
    """The reads of a file with an index; safe to use from several threads at once.

    Parameters
    ----------
    path : Path
        A sorted BAM or CRAM file.
    profile : IndexProfile
        What its index tells.
    file : pysam.AlignmentFile
        The file, opened; used by this source only.
    notes : iterable of str
        Sentences for a person.
    reference : Reference, optional
        Its names are used, and its letters compared with those of the reads.
    """

    def __init__(
        self,
        path: Path,
        profile: IndexProfile,
        file: pysam.AlignmentFile,
        notes: Iterable[str],
        reference: Reference | None = None,
    ) -> None:
        self._profile = profile
        lengths = dict(zip(file.references, file.lengths, strict=True))
        used = {
            chrom: _reach(lengths[chrom], starts[sizes > 0])
            for chrom, starts, sizes in zip(lengths, self._profile.starts, self._profile.sizes, strict=False)
            if sizes.any()
        }
        notes = notes if used else [f"{path.name} holds no mapped reads.", *notes]
        super().__init__(path, lengths, used, notes, reference)
        self._file, self._lock, self._stamp = file, threading.Lock(), Stamp.of(path)
        self._affordable = AFFORDABLE["cram" if file.is_cram else "bam"]
        # the index of a CRAM file counts no reads, nor does that of BAM by some programs
        self.aligned: int | None = None if file.is_cram else int(file.mapped) or None
        usual = READ["cram" if file.is_cram else "bam"]
        self._bytes_of_read = usual if self.aligned is None else self._profile.total / self.aligned

    def is_affordable(self, region: Region) -> bool:
        """Whether the reads of a region can be read for a picture."""
        return region.length <= ALWAYS or float(self._bytes(region, 1)[0]) <= self._affordable

    def pileup(self, region: Region, options: ReadOptions, bases_per_pixel: float) -> Pileup:
        """Return coverage and packed reads of a region.

        Of very many reads the first are taken; beyond the last of them the coverage is not known (NaN).
        """
        table = self._table(region)
        known_to = int(table.starts[-1]) if len(table) >= MOST_READS else None
        letters = self._letters(region)
        return pile_up(table, region, letters, options, bases_per_pixel=bases_per_pixel, known_to=known_to)

    def reads_per_bin(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Estimate how many reads lie in each of equal bins, shape (bins,), from the index alone."""
        return np.ceil(self._bytes(region, bins) / max(1e-9, self._bytes_of_read)).astype(np.int64)

    def _bytes(self, region: Region, bins: int) -> NDArray[np.float64]:
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return np.zeros(bins)
        return self._profile.bytes_in(self._file.get_tid(chrom), bin_edges(region, bins))

    def _table(self, region: Region) -> ReadTable:
        chrom = self._names.in_file(region.chrom)
        if chrom is None:
            return ReadTable.of(())
        try:
            with self._lock:
                self._stamp.check()
                reads = self._file.fetch(chrom, region.start, region.end)
                tables = [ReadTable.of(some) for some in batched(islice(reads, MOST_READS))]
        except (OSError, ValueError) as error:
            cause = "the genome may be another than it was made from, or it is" if self._file.is_cram else "it is"
            raise GxviewError(f"{self.path} cannot be read at {region}: {cause} cut off or damaged.") from error
        return ReadTable.joined(tables) if tables else ReadTable.of(())


def _reach(length: int, starts: Integers) -> int:
    """Return the length of a chromosome, or where its last reads lie if the header says less."""
    last = int(starts.max(initial=0))
    return length if last < length else last + (1 << 14)
