"""What a script asks about variants and substitutions: their effects as the window shows them, and an alternative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview._qt.evaluating.facade import TrustingViewer
from gxview.errors import GxviewError
from gxview.genome import Edit
from gxview.tracks import Variant
from gxview.viewer.editing.variants import choices
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.work.notices import Level


@dataclass(frozen=True, slots=True)
class AlleleNumbers:
    """The effect of one ALT of a variant on screen.

    Attributes
    ----------
    variant
        The variant.
    allele
        Which ALT, from 0.
    value, spread
        Effect, and its standard deviation over strands and offsets; NaN where there is none.
    reason
        Why there is no effect; empty where there is one.
    """

    variant: Variant
    allele: int
    value: float
    spread: float
    reason: str


class ScoringViewer(TrustingViewer):
    """The part of `gxview._qt.facade.WindowViewer` that is about variants and substitutions."""

    def mutagenesis(self, track: RelevanceTrack | None = None) -> NDArray[np.float32]:
        """Show what each substitution does below an explanation, and return it for the bases on screen.

        Parameters
        ----------
        track
            The explanation; None for the selected or the first one.

        Returns
        -------
        ndarray
            Change of the explained logit, (4, L), rows A, C, G, T; 0 for the base that is there, NaN where unknown.

        Raises
        ------
        GxviewError
            There is no explanation, its model has no classes, or the bases are too many to be held one by one.
        """
        viewer, region = self.window.viewer, self.model.camera.view.region
        chosen = track or viewer.current_explanation()
        if chosen is None:
            raise GxviewError("There is no explanation yet; add one with add_relevance(model=...).")
        made = viewer.mutagenesis.of(chosen) or viewer.mutagenesis.toggle(chosen)
        assert isinstance(made, MutagenesisTrack)
        self.wait()
        view = self.model.camera.view
        if viewer.mutagenesis.state(made, view).kind == "empty" and viewer.mutagenesis.is_able(made):
            self.model.tracks.selected = made
            viewer.explain_region()
            self.wait()
        found = viewer.mutagenesis.matrix(made, view)
        if found is None:
            raise GxviewError(viewer.mutagenesis.state(made, view).text + ".")
        if found.step > 1:
            raise GxviewError(f"{region} is too long to give the effects of each base; zoom in.")
        values = np.full((4, region.length), np.nan, np.float32)
        first, last = max(region.start, int(found.edges[0])), min(region.end, int(found.edges[-1]))
        offset = int(found.edges[0])
        values[:, first - region.start : last - region.start] = found.values[:, first - offset : last - offset]
        return values

    def variant_effects(
        self, score: str = "logit", model: str | Path = "", track: VariantTrack | None = None
    ) -> list[AlleleNumbers]:
        """Colour variants by a number and return it for those on screen, ALT by ALT.

        Parameters
        ----------
        score
            With a model the name of a score (see ``gxview variants``), else a field of INFO such as ``GXV_LOGIT``.
        model
            Name or folder of the model that scores them.
        track
            The variants; None for the selected or the first ones.

        Raises
        ------
        GxviewError
            No file of variants is open, or the model gives no such score.
        """
        chosen = track or self._variants()
        if model:
            self.window.viewer.explanations.load(str(model))
        chosen.effect = EffectChoice(score=score, model=str(model))
        self.wait()
        view = self.model.camera.view
        if model and (state := self.window.viewer.scores.state(chosen, view)).kind in ("failed", "empty"):
            raise GxviewError(f"{state.text}.")
        table = self.window.viewer.colouring.table(chosen, view)
        if table is None:
            raise GxviewError("The variants are too many to be told apart here; zoom in.")
        found = []
        for row in table.within(view.region.start, view.region.end).tolist():
            variant = table.variants[int(table.owner[row])]
            reasons = self.window.viewer.colouring.reasons(chosen, variant) if np.isnan(table.values[row]) else ()
            numbers = float(table.values[row]), float(table.spreads[row])
            found.append(AlleleNumbers(variant, int(table.allele[row]), *numbers, " ".join(reasons)))
        return found

    def show_variant(self, name: str | None, allele: int = 0) -> Sequence[Edit]:
        """Show the alternative of a variant beside the reference, and return all edits; None shows the reference again.

        Parameters
        ----------
        name
            ID of a variant of an open file.
        allele
            Which ALT, from 0.

        Raises
        ------
        GxviewError
            No open file has the variant or the allele, or its REF is not what the genome has.
        """
        variants, notices = self.window.viewer.variants, self.window.viewer.notices
        before = len(notices.history)
        if name is None:
            variants.hide()
        else:
            track, variant = variants.find(name)
            known = choices(variant)
            if not 0 <= allele < len(known):
                raise GxviewError(f"{name} has {len(known)} alleles that change something; {allele} is none of them.")
            variants.show(known[allele], track)
        self.wait()
        if told := [notice.text for notice in notices.history[before:] if notice.level is Level.WARNING]:
            raise GxviewError(" ".join(told))
        return list(self.model.edits.value)

    def _variants(self) -> VariantTrack:
        selected = self.model.tracks.selected
        known = [track for track in self.model.tracks if isinstance(track, VariantTrack)]
        if not known:
            raise GxviewError("No file of variants is open; open a VCF or BCF file.")
        return selected if isinstance(selected, VariantTrack) else known[0]
