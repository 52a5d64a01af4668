"""Finished shards on disk, and the journal that says which of them are safe.

A shard is written aside, flushed to the disk, renamed, and only then recorded, by one line of the journal that is
flushed as well. So a line of the journal always means a whole file, whenever the process is killed; a line that was cut
off is no record.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.durable import sync_folder, write_durably
from gxview.errors import GxviewError

JOURNAL, SHARDS = "journal.jsonl", "shards"


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """One finished shard of one track.

    Attributes
    ----------
    track, shard : int
        Which one.
    sha256 : str
        Of its file.
    rows : tuple of str
        What the rows of its array are: ``values``, ``score``, ``spread``, or ``A``, ``C``, ``G``, ``T``.
    windows : int
        Windows that touch it.
    batch_size : int
        Windows that were computed together.
    missing : int
        Bases without a value.
    failures : tuple
        Pairs of a region and the reason why something in it is missing.
    """

    track: int
    shard: int
    sha256: str
    rows: tuple[str, ...]
    windows: int
    batch_size: int
    missing: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        """Return the record as a line without its end."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: bytes) -> ShardRecord:
        """Read a line; ValueError if it is no record."""
        try:
            content: Mapping[str, Any] = json.loads(line)
            failures = tuple((str(region), str(reason)) for region, reason in content["failures"])
            return cls(**{**content, "rows": tuple(content["rows"]), "failures": failures})
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError("no record of a shard") from error


@dataclass(slots=True)
class ShardStore:
    """The finished shards of one folder; one process at a time writes to it.

    Attributes
    ----------
    folder : Path
        Holds the journal and the folder of the shards.
    records : dict
        By track and shard.
    """

    folder: Path
    records: dict[tuple[int, int], ShardRecord] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> ShardStore:
        """Read the journal of a folder, which may be empty.

        Raises
        ------
        GxviewError
            If the journal cannot be read or is damaged other than at its end.
        """
        store = cls(folder)
        (folder / SHARDS).mkdir(parents=True, exist_ok=True)
        for record in _read(folder / JOURNAL):
            store.records[record.track, record.shard] = record
        return store

    def path(self, track: int, shard: int) -> Path:
        """Return where the file of a shard lies."""
        return self.folder / SHARDS / f"{track:03d}-{shard:07d}.npy"

    def put(self, record: ShardRecord, array: NDArray[np.float32]) -> ShardRecord:
        """Keep a shard, float32 (rows, bases); it is safe when this returns.

        Raises
        ------
        OSError
            If there is no room.
        """
        final = self.path(record.track, record.shard)
        part = final.with_suffix(".part")
        content = io.BytesIO()
        np.save(content, array)  # into a file, it would not say why it could not
        with part.open("wb") as file:
            file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, final)
        sync_folder(final.parent)
        return self.record(record_with(record, sha256=file_checksum(array)))

    def record(self, record: ShardRecord) -> ShardRecord:
        """Write a record into the journal."""
        line = record.to_json().encode() + b"\n"
        path = self.folder / JOURNAL
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            if os.write(handle, line) != len(line):
                raise OSError(28, "No space left on device")
            os.fsync(handle)
        finally:
            os.close(handle)
        self.records[record.track, record.shard] = record
        return record

    def load(self, record: ShardRecord) -> NDArray[np.float32]:
        """Return the array of a shard, checked.

        Raises
        ------
        GxviewError
            If its file is gone or damaged.
        """
        path = self.path(record.track, record.shard)
        try:
            array: NDArray[np.float32] = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            array = np.zeros((0, 0), np.float32)
        if file_checksum(array) != record.sha256:
            raise GxviewError(f"The finished part {path} is damaged or gone; delete it and go on with --resume.")
        return array

    def drop_damaged(self) -> int:
        """Forget the records whose file is gone or damaged; return how many."""
        bad = [key for key, record in self.records.items() if not self._is_whole(record)]
        for key in bad:
            del self.records[key]
        return len(bad)

    def _is_whole(self, record: ShardRecord) -> bool:
        try:
            self.load(record)
        except GxviewError:
            return False
        return True

    def rewrite(self) -> None:
        """Write the journal anew with the records that count, and delete what belongs to none."""
        keep = {self.path(*key).name for key in self.records}
        for path in (self.folder / SHARDS).iterdir():
            if path.name not in keep:
                path.unlink()
        write_durably(self.folder / JOURNAL, "".join(f"{one.to_json()}\n" for one in self.records.values()).encode())

    def clear(self) -> None:
        """Delete the files of all shards; the journal stays."""
        for path in (self.folder / SHARDS).iterdir():
            path.unlink()


def record_with(record: ShardRecord, **changes: Any) -> ShardRecord:
    """Return a record with some fields changed."""
    return ShardRecord(**{**{name: getattr(record, name) for name in record.__slots__}, **changes})


def file_checksum(array: NDArray[np.float32]) -> str:
    """Return the sha256 of an array's shape and bytes."""
    digest = hashlib.sha256(str(array.shape).encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _read(path: Path) -> Iterator[ShardRecord]:
    try:
        lines: Iterable[bytes] = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise GxviewError(f"{path} cannot be read: {error.strerror}.") from None
    for line in lines:
        try:
            yield ShardRecord.from_json(line)
        except ValueError:
            continue  # cut off by a kill: that shard is computed again
