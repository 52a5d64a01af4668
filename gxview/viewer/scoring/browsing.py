"""One variant after the other: what the model makes of the alternative, beside the reference, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gxview.errors import GxviewError
from gxview.genome import Edit, Region
from gxview.tracks import Variant
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.editing.editing import Editing
from gxview.viewer.editing.variants import VariantChoice, choices
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import Outcome, Task, Workers

LETTERS_AT = 2.0
"""Bases per pixel beyond which letters have no room: then a shown variant is zoomed to."""
AROUND = 90
"""Bases that show on either side of a variant that was zoomed to."""
REACHES = (20_000, 2_000_000)
"""Bases in which the next variant is looked for, one after the other, before the rest of the chromosome."""


class VariantBrowser:
    """Shows the alternative of one variant at a time beside the reference.

    `current` is the variant that was gone to last.

    Parameters
    ----------
    model
        State of the viewer.
    data
        Has the variants at hand, and knows their sources.
    editing
        Applies alleles.
    explanations
        Adds an explanation where there is none yet.
    workers
        Threads that look for the next variant.
    notices
        Where it is told what cannot be done.
    """

    def __init__(
        self,
        model: ViewerModel,
        data: TrackData,
        editing: Editing,
        explanations: Explanations,
        workers: Workers,
        notices: Notices,
    ) -> None:
        self._model = model
        self._data = data
        self._editing = editing
        self._explanations = explanations
        self._workers = workers
        self._notices = notices
        self._last = ""
        self.current: Variant | None = None
        self._task: Task | None = None
        model.reference_changed.connect(lambda _reference: self._forget())

    @property
    def is_idle(self) -> bool:
        """Whether no variant is being looked for."""
        return self._task is None

    def is_shown(self, choice: VariantChoice) -> bool:
        """Whether the alternative of a variant is among the edits."""
        return choice.name in {edit.origin for edit in self._model.edits.value.of(choice.variant.chrom)}

    def toggle(self, track: VariantTrack, variant: Variant) -> None:
        """Show the first alternative of a variant, after it the next one, after the last the reference again."""
        known = choices(variant)
        if not known:
            self._notices.info(f"{variant.name or variant.label} changes nothing.")
            return
        shown = [place for place, one in enumerate(known) if self.is_shown(one)]
        following = shown[0] + 1 if shown else 0
        if shown:
            # a session or an undo may have brought it back
            self._last = known[shown[0]].name
        if following < len(known):
            self.show(known[following], track)
        else:
            self.hide()

    def switch(self, choice: VariantChoice, track: VariantTrack | None = None) -> None:
        """Show the alternative of a variant, or the reference again where it is shown; see `show`."""
        if self.is_shown(choice):
            self._editing.remove(self._edits(choice.name))
        else:
            self.show(choice, track)

    def show(self, choice: VariantChoice, track: VariantTrack | None = None) -> None:
        """Show the alternative of a variant in place of the one shown before, and go to it where it is off screen.

        Parameters
        ----------
        choice
            The allele.
        track
            Where it comes from: without any explanation, the model that colours it makes one.
        """
        if track is not None and track.effect.model and not self._model.tracks.relevance():
            self._explanations.add(track.effect.model)
        elif not self._model.tracks.relevance():
            self._notices.info("Choose a model in the Explain panel to see what it makes of both.")
        self._go_to(choice.variant)
        self._editing.exchange(self._last, choice)
        self._last = choice.name

    def hide(self) -> None:
        """Show the reference alone again; other edits stay."""
        self._editing.remove(self._edits(self._last))
        self._last = ""

    def toggle_nearest(self) -> None:
        """Do so with the variant at the selected bases, else with that nearest to the middle of the screen."""
        if (found := self.nearest()) is None:
            self._notices.info("No variant of an open file shows; open a VCF file, or go to the next variant.")
        else:
            self.toggle(*found)

    def nearest(self) -> tuple[VariantTrack, Variant] | None:
        """Return the variant on screen that lies nearest to the selected bases, else to the middle of the screen."""
        if not self._model.camera.is_open:
            return None
        view, bases = self._model.camera.view, self._model.bases.region
        middle = view.start + view.span / 2
        if bases is not None and bases.chrom == view.chrom:
            middle = (bases.start + bases.end) / 2
        near = [(abs((one.start + one.end) / 2 - middle), track, one) for track, one in self._on_screen()]
        return min(near, key=lambda item: item[0])[1:] if near else None

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) variant, and show its alternative where one is shown now."""
        track = self._track()
        source = self._data.source(track) if track is not None else None
        if track is None or source is None:
            self._notices.info("Open a file of variants first.")
            return
        view = self._model.camera.view
        here = self._here(view.start + view.span / 2, by)
        limits = _stretches(view.chrom, view.chrom_length, here.place, by)

        def look() -> Variant | None:
            for region in limits:
                known: list[Variant] = [one for one in source.variants(region) if one.passed or not track.passed_only]
                if (found := here.next(known)) is not None:
                    return found
            return None

        def done(outcome: Outcome) -> None:
            self._task = None
            if outcome.ok and outcome.value is not None:
                self._arrive(track, outcome.value)
            elif outcome.ok:
                self._notices.info(f"No variant lies {'after' if by > 0 else 'before'} this one on {view.chrom}.")
            else:
                self._notices.warning(outcome.error)

        if self._task is not None:
            self._task.drop()
        self._task = Task(lambda _progress, _cancelled: look(), done)
        self._workers.submit(self._task)

    def find(self, name: str) -> tuple[VariantTrack, Variant]:
        """Return a variant of an open file by its ID; reads files.

        Raises
        ------
        GxviewError
            No open file has it.
        """
        for track in self._tracks():
            source = self._data.source(track)
            for feature in source.search(name, 1) if source is not None else ():
                found = source.variants(Region(feature.chrom, feature.start, feature.end)) if source else ()
                for variant in found:
                    if name.lower() in [one.lower() for one in variant.name.split(";")]:
                        return track, variant
        raise GxviewError(f"No open file has a variant '{name}'.")

    def _arrive(self, track: VariantTrack, variant: Variant) -> None:
        self.current = variant
        self._model.bases.select(Region(variant.chrom, variant.start, variant.end))
        self._go_to(variant, always=True)
        if self._edits(self._last) and (known := choices(variant)):
            self.show(known[0], track)

    def _edits(self, origin: str) -> list[Edit]:
        """Return the edits of a variant; what was typed belongs to none."""
        return [edit for edit in self._model.edits.value if origin and edit.origin == origin]

    def _here(self, middle: float, by: int) -> _Here:
        """Return where to go on from: the selected bases, or the middle of the screen."""
        bases = self._model.bases.region
        view = self._model.camera.view
        if bases is not None and bases.chrom == view.chrom and view.region.start <= bases.start < view.region.end:
            return _Here(bases.start, by, True, self.current)
        return _Here(int(middle), by)

    def _go_to(self, variant: Variant, always: bool = False) -> None:
        """Bring a variant on screen, and zoom in where its letters had no room."""
        reference, camera = self._model.reference, self._model.camera
        if reference is None or variant.chrom not in reference.sizes:
            return
        view, size = camera.view, reference.sizes[variant.chrom]
        inside = view.chrom == variant.chrom and view.start <= variant.start and variant.end <= view.end
        if view.bases_per_pixel > LETTERS_AT or (not inside and view.chrom != variant.chrom):
            first = max(0, variant.start - AROUND)
            camera.show(variant.chrom, size, first, min(size, variant.end + AROUND))
        elif not inside or always:
            half = view.span / 2
            middle = (variant.start + variant.end) / 2
            span = max(1, round(view.span))
            first = max(0, min(round(middle - half), size - span))
            camera.show(variant.chrom, size, first, min(size, first + span))

    def _tracks(self) -> list[VariantTrack]:
        return [one for one in self._model.tracks if isinstance(one, VariantTrack)]

    def _track(self) -> VariantTrack | None:
        """Return the track whose variants are gone through: the selected one, else the first that shows."""
        selected, known = self._model.tracks.selected, self._tracks()
        if isinstance(selected, VariantTrack):
            return selected
        return next((one for one in known if self._model.tracks.is_shown(one)), known[0] if known else None)

    def _on_screen(self) -> Iterator[tuple[VariantTrack, Variant]]:
        view = self._model.camera.view
        region = view.region
        for track in self._tracks():
            block = self._data.block(track.id, variant_key(track, view), view, VariantBlock)
            for one in block.variants if block is not None else ():
                if one.start < region.end and region.start < one.end:
                    yield track, one

    def _forget(self) -> None:
        self._last, self.current = "", None
        if self._task is not None:
            self._task.drop()
            self._task = None


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the next variant is looked for: after (1) or before (-1) a place, or after a variant there."""

    place: int
    by: int
    on: bool = False
    variant: Variant | None = None

    def next(self, known: Sequence[Variant]) -> Variant | None:
        """Return the next one of variants in their order; several may lie at one place."""
        here = _lines(known, self.place)
        if self.on and self.variant in here:
            number = here.index(self.variant) + self.by
            if 0 <= number < len(here):
                return here[number]
        beyond = [one.start for one in known if self.by * (one.start - self.place) >= int(self.on)]
        if not beyond:
            return None
        return _lines(known, min(beyond))[0] if self.by > 0 else _lines(known, max(beyond))[-1]


def _lines(known: Sequence[Variant], place: int) -> list[Variant]:
    """Return the variants at a place in their order; of equal lines, of which none is before another, one."""
    return list(dict.fromkeys(one for one in known if one.start == place))


def _stretches(chrom: str, length: int, place: int, by: int) -> list[Region]:
    """Return ever longer stretches on one side of a place."""
    found = []
    for reach in (*REACHES, length):
        start, end = (place, min(length, place + reach)) if by > 0 else (max(0, place - reach), place + 1)
        if start < end:
            found.append(Region(chrom, start, min(length, end)))
    return found
