"""Labelled sequences for training, in memory and from FASTA files; how they are split."""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.models.sequences import clean_sequence
from gxview.words import counted


@dataclass(frozen=True)
class DataFile:
    """A file that training read: its name, sha256 and number of sequences."""

    name: str
    sha256: str
    sequences: int


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences with what a model should say about them.

    Attributes
    ----------
    sequences
        Cleaned letters (upper case, ambiguity codes as N).
    labels
        Classes 0, 1, ..., int64 (N,); 0 and 1 for each of K labels, int64 (N, K); or K numbers, float64 (N, K).
    files
        Where they come from; empty for sequences made in memory.
    columns
        Names of the K labels or numbers; empty for classes.
    groups
        What a sequence belongs to (a chromosome, a family); sequences of one group are never parted by a split. Empty
        where nothing is known.
    """

    sequences: tuple[str, ...]
    labels: NDArray[Any]
    files: tuple[DataFile, ...] = ()
    columns: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        sequences: Sequence[str],
        labels: Sequence[Any] | NDArray[Any],
        columns: Sequence[str] = (),
        groups: Sequence[str] = (),
    ) -> LabelledSequences:
        """Make labelled sequences in memory; letters that are no DNA raise :class:`~gxview.errors.GxviewError`.

        Labels are class numbers (N,), or with ``columns`` rows of whole numbers 0 and 1 or of numbers (N, K).
        """
        if len(sequences) != len(labels):
            raise GxviewError(f"There are {counted(len(sequences), 'sequence')} but {counted(len(labels), 'label')}.")
        if groups and len(groups) != len(sequences):
            raise GxviewError(f"There are {counted(len(sequences), 'sequence')} but {counted(len(groups), 'group')}.")
        cleaned = tuple(clean_sequence(text, f"sequence {number}") for number, text in enumerate(sequences, start=1))
        values = np.asarray(labels)
        if columns and values.shape != (len(cleaned), len(columns)):
            raise GxviewError(f"The labels of {counted(len(columns), 'column')} have the shape {values.shape}.")
        kept = values.astype(np.float64 if columns and values.dtype.kind == "f" else np.int64)
        return cls(cleaned, kept, columns=tuple(columns), groups=tuple(groups))

    def __len__(self) -> int:
        return len(self.sequences)

    def take(self, indices: NDArray[np.int64]) -> LabelledSequences:
        """Return the sequences at ``indices``."""
        return replace(
            self,
            sequences=tuple(self.sequences[index] for index in indices),
            labels=self.labels[indices],
            groups=tuple(self.groups[index] for index in indices) if self.groups else (),
        )

    def counts(self) -> NDArray[np.int64]:
        """Return how many sequences each class from 0 to the highest has, or each label of several."""
        return np.asarray(self.labels.sum(axis=0)) if self.columns else np.bincount(self.labels)

    @property
    def task(self) -> Literal["classification", "multi-label", "regression"]:
        """What there is to learn."""
        if not self.columns:
            return "classification"
        return "regression" if self.labels.dtype.kind == "f" else "multi-label"

    def digest(self) -> str:
        """Return the sha256 over sequences, labels, their names and groups, whatever file they came from."""
        digest = hashlib.sha256("\n".join((*self.columns, "", *self.groups, "", *self.sequences)).encode())
        digest.update(str(self.labels.dtype).encode() + np.ascontiguousarray(self.labels).tobytes())
        return digest.hexdigest()


def split(data: LabelledSequences, share: float, seed: int) -> tuple[LabelledSequences, LabelledSequences]:
    """Split into a training and a validation part.

    Of classes each part gets the same share, at least one sequence of each. Groups are never parted: whole groups are
    drawn until the share is reached.

    Raises
    ------
    GxviewError
        When a class has fewer than two sequences, or there are fewer than two sequences or groups.
    """
    rng = np.random.default_rng(seed)
    validation = np.sort(_held(data, share, rng))
    training = np.setdiff1d(np.arange(len(data)), validation)
    return data.take(training), data.take(validation)


def _held(data: LabelledSequences, share: float, rng: np.random.Generator) -> NDArray[np.int64]:
    if data.groups:
        return _held_groups(np.array(data.groups), share, rng)
    if data.columns:
        if len(data) < 2:
            raise GxviewError("There is one sequence only; a validation split needs at least two.")
        return rng.permutation(len(data))[: min(len(data) - 1, max(1, round(share * len(data))))]
    held: list[NDArray[np.int64]] = []
    for label, count in enumerate(data.counts()):
        if count == 0:
            raise GxviewError(
                f"No sequence has the label {label}; classes are numbered from 0, and each needs sequences."
            )
        if count < 2:
            few = f"Class {label} has {counted(int(count), 'sequence')}; a validation split needs at least two of each"
            raise GxviewError(f"{few}, so add some or name a validation set.")
        members = rng.permutation(np.flatnonzero(data.labels == label))
        held.append(members[: min(count - 1, max(1, round(share * count)))])
    return np.concatenate(held)


def _held_groups(groups: NDArray[np.str_], share: float, rng: np.random.Generator) -> NDArray[np.int64]:
    names, of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise GxviewError(f"All sequences belong to the group {names[0]!r}; a split by groups needs at least two.")
    drawn = rng.permutation(len(names))
    reached = np.searchsorted(np.cumsum(sizes[drawn]), share * len(groups)) + 1
    return np.flatnonzero(np.isin(of, drawn[: min(int(reached), len(names) - 1)]))


def read_fasta_pair(positives: Path, negatives: Path) -> LabelledSequences:
    """Read two FASTA files, plain or gzip; the first has class 1, the second class 0."""
    parts = [(path, list(fasta_sequences(path))) for path in (positives, negatives)]
    files = tuple(data_file(path, len(sequences)) for path, sequences in parts)
    labels = np.repeat(np.array([1, 0], dtype=np.int64), [len(sequences) for _, sequences in parts])
    return LabelledSequences(tuple(parts[0][1] + parts[1][1]), labels, files)


def read_fasta(path: Path) -> tuple[list[str], DataFile]:
    """Read the cleaned sequences of a FASTA file, plain or gzip, and its provenance."""
    sequences = list(fasta_sequences(path))
    return sequences, data_file(path, len(sequences))


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


def data_file(path: Path, count: int) -> DataFile:
    """Return the provenance of a file that held so many sequences."""
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
    except UnicodeDecodeError:
        raise GxviewError(f"{path} is no text in UTF-8; save it as plain text in UTF-8.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise GxviewError(f"{path} is cut off or damaged; copy or download it again.") from None
    except (OSError, csv.Error) as error:
        raise GxviewError(f"{path} cannot be read as text ({error}).") from None
