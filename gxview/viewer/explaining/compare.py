"""Two explanations at the same place: a second model or method, the tracks that show both, how far they agree."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from gxview.measures.similarity import continuous_jaccard
from gxview.viewer.explaining.costs import titled
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.explaining.live import LiveRelevance
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.tracks.combined_tracks import difference, overlay
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, RelevanceTrack, ScoreTrack, Track
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.viewer_model import ViewerModel


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that an explanation can be compared with.

    Parameters
    ----------
    model
        Name or folder of the model.
    method
        Name of the method; None takes the model's own.
    text
        What a person reads.
    """

    model: str
    method: str | None
    text: str


class Comparisons:
    """Compares explanations.

    Parameters
    ----------
    model
        State of the viewer.
    explanations
        Adds the second explanation.
    live
        The explained tiles at hand.
    """

    def __init__(self, model: ViewerModel, explanations: Explanations, live: LiveRelevance) -> None:
        self._model = model
        self._explanations = explanations
        self._live = live
        self._recent: OrderedDict[Hashable, tuple[Any, float | None]] = OrderedDict()

    def candidates(self, track: RelevanceTrack) -> list[Candidate]:
        """Return what an explanation can be compared with: other methods of its model, then other models."""
        info, now = self._explanations.info(track), self._explanations.method(track)
        key, known = track.options.model, self._model.offered_models
        methods = [method for method in (info.methods if info is not None else ()) if method is not now]
        name = known.get(key, key)
        found = [Candidate(key, method.name, f"{name}, {titled(method, info)}") for method in methods]
        return [Candidate(other, None, text) for other, text in known.items() if other != key] + found

    def add(self, track: RelevanceTrack, other: Candidate) -> TrackGroup:
        """Add a second explanation, both over each other, and the first minus the second, in a group with the first.

        Explanations of one model share a scale, and the score is shown once. Those of two models do not: what their
        logits are worth differs, so that overlay and difference show each in units of its own largest value on screen.
        """
        tracks = self._model.tracks
        same = other.model == track.options.model
        second = self._add_method(track, other) if same else self._add_model(track, other)
        over = overlay(tracks, (track, second), normalised=not same)
        minus = difference(tracks, (track, second), normalised=not same)
        tracks.move(tracks.index(minus), tracks.index(over) + 1)
        members = [track, *tracks.parts(track), second, *tracks.parts(second), over, minus]
        members.sort(key=tracks.index)
        group = tracks.group(track.group)
        if group is None:
            group = TrackGroup(name=f"{track.name} and {second.name}", scale=ScaleOptions(mode="symmetric"))
            tracks.add_group(group, members)
        for member in members:
            member.group = group.id
        if same:
            for sharing in (track, second, over, minus):
                sharing.scale = ScaleOptions(mode="group")
        tracks.selected = second
        return group

    def partner(self, track: Track) -> RelevanceTrack | None:
        """Return what an explanation is compared with: its own of a control, else the first of its group, or of all."""
        tracks = self._model.tracks
        if not isinstance(track, RelevanceTrack):
            return None
        if track.control:
            original = tracks.get(track.control_of)
            return original if isinstance(original, RelevanceTrack) else None
        known = [one for one in tracks.relevance() if not one.control]
        group = [one for one in known if one.group == track.group] if track.group else []
        first = (group if len(group) > 1 else known)[0]
        return first if first is not track else None

    def pair(self, track: Track) -> tuple[RelevanceTrack, RelevanceTrack] | None:
        """Return the two explanations that a track compares, if it does."""
        tracks = self._model.tracks
        if isinstance(track, RelevanceTrack):
            first = self.partner(track)
            return None if first is None else (first, track)
        ids = track.of if isinstance(track, OverlayTrack) else ()
        ids = (track.first, track.second) if isinstance(track, DifferenceTrack) else ids
        found = [one for track_id in ids if isinstance(one := tracks.get(track_id), RelevanceTrack)]
        return (found[0], found[1]) if len(found) == len(ids) == 2 else None

    def agreement(self, first: RelevanceTrack, second: RelevanceTrack, view: View) -> float | None:
        """Return the continuous Jaccard similarity over the bases that show.

        None until all tiles on screen are there, of both, and where it is not defined.
        """
        a, b = self._live.slice(first, view), self._live.slice(second, view)
        if a is None or b is None or isinstance(a.values, Bins) or isinstance(b.values, Bins):
            return None
        key = (id(a), id(b), view.region)
        if key not in self._recent:
            self._recent[key] = (a, b), self._compute(first, second, view)
            while len(self._recent) > 8 * MAX_LOCI:
                self._recent.popitem(last=False)
        self._recent.move_to_end(key)
        return self._recent[key][1]

    def describe(self, track: Track, view: View) -> str:
        """Say how far a track agrees with the explanation it is compared with; empty if there is none."""
        pair = self.pair(track)
        if pair is None:
            return ""
        value = self.agreement(*pair, view)
        number = "-" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
        # the number comes first: a long name is cut where it stands in a header
        return f"agreement {number}" + (f" with {pair[0].name}" if isinstance(track, RelevanceTrack) else "")

    def _compute(self, first: RelevanceTrack, second: RelevanceTrack, view: View) -> float | None:
        if any(self._live.state(track, view).kind != "done" for track in (first, second)):
            return None
        region = view.region
        shown = []
        for track in (first, second):
            found = self._live.slice(track, view)
            assert found is not None
            assert not isinstance(found.values, Bins)
            shown.append(found.values[region.start - found.start : region.end - found.start])
        value = continuous_jaccard(*shown)
        return None if math.isnan(value) else value

    def _add_model(self, track: RelevanceTrack, other: Candidate) -> RelevanceTrack:
        """Add the explanation of another model, which has options of its own."""
        options = track.options
        return self._explanations.add(other.model, method=other.method, strand=options.strand, phases=options.phases)

    def _add_method(self, track: RelevanceTrack, other: Candidate) -> RelevanceTrack:
        """Add the explanation of the same model by another method; the score would be the same once more."""
        tracks, kept = self._model.tracks, track.options.model_dump(exclude={"model", "method"})
        second = self._explanations.add(other.model, method=other.method, **kept)
        method = self._explanations.method(second)
        second.name = f"{track.name}, {method.label if method is not None else other.method}"
        for part in tracks.parts(second):
            if isinstance(part, ScoreTrack) and any(isinstance(known, ScoreTrack) for known in tracks.parts(track)):
                tracks.remove(part)
        return second
