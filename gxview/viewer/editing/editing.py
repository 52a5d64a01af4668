"""Everything a person can do to the sequence; the reference itself is only read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Edit, EditedReference, Edits, Reference, Region
from gxview.genome.edited import edited_region
from gxview.genome.shuffle import dinucleotide_shuffle
from gxview.viewer.editing.alternative import Alternative
from gxview.viewer.editing.variants import VariantChoice, applied
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import Outcome, Task, Workers

TYPED = 5_000
"""Bases up to which letters are offered to be changed by hand."""
NO_BASES = "Select bases first: click a base of the sequence, or drag over the tracks with Ctrl held."


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that waits: what makes the new edits of the old ones, and its name as a step."""

    make: Callable[[Reference, Edits], Edits]
    name: str


class Editing:
    """Changes the edits of the sequence, one after the other, each of them a step that can be undone.

    Letters are read by the workers. With the first edit its alternative is shown beside the explanation; with the last
    one gone, that goes too.

    Parameters
    ----------
    model
        State of the viewer.
    alternative
        Shows what the model makes of the edited sequence.
    undo
        Names the steps.
    workers
        Threads that read letters.
    notices
        Where it is told what cannot be done.

    Attributes
    ----------
    began : Signal
        Emitted with the first edit.
    """

    began = Signal()

    def __init__(
        self, model: ViewerModel, alternative: Alternative, undo: Undo, workers: Workers, notices: Notices
    ) -> None:
        self._model = model
        self._alternative = alternative
        self._undo = undo
        self._workers = workers
        self._notices = notices
        self._waiting: deque[_Change] = deque()
        self._task: Task | None = None
        self._seed = 0
        self._told: list[str] = []
        model.reference_changed.connect(lambda _reference: self._forget())

    @property
    def is_idle(self) -> bool:
        """Whether every change was made."""
        return self._task is None and not self._waiting

    def write(self, region: Region, text: str, name: str = "") -> None:
        """Put other letters in place of bases; white space in the text is left out, and FASTA headers."""
        letters = clean(text)
        chrom, start, end = region.chrom, region.start, region.end
        self._make(
            lambda reference, edits: edits.put(reference, chrom, start, end, letters),
            name or f"change {_counted(region.length)}",
        )

    def insert(self, chrom: str, position: int, text: str) -> None:
        """Insert letters before a base, or at the end of the chromosome."""
        letters = clean(text)
        if not letters:
            return
        self._make(
            lambda reference, edits: edits.put(reference, chrom, position, position, letters),
            f"insert {_counted(len(letters))}",
        )

    def delete(self, region: Region) -> None:
        """Delete bases."""
        self.write(region, "", f"delete {_counted(region.length)}")

    def shuffle(self, region: Region) -> None:
        """Shuffle bases as all edits leave them, each time with another seed; pairs of letters keep their number."""
        self._seed += 1
        seed = self._seed

        def make(reference: Reference, edits: Edits) -> Edits:
            edited = EditedReference(reference, edits)
            stretch = edited_region(edited, region)
            letters = edited.fetch(stretch).upper() if stretch is not None else ""
            shuffled = dinucleotide_shuffle(letters, np.random.default_rng(seed)) if letters else ""
            if shuffled == letters:
                raise GxviewError(f"{region} has only one order of its pairs of letters; select a longer stretch.")
            origin = f"shuffled, seed {seed}"
            return edits.put(reference, region.chrom, region.start, region.end, shuffled, origin)

        self._make(make, f"shuffle {_counted(region.length)}")

    def restore(self, region: Region) -> None:
        """Take back every edit that lies in a region, or is cut by it."""
        self.remove([edit for edit in self._model.edits.value.of(region.chrom) if _touches(edit, region)])

    def apply(self, choice: VariantChoice) -> None:
        """Apply an allele of a variant."""
        self._make(lambda reference, edits: applied(edits, reference, choice), f"apply {choice.name}")

    def exchange(self, origin: str, choice: VariantChoice) -> None:
        """Apply an allele of a variant in place of the edits that came from another one."""

        def make(reference: Reference, edits: Edits) -> Edits:
            gone = [edit for edit in edits if origin and edit.origin == origin]
            return applied(edits.without(gone), reference, choice)

        self._make(make, f"show {choice.name}")

    def remove(self, edits: Iterable[Edit]) -> None:
        """Take edits back."""
        gone = list(edits)
        if gone:
            name = f"take back {gone[0].label}" if len(gone) == 1 else f"take back {len(gone)} edits"
            self._make(lambda _reference, known: known.without(gone), name)

    def clear(self) -> None:
        """Take all edits back."""
        self.remove(self._model.edits.value)

    def letters(self, region: Region) -> str:
        """Return the letters of a short region as all edits leave them; empty where they cannot be read."""
        reference = self._model.reference
        if reference is None or not reference.has_letters or region.length > TYPED:
            return ""
        edited = EditedReference(reference, self._model.edits.value)
        stretch = edited_region(edited, region)
        return edited.fetch(stretch).upper() if stretch is not None else ""

    def check(self) -> None:
        """Leave out the edits of a session that do not fit the genome, and tell it."""
        self._make(self._fitting, "check the edits")

    def selected(self) -> Region | None:
        """Return the selected bases; tell how to select some where there are none."""
        if self._model.bases.region is None:
            self._notices.info(NO_BASES)
        return self._model.bases.region

    def _make(self, make: Callable[[Reference, Edits], Edits], name: str) -> None:
        reference = self._model.reference
        if reference is None or not reference.has_letters:
            self._notices.warning("Open a genome first with File > Open genome; there are no letters to change.")
            return
        self._waiting.append(_Change(make, name))
        self._next()

    def _next(self) -> None:
        """Make the next change: each one begins with what the one before left."""
        reference = self._model.reference
        if self._task is not None or not self._waiting or reference is None:
            return
        change, edits = self._waiting.popleft(), self._model.edits.value

        def done(outcome: Outcome) -> None:
            self._task = None
            while self._told:
                self._notices.warning(self._told.pop())
            if outcome.ok:
                self._show(outcome.value, change.name)
            elif outcome.error:
                self._notices.warning(outcome.error)
            self._next()

        self._task = Task(lambda _progress, _cancelled: change.make(reference, edits), done)
        self._workers.submit(self._task)

    def _show(self, edits: Edits, name: str) -> None:
        if edits == self._model.edits.value:
            return
        first = not self._model.edits.value
        self._undo.call(name)
        self._model.edits.value = edits
        self._alternative.fit()
        # what follows in this turn of the loop belongs to the step, what comes later to the next
        self._undo.settle()
        if first:
            self.began.emit()

    def _fitting(self, reference: Reference, edits: Edits) -> Edits:
        kept = Edits(tuple(edit for edit in edits if _fits(edit, reference)))
        if len(kept) < len(edits):
            lost = next(edit for edit in edits if edit not in kept)
            text = f"{len(edits) - len(kept)} of {len(edits)} edits do not fit this genome and are left out: {lost}"
            self._told.append(f"{text}, for instance." if len(edits) - len(kept) > 1 else f"{text}.")
        return kept

    def _forget(self) -> None:
        self._waiting.clear()
        if self._task is not None:
            self._task.drop()
            self._task = None


def clean(text: str) -> str:
    """Return the letters of a text that a person typed or pasted, in capitals: without blanks, digits and headers."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith((">", ";"))]
    return "".join(letter for line in lines for letter in line if not (letter.isspace() or letter.isdigit())).upper()


def _fits(edit: Edit, reference: Reference) -> bool:
    if edit.end > reference.sizes.get(edit.chrom, -1):
        return False
    return not edit.before or reference.fetch(Region(edit.chrom, edit.start, edit.end)).upper() == edit.before


def _touches(edit: Edit, region: Region) -> bool:
    return edit.start < region.end and max(edit.end, edit.start + 1) > region.start


def _counted(count: int) -> str:
    return "a base" if count == 1 else f"{count:,} bases"
