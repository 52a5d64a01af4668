"""Where windows lie around a variant.

The rule: **the window of the reference and that of the alternative begin at the same base and are equally long.** What
a deletion takes away is made up by the bases that follow on the right; what an insertion brings pushes as many out
there. It is the rule of edited sequences (`gxview.explain.edited_windows`), so a window holds the letters that
the program reads there after the same edit. With offset 0 the middle of the longer allele stands in the middle of the
window (of an even length: right of it), with offset k it stands k bases further right. A window that would reach over
an end of the chromosome is moved inside, as far as it must be; windows that then coincide count once.
"""

from __future__ import annotations

from dataclasses import dataclass

from gxview.assess.variants.records import cleaned
from gxview.assess.variants.settings import Asking
from gxview.genome import Edit, Reference, Region, reverse_complement
from gxview.words import counted

_KNOWN = frozenset("ACGT")


@dataclass(frozen=True, slots=True)
class Pair:
    """One window with either allele.

    Attributes
    ----------
    strand : str
        ``+`` or ``-``.
    reference, alternative : str
        The letters that the model reads, on this strand.
    at : int
        First changed base within the window, on the plus strand.
    edit : Edit
        What is changed.
    """

    strand: str
    reference: str
    alternative: str
    at: int
    edit: Edit


@dataclass(frozen=True, slots=True)
class Placed:
    """The windows of one variant.

    Attributes
    ----------
    pairs : tuple of Pair
        By strand and place.
    shifted : int
        How many of them were moved to stay on the chromosome.
    reason : str
        Why there is none.
    """

    pairs: tuple[Pair, ...] = ()
    shifted: int = 0
    reason: str = ""


def place(edit: Edit, reference: Reference, asking: Asking) -> Placed:
    """Lay the windows of a variant."""
    window, size = asking.window, reference.sizes[edit.chrom]
    shorter = min(size, size + edit.shift)
    if shorter < window:
        return Placed(reason=f"{edit.chrom} has {counted(shorter, 'base')}, fewer than a window of {window:,}")
    longest = max(len(edit.before), len(edit.text))
    wanted = [edit.start + longest // 2 - window // 2 - offset for offset in asking.offsets]
    starts = {min(max(0, start), shorter - window): start for start in wanted}
    fitting = [(start, first) for start, first in sorted(starts.items()) if _fits(edit, longest, start, window)]
    if not fitting and longest <= window // 2:
        return Placed(reason=f"the change lies at the end of {edit.chrom}, where no window holds both alleles")
    if not fitting:
        return Placed(reason=f"the {longest:,} bases of the allele do not fit into a window of {window:,}")
    pairs = [pair for start, _ in fitting if (pair := _pair(edit, reference, start, window)) is not None]
    if not pairs:
        return Placed(reason="the window holds no A, C, G or T")
    moved = sum(start != first for start, first in fitting) * len(asking.strands)
    return Placed(tuple(_on(strand, pair) for strand in asking.strands for pair in pairs), moved)


def _fits(edit: Edit, longest: int, start: int, window: int) -> bool:
    return start <= edit.start and edit.start - start + longest <= window


def _pair(edit: Edit, reference: Reference, start: int, window: int) -> Pair | None:
    """Return a window on the plus strand; None where one of the two sides has no known base."""
    end = min(reference.sizes[edit.chrom], start + window + len(edit.before))
    letters, at = cleaned(reference.fetch(Region(edit.chrom, start, end))), edit.start - start
    changed = letters[:at] + edit.text + letters[at + len(edit.before) :]
    plain, other = letters[:window], changed[:window]
    if _KNOWN.isdisjoint(plain) or _KNOWN.isdisjoint(other):
        return None
    return Pair("+", plain, other, at, edit)


def _on(strand: str, pair: Pair) -> Pair:
    if strand == "+":
        return pair
    both = reverse_complement(pair.reference), reverse_complement(pair.alternative)
    return Pair(strand, *both, pair.at, pair.edit)
