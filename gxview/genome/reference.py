"""The reference genome: names, sizes and letters of a FASTA file."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pysam

from gxview.errors import GxviewError
from gxview.genome.aliases import Aliases
from gxview.genome.cache import cached_path, write_whole
from gxview.genome.fasta import LETTERS
from gxview.genome.fasta_index import Progress, open_index
from gxview.genome.region import Region, unknown_chromosome
from gxview.genome.sequence import Composition, composition_of, count_letters, reverse_complement

_CHUNK = 1 << 24
_SAMPLE = 1000


class Reference:
    """A genome in a FASTA file, plain or compressed by bgzip; safe to use from several threads at once.

    Records without letters are left out.

    Parameters
    ----------
    path : path
        The FASTA file. A missing or outdated index is built beside it, or in the cache folder.
    aliases : Aliases or path, optional
        Other names of the chromosomes (UCSC chromAlias); custom such as ``chr1`` = ``1`` is known without.
    cache_dir : path, optional
        Folder for indexes and checksums; by default the user's cache folder.
    progress : callable, optional
        Called as ``progress(done, total)`` during slow work (index, checksum); an error it raises stops that work.

    Raises
    ------
    GxviewError
        If the file is missing, damaged, compressed by plain gzip, or no FASTA of DNA.
    """

    has_letters: bool = True
    """Whether there is a sequence, and not only names and sizes."""

    def __init__(
        self,
        path: str | Path,
        *,
        aliases: Aliases | str | Path | None = None,
        cache_dir: str | Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.path = Path(path)
        index = open_index(self.path, cache_dir, progress)
        self.sizes: dict[str, int] = {record.name: record.length for record in index.records if record.length}
        self.names: tuple[str, ...] = tuple(self.sizes)
        if not self.names:
            raise GxviewError(f"{self.path} holds no sequence.")
        self.aliases = aliases if isinstance(aliases, Aliases) else Aliases.read(aliases) if aliases else Aliases()
        self._matcher = self.aliases.matcher(self.names)
        self._lock = threading.Lock()
        self._checksum: str | None = None
        self._cache_dir, self._progress = cache_dir, progress
        try:
            self._fasta = pysam.FastaFile(str(self.path), str(index.fai), index.gzi and str(index.gzi))
        except (OSError, ValueError) as error:
            raise GxviewError(f"{self.path} cannot be read: {error}.") from error
        self._letters(self.names[0], 0, min(_SAMPLE, self.sizes[self.names[0]]))

    def __repr__(self) -> str:
        return f"Reference({str(self.path)!r})"

    @property
    def title(self) -> str:
        """What the window calls it."""
        return self.path.name

    def close(self) -> None:
        """Close the file; the reference cannot be read afterwards."""
        with self._lock:
            self._fasta.close()

    def resolve(self, name: str) -> str:
        """Return the reference's own name of a chromosome.

        Raises
        ------
        GxviewError
            If no chromosome, or more than one, goes by that name.
        """
        found = self.find(name)
        if found is None:
            raise GxviewError(unknown_chromosome(name, self.names))
        return found

    def find(self, name: str) -> str | None:
        """Return the reference's own name of a chromosome; None if it has none."""
        return self._matcher.resolve(name)

    def region(self, text: str | Region) -> tuple[Region, str | None]:
        """Read a region as a person writes it, with the reference's own name and within the chromosome.

        Parameters
        ----------
        text : str or Region
            See :meth:`Region.parse`; any alias of a chromosome will do.

        Returns
        -------
        region : Region
            Resolved and clipped.
        note : str or None
            What was clipped, to be shown to the person.

        Raises
        ------
        GxviewError
            If the text is no region, the chromosome is unknown, or the region lies beyond its end.
        """
        asked = text if isinstance(text, Region) else Region.parse(text, _Known(self))
        chrom = self.resolve(asked.chrom)
        size = self.sizes[chrom]
        if asked.start >= size:
            raise GxviewError(f"The region {asked} lies beyond the end of {chrom}, which has {size:,} bases.")
        region = replace(asked, chrom=chrom, end=min(asked.end, size))
        if asked.end <= size:
            return region, None
        return region, f"{asked} was cut to {region}, as {chrom} has {size:,} bases."

    def fetch(self, region: Region) -> str:
        """Return the letters of a region as the file has them; the reverse complement for the minus strand.

        Raises
        ------
        GxviewError
            If the chromosome is unknown, the region reaches beyond its end, or the file holds no DNA there.
        """
        chrom = self._checked(region)
        letters = self._letters(chrom, region.start, region.end)
        return reverse_complement(letters) if region.strand == "-" else letters

    def composition(self, region: Region) -> Composition:
        """Count the letters of a region, on its strand.

        Raises
        ------
        GxviewError
            As for :meth:`fetch`.
        """
        chrom = self._checked(region)
        counts = np.zeros(256, dtype=np.int64)
        for letters in self._chunks(chrom, region.start, region.end):
            counts += count_letters(reverse_complement(letters) if region.strand == "-" else letters)
        return composition_of(counts)

    @property
    def checksum(self) -> str:
        """SHA-256 (hexadecimal) of ``>name``, newline and upper-cased letters of every sequence, in file order.

        It does not change with line length, compression or soft-masking. Computed on first use and kept on disk.
        """
        if self._checksum is None:
            self._checksum = self._kept_checksum() or self._computed_checksum()
        return self._checksum

    def facts(self) -> dict[str, Any]:
        """Return what provenance says of the sequence, as JSON can hold it: ``name`` and ``checksum``."""
        return {"name": self.path.name, "checksum": self.checksum}

    def _checked(self, region: Region) -> str:
        chrom = self.resolve(region.chrom)
        if region.end > self.sizes[chrom]:
            raise GxviewError(
                f"The region {region} reaches beyond the end of {chrom}, which has {self.sizes[chrom]:,} bases."
            )
        return chrom

    def _letters(self, chrom: str, start: int, end: int) -> str:
        try:
            with self._lock:
                letters: str = self._fasta.fetch(chrom, start, end)
        except (OSError, ValueError, UnicodeDecodeError) as error:
            raise GxviewError(f"{self.path} cannot be read at {chrom}:{start + 1:,}-{end:,}: {error}.") from error
        where = f"{self.path} at {chrom}:{start + 1:,}-{end:,}"
        if len(letters) != end - start:
            raise GxviewError(f"{where} ends too early: the file changed or is damaged; delete its .fai index.")
        strange = letters.encode("utf-8", "replace").translate(None, LETTERS)
        if strange:
            raise GxviewError(
                f"{where} holds {chr(strange[0])!r}, which is no letter of DNA: no genome, or a bad index."
            )
        return letters

    def _chunks(self, chrom: str, start: int, end: int) -> Iterator[str]:
        for position in range(start, end, _CHUNK):
            yield self._letters(chrom, position, min(position + _CHUNK, end))

    def _kept_checksum(self) -> str | None:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = cached_path(self.path, ".sha256", self._cache_dir).read_text("ascii").strip()
            return text if len(text) == 64 else None
        return None

    def _computed_checksum(self) -> str:
        digest, done, total = hashlib.sha256(), 0, sum(self.sizes.values())
        for name, size in self.sizes.items():
            digest.update(f">{name}\n".encode())
            for letters in self._chunks(name, 0, size):
                digest.update(letters.upper().encode())
                done += len(letters)
                if self._progress is not None:
                    self._progress(done, total)
        with contextlib.suppress(OSError):
            write_whole(cached_path(self.path, ".sha256", self._cache_dir), digest.hexdigest().encode())
        return digest.hexdigest()


class _Known(Mapping[str, int]):
    """The sizes of a reference under every name that it resolves."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._resolve: Callable[[str], str | None] = reference._matcher.resolve

    def __getitem__(self, name: str) -> int:
        found = self._resolve(name)
        if found is None:
            raise KeyError(name)
        return self._reference.sizes[found]

    def __iter__(self) -> Iterator[str]:
        return iter(self._reference.sizes)

    def __len__(self) -> int:
        return len(self._reference.sizes)
