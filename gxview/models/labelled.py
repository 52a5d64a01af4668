"""Labelled sequences for training: reading, checking, splitting."""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.models.sequences import clean_sequence

_LABEL_DIGITS = 4


@dataclass(frozen=True)
class DataFile:
    """A file that training read: its name, sha256 and number of sequences."""

    name: str
    sha256: str
    sequences: int


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences with classes 0, 1, ...

    Attributes
    ----------
    sequences
        Cleaned letters (upper case, ambiguity codes as N).
    labels
        int64 (N,).
    files
        Where they come from; empty for sequences made in memory.
    """

    sequences: tuple[str, ...]
    labels: NDArray[np.int64]
    files: tuple[DataFile, ...] = ()

    @classmethod
    def of(cls, sequences: Sequence[str], labels: Sequence[int]) -> LabelledSequences:
        """Make labelled sequences in memory; letters that are no DNA raise :class:`~gxview.errors.GxviewError`."""
        if len(sequences) != len(labels):
            raise GxviewError(f"There are {len(sequences)} sequences but {len(labels)} labels.")
        cleaned = tuple(clean_sequence(text, f"sequence {number}") for number, text in enumerate(sequences, start=1))
        return cls(cleaned, np.asarray(labels, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.sequences)

    def take(self, indices: NDArray[np.int64]) -> LabelledSequences:
        """Return the sequences at ``indices``."""
        return LabelledSequences(tuple(self.sequences[index] for index in indices), self.labels[indices], self.files)

    def counts(self) -> NDArray[np.int64]:
        """Return how many sequences each class from 0 to the highest has."""
        return np.bincount(self.labels)


def split(data: LabelledSequences, share: float, seed: int) -> tuple[LabelledSequences, LabelledSequences]:
    """Split into a training and a validation part with the same share of each class, at least one of each.

    Raises
    ------
    GxviewError
        When a class has fewer than two sequences.
    """
    rng = np.random.default_rng(seed)
    held: list[NDArray[np.int64]] = []
    for label, count in enumerate(data.counts()):
        if count < 2:
            raise GxviewError(f"Class {label} has {count} sequences; a validation split needs at least two of each.")
        members = rng.permutation(np.flatnonzero(data.labels == label))
        held.append(members[: min(count - 1, max(1, round(share * count)))])
    validation = np.sort(np.concatenate(held))
    training = np.setdiff1d(np.arange(len(data)), validation)
    return data.take(training), data.take(validation)


def read_csv(path: Path) -> LabelledSequences:
    """Read a table with the columns ``sequence`` and ``label`` (0, 1, ...), plain or gzip.

    Raises
    ------
    GxviewError
        Naming the file and the line of the first wrong row.
    """
    sequences, labels = [], []
    with open_text(path) as stream:
        rows = csv.reader(stream)
        header = [name.strip().lower() for name in next(rows, [])]
        if "sequence" not in header or "label" not in header:
            raise GxviewError(f"{path}, line 1: the header must name the columns 'sequence' and 'label'.")
        columns = header.index("sequence"), header.index("label")
        for row in rows:
            if row:
                sequence, label = _row(row, columns, f"{path}, line {rows.line_num}")
                sequences.append(sequence)
                labels.append(label)
    return _from_file(path, sequences, labels)


def read_fasta_pair(positives: Path, negatives: Path) -> LabelledSequences:
    """Read two FASTA files, plain or gzip; the first has class 1, the second class 0."""
    parts = [(path, list(fasta_sequences(path))) for path in (positives, negatives)]
    files = tuple(_data_file(path, len(sequences)) for path, sequences in parts)
    labels = np.repeat(np.array([1, 0], dtype=np.int64), [len(sequences) for _, sequences in parts])
    return LabelledSequences(tuple(parts[0][1] + parts[1][1]), labels, files)


def read_fasta(path: Path) -> tuple[list[str], DataFile]:
    """Read the cleaned sequences of a FASTA file, plain or gzip, and its provenance."""
    sequences = list(fasta_sequences(path))
    return sequences, _data_file(path, len(sequences))


def fasta_sequences(path: Path) -> Iterator[str]:
    """Yield the cleaned sequence of each record.

    Raises
    ------
    GxviewError
        When the file is no FASTA file or holds letters that are no DNA, with the record's line.
    """
    where, parts = "", list[str]()
    with open_text(path) as stream:
        for number, text in enumerate(stream, start=1):
            letters = text.strip()
            if letters.startswith(">"):
                if where:
                    yield clean_sequence("".join(parts), where)
                where, parts = f"{path}, line {number}: the record {letters[1:].strip()!r}", []
            elif letters and not where:
                raise GxviewError(f"{path}, line {number}: a FASTA file starts with a line that begins with '>'.")
            else:
                parts.append(letters)
    if not where:
        raise GxviewError(f"{path} holds no FASTA record.")
    yield clean_sequence("".join(parts), where)


def _row(row: list[str], columns: tuple[int, int], where: str) -> tuple[str, int]:
    if len(row) <= max(columns):
        raise GxviewError(f"{where}: {len(row)} columns instead of at least {max(columns) + 1}.")
    text, label = row[columns[0]].strip(), row[columns[1]].strip()
    if not (label.isascii() and label.isdigit() and len(label) <= _LABEL_DIGITS):
        raise GxviewError(f"{where}: the label {label!r} is no class number (0, 1, ...).")
    return clean_sequence(text, f"{where}: the sequence"), int(label)


def _from_file(path: Path, sequences: list[str], labels: list[int]) -> LabelledSequences:
    if not sequences:
        raise GxviewError(f"{path} holds no sequence.")
    return LabelledSequences(tuple(sequences), np.array(labels, dtype=np.int64), (_data_file(path, len(sequences)),))


def _data_file(path: Path, count: int) -> DataFile:
    with path.open("rb") as stream:
        return DataFile(path.name, hashlib.file_digest(stream, "sha256").hexdigest(), count)


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a plain or gzip text file (told by its first bytes); reading errors become one sentence."""
    try:
        with path.open("rb") as stream:
            compressed = stream.read(2) == b"\x1f\x8b"
        opened = gzip.open if compressed else open
        with opened(path, "rt", encoding="utf-8", newline="") as text:
            yield text
    except FileNotFoundError:
        raise GxviewError(f"{path} does not exist.") from None
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        raise GxviewError(f"{path} cannot be read as text ({error}).") from None
