"""The sequences of an evaluation, and the facts about them that a reader needs to judge the numbers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.run.config import Data
from gxview.evaluate.run.truth import Truth, TruthFile, check_letters, is_mask, read_cells, region_of, renamed, truth_of
from gxview.explain.sequences import NamedSequence, read_sequences
from gxview.genome import Reference, Region, reverse_complement
from gxview.measures.ranking import top_mask


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One sequence of the evaluation.

    Attributes
    ----------
    id
        Unique in the data set.
    letters
        A, C, G, T and N.
    label
        Class, where known.
    region
        Its place on the genome, where known.
    truth
        What is known about its bases, float32 (L,): a mask, or a measurement with NaN where missing.
    flanks
        The bases of the genome before and behind it, half its length each, where the genome is given.
    """

    id: str
    letters: str
    label: int | None = None
    region: Region | None = None
    truth: Truth | None = None
    flanks: tuple[str, str] | None = None

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """The known bases, bool (L,): of a measurement the fifth with the largest values."""
        if self.truth is None:
            return None
        return self.truth > 0 if is_mask(self.truth) else top_mask(self.truth)

    def mask_or_none(self) -> NDArray[np.bool_]:
        """Return the known bases, bool (L,); none of them where nothing is known."""
        mask = self.mask
        return np.zeros(len(self.letters), bool) if mask is None else mask

    @property
    def digest(self) -> str:
        """Of everything that goes into a number about this sequence."""
        content = hashlib.sha256(f"{self.id}\0{self.letters}\0{self.label}".encode())
        if self.truth is not None:
            content.update(self.truth.tobytes())
        content.update(repr(self.flanks).encode())
        return content.hexdigest()


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What the sequences of one class are like.

    Attributes
    ----------
    name
        Of the class.
    count
        Sequences.
    shortest, median, longest
        Bases.
    gc
        Share of G and C among A, C, G, T, mean over sequences.
    gc_spread
        Its standard deviation.
    unknown
        Bases that are N.
    with_unknown
        Sequences with N.
    """

    name: str
    count: int
    shortest: int
    median: float
    longest: int
    gc: float
    gc_spread: float
    unknown: int
    with_unknown: int


@dataclass(frozen=True)
class DataSet:
    """The sequences in the order of the file.

    Attributes
    ----------
    items
        Those that are evaluated.
    name, sha256
        Of the file.
    in_file
        Sequences in the file.
    notes
        Sentences for the reader.
    """

    items: tuple[Item, ...]
    name: str
    sha256: str
    in_file: int
    notes: tuple[str, ...]

    @cached_property
    def labels(self) -> tuple[int | None, ...]:
        """The classes that occur, in ascending order."""
        return tuple(sorted({one.label for one in self.items}, key=lambda label: (label is None, label)))

    @property
    def truths(self) -> int:
        """Number of sequences with known bases."""
        return sum(one.truth is not None for one in self.items)

    def facts(self) -> list[ClassFacts]:
        """Return facts by class, and about all of them where there are several."""
        groups = [(class_name(label), [one for one in self.items if one.label == label]) for label in self.labels]
        if len(groups) > 1:
            groups.append(("all", list(self.items)))
        return [_facts(name, [one.letters for one in members]) for name, members in groups]


def class_name(label: int | None) -> str:
    """Name a class for people."""
    return "no class given" if label is None else f"class {label}"


def read_data(data: Data, seed: int, reference: Reference | None) -> DataSet:
    """Read the sequences and what is known about them.

    Raises
    ------
    GxviewError
        Naming file and line, where something is wrong; where nothing is left to evaluate.
    """
    records = read_sequences(data.sequences)
    cells = read_cells(data.sequences)
    chosen = _chosen(records, data.limit, seed)
    truths = TruthFile(data.mask, reference) if data.mask else None
    items = tuple(_item(record, cells.get(record.line, {}), data.sequences, reference, truths) for record in chosen)
    if truths is not None and not any(one.region for one in items):
        raise GxviewError(
            f"The mask {data.mask} is in coordinates of a genome, but {data.sequences} has no column 'region' "
            "(chr1:1,001-2,000, strand in brackets) that says where the sequences lie."
        )
    with data.sequences.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    notes = [*_notes(records, items, truths), *_renamed(renamed(records, cells))]
    return DataSet(items, data.sequences.name, checksum, len(records), tuple(notes))


def _chosen(records: Sequence[NamedSequence], limit: int | None, seed: int) -> list[NamedSequence]:
    """Draw so many of the records, evenly from the classes, and keep the order of the file."""
    if limit is None or limit >= len(records):
        return list(records)
    rng = np.random.default_rng(seed)
    by_label: dict[int | None, list[int]] = {}
    for index in rng.permutation(len(records)).tolist():
        by_label.setdefault(records[index].label, []).append(index)
    order = sorted(by_label, key=lambda label: (label is None, label))
    ranked = sorted((rank, order.index(label), index) for label in order for rank, index in enumerate(by_label[label]))
    return [records[index] for index in sorted(index for _, _, index in ranked[:limit])]


def _item(
    record: NamedSequence, cells: dict[str, str], path: Path, reference: Reference | None, truths: TruthFile | None
) -> Item:
    where = f"{path}, line {record.line}"
    region = region_of(cells["region"], len(record.sequence), where) if "region" in cells else None
    if region is not None and reference is not None:
        region = check_letters(region, record.sequence, reference, where)
    truth = truth_of(cells, len(record.sequence), where)
    if truth is None and truths is not None and region is not None:
        truth = truths.of(region)
    if truth is not None and not np.nan_to_num(truth).any():
        truth = None  # nothing is known here, so there is nothing to find
    flanks = flanks_of(region, reference) if region is not None and reference is not None else None
    return Item(record.id, record.sequence, record.label, region, truth, flanks)


def flanks_of(region: Region, reference: Reference) -> tuple[str, str] | None:
    """Return the bases before and behind a place along its strand, half its length each; None at the genome's end."""
    reach = region.length // 2
    if region.start < reach or region.end + reach > reference.sizes[region.chrom]:
        return None
    left = reference.fetch(Region(region.chrom, region.start - reach, region.start)).upper()
    right = reference.fetch(Region(region.chrom, region.end, region.end + reach)).upper()
    if region.strand == "-":
        return reverse_complement(right), reverse_complement(left)
    return left, right


