"""Sequences that have the composition of the real ones and nothing else: what the real ones are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.negatives import gc_matched
from gxview.evaluate.run.config import Control, Evaluation
from gxview.evaluate.run.data import Item, flanks_of
from gxview.genome import Reference
from gxview.genome.shuffle import dinucleotide_shuffle, mononucleotide_shuffle

WORDS = {
    "real": "Real sequences",
    "dinucleotide": "Dinucleotide-shuffled sequences",
    "mononucleotide": "Mononucleotide-shuffled sequences",
    "gc_matched": "GC-matched sequences of the genome",
}


def in_sentence(set_name: str) -> str:
    """Name a set within a sentence."""
    words = WORDS[set_name]
    return words if words[:2].isupper() else words[0].lower() + words[1:]


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
            replace(item, letters=shuffle(item.letters, _rng(evaluation.seed, kind, item)), region=None, flanks=None)
            for item in items
        ]
        same = sum(a.letters == b.letters for a, b in zip(items, made, strict=True))
        note = f"{same:,} sequences have no other order of letters with the same {kind} counts and stay as they are."
        return made, [note] if same else []
    if reference is None:
        raise UsageError("GC-matched controls are drawn from a genome; give one with --genome, or leave them out.")
    return _matched(items, evaluation, reference)


def _matched(items: Sequence[Item], evaluation: Evaluation, reference: Reference) -> tuple[list[Item], list[str]]:
    known = [item for item in items if item.letters.strip("N")]
    places = [item.region for item in items if item.region is not None]
    drawn = gc_matched(
        [item.letters for item in known],
        reference,
        avoid=places,
        seed=evaluation.seed,
        width=evaluation.controls.gc_width,
    )
    found = [
        replace(item, letters=one.letters, region=one.region, flanks=flanks_of(one.region, reference))
        for item, one in zip(known, drawn, strict=True)
        if one is not None
    ]
    if not found:
        raise GxviewError(
            f"No place of {reference.path.name} matches the GC content and length of any sequence; leave the control "
            "gc_matched out, or widen gc_width."
        )
    missing = len(items) - len(found)
    notes = [f"{missing:,} sequences have no place of the genome with the same GC content."] if missing else []
    if not places:
        notes.append("The sequences have no places on the genome, so a GC-matched control may overlap one of them.")
    return found, notes


def _rng(seed: int, kind: str, item: Item) -> np.random.Generator:
    return np.random.default_rng([seed, int(item.digest[:15], 16), len(kind)])
