"""What a model says about one allele of a variant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gxview.assess.variants.engine import Found
from gxview.assess.variants.records import Candidate
from gxview.assess.variants.settings import Asking

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Effect:
    """One score of one allele, over all windows that were asked.

    Attributes
    ----------
    value : float
        Mean over the windows of alternative minus reference, or of the distance between the two; NaN where it could
        not be had.
    spread : float
        Standard deviation of the same over the windows (strands and offsets), divided by n; NaN for a single window.
    reference, alternative : float
        Means of the two sides by themselves; NaN for a score of the pair (``cosine``, ``relevance``).
    """

    value: float = NAN
    spread: float = NAN
    reference: float = NAN
    alternative: float = NAN

    @property
    def found(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value)


@dataclass(frozen=True, slots=True)
class VariantEffect:
    """The effects of one ALT allele.

    Attributes
    ----------
    line : int
        Line of the file (of BCF: number of the record), from 1; of variants that come from no file their number.
    allele : int
        Which ALT of the line, from 0.
    chrom : str
        The reference's own name.
    position : int
        POS, 0-based: the first base of `ref`.
    name : str
        ID; empty for none.
    ref, alt : str
        As in the file.
    kind : str
        ``snv``, ``mnv``, ``insertion``, ``deletion``, ``replacement``, or of an allele without effects what it is
        (see `gxview.tracks.variants.AlleleKind`).
    start, end : int
        The changed bases of the reference, 0-based half-open; equal for an insertion before `start`.
    effects : mapping of str to Effect
        By name of the score; every score that was asked for is there.
    windows : int
        Windows that were compared, both strands counted.
    shifted : int
        How many of them would reach over an end of the chromosome and were moved inside.
    reason : str
        Why there is no effect, or why one of them is missing; empty where all are there.
    """

    line: int
    allele: int
    chrom: str
    position: int
    name: str
    ref: str
    alt: str
    kind: str
    start: int
    end: int
    effects: Mapping[str, Effect] = field(default_factory=dict)
    windows: int = 0
    shifted: int = 0
    reason: str = ""

    @property
    def scored(self) -> bool:
        """Whether at least one score is there."""
        return any(effect.found for effect in self.effects.values())

    @property
    def label(self) -> str:
        """The allele for people: ``chr1:1,001 A>G``, with the ID where there is one."""
        place = f"{self.chrom}:{self.position + 1:,} {_short(self.ref)}>{_short(self.alt)}"
        return f"{place} ({self.name})" if self.name else place


def effects_of(found: Sequence[Candidate], asking: Asking, scored: Found) -> Iterator[VariantEffect]:
    """Yield the effects of all alleles; `scored` holds those that have an edit, in the same order."""
    place = 0
    for one in found:
        if one.edit is None:
            yield _effect(one, asking)
        else:
            yield _effect(one, asking, scored, place)
            place += 1


def _effect(one: Candidate, asking: Asking, scored: Found | None = None, place: int = 0) -> VariantEffect:
    variant, edit = one.record.variant, one.edit
    allele = variant.alleles[one.allele]
    start, end = (allele.start, allele.end) if edit is None else (edit.start, edit.end)
    known = (one.record.line, one.allele, one.chrom, variant.start, variant.name, variant.ref, one.alt, one.kind)
    if scored is None:
        return VariantEffect(*known, start, end, {name: Effect() for name in asking.scores}, reason=one.reason)
    effects = {name: Effect(*row) for name, row in zip(asking.scores, scored.values[place].tolist(), strict=True)}
    windows, shifted = int(scored.windows[place]), int(scored.shifted[place])
    return VariantEffect(*known, start, end, effects, windows, shifted, scored.reasons[place])


def _short(allele: str) -> str:
    return allele if len(allele) <= 12 else f"{allele[:4]}\N{HORIZONTAL ELLIPSIS}({len(allele)})"
