"""Changes of a reference that are never written to it: what is put in place of which bases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from gxview.errors import GxviewError
from gxview.genome.reference import Reference
from gxview.genome.region import Region

LONGEST = 100_000
"""Bases that one edit may take away or put in."""
SHOWN = 8
"""Letters of an allele that are written out; of more their number."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Other bases in place of some of the reference.

    The first bases of `text` stand one to one for those of `before`; what `before` has more is a deletion at its end,
    what `text` has more an insertion there. So an insertion alone has an empty `before`, a deletion an empty `text`.

    Attributes
    ----------
    chrom : str
        The reference's own name of the chromosome.
    start : int
        First changed base, 0-based; for an insertion the base before which it goes, or the end of the chromosome.
    before, text : str
        Letters of the reference and those in their place, in capitals; not both empty.
    origin : str
        What the edit came from, for people: ``'rs12'``, ``'shuffled, seed 1'``; empty for letters that were typed.

    Raises
    ------
    GxviewError
        If it changes nothing, too much, or holds something other than A, C, G, T and N.
    """

    chrom: str
    start: int
    before: str
    text: str
    origin: str = ""

    def __post_init__(self) -> None:
        if self.before == self.text:
            raise GxviewError(f"The edit at {self.chrom}:{self.start + 1:,} changes nothing.")
        if strange := set(self.text) - set("ACGTN"):
            raise GxviewError(f"'{min(strange)}' is no base; an edit is made of A, C, G, T and N.")
        if max(len(self.before), len(self.text)) > LONGEST:
            raise GxviewError(f"An edit takes away or puts in at most {LONGEST:,} bases.")
        if self.start < 0:
            raise GxviewError(f"An edit cannot begin before {self.chrom}.")

    @property
    def end(self) -> int:
        """End of the changed bases of the reference, exclusive; that of an insertion is its start."""
        return self.start + len(self.before)

    @property
    def common(self) -> int:
        """Number of bases that stand one to one for those of the reference."""
        return min(len(self.before), len(self.text))

    @property
    def shift(self) -> int:
        """By how many bases the sequence becomes longer."""
        return len(self.text) - len(self.before)

    @property
    def label(self) -> str:
        """What is done, for people: ``A>G``, ``+ACGT``, ``-120 bp``, ``ACG>T``."""
        if not self.before:
            return f"+{_short(self.text)}"
        if not self.text:
            return f"\N{MINUS SIGN}{_short(self.before)}"
        return f"{_short(self.before)}>{_short(self.text)}"

    @property
    def place(self) -> str:
        """Where, 1-based: ``chr1:1,001``, ``chr1:1,001-1,020``; an insertion between two bases is ``1,000^1,001``."""
        if not self.before:
            return f"{self.chrom}:{self.start:,}^{self.start + 1:,}"
        last = f"-{self.end:,}" if len(self.before) > 1 else ""
        return f"{self.chrom}:{self.start + 1:,}{last}"

    def __str__(self) -> str:
        return f"{self.place} {self.label}"

    def facts(self) -> str:
        """Return all of it in one line, for provenance and checksums."""
        return f"{self.chrom}:{self.start + 1} {self.before or '-'}>{self.text or '-'}"


@dataclass(frozen=True, slots=True)
class Edits:
    """Edits of one genome, in order; no two of them change the same base or insert at the same place."""

    items: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        items = tuple(sorted(self.items, key=_order))
        for one, after in pairwise(items):
            if one.chrom == after.chrom and _meet(one, after.start, after.end):
                raise GxviewError(f"The edits {one} and {after} change the same bases; remove one of them.")
        object.__setattr__(self, "items", items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.items)

    def of(self, chrom: str) -> tuple[Edit, ...]:
        """Return the edits of a chromosome."""
        return tuple(edit for edit in self.items if edit.chrom == chrom)

    def without(self, edits: Iterable[Edit]) -> Edits:
        """Return all but some of them."""
        gone = set(edits)
        return Edits(tuple(edit for edit in self.items if edit not in gone))

    @property
    def keep_length(self) -> bool:
        """Whether every base has its place on the reference: there is no insertion and no deletion."""
        return not any(edit.shift for edit in self.items)

    def put(self, reference: Reference, chrom: str, start: int, end: int, text: str, origin: str = "") -> Edits:
        """Return the edits with other letters in place of some bases of the reference.

        Earlier edits within ``[start, end)`` give way, substitutions that reach beyond keep what lies outside. Letters
        that are those of the reference are no edit: so a base is set back by writing it. Of an indel the shared
        letters are left out at its right end first, so that in a repeat it lies at the left end, as in VCF.

        Parameters
        ----------
        reference : Reference
            Gives the letters that are replaced.
        chrom : str
            The reference's own name of the chromosome.
        start, end : int
            The replaced bases, 0-based half-open; equal to insert before a base.
        text : str
            The letters in their place, of either case.
        origin : str
            See `Edit`.

        Raises
        ------
        GxviewError
            If the place is not on the chromosome, the text no DNA, or an earlier insertion or deletion is cut.
        """
        before = _letters(reference, chrom, start, end)
        text = text.upper()
        kept = [part for edit in self.items for part in _outside(edit, chrom, start, end)]
        here = (edit for edit in self.of(chrom) if start == end == edit.start == edit.end)
        same = next(here, None)
        if same is not None:
            kept.remove(same)
            text = same.text + text
        first, stop, changed = _trimmed(before, text)
        if stop > first or changed:
            kept.append(Edit(chrom, start + first, before[first:stop], changed, origin))
        return Edits(tuple(_joined(sorted(kept, key=_order))))


def _order(edit: Edit) -> tuple[str, int, int]:
    return edit.chrom, edit.start, edit.end


def _short(letters: str) -> str:
    return letters if len(letters) <= SHOWN else f"{len(letters):,} bp"


def _letters(reference: Reference, chrom: str, start: int, end: int) -> str:
    size = reference.sizes[chrom]
    if not 0 <= start <= end <= size:
        raise GxviewError(f"{chrom} has {size:,} bases; nothing can be changed at {start + 1:,}.")
    if end - start > LONGEST:
        raise GxviewError(f"An edit takes away or puts in at most {LONGEST:,} bases.")
    return reference.fetch(Region(chrom, start, end)).upper() if end > start else ""


def _meet(edit: Edit, start: int, end: int) -> bool:
    """Whether an edit changes bases of a stretch, or lies within it, or inserts where the stretch is empty too."""
    if edit.start == edit.end and start == end:
        return edit.start == start
    return edit.start < end and start < edit.end


def _outside(edit: Edit, chrom: str, start: int, end: int) -> list[Edit]:
    """Return what is left of an edit outside of a stretch."""
    if edit.chrom != chrom or edit.start == edit.end == start == end or not _meet(edit, start, end):
        return [edit]
    if start <= edit.start and edit.end <= end:
        return []
    if edit.shift:
        raise GxviewError(f"The edit {edit} would be cut; undo or remove it first, or change all of it.")
    left, right = max(0, start - edit.start), max(0, edit.end - end)
    sides = [(edit.start, 0, left), (edit.end - right, len(edit.before) - right, len(edit.before))]
    parts = [(at, edit.before[a:b], edit.text[a:b]) for at, a, b in sides if b > a]
    return [replace(edit, start=at, before=old, text=new) for at, old, new in parts if old != new]


def _trimmed(before: str, text: str) -> tuple[int, int, str]:
    """Return start and end within `before` of what differs, and the letters in its place."""
    shared = 0
    while shared < min(len(before), len(text)) and before[-1 - shared] == text[-1 - shared]:
        shared += 1
    stop, text = len(before) - shared, text[: len(text) - shared]
    first = 0
    while first < min(stop, len(text)) and before[first] == text[first]:
        first += 1
    return first, stop, text[first:]


def _joined(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Join typed substitutions of neighbouring bases."""
    last: Edit | None = None
    for edit in edits:
        neighbours = last is not None and last.chrom == edit.chrom and last.end == edit.start
        if last is not None and neighbours and not (last.shift or edit.shift or last.origin or edit.origin):
            last = replace(last, before=last.before + edit.before, text=last.text + edit.text)
            continue
        if last is not None:
            yield last
        last = edit
    if last is not None:
        yield last
