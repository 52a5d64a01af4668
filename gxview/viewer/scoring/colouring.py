"""The effects of the variants that show, as arrays to be drawn, whoever gave them: INFO of the file or a model."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.tracks import Variant
from gxview.tracks.variants import Allele
from gxview.viewer.data.track_data import TrackData
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.scoring.effects import Effect, InfoEffect, info_effects, info_fields, short
from gxview.viewer.scoring.live_scores import LiveScores
from gxview.viewer.tracks.effect_tracks import EFFECT_HEIGHT, MARKS_HEIGHT, VariantTrack
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.viewer_model import ViewerModel

LOGIT = "logit"
"""The score that is offered of a model before it is loaded."""
NOTHING = InfoEffect()


@dataclass(frozen=True, slots=True, eq=False)
class EffectTable:
    """The alleles of some variants, (n,) each.

    Attributes
    ----------
    variants
        The variants.
    owner, allele
        Which variant, and which ALT of it.
    middles
        Middle of the changed bases on the genome, in bases.
    values, spreads
        Effect and its spread; NaN where there is no number.
    answered
        Whether it is known, be it that there is none.
    refused
        How many variants the model could not score, in words; empty where it could score all.
    """

    variants: Sequence[Variant]
    owner: NDArray[np.int64]
    allele: NDArray[np.int64]
    middles: NDArray[np.float64]
    values: NDArray[np.float64]
    spreads: NDArray[np.float64]
    answered: NDArray[np.bool_]
    refused: str = ""

    def within(self, start: int, end: int) -> NDArray[np.intp]:
        """Return the alleles whose middle lies in a stretch."""
        return np.flatnonzero((self.middles >= start) & (self.middles <= end))


class Colouring:
    """Joins variants with the numbers by which they are coloured.

    Parameters
    ----------
    model
        State of the viewer.
    data
        Has the variants at hand.
    scores
        Asks models.
    """

    def __init__(self, model: ViewerModel, data: TrackData, scores: LiveScores) -> None:
        self._model = model
        self._data = data
        self._scores = scores
        self._recent: OrderedDict[Hashable, tuple[VariantBlock, EffectTable]] = OrderedDict()
        model.tracks.edited.connect(_make_room)

    def table(self, track: VariantTrack, view: View) -> EffectTable | None:
        """Return the effects of the variants at hand around a view; None without variants, or colours by effect."""
        block = self._data.block(track.id, variant_key(track, view), view, VariantBlock)
        if block is None or block.edges is not None or not track.effect.score:
            return None
        stamp = (id(block), track.effect, self._scores.version if track.effect.model else 0)
        if stamp not in self._recent:
            # the block is kept with its table, so that its id stays its own
            self._recent[stamp] = block, self._table(track, block.variants)
            while len(self._recent) > 4 * MAX_LOCI:
                self._recent.popitem(last=False)
        return self._recent[stamp][1]

    def effects(self, track: VariantTrack, variant: Variant) -> Sequence[Effect] | None:
        """Return the effect of each ALT of a variant; None while it is not known."""
        choice = track.effect
        if not choice.model:
            return info_effects(variant, choice.score)
        found = self._scores.get(track, variant)
        return None if found is None else [allele.get(choice.score, NOTHING) for allele in found.alleles]

    def reasons(self, track: VariantTrack, variant: Variant) -> Sequence[str]:
        """Return why ALTs of a variant have no effect, each once."""
        found = self._scores.get(track, variant) if track.effect.model else None
        return list(dict.fromkeys(reason for reason in (found.reasons if found else ()) if reason))

    def offers(self, track: VariantTrack) -> list[tuple[str, EffectChoice]]:
        """Return by what a track can be coloured: the bases, the numbers of the file, what models say."""
        offered = [("Bases", EffectChoice())]
        view = self._model.camera.view
        block = self._data.block(track.id, variant_key(track, view), view, VariantBlock) if view.chrom else None
        fields = info_fields(block.variants if block is not None else ())
        offered += [(f"{short(field)}, of the file", EffectChoice(score=field)) for field in fields]
        for key, name in self._model.offered_models.items():
            info = self._model.model(key)
            scores = [(one.name, one.label) for one in info.scores] if info else [(LOGIT, "logit difference")]
            # the number first: a narrow box shows the beginning only, and the header of the track names the model
            offered += [(f"{label}, {name}", EffectChoice(score=score, model=key)) for score, label in scores]
        if track.effect not in [choice for _, choice in offered]:
            offered.append((self.title(track), track.effect))
        return offered

    def title(self, track: VariantTrack) -> str:
        """Say by which number a track is coloured."""
        choice = track.effect
        if not choice.model:
            return short(choice.score)
        info = self._model.model(choice.model)
        labels = {one.name: one.label for one in info.scores} if info is not None else {}
        return labels.get(choice.score, choice.score)

    def _table(self, track: VariantTrack, variants: Sequence[Variant]) -> EffectTable:
        rows: list[tuple[float, ...]] = []
        for number, variant in enumerate(variants):
            found = self.effects(track, variant)
            for place, allele in enumerate(variant.alleles):
                one = NOTHING if found is None or place >= len(found) else found[place]
                rows.append((number, place, _middle(allele), one.value, one.spread, found is not None))
        owner, places, middles, values, spreads, answered = np.array(rows, np.float64).reshape(-1, 6).T
        whole = owner.astype(np.int64), places.astype(np.int64)
        count = sum(bool(self.reasons(track, one)) for one in variants)
        refused = f"{count:,} not scored" if count else ""
        return EffectTable(variants, *whole, middles, values, spreads, answered.astype(np.bool_), refused)


def _make_room(track: Track, field: str) -> None:
    """Make a track of variants higher for effects and lower for marks, unless a person chose its height."""
    if isinstance(track, VariantTrack) and field == "effect":
        before, after = (MARKS_HEIGHT, EFFECT_HEIGHT) if track.effect.score else (EFFECT_HEIGHT, MARKS_HEIGHT)
        if track.height == before:
            track.height = after


def _middle(allele: Allele) -> float:
    return (allele.start + allele.end) / 2