def _notes(records: Sequence[NamedSequence], items: Sequence[Item], truths: TruthFile | None) -> list[str]:
    notes = []
    if len(items) < len(records):
        notes.append(f"{len(items):,} of {len(records):,} sequences were drawn by the seed, evenly from the classes.")
    labels = Counter(one.label for one in items)
    if len(labels) == 1:
        only = next(iter(labels))
        notes.append(
            "No sequence has a class, so nothing can be said about right and wrong predictions."
            if only is None
            else f"All sequences are of class {only}: how well a model tells classes apart cannot be measured here."
        )
    repeated = sum(count - 1 for count in Counter(one.letters for one in items).values() if count > 1)
    if repeated:
        notes.append(f"{repeated:,} sequences occur more than once; intervals and tests take them as independent.")
    without = sum(one.truth is None for one in items)
    if truths is not None and without:
        notes.append(f"{without:,} sequences have no known bases; localisation leaves them out.")
    return notes


def _renamed(count: int) -> list[str]:
    return [f"{count:,} names occurred before and got a number appended (_2, _3 ...)."] if count else []


def _facts(name: str, letters: Sequence[str]) -> ClassFacts:
    lengths = np.array([len(one) for one in letters])
    unknown = np.array([one.count("N") for one in letters])
    known = np.maximum(lengths - unknown, 1)
    gc = np.array([one.count("G") + one.count("C") for one in letters]) / known
    return ClassFacts(
        name,
        len(letters),
        int(lengths.min()),
        float(np.median(lengths)),
        int(lengths.max()),
        float(gc.mean()),
        float(gc.std()),
        int(unknown.sum()),
        int((unknown > 0).sum()),
    )
