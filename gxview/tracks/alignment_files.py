"""Opens BAM, CRAM and SAM files, with an index or without."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pysam

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Reference
from gxview.tracks.alignments import MOST_READS, IndexedReads, ReadsInMemory
from gxview.tracks.cram_genome import linked_genome, remove_genome
from gxview.tracks.htslib import tame
from gxview.tracks.index_profile import read_profile
from gxview.tracks.read_table import ReadTable, batched
from gxview.tracks.text import UNWATCHED, Watch, read_lines

_INDEXES = {"bam": (".bai", ".csi"), "cram": (".crai",)}
MOST_LETTERS = 300_000_000
"""Letters of reads that are taken into memory from a file without an index."""
_AT_ONCE = 5000
_MODES = {"bam": "rb", "cram": "rc", "sam": "r"}


def open_alignments(
    path: Path, kind: str, reference: Reference | None = None, watch: Watch = UNWATCHED
) -> IndexedReads | ReadsInMemory:
    """Open a file of aligned reads.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        ``'bam'``, ``'cram'`` or ``'sam'``.
    reference : Reference, optional
        Its chromosome names are understood and used; CRAM is decoded with its letters.
    watch : Watch
        Is told how far a file is read that has no index.

    Returns
    -------
    IndexedReads or ReadsInMemory
        The latter where there is no index: the reads are then sorted in memory, and nothing is written.

    Raises
    ------
    GxviewError
        If the file is damaged, cut off, has no index and is too large, or needs a genome that is not open.
    """
    tame()
    try:
        return _open(path, kind, reference, watch)
    except (OSError, ValueError) as error:  # whatever htslib stumbles over besides reads
        raise GxviewError(f"{path} is cut off or damaged; copy or download it again.") from error


def _open(path: Path, kind: str, reference: Reference | None, watch: Watch) -> IndexedReads | ReadsInMemory:
    index = _index_of(path, kind)
    usable = reference if reference is not None and reference.has_letters else None
    with ExitStack() as stack:
        genome = linked_genome(usable, _names(path)) if kind == "cram" and usable is not None else None
        if genome is not None:
            stack.callback(remove_genome, genome)
        if index is None:
            readable = stack.enter_context(_readable(path, kind))
            file = stack.enter_context(_held(readable, kind, genome, None, path))
            return _in_memory(file, path, kind, reference, watch, headless=readable != path)
        profile = read_profile(index, path.stat().st_size)
        file = stack.enter_context(_held(path, kind, genome, index, path))
        _first_read(file, path, reference)
        source = IndexedReads(path, profile, file, _old(path, index), reference)
        kept = stack.pop_all()
        weakref.finalize(source, kept.close)
        return source


def _index_of(path: Path, kind: str) -> Path | None:
    beside = [Path(f"{path}{suffix}") for suffix in _INDEXES.get(kind, ())]
    instead = [path.with_suffix(suffix) for suffix in _INDEXES.get(kind, ())]
    return next((index for index in (*beside, *instead) if index.is_file()), None)


def _old(path: Path, index: Path) -> list[str]:
    if index.stat().st_mtime >= path.stat().st_mtime - 1:
        return []
    return [f"{index.name} is older than {path.name}; if reads are missing, build it anew with: samtools index {path}"]


@contextmanager
def _held(path: Path, kind: str, genome: Path | None, index: Path | None, shown: Path) -> Iterator[pysam.AlignmentFile]:
    file = _opened(path, kind, genome, index, shown)
    try:
        yield file
    finally:
        with suppress(OSError):  # htslib reports once more what was wrong with the file
            file.close()


def _opened(path: Path, kind: str, genome: Path | None, index: Path | None, shown: Path) -> pysam.AlignmentFile:
    try:
        return pysam.AlignmentFile(
            str(path),
            _MODES[kind],
            check_sq=False,
            index_filename=str(index) if index is not None else None,
            reference_filename=str(genome) if genome is not None else None,
        )
    except (OSError, ValueError) as error:
        if index is not None and "index" in str(error):
            raise GxviewError(f"The index {index} cannot be read; build it anew with: samtools index {path}") from error
        if "EOF marker" in str(error):
            raise GxviewError(f"{shown} is cut off: its end mark is missing; copy or download it again.") from error
        raise GxviewError(f"{shown} has no proper header, or is damaged; copy or download it again.") from error


def _first_read(file: pysam.AlignmentFile, path: Path, reference: Reference | None) -> None:
    """Read one read, so that a damaged file, or CRAM without its genome, is refused at once."""
    try:
        next(file.fetch(until_eof=True), None)
    except (OSError, ValueError) as error:
        raise _unreadable(file, path, reference) from error


def _unreadable(file: pysam.AlignmentFile, path: Path, reference: Reference | None) -> GxviewError:
    if file.is_cram and (reference is None or not reference.has_letters):
        return GxviewError(f"{path} can only be read with the genome that it was made from; open that genome first.")
    if file.is_cram:
        return GxviewError(
            f"{path} cannot be read with {reference.path.name if reference else ''}: "
            "it was made from another genome, or is damaged."
        )
    return GxviewError(f"{path} is cut off or damaged; copy or download it again.")


def _in_memory(
    file: pysam.AlignmentFile, path: Path, kind: str, reference: Reference | None, watch: Watch, headless: bool
) -> ReadsInMemory:
    pieces: dict[str, list[ReadTable]] = {}
    read = letters = 0
    try:
        for some in batched(file.fetch(until_eof=True), _AT_ONCE):
            for chrom, table in _tables(some):
                pieces.setdefault(chrom, []).append(table)
                letters += len(table.letters)
            read += len(some)
            _tell(watch, file, path)
            if read > MOST_READS or letters > MOST_LETTERS:
                raise GxviewError(_too_large(path))
    except (OSError, ValueError) as error:
        if kind == "sam":
            raise GxviewError(f"{path}: a line after read {read:,} is no proper line of SAM.") from error
        raise _unreadable(file, path, reference) from error
    tables = {chrom: ReadTable.joined(some) for chrom, some in pieces.items()}
    lengths = {} if headless else dict(zip(file.references, file.lengths, strict=True))
    return ReadsInMemory(path, tables, lengths, _notes(path, kind, tables), reference)


def _tables(reads: list[pysam.AlignedSegment]) -> Iterator[tuple[str, ReadTable]]:
    """Yield the mapped ones of some reads by chromosome."""
    by_chrom: dict[str, list[pysam.AlignedSegment]] = {}
    for read in reads:
        if not read.is_unmapped:
            by_chrom.setdefault(str(read.reference_name), []).append(read)
    for chrom, some in by_chrom.items():
        table = ReadTable.of(some)
        if len(table):
            yield chrom, table


def _tell(watch: Watch, file: pysam.AlignmentFile, path: Path) -> None:
    if watch.cancelled is not None and watch.cancelled():
        raise Cancelled(f"Opening {path.name} was stopped.")
    if watch.progress is not None and file.is_bam:
        watch.progress(file.tell() >> 16, path.stat().st_size)


def _notes(path: Path, kind: str, tables: dict[str, ReadTable]) -> list[str]:
    if not tables:
        return [f"{path.name} holds no mapped reads."]
    return [] if kind == "sam" else [f"{path.name} has no index; its reads were sorted in memory."]


def _too_large(path: Path) -> str:
    target = f"{path.stem}.sorted.bam"
    return (
        f"{path} has no index and is too large to be sorted in memory; make one with: "
        f"samtools sort -o {target} {path} && samtools index {target}"
    )


@contextmanager
def _readable(path: Path, kind: str) -> Iterator[Path]:
    """Give the file, or, of SAM without a header, a copy with the chromosomes that its lines name."""
    first = next((line for _, line in read_lines(path)), "") if kind == "sam" else "@"
    if first.startswith("@"):
        yield path
        return
    if path.stat().st_size > 1 << 28:
        raise GxviewError(_too_large(path))
    with tempfile.TemporaryDirectory(prefix="gxview-") as folder:
        copy = Path(folder) / "headed.sam"
        copy.write_text(_headed(path), encoding="utf-8")
        yield copy


def _headed(path: Path) -> str:
    lines = [line for _, line in read_lines(path) if line]
    rows = (line.split("\t") for line in lines)
    chroms = dict.fromkeys(row[2] for row in rows if len(row) > 10 and row[2] != "*")
    return "\n".join((*(f"@SQ\tSN:{chrom}\tLN:2147483647" for chrom in chroms), *lines)) + "\n"


def _names(path: Path) -> tuple[str, ...]:
    with _held(path, "cram", None, None, path) as file:
        return tuple(file.references)
