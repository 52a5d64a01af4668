"""The ``.fai`` and ``.gzi`` indexes of a FASTA file: found, checked, built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome.bgzf import compression, gzi_bytes, inflated_blocks, inflated_size
from gxview.genome.cache import cached_path, is_writable, write_whole
from gxview.genome.fasta import FaiRecord, scan

Progress = Callable[[int, int], None]
_CHUNK = 1 << 23


@dataclass(frozen=True, slots=True)
class FastaIndex:
    """Where the index files of a FASTA file are, and what they say.

    Attributes
    ----------
    fai, gzi : Path
        The files; `gzi` is None for plain text.
    records : tuple of FaiRecord
        In the order of the file.
    """

    fai: Path
    gzi: Path | None
    records: tuple[FaiRecord, ...]


def open_index(path: Path, cache_dir: str | Path | None = None, progress: Progress | None = None) -> FastaIndex:
    """Find the index of a FASTA file, or build it beside the file, else in the cache folder.

    An index that is older than the file, or does not fit its size, is built anew.

    Parameters
    ----------
    path : Path
        FASTA, plain or compressed by bgzip.
    cache_dir : path, optional
        Used where the folder of `path` cannot be written to.
    progress : callable, optional
        Called with the bytes read so far and in total while an index is built.

    Raises
    ------
    GxviewError
        If the file is missing, compressed by plain gzip, damaged, or no FASTA of DNA (see `fasta.scan`).
    """
    kind = _kind(path)
    beside = _at(path, Path(f"{path}.fai"), kind)
    cached = _at(path, cached_path(path, ".fai", cache_dir), kind)
    for fai, gzi in (beside, cached):
        records = _read(path, fai, gzi)
        if records is not None:
            return FastaIndex(fai, gzi, tuple(records))
    records, entries = _build(path, kind, progress)
    fai, gzi = _store(path, [beside, cached], records, entries)
    return FastaIndex(fai, gzi, tuple(records))


def _kind(path: Path) -> str:
    if path.is_dir():
        raise GxviewError(f"{path} is a folder; name the FASTA file in it.")
    try:
        kind = compression(path)
    except FileNotFoundError as error:
        raise GxviewError(f"There is no file {path}.") from error
    except OSError as error:
        raise GxviewError(f"{path} cannot be read: {error.strerror}.") from error
    if kind == "gzip":
        plain = path.name.removesuffix(".gz")
        raise GxviewError(
            f"{path} is compressed by plain gzip, in which no place can be looked up; "
            f"mend it with: gunzip -c {path} | bgzip > {path.with_name(plain + '.bgz')}"
        )
    if path.stat().st_size == 0:
        raise GxviewError(f"{path} is empty; a FASTA file has lines '>name', each followed by letters.")
    return kind


def _at(path: Path, fai: Path, kind: str) -> tuple[Path, Path | None]:
    return fai, fai.with_suffix(".gzi") if kind == "bgzip" else None


def _read(path: Path, fai: Path, gzi: Path | None) -> list[FaiRecord] | None:
    """Read an index; None if it is absent, older than the file, or does not fit it."""
    changed = path.stat().st_mtime_ns
    try:
        if any(file.stat().st_mtime_ns < changed for file in (fai, gzi) if file is not None):
            return None
        records = [_record(line) for line in fai.read_text(encoding="utf-8").splitlines()]
        size = path.stat().st_size if gzi is None else inflated_size(path, gzi)
    except (OSError, ValueError):
        return None
    _check_names(fai, records)
    return records if records and size is not None and _fits(path, gzi, records[-1].end, size) else None


def _record(line: str) -> FaiRecord:
    name, *numbers = line.split("\t")
    length, offset, bases, width = map(int, numbers)
    if not name or min(length, offset, bases) < 0 or (length and not 0 < bases <= width):
        raise ValueError(line)
    return FaiRecord(name, length, offset, bases, width)


def _check_names(fai: Path, records: list[FaiRecord]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.name in seen:
            raise GxviewError(f"{fai} names two records '{record.name}'; give each sequence its own name.")
        seen.add(record.name)


def _fits(path: Path, gzi: Path | None, end: int, size: int) -> bool:
    """Whether nothing but blank lines follows the last letter."""
    if gzi is not None:
        return 0 <= size - end <= 2
    if not 0 <= size - end <= _CHUNK:
        return False
    with path.open("rb") as file:
        file.seek(end)
        return not file.read().strip()


def _build(path: Path, kind: str, progress: Progress | None) -> tuple[list[FaiRecord], list[tuple[int, int]]]:
    entries: list[tuple[int, int]] = []
    blocks = _plain(path, progress) if kind == "plain" else _inflated(path, entries, progress)
    return scan(path, blocks), entries


def _plain(path: Path, progress: Progress | None) -> Iterator[bytes]:
    total, done = path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
            done += len(chunk)
            if progress is not None:
                progress(done, total)


def _inflated(path: Path, entries: list[tuple[int, int]], progress: Progress | None) -> Iterator[bytes]:
    total, inflated, waiting, size = path.stat().st_size, 0, list[bytes](), 0
    for offset, data in inflated_blocks(path):
        if offset and data:
            entries.append((offset, inflated))
        inflated += len(data)
        size += len(data)
        waiting.append(data)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
            if progress is not None:
                progress(offset, total)
    yield b"".join(waiting)
    if progress is not None:
        progress(total, total)


def _store(
    path: Path, places: list[tuple[Path, Path | None]], records: list[FaiRecord], entries: list[tuple[int, int]]
) -> tuple[Path, Path | None]:
    """Write the index to the first place that takes it."""
    problem: OSError | None = None
    for fai, gzi in places:
        if fai.parent == path.parent and not is_writable(fai.parent):
            continue
        try:
            if gzi is not None:
                write_whole(gzi, gzi_bytes(entries))
            write_whole(fai, "".join(map(str, records)).encode())
            return fai, gzi
        except OSError as error:
            problem = error
    raise GxviewError(
        f"The index of {path} can be written neither beside it nor into {places[-1][0].parent}: {problem}."
    ) from problem
