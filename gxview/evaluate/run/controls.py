"""Sequences that have the composition of the real ones and nothing else: what the real ones are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.run.config import Control, Evaluation
from gxview.evaluate.run.data import Item
from gxview.genome import Reference, Region, reverse_complement
from gxview.genome.shuffle import dinucleotide_shuffle, mononucleotide_shuffle

_TRIES = 2_000
WORDS = {
    "real": "Real sequences",
    "dinucleotide": "Dinucleotide-shuffled sequences",
    "mononucleotide": "Mononucleotide-shuffled sequences",
    "gc_matched": "GC-matched sequences of the genome",
}


def control_items(
    items: Sequence[Item], kind: Control, evaluation: Evaluation, reference: Reference | None
) -> tuple[list[Item], list[str]]:
    """Return the controls of a set, one for each sequence under its id and class, and notes.

    The known bases stay where they were: on a control they say what the same places get by chance. A sequence that has
    no GC-matched partner is left out of that set, which a note tells.

    Parameters
    ----------
    items
        The real sequences.
    kind
        Which control.
    evaluation
        Gives the seed and the tolerance.
    reference
        Genome of the GC-matched controls.

    Raises
    ------
    UsageError
        If GC-matched controls were asked for without a genome.
    """
    if kind != "gc_matched":
        shuffle = dinucleotide_shuffle if kind == "dinucleotide" else mononucleotide_shuffle
        made = [
            replace(item, letters=shuffle(item.letters, _rng(evaluation.seed, kind, item)), region=None)
            for item in items
        ]
        same = sum(a.letters == b.letters for a, b in zip(items, made, strict=True))
        note = f"{same:,} sequences have no other order of letters with the same {kind} counts and stay as they are."
        return made, [note] if same else []
    if reference is None:
        raise UsageError("GC-matched controls are drawn from a genome; give one with --genome, or leave them out.")
    return _matched(items, evaluation, reference)


def _matched(items: Sequence[Item], evaluation: Evaluation, reference: Reference) -> tuple[list[Item], list[str]]:
    taken: dict[str, list[Region]] = {}
    for item in items:
        if item.region is not None:
            taken.setdefault(item.region.chrom, []).append(item.region)
    found, missing = [], 0
    for item in items:
        match = _match(item, evaluation, reference, taken)
        if match is None:
            missing += 1
        else:
            found.append(match)
    notes = [f"{missing:,} sequences have no place of the genome with a similar GC content."] if missing else []
    if not taken:
        notes.append("The sequences have no places on the genome, so a GC-matched control may overlap one of them.")
    if not found:
        raise GxviewError(
            f"No place of {reference.path.name} matches the GC content and length of any sequence; leave the control "
            "gc_matched out, or raise gc_tolerance."
        )
    return found, notes


def _match(item: Item, evaluation: Evaluation, reference: Reference, taken: dict[str, list[Region]]) -> Item | None:
    rng, length = _rng(evaluation.seed, "gc_matched", item), len(item.letters)
    names = [name for name, size in reference.sizes.items() if size >= length]
    if not names:
        return None
    room = np.array([reference.sizes[name] - length + 1 for name in names], float)
    wanted = _gc(item.letters)
    for _ in range(_TRIES):
        chrom = names[int(rng.choice(len(names), p=room / room.sum()))]
        start = int(rng.integers(0, reference.sizes[chrom] - length + 1))
        strand = "+-"[int(rng.integers(2))]
        if any(one.start < start + length and start < one.end for one in taken.get(chrom, ())):
            continue
        letters = reference.fetch(Region(chrom, start, start + length)).upper()
        if "N" in letters or abs(_gc(letters) - wanted) > evaluation.controls.gc_tolerance:
            continue
        read = reverse_complement(letters) if strand == "-" else letters
        return replace(item, letters=read, region=Region(chrom, start, start + length, strand))
    return None


def _gc(letters: str) -> float:
    known = len(letters) - letters.count("N")
    return (letters.count("G") + letters.count("C")) / max(1, known)


def _rng(seed: int, kind: str, item: Item) -> np.random.Generator:
    return np.random.default_rng([seed, int(item.digest[:15], 16), len(kind)])
