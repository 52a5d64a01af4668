"""Does an explanation stay what it is when nothing that matters changes? Shifts, phases, strands, substitutions.

Everything here changes letters: the place of the window, the phase of the tokens, the strand, single bases. Noise on
the numbers that a network reads is in :mod:`gxview.evaluate.noise`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.mutants import sequence_rng
from gxview.evaluate.records import Record, record
from gxview.explain.explanation import Explanation
from gxview.genome import reverse_complement
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.measures.number import Number, missing
from gxview.measures.similarity import continuous_jaccard
from gxview.models.sequences import BASES

Explain = Callable[[Sequence[str]], Sequence[Explanation]]
"""Explains sequences in one way: a model, a method, a target, options."""

SHIFTS = (0.1, 0.25)
"""Moves of the window to either side, as parts of its length."""

PHASES = (1, 2, 3, 4, 5)
"""Bases by which the tokens are moved; their mean length in DNABERT-2's real text is about five."""

Flanks = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A changed sequence, and where its bases lie on the original.

    Attributes
    ----------
    letters : str
        As long as the original.
    kind : str
        ``shift``, ``phase``, ``strand`` or ``substitution``.
    moved : int
        Base i of the original is base ``i - moved`` of the variant.
    reverse : bool
        Whether the variant is the other strand.
    skipped : int
        A base that is not compared; -1 for none.
    """

    letters: str
    kind: str
    moved: int = 0
    reverse: bool = False
    skipped: int = -1


def stability_records(
    explain: Explain,
    explanations: Sequence[Explanation],
    names: Sequence[str],
    *,
    flanks: Flanks | None = None,
    masks: Sequence[NDArray[np.bool_]] | None = None,
    substitutions: int = 10,
    seed: int = 0,
    **columns: str,
) -> list[Record]:
    """Explain changed sequences and compare them with the explanations of the sequences themselves.

    Parameters
    ----------
    explain : callable
        The way the explanations were made.
    explanations : sequence of Explanation
        Of the sequences as they are.
    names : sequence of str
        Their ids.
    flanks : sequence of (str, str), optional
        The real bases before and behind each sequence, a quarter of its length each, from the genome. Where there are
        fewer (at the end of a chromosome) or none, a dinucleotide shuffle of the sequence stands in for them.
    masks : sequence of ndarray, optional
        True at bases that matter (planted elements, motif hits); substitutions are made outside. By default anywhere.
    substitutions : int
        Single substitutions of each sequence.
    seed : int
        With the letters it settles fillers and substitutions.
    columns
        Columns of the records: model, method ...

    Returns
    -------
    list of Record
        Per sequence the mean (or, ``_worst``, the least) continuous Jaccard over the bases that both have:
        ``shift_similarity`` and ``shift_worst``, ``phase_similarity``, ``strand_similarity``,
        ``substitution_similarity`` and ``substitution_worst``.
    """
    variants = [
        _variants(one.sequence.upper(), _flank(flanks, index), _mask(masks, index, one), substitutions, seed)
        for index, one in enumerate(explanations)
    ]
    explained = iter(explain([variant.letters for each in variants for variant in each]))
    found: list[Record] = []
    for name, own, each in zip(names, explanations, variants, strict=True):
        by_kind: dict[str, list[Number]] = {}
        for variant in each:
            by_kind.setdefault(variant.kind, []).append(_similarity(own.values, next(explained).values, variant))
        detail = {"flanks": "genome" if flanks is not None else "shuffled"}
        for metric, kind, best in _SUMMARIES:
            given = detail if kind in ("shift", "phase") else {}
            found.append(record(metric, best(by_kind.get(kind, [])), detail=given, sequence=name, **columns))
    return found


def _mean(values: Sequence[Number]) -> Number:
    return _reduced(values, np.mean)


def _least(values: Sequence[Number]) -> Number:
    return _reduced(values, np.min)


_SUMMARIES: tuple[tuple[str, str, Callable[[Sequence[Number]], Number]], ...] = (
    ("shift_similarity", "shift", _mean),
    ("shift_worst", "shift", _least),
    ("phase_similarity", "phase", _mean),
    ("strand_similarity", "strand", _mean),
    ("substitution_similarity", "substitution", _mean),
    ("substitution_worst", "substitution", _least),
)


def _reduced(values: Sequence[Number], how: Callable[[Sequence[Number]], object]) -> Number:
    if not values:
        return missing("no base could be changed")
    for value in values:
        if value.reason:
            return value
    return Number(float(np.asarray(how(values))))


def _similarity(own: NDArray[np.float32], other: NDArray[np.float32], variant: Variant) -> Number:
    aligned = other[::-1] if variant.reverse else other
    first, second = own.astype(np.float64), np.full(len(own), np.nan)
    low, high = max(0, variant.moved), min(len(own), len(own) + variant.moved)
    second[low:high] = aligned[low - variant.moved : high - variant.moved]
    if variant.skipped >= 0:
        second[variant.skipped] = np.nan
    return continuous_jaccard(first, second)


def _variants(
    sequence: str, flank: tuple[str, str], mask: NDArray[np.bool_], substitutions: int, seed: int
) -> list[Variant]:
    rng = sequence_rng(seed, sequence, "stability")
    before, behind = dinucleotide_shuffles(sequence, 2, rng)
    left, right = before + flank[0], flank[1] + behind
    shifts = sorted({max(1, round(part * len(sequence))) for part in SHIFTS})
    return [
        *(_moved(sequence, left, right, sign * shift, "shift") for shift in shifts for sign in (-1, 1)),
        *(_moved(sequence, left, right, -phase, "phase") for phase in PHASES if phase < len(sequence)),
        Variant(reverse_complement(sequence), "strand", reverse=True),
        *_substituted(sequence, mask, substitutions, rng),
    ]


def _moved(sequence: str, left: str, right: str, by: int, kind: str) -> Variant:
    """Return the window that begins `by` bases further to the right."""
    if by > 0:
        return Variant(sequence[by:] + right[:by], kind, moved=by)
    return Variant(left[by:] + sequence[:by], kind, moved=by)


def _substituted(sequence: str, mask: NDArray[np.bool_], count: int, rng: np.random.Generator) -> list[Variant]:
    free = np.flatnonzero(~mask & np.array([letter in BASES for letter in sequence]))
    found = []
    for place in rng.permutation(free)[:count].tolist():
        letter = BASES[(BASES.index(sequence[place]) + int(rng.integers(1, 4))) % 4]
        found.append(Variant(sequence[:place] + letter + sequence[place + 1 :], "substitution", skipped=place))
    return found


def _flank(flanks: Flanks | None, index: int) -> tuple[str, str]:
    return ("", "") if flanks is None else (flanks[index][0].upper(), flanks[index][1].upper())


def _mask(masks: Sequence[NDArray[np.bool_]] | None, index: int, one: Explanation) -> NDArray[np.bool_]:
    if masks is None:
        return np.zeros(len(one.values), dtype=bool)
    if masks[index].shape != one.values.shape:
        raise GxviewError(
            f"Sequence {index + 1}: a mask of {masks[index].size:,} bases does not fit {len(one.values):,} bases."
        )
    return masks[index]
